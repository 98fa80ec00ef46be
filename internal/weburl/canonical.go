package weburl

import "strings"

// Canonical returns the form of an address under which copies of one page are
// found: CanonicalV1 and, on top of it,
//   - a leading "www." of the host goes; "m." stays, because mobile pages are
//     often other pages;
//   - the default page of a folder goes (index.html, default.aspx, …), then the
//     slash at the end of any path but the root;
//   - tracking and sharing parameters and session ids go, also ;jsessionid= in
//     the path; all other parameters keep their order.
//
// It may change between versions, so nothing that is stored for long may depend
// on it. What is no address with a host comes back trimmed.
func Canonical(raw string) string {
	s := clean(raw)
	u, ok := split(s)
	if !ok {
		return s
	}
	var room [512]byte
	b := append(room[:0], "http://"...)
	b = appendV1(b, u)
	full := string(b)

	rest := full[len("http://"):]
	for strings.HasPrefix(rest, "www.") && strings.IndexByte(rest[4:hostEnd(rest)], '.') >= 0 {
		rest = rest[4:]
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
	sep := byte('?')
	for query != "" {
		var p string
		p, query, _ = strings.Cut(query, "&")
		if p == "" || dropped(p) {
			continue
		}
		b = append(b, sep)
		b = append(b, p...)
		sep = '&'
	}
	return string(b)
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
