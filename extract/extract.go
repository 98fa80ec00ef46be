package extract

import (
	"bytes"

	"golang.org/x/net/html"
)

// Version names the output of this package. It rises when the same bytes come
// out differently.
const Version = "qingliu-extract/1"

// Problems that a page can have; the value of [Page.Problem].
const (
	// ProblemTooDeep: more open elements than the parser or the config allow; the
	// text comes from the token stream without a tree.
	ProblemTooDeep = "too_deep"
	// ProblemTooManyNodes: the tree would have more nodes than the config allows;
	// the text comes from the token stream without a tree.
	ProblemTooManyNodes = "too_many_nodes"
	// ProblemFrames: the page is a frameset; the text is in pages of their own.
	ProblemFrames = "frames"
)

// Config says what is taken from a page and how large it may be.
type Config struct {
	Comments     bool `yaml:"comments" doc:"keep reader comments below articles"`
	ShortReplies bool `yaml:"short_replies" doc:"keep posts of a thread with fewer than ten words or characters"`

	Keep Keep `yaml:"keep" doc:"page furniture that stays in the text"`

	ImageAlt      bool   `yaml:"image_alt" doc:"keep the alternative text of images; that of formulas always stays"`
	CellSeparator string `yaml:"cell_separator" doc:"what separates the cells of a table row, a tab if empty"`

	MaxNodes int `yaml:"max_nodes" range:"1000..100000000" unit:"nodes" doc:"pages with larger trees are read from their tokens"`
	MaxDepth int `yaml:"max_depth" range:"16..512" unit:"open elements" doc:"pages with deeper trees are read from their tokens"`

	Rules *SiteRules `yaml:"-"` // rules for the pages of some sites; nil has none
}

// Keep says which classes of page furniture stay where they stand in or at the
// ends of the text; the zero value cuts all of them.
type Keep struct {
	Credits   bool `yaml:"credits" doc:"lines that name source, author and editors: 来源：, 责任编辑："`
	Share     bool `yaml:"share" doc:"share, print, font size and QR code lines: 分享到, 打印本页, 扫一扫"`
	Turn      bool `yaml:"turn" doc:"links to the previous and next page: 上一篇, 下一篇, 返回"`
	Related   bool `yaml:"related" doc:"headings and lists of related pages: 相关阅读, 推荐阅读"`
	Copyright bool `yaml:"copyright" doc:"copyright, licence and contact lines: 版权所有, 联系我们"`
	Account   bool `yaml:"account" doc:"lines about login, app, cookies and search: 登录, 下载客户端"`
	Replies   bool `yaml:"replies" doc:"lines of comment boxes and counters: 我要评论, 阅读数"`
	Path      bool `yaml:"path" doc:"breadcrumbs: 当前位置"`
}

// patterns returns the patterns that do not make a block furniture.
func (k Keep) patterns() uint32 {
	var bits uint32
	add := func(keep bool, pats uint32) {
		if keep {
			bits |= pats
		}
	}
	add(k.Credits, patEditor)
	add(k.Share, patShare)
	add(k.Turn, patTurn)
	add(k.Related, patRelated)
	add(k.Copyright, patCopyright|patContact|patDisclaimer)
	add(k.Account, patLogin|patWeak)
	add(k.Replies, patReply)
	add(k.Path, patPath)
	return bits
}

// DefaultConfig returns the config of the presets: no comments and no furniture,
// short replies, cells separated by tabs, at most 300,000 nodes (some 60 MB of
// tree and arrays) and the depth that the parser itself allows.
func DefaultConfig() Config {
	return Config{ShortReplies: true, CellSeparator: "\t", MaxNodes: 300_000, MaxDepth: 512}
}

// Page is what one page gave. All strings are valid UTF-8; "" means that the
// page does not say.
type Page struct {
	text []byte // of the extractor

	Title       string // without the suffix of the site
	SiteName    string // the suffix cut from the title, or what the page names
	Author      string
	Attribution string // 来源: whom the page names as the source of its text
	Published   string // YYYY-MM-DD, between 1990 and 2100

	Language     string // lang attribute, as written
	CanonicalURL string // rel=canonical, else og:url, as written
	Keywords     string // meta keywords, as written

	Type           string  // one of the Type constants
	TypeConfidence float64 // 0–1
	Rule           string  // what chose the text, e.g. container:js_content>climb1>filter; see SiteRules
	Confidence     float64 // 0–1, share of the good text of the page that was kept

	Robots      string // meta robots directives, lower case, comma separated
	NoAI        bool   // noai, noimageai or an equivalent opt-out
	TDM         string // TDM reservation: "1" reserved, "0" not reserved
	LicenceLink string // target of rel=license or of a Creative Commons link
	Notice      string // no-reprint notice of the page, at most 200 bytes

	Problem string // one of the Problem constants, "" if none
}

