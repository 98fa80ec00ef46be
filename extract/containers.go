package extract

import "bytes"

// system is one publishing system or portal of the Chinese web and the class, id
// or itemprop names it gives to the element that holds the article and nothing
// else. Names are in normal form (see appendName): lower case, one 0 for every
// run of digits.
type system struct {
	name  string
	names []string
}

// systems lists the names that occur on pages of one system only; the order is
// the order of trust. Source: the public markup of the systems, 2026-11.
var systems = []system{
	{"WeChat public account", []string{"js_content"}},
	{"TRS WCM", []string{"trs_editor", "trs_uedit", "trs_ueditor", "trs_web", "trs_autoadd"}},
	{"UCAP, gov.cn", []string{"ucapcontent", "ucap-content", "pages_content"}},
	{"VSB, WebPlus: universities", []string{"v_news_content", "vsb_content", "vsb_content_0", "vsb_newscontent", "wp_articlecontent"}},
	{"Hanweb JCMS, EasySite and other government templates", []string{"bt_content", "easysite-news-text", "j-fontcontent", "xxgk_content", "xl_content", "bt-content", "ivs_content", "maintextbox", "my_conboxzw", "txt_txt", "detail-news", "txt-content", "xilan_con", "insmaincontxt", "con_con", "xw_box"}},
	{"Sina", []string{"artibody", "articalcontent", "sina_keyword_ad_area0"}},
	{"NetEase", []string{"endtext", "post_body", "post_text", "nbw-blog"}},
	{"Tencent", []string{"cnt-main-article-qq", "content-article", "articlecnt", "blogdetaildiv"}},
	{"Sohu", []string{"mp-editor"}},
	{"ifeng", []string{"artical_real", "main_content"}},
	{"People's Daily online", []string{"rm_txt_con", "show_text", "p_content", "text_con_left"}},
	{"Xinhua", []string{"p-detail", "detailcontent"}},
	{"China News", []string{"left_zw"}},
	{"CCTV", []string{"cnt_bd", "content_area"}},
	{"Guangming", []string{"u-maintext", "arttext"}},
	{"other news portals", []string{"news_txt", "all-txt", "contentbody", "art_contextbox", "main_content_val", "tt-article-content", "kr-rich-text-wrapper", "article-content-rawhtml", "syl-article-base", "article__content", "content_maincontent_content", "page_text", "txt_con", "atc-content", "article__bd__detail", "wangeditor-txt", "article--content", "lph-article-comview", "article-style", "article-preview", "article-holder", "read-article-holder", "opus-module-content"}},
	{"Big5 portals", []string{"story_body_content", "article-content__editor", "article-content-inner", "artbody", "itemfulltext", "caas-body", "story-body__inner", "article_content_inner", "storytext", "boxtext", "cms_wrapper", "article-grid__content-section", "longtext", "wsw", "story-body-container"}},
	{"cnblogs", []string{"cnblogs_post_body", "blogpost-body"}},
	{"CSDN, ITeye", []string{"content_views", "htmledit_views", "markdown_views", "blog_content"}},
	{"Jianshu", []string{"show-content-free", "show-content"}},
	{"Zhihu columns", []string{"post-richtext", "post-richtextcontainer"}},
	{"Juejin, OSChina, 51CTO, Tencent Cloud, Solo", []string{"article-viewer", "blogbody", "blog-body", "editor-preview-side", "artical-content", "rno-markdown", "mod-content__markdown", "vditor-reset"}},
	{"Douban", []string{"review-content", "link-report", "note-content"}},
	{"MediaWiki", []string{"mw-parser-output", "mw-content-text"}},
	{"Ghost", []string{"gh-content", "post-full-content"}},
	{"WordPress", []string{"wp-block-post-content", "td-post-content", "single-content", "the-content"}},
	{"Hexo", []string{"article-entry"}},
	{"VuePress, VitePress, Docusaurus, MkDocs, Sphinx, GitBook, docsify, Yuque, Notion", []string{"theme-default-content", "vp-doc", "theme-doc-markdown", "md-content__inner", "rst-content", "markdown-section", "ne-viewer-body", "lake-content", "notion-page-content"}},
	{"phpwind portal, ecms, KindEditor templates", []string{"cms_content", "ecms_content", "ke-content"}},
	{"templates with a font size switch", []string{"newstext", "newscontent", "news_content", "news-content", "newsbody", "news_body", "zoom", "fontzoom", "zoomcon"}},
	{"Discuz! portal", []string{"article_content"}},
}

// commonNames are names that many templates use for the article.
var commonNames = []string{
	"articlebody", "article-body", "article_body",
	"article-content", "articlecontent", "article-con", "article_con",
	"entry-content", "post-content", "post-body", "postcontent", "post_content", // WordPress, Hexo, Typecho
	"markdown-body", "rich_media_content",
	"contenttext", "content_text", "maintext", "main-text", "neirong", "zhengwen", "artcontent", "art_content",
	"article-text", "article_text", "articletext", "article-detail", "article_detail", "detail-content", "detail_content", "blog-content", "blog_content_body",
}

// isSpecific reports whether the name of a rank belongs to one publishing system.
func isSpecific(rank uint16) bool { return rank < genericRank }

// rankedName is a name of the table of systems, with its rank, 1 = most trusted.
type rankedName struct {
	rank uint16
	name string
}

// knownNames has every name of the tables; genericRank is the rank of the first
// common name.
var knownNames, genericRank = func() (map[string]rankedName, uint16) {
	m := map[string]rankedName{}
	add := func(names []string) {
		for _, s := range names {
			m[s] = rankedName{uint16(len(m) + 1), s}
		}
	}
	for _, s := range systems {
		add(s.names)
	}
	generic := uint16(len(m) + 1)
	add(commonNames)
	return m, generic
}()

// knownContainer returns the best rank among the words of a name in normal form
// (1 = most trusted, 0 = none) and the word.
func knownContainer(name []byte) (rank uint16, key string) {
	for len(name) > 0 {
		w := name
		if i := bytes.IndexByte(name, ' '); i >= 0 {
			w, name = name[:i], name[i+1:]
		} else {
			name = nil
		}
		if k := knownNames[string(w)]; k.rank > 0 && (rank == 0 || k.rank < rank) {
			rank, key = k.rank, k.name
		}
	}
	return rank, key
}

// postBodies are names that forum systems give to the text of one post or answer:
// Discuz, phpwind, Baidu Tieba, vBulletin, Tianya, V2EX, XenForo, Discourse, NGA,
// Zhihu, Baidu Zhidao, Hupu, Douban groups, Discourse for crawlers, MyBB, SMF, Stack
// Exchange. Two words are those of class and id or itemprop.
var postBodies = []string{
	"postmessage_0", "t_f", "tpc_content", "read_tpc", "editor_content", "d_post_content", "post_message_0", "bbs-content",
	"reply_content", "topic_content", "bbwrapper", "messagetext", "cooked", "ubbcode",
	"richcontent-inner", "zm-editable-content", "best-text", "answer-text", "quote-content",
	"conreal", "questionrichtext", "topic-richtext", "reply-content",
	"post text", "post articlebody", "post_body scaleimages", "inner msg_0", "js-post-body",
}
