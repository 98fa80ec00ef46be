package warc

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf16"
)

func utf16Text(s string, big, mark bool) string {
	var b []byte
	put := func(u uint16) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	if mark {
		put(0xfeff)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		put(u)
	}
	return string(b)
}

func TestKind(t *testing.T) {
	const gbk = "\xb5\xda\xd2\xbb\xb6\xce" // 第一段 in GBK
	for _, tc := range []struct{ name, declared, body, want string }{
		{"nothing", "text/html", "", KindEmpty},
		{"white space", "text/html", "\xef\xbb\xbf \r\n\t", KindEmpty},
		{"page", "text/html", "<!DOCTYPE html><title>x</title>", KindHTML},
		{"page without a type", "", "\n <HTML lang=zh>", KindHTML},
		{"page as plain text", "text/plain", "<html><body>" + gbk, KindHTML},
		{"page as octet-stream", "application/octet-stream", "<!doctype HTML PUBLIC>", KindHTML},
		{"page as image", "image/jpeg", "<html>404</html>", KindHTML},
		{"page as script", "application/javascript", "<!DOCTYPE html><html>", KindHTML},
		{"page as JSON", "application/json", "<html><head>", KindHTML},
		{"XHTML", "application/xhtml+xml", "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C\">\n<html>", KindHTML},
		{"XHTML as XML", "text/xml", "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">", KindHTML},
		{"begins with a script", "", "<script>var x = 1;</script><div>" + gbk, KindHTML},
		{"begins with a comment", "", "<!-- saved from url -->\n<!-- two -->\n<table><tr>", KindHTML},
		{"comment without an end", "text/html", "<!-- <html><body>" + gbk, KindHTML},
		{"begins with a mark", "text/html", "\xef\xbb\xbf<div>正文", KindHTML},
		{"begins with text", "text/html", gbk + "<br>" + gbk, KindHTML},
		{"only text, sent as a page", "text/html; charset=gbk", gbk, KindHTML},
		{"text before the page", "text/plain", "Warning: mysql\n<html><body>", KindHTML},
		{"dump with an outer element", "", "<text id=\"http://x\"><html><body>", KindHTML},
		{"PHP source", "text/plain", "<?php\necho '<html>';", KindText},
		{"PHP left in a page", "text/html", "<?php ?>\n<html><body>", KindHTML},
		{"UTF-16 with mark", "text/html", utf16Text("<html><body>正文", false, true), KindHTML},
		{"UTF-16 big end first", "", utf16Text("<!DOCTYPE html>正文", true, true), KindHTML},
		{"UTF-16 without mark", "text/html", utf16Text("<html><body>正文", false, false), KindHTML},
		{"UTF-16 text", "text/plain", utf16Text("正文 only text here", false, true), KindText},
		{"page with control bytes", "text/html", "<div>" + strings.Repeat("\x01\x02", 50) + "</div>", KindHTML},
		{"PDF as page", "text/html", "%PDF-1.4\n", KindPDF},
		{"PNG as page", "text/html", "\x89PNG\r\n\x1a\n\x00", KindImage},
		{"GIF", "", "GIF89a\x01\x00", KindImage},
		{"WebP", "image/webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", KindImage},
		{"SVG", "image/svg+xml", "<?xml version=\"1.0\"?><svg xmlns=\"x\">", KindImage},
		{"SVG with doctype", "", "<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"x\"><svg>", KindImage},
		{"unknown image", "image/x-own", "\x00\x01\x02\x03\x04\x05\x06\x07", KindImage},
		{"MP3", "", "ID3\x03\x00\x00\x00", KindAudio},
		{"MP3 frame", "audio/mpeg", "\xff\xfb\x90\x00" + strings.Repeat("\x00\x01", 40), KindAudio},
		{"MP4", "", "\x00\x00\x00\x18ftypisom\x00\x00", KindVideo},
		{"RSS", "text/xml", "<?xml version=\"1.0\"?><rss version=\"2.0\">", KindFeed},
		{"Atom as page", "text/html", "<?xml version=\"1.0\"?><feed xmlns=\"x\">", KindFeed},
		{"sitemap", "text/xml", "<?xml version=\"1.0\"?><urlset>", KindXML},
		{"XML with own doctype", "application/xml", "<?xml version=\"1.0\"?><!DOCTYPE note [<!ELEMENT html (#PCDATA)>]><note>", KindXML},
		{"XML with own elements", "text/xml", "<?xml version=\"1.0\"?><data><row/></data>", KindXML},
		{"JSON as page", "text/html", "{\"code\": 0, \"html\": \"<div>\"}", KindJSON},
		{"JSON array", "", "[{\"a\":1}]", KindJSON},
		{"not JSON", "text/html", "[公告] 今天<br>", KindHTML},
		{"script", "text/javascript", "!function(){}()", KindJavaScript},
		{"script as page", "text/html", "/* menu */ var a = '<div>';", KindJavaScript},
		{"script that writes a page", "text/html", "document.write('<html>')", KindHTML},
		{"style", "text/css", "body{}", KindCSS},
		{"text", "text/plain; charset=utf-8", "第一段。", KindText},
		{"text without a type", "", "User-agent: *", KindText},
		{"zip", "", "PK\x03\x04\x14\x00", KindZip},
		{"docx", "application/zip", "PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", KindOffice},
		{"doc", "", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", KindOffice},
		{"gzip", "text/html", "\x1f\x8b\x08\x00", KindZip},
		{"font", "", "wOF2\x00", KindFont},
		{"flash", "", "CWS\x0a\x00\x00\x00\x00", KindFlash},
		{"binary", "text/html", "\x00\x01\x02\x03\x04\x05\x06\x07", KindBinary},
		{"program", "", "\x7fELF\x02\x01", KindBinary},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Kind(tc.declared, []byte(tc.body)); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

// TestKindCrawl checks that no page of the development crawl is taken for
// something else, and that of what is no page only files that begin with
// elements of a page are taken for one: 3 of 173, all text files with
// fragments of pages. One row of the manifest calls a GIF a page.
func TestKindCrawl(t *testing.T) {
	taken := 0
	for _, file := range crawls {
		if testing.Short() && file != crawls[0] {
			break
		}
		b, rows := crawlFile(t, file), manifest(t, file)
		r, err := NewReader(bytes.NewReader(b), int64(len(b)), GzipMembers, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var d PayloadDecoder
		for {
			rec, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			row, ok := rows[rec.Index]
			if !ok {
				continue
			}
			resp, err := d.Decode(rec.Block)
			if err != nil {
				t.Fatal(err)
			}
			kind := Kind(resp.Header.Get("Content-Type"), resp.Body)
			blank := len(bytes.TrimSpace(resp.Body)) == 0
			switch page := row.category != "nonhtml"; {
			case !page && kind == KindHTML:
				taken++
			case page && kind != KindHTML && !blank && !(row.category == "error" && kind == KindJSON) && !bytes.HasPrefix(resp.Body, []byte("GIF89a")):
				t.Errorf("%s record %d, %s %s, is %s", file, rec.Index, row.category, row.url, kind)
			case blank != (kind == KindEmpty):
				t.Errorf("%s record %d of %d bytes is %s", file, rec.Index, len(resp.Body), kind)
			}
		}
	}
	if taken > 3 {
		t.Errorf("%d other payloads were taken for pages", taken)
	}
}