// Text returns the main text: one paragraph, list item or table row per line, cells
// separated by a tab or what the config says. Preformatted text keeps its lines and
// indentation; it is the only place where blank lines occur. It is a copy; call it
// before the next page.
func (p *Page) Text() string { return string(p.text) }

// AppendText appends the main text to dst.
func (p *Page) AppendText(dst []byte) []byte { return append(dst, p.text...) }

// Extractor extracts one page after the other and reuses its memory. It is not
// safe for concurrent use; make one per worker.
type Extractor struct {
	cfg   Config
	names nameCache
	d     page
	r     bytes.Reader
	out   Page
	site  siteMatch
}

// New returns an extractor. Limits that are not positive get their default.
func New(c Config) *Extractor {
	def := DefaultConfig()
	if c.MaxNodes <= 0 {
		c.MaxNodes = def.MaxNodes
	}
	if c.MaxDepth <= 0 {
		c.MaxDepth = def.MaxDepth
	}
	if c.CellSeparator == "" {
		c.CellSeparator = def.CellSeparator
	}
	e := &Extractor{cfg: c}
	e.d.keep, e.d.str = c.Keep.patterns(), &interner{}
	return e
}

// Extract returns what the page holds. It never fails: a page without text gives
// an empty text and a type that says why. src is UTF-8 (bytes that are not become
// U+FFFD) and is not kept; url may be empty. The page is valid until the next
// call, its strings stay valid.
func (e *Extractor) Extract(src []byte, url string) *Page {
	e.out = Page{}
	d := &e.d
	d.reset(&e.names, e.cfg)
	e.load(src, url)
	if e.out.Problem = d.problem; d.problem == "" && d.frames {
		e.out.Problem = ProblemFrames
	}
	d.markVerse()
	d.sum()
	d.findTitle()
	if d.site != nil && d.site.hasContent(d) {
		e.takeContent(url)
	} else {
		e.decide(url)
	}
	e.metadata()
	if e.site.label != "" {
		e.siteFields()
	}
	return &e.out
}

// load fills the arrays from the tree, or from the tokens where no tree can be
// had within the limits.
func (e *Extractor) load(src []byte, url string) {
	d := &e.d
	if treeNodes(src, e.cfg.MaxNodes) > e.cfg.MaxNodes {
		d.problem = ProblemTooManyNodes
		e.withoutTree(url)
		e.loadTokens(src)
		return
	}
	e.r.Reset(src)
	root, err := html.ParseWithOptions(&e.r, html.ParseOptionEnableScripting(false))
	e.r.Reset(nil)
	if err != nil {
		d.problem = ProblemTooDeep
		e.withoutTree(url)
		e.loadTokens(src)
		return
	}
	if e.cfg.Rules != nil {
		e.applySiteRules(root, url)
	}
	e.walkTree(root)
	if d.deep {
		d.reset(&e.names, e.cfg)
		d.problem = ProblemTooDeep
		e.withoutTree(url)
		e.loadTokens(src)
		return
	}
	if d.noscript && e.site.content == nil && d.goodTokens() < poorTokens {
		e.loadNoscript(root)
	}
}

// poorTokens is the amount of good text below which a page is poor enough to
// look into its noscript elements (Discourse, Flarum and others put the text for
// crawlers there).
const poorTokens = 100

// loadNoscript walks again with the noscript elements and keeps the result when
// it more than doubles the good text.
func (e *Extractor) loadNoscript(root *html.Node) {
	d := &e.d
	before := d.goodTokens()
	d.reset(&e.names, e.cfg)
	d.useNoscript = true
	e.walkTree(root)
	if after := d.goodTokens(); after >= 60 && after > 2*before {
		return
	}
	d.reset(&e.names, e.cfg)
	e.walkTree(root)
}
