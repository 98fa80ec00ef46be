package weburl

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Form says how the addresses of copies become one. The zero Form does what is
// right for nearly every site; what it has in addition is for crawls that need it.
type Form struct {
	MergeMobile bool     // m., wap., 3g. and mobile. before a host go like www.
	SortParams  bool     // the order of parameters does not count
	DropParams  []string // further parameters that do not choose the page, in lower case; a * at the end takes all that begin so
}

// Canonical is Form.Canonical of the zero Form.
func Canonical(raw string) string { return new(Form).Canonical(raw) }

// Canonical returns the form of an address under which copies of one page are
// found: CanonicalV1 and, on top of it,
//   - an international host gets its ASCII form (xn--…);
//   - a leading "www." of the host goes; "m." stays unless MergeMobile says
//     otherwise, because mobile pages are often other pages;
//   - the default page of a folder goes (index.html, default.aspx, …), then the
//     slash at the end of any path but the root;
//   - tracking and sharing parameters and session ids go, also ;jsessionid= in
//     the path; all other parameters keep their order unless SortParams is set.
//
// Bytes of GBK in path and query (%D6%D0) stay what they are: they differ from the
// same words in UTF-8, for servers take them as different; Readable shows them as
// the same. It may change between versions, so nothing that is stored for long may
// depend on it. What is no address with a host comes back trimmed.
func (f *Form) Canonical(raw string) string {
	s := clean(raw)
	u, ok := split(s)
	if !ok {
		return s
	}
	u.host = asciiHost(u.host)
	var room [512]byte
	b := append(room[:0], "http://"...)
	b = appendV1(b, u)
	full := string(b)

	rest := full[len("http://"):]
	for strings.HasPrefix(rest, "www.") && strings.IndexByte(rest[4:hostEnd(rest)], '.') >= 0 {
		rest = rest[4:]
	}
	if f.MergeMobile {
		rest = cutMobile(rest)
	}
	host, path := rest[:hostEnd(rest)], rest[hostEnd(rest):]
	path, query, _ := strings.Cut(path, "?")
	path = cutSessionPath(path)
	for {
		if i := strings.LastIndexByte(path, '/'); indexPage(path[i+1:]) {
			path = path[:i+1]
		}
		if len(path) == 1 || path[len(path)-1] != '/' {
			break
		}
		path = path[:len(path)-1]
	}
	b = append(b[:0], "http://"...)
	b = append(b, host...)
	b = append(b, path...)
	if f.SortParams {
		query = sortedParams(query)
	}
	sep := byte('?')
	for query != "" {
		var p string
		p, query, _ = strings.Cut(query, "&")
		if p == "" || dropped(p) || f.drops(p) {
			continue
		}
		b = append(b, sep)
		b = append(b, p...)
		sep = '&'
	}
	return string(b)
}

// asciiHost returns the ASCII form of an international host, the host itself if it
// is none or has no such form.
func asciiHost(host string) string {
	for i := 0; i < len(host); i++ {
		if host[i] >= 0x80 {
			if ascii, err := idna.Lookup.ToASCII(host); err == nil && ascii != "" {
				return ascii
			}
			break
		}
	}
	return host
}

// mobileNames are first labels of hosts that give the same pages to telephones.
var mobileNames = [...]string{"m.", "wap.", "3g.", "mobile."}

// cutMobile removes a mobile label, unless that leaves no registrable domain.
func cutMobile(rest string) string {
	for _, m := range mobileNames {
		if strings.HasPrefix(rest, m) {
			host := rest[len(m):hostEnd(rest)]
			if i := strings.IndexByte(host, ':'); i >= 0 {
				host = host[:i]
			}
			// A public suffix is its own site, and so is a registrable domain.
			if strings.IndexByte(host, '.') > 0 && Site("x."+host) != "x."+host {
				return rest[len(m):]
			}
		}
	}
	return rest
}

func sortedParams(query string) string {
	if strings.IndexByte(query, '&') < 0 {
		return query
	}
	params := strings.Split(query, "&")
	slices.Sort(params)
	return strings.Join(params, "&")
}

// drops reports whether DropParams names a parameter.
func (f *Form) drops(p string) bool {
	if len(f.DropParams) == 0 {
		return false
	}
	name, _, _ := strings.Cut(p, "=")
	name = strings.ToLower(name)
	for _, d := range f.DropParams {
		if prefix, ok := strings.CutSuffix(d, "*"); ok && strings.HasPrefix(name, prefix) || name == d {
			return true
		}
	}
	return false
}

