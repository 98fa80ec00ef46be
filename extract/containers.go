package extract

import (
	"bytes"
	"slices"
)

// knownContainers are class, id or itemprop names that publishing systems of the
// Chinese web give to the element that holds the article and nothing else. The
// order is the order of trust. Sources: the public markup of the systems named;
// names with digits are written with one 0 per run.
var knownContainers = []string{
	"js_content",                                                       // WeChat public accounts
	"trs_editor", "trs_uedit", "trs_ueditor", "trs_web", "ucapcontent", // TRS WCM, ucap: government
	"v_news_content", "vsb_content", "wp_articlecontent", "vsb_content_0", // VSB, WebPlus: universities
	"artibody", "articalcontent", "sina_keyword_ad_area0", // Sina news and blog
	"endtext", "post_body", "post_text", // NetEase
	"cnt-main-article-qq", "content-article", // Tencent
	"mp-editor",                                    // Sohu
	"rm_txt_con", "show_text", "left_zw", "cnt_bd", // People, China News, CCTV
	"news_txt", "newstext", "newscontent", "news_content", "news-content", "newsbody", "news_body",
	"zoom", "fontzoom", "zoomcon", // government templates with a font size switch
	"cnblogs_post_body", "content_views", "article_content", // cnblogs, CSDN
	"articlebody", "article-body", "article_body",
	"article-content", "articlecontent", "article-con", "article_con",
	"entry-content", "post-content", "post-body", "postcontent", "post_content", // WordPress, Hexo
	"markdown-body", "rich_media_content",
	"contenttext", "content_text", "maintext", "main-text", "neirong", "zhengwen", "artcontent", "art_content",
}

// isSpecific reports whether the name of a rank belongs to one publishing system;
// the names from articlebody on are common words.
func isSpecific(rank uint8) bool { return rank < genericRank }

var genericRank = uint8(slices.Index(knownContainers, "articlebody") + 1)

var knownRank = func() map[string]uint8 {
	m := make(map[string]uint8, len(knownContainers))
	for i, s := range knownContainers {
		if _, ok := m[s]; !ok {
			m[s] = uint8(i + 1)
		}
	}
	return m
}()

// knownContainer returns the best rank among the words of a name in normal form
// (1 = most trusted, 0 = none) and the word.
func knownContainer(name []byte) (rank uint8, key string) {
	for len(name) > 0 {
		w := name
		if i := bytes.IndexByte(name, ' '); i >= 0 {
			w, name = name[:i], name[i+1:]
		} else {
			name = nil
		}
		if r := knownRank[string(w)]; r > 0 && (rank == 0 || r < rank) {
			rank, key = r, knownContainers[r-1]
		}
	}
	return rank, key
}

// postBodies are names that forum systems give to the text of one post: Discuz,
// phpwind, Baidu Tieba, vBulletin, Tianya, V2EX, XenForo, Discourse.
var postBodies = []string{
	"postmessage_0", "t_f", "tpc_content", "read_tpc", "d_post_content", "post_message_0", "bbs-content",
	"reply_content", "topic_content", "bbwrapper", "messagetext", "cooked",
}