// Readable returns an address with the escapes of path and query as text, for
// people: bytes that are UTF-8, else those that are GB18030; escapes of ASCII and
// what is neither stay.
func Readable(raw string) string {
	if strings.IndexByte(raw, '%') < 0 {
		return raw
	}
	out := make([]byte, 0, len(raw))
	var run []byte
	for i := 0; i < len(raw); {
		run = run[:0]
		from := i
		for i+2 < len(raw) && raw[i] == '%' && hexDigit(raw[i+1]) >= 8 && hexDigit(raw[i+2]) >= 0 {
			run = append(run, byte(hexDigit(raw[i+1])<<4|hexDigit(raw[i+2])))
			i += 3
		}
		switch {
		case len(run) == 0:
			out = append(out, raw[i])
			i++
		case utf8.Valid(run):
			out = append(out, run...)
		default:
			text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(run)
			if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
				out = append(out, raw[from:i]...)
			} else {
				out = append(out, text...)
			}
		}
	}
	return string(out)
}

// hostEnd returns where the path of a V1 address without its scheme begins.
func hostEnd(s string) int { return strings.IndexByte(s, '/') }

// cutSessionPath removes every ;jsessionid=… from a path. It leaves one that
// would turn its segment into a dot segment.
func cutSessionPath(path string) string {
	const name = ";jsessionid="
	if strings.IndexByte(path, ';') < 0 {
		return path
	}
	out := make([]byte, 0, len(path))
	segment := 0 // where the present segment of out begins
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == ';' && len(path)-i >= len(name) && equalFold(path[i:i+len(name)], name) {
			if seg := string(out[segment:]); seg != "." && seg != ".." {
				end := strings.IndexByte(path[i:], '/')
				if end < 0 {
					break
				}
				i += end
				c = '/'
			}
		}
		out = append(out, c)
		if c == '/' {
			segment = len(out)
		}
	}
	return string(out)
}

// indexPage reports whether a file name is what servers send for a folder.
func indexPage(name string) bool {
	if len(name) > len("default.shtml") {
		return false
	}
	switch strings.ToLower(name) {
	case "index.html", "index.htm", "index.shtml", "index.php", "index.asp", "index.aspx", "index.jsp",
		"default.html", "default.htm", "default.shtml", "default.php", "default.asp", "default.aspx", "default.jsp":
		return true
	}
	return false
}

// trackingNames are parameters that never choose the page: campaign tags, click
// ids and the traces that WeChat, Weibo, Bilibili, Taobao and Baidu leave on
// shared links (their public documentation, and addresses seen in crawls).
var trackingNames = map[string]bool{
	"spm": true, "scm": true, "spm_id_from": true, "vd_source": true, "isappinstalled": true, "scene": true,
	"nsukey": true, "chksm": true, "mpshare": true, "srcid": true, "clicktime": true, "enterid": true,
	"pass_ticket": true, "wx_header": true, "wxfrom": true, "fbclid": true, "gclid": true, "dclid": true,
	"msclkid": true, "yclid": true, "igshid": true, "mc_cid": true, "mc_eid": true, "_hsenc": true, "_hsmi": true,
	"hmsr": true, "hmpl": true, "hmcu": true, "hmkw": true, "hmci": true, "bd_vid": true, "tt_from": true,
	"ref_src": true, "jsessionid": true, "phpsessid": true, "sessionid": true, "session_id": true,
}

// shareSources are the values of from= that a share button adds. Other values
// may choose the page.
var shareSources = map[string]bool{
	"timeline": true, "singlemessage": true, "groupmessage": true, "message": true, "weibo": true, "qq": true,
	"qzone": true, "wechat": true, "weixin": true, "wx": true, "share": true, "androidqq": true, "sms": true,
}

// dropped reports whether the parameter p (name or name=value) does not choose
// the page.
func dropped(p string) bool {
	name, value, _ := strings.Cut(p, "=")
	if len(name) > 40 {
		return false
	}
	name = strings.ToLower(name)
	switch {
	case trackingNames[name],
		strings.HasPrefix(name, "utm_"), strings.HasPrefix(name, "share_"), strings.HasPrefix(name, "sharer_"),
		strings.HasPrefix(name, "aspsessionid"):
		return true
	case name == "from":
		return shareSources[strings.ToLower(value)]
	case name == "sid" || name == "s":
		return len(value) == 32 && allHex(value)
	}
	return false
}

func allHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if hexDigit(s[i]) < 0 {
			return false
		}
	}
	return true
}
