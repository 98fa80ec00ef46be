//go:build ignore

// Command gen writes the archives of the demo crawl from the pages beside it:
// news.warc.gz, one gzip member per record, and blog.warc, plain. The same pages
// give the same bytes.
//
//	go run testdata/demo/gen/main.go -dir testdata/demo
package main

import (
	"bytes"
	"crypto/sha1"
	"encoding/base32"
	"flag"
	"fmt"
	"html/template"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

const newsHost = "https://www.news.example.cn"

// capture is one page as the crawler fetched it.
type capture struct {
	url, date string
	file      string // below gen/
	status    int    // 0 is 200
	mime      string // "" is text/html
	charset   string // encoding of the body: "" is utf-8, or big5, gbk
	silent    bool   // no header names the charset
	coding    string // "", gzip or chunked
	location  string
}

// extras are the records of news.warc.gz behind the articles.
var extras = []capture{
	{url: newsHost + "/2026/03-dredging.html", date: "2026-03-27T02:00:00Z", file: "news/03-dredging.txt"},                       // the same page a week later
	{url: newsHost + "/print/07-spring-tea.html", date: "2026-03-20T03:01:00Z", file: "pages/tea-print.html"},                    // the same text on another URL
	{url: newsHost + "/list/", date: "2026-03-22T23:00:00Z", file: "pages/list.html"},                                            // links only
	{url: newsHost + "/login", date: "2026-03-20T03:02:00Z", file: "pages/login.html"},                                           // asks for a password
	{url: newsHost + "/photo/1.html", date: "2026-03-20T03:03:00Z", file: "pages/short.html"},                                    // one sentence
	{url: newsHost + "/brief/9.html", date: "2026-03-22T03:03:00Z", file: "pages/brief.html"},                                    // short, but past the gates
	{url: newsHost + "/2025/gone.html", date: "2026-03-20T03:04:00Z", file: "pages/not-found.html", status: 404},                 // honest error
	{url: newsHost + "/2025/moved.html", date: "2026-03-20T03:05:00Z", status: 302, location: newsHost + "/"},                    // redirect
	{url: newsHost + "/2025/soft.html", date: "2026-03-20T03:06:00Z", file: "pages/not-found.html"},                              // error page that says 200
	{url: newsHost + "/i/1.gif", date: "2026-03-20T03:07:00Z", file: "pages/pixel.gif", mime: "image/gif"},                       // image
	{url: "http://mirror.test/bridge", date: "2026-03-25T04:00:00Z", file: "pages/bridge-mirror.html"},                           // near duplicate: the end is missing
	{url: "http://energy.test/7", date: "2026-03-26T04:00:00Z", file: "pages/solar-forward.html"},                                // near duplicate: a few words added
	{url: "http://lucky.test/", date: "2026-03-20T05:00:00Z", file: "pages/gambling.html"},                                       // gambling spam
	{url: "http://tank.test/", date: "2026-03-20T05:01:00Z", file: "pages/repeated.html"},                                        // the same lines again and again
	{url: "http://parts.test/list.html", date: "2026-03-20T05:02:00Z", file: "pages/numbers.html"},                               // mostly numbers
	{url: "http://locks.test/how", date: "2026-03-20T05:03:00Z", file: "pages/english.html"},                                     // English
	{url: "http://community.test/lost", date: "2026-03-20T05:04:00Z", file: "pages/lost-found.html"},                             // made-up personal data
	{url: "http://village.test/shuidui.htm", date: "2026-03-20T05:05:00Z", file: "pages/gbk.html", charset: "gbk", silent: true}, // GBK, says so nowhere
}

// blog are the records of blog.warc.
var blog = []capture{
	{url: "https://notes.example.org/2025/tofu/", date: "2026-03-18T01:00:00Z", file: "pages/tofu.html"},
	{url: "https://notes.example.org/2025/walk/", date: "2026-03-18T01:01:00Z", file: "pages/walk.html", coding: "gzip"},
	{url: "https://notes.example.org/2025/radio/", date: "2026-03-18T01:02:00Z", file: "pages/radio.html", coding: "chunked"}, // opts out of training
	{url: "https://notes.example.org/2025/bread/", date: "2026-03-18T01:03:00Z", file: "pages/bread.html"},
	{url: "https://notes.example.org/2026/dictionary/", date: "2026-03-18T01:04:00Z", file: "pages/dictionary.html", charset: "big5"},
	{url: "https://notes.example.org/2026/garden/", date: "2026-03-18T01:05:00Z", file: "pages/garden.html"}, // licence link
	{url: "https://notes.example.org/tag/kitchen/", date: "2026-03-18T01:06:00Z", file: "pages/tag.html"},
	{url: "http://bbs.test/thread-88-1-1.html", date: "2026-03-18T02:00:00Z", file: "pages/forum.html"},
}

func main() {
	dir := flag.String("dir", ".", "folder of the demo crawl")
	flag.Parse()
	g := generator{dir: filepath.Join(*dir, "gen")}
	news := g.articles()
	if err := os.WriteFile(filepath.Join(*dir, "news.warc.gz"), g.archive(append(news, extras...), true), 0o644); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*dir, "blog.warc"), g.archive(blog, false), 0o644); err != nil {
		log.Fatal(err)
	}
}

type generator struct {
	dir     string
	related []link
}

type link struct{ URL, Title string }

// articles lists the articles of the news site in the order of their files.
func (g *generator) articles() []capture {
	files, err := filepath.Glob(filepath.Join(g.dir, "news", "*.txt"))
	if err != nil || len(files) == 0 {
		log.Fatalf("%s: no articles: %v", g.dir, err)
	}
	var out []capture
	for i, f := range files {
		slug := strings.TrimSuffix(filepath.Base(f), ".txt")
		title, _, _ := strings.Cut(string(g.read("news/"+slug+".txt")), "\n")
		g.related = append(g.related, link{"/2026/" + slug + ".html", title})
		c := capture{url: newsHost + "/2026/" + slug + ".html", date: fmt.Sprintf("2026-03-20T02:%02d:00Z", i), file: "news/" + slug + ".txt"}
		if i%7 == 3 {
			c.coding = "gzip"
		}
		out = append(out, c)
	}
	return out
}

func (g *generator) read(name string) []byte {
	b, err := os.ReadFile(filepath.Join(g.dir, filepath.FromSlash(name)))
	if err != nil {
		log.Fatal(err)
	}
	return b
}

// page returns the body of a capture.
func (g *generator) page(c capture) []byte {
	if c.file == "" {
		return nil
	}
	b := g.read(c.file)
	if strings.HasSuffix(c.file, ".txt") {
		b = g.article(c.file, string(b))
	}
	var err error
	switch c.charset {
	case "gbk":
		b, err = simplifiedchinese.GBK.NewEncoder().Bytes(b)
	case "big5":
		b, err = traditionalchinese.Big5.NewEncoder().Bytes(b)
	}
	if err != nil {
		log.Fatalf("%s: %v", c.file, err)
	}
	return b
}

// article puts a text (title, date, blank line, paragraphs) into the site's template.
func (g *generator) article(file, text string) []byte {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	slug := strings.TrimSuffix(filepath.Base(file), ".txt")
	number, err := strconv.Atoi(slug[:2])
	if err != nil {
		log.Fatalf("%s: %v", file, err)
	}
	t, err := template.ParseFiles(filepath.Join(g.dir, "news", "template.html"))
	if err != nil {
		log.Fatal(err)
	}
	var related []link
	for i := range 3 {
		related = append(related, g.related[(number+5*i)%len(g.related)])
	}
	var out bytes.Buffer
	err = t.Execute(&out, struct {
		Number      int
		Title, Date string
		Paragraphs  []string
		Related     []link
	}{number, lines[0], lines[1], lines[3:], related})
	if err != nil {
		log.Fatalf("%s: %v", file, err)
	}
	return out.Bytes()
}

// archive returns a WARC file of the captures, one gzip member per record if packed.
func (g *generator) archive(captures []capture, packed bool) []byte {
	var out []byte
	add := func(headers, block string) {
		record := "WARC/1.1\r\n" + headers + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(block)) + block + "\r\n\r\n"
		if !packed {
			out = append(out, record...)
			return
		}
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := w.Write([]byte(record)); err != nil {
			log.Fatal(err)
		}
		if err := w.Close(); err != nil {
			log.Fatal(err)
		}
		out = append(out, b.Bytes()...)
	}
	add("WARC-Type: warcinfo\r\nWARC-Record-ID: "+recordID("info")+"\r\nWARC-Date: "+captures[0].date+"\r\nContent-Type: application/warc-fields\r\n",
		"software: the generator of the demo\r\nformat: WARC File Format 1.1\r\n")
	for _, c := range captures {
		id := recordID(c.url + c.date)
		host, path, _ := strings.Cut(strings.SplitN(c.url, "//", 2)[1], "/")
		common := "WARC-Target-URI: " + c.url + "\r\nWARC-Date: " + c.date + "\r\n"
		add("WARC-Type: request\r\nWARC-Record-ID: "+recordID("request"+c.url+c.date)+"\r\nWARC-Concurrent-To: "+id+"\r\n"+common+"Content-Type: application/http; msgtype=request\r\n",
			"GET /"+path+" HTTP/1.1\r\nHost: "+host+"\r\n\r\n")
		block, payload := response(c, g.page(c))
		sum := sha1.Sum(payload)
		add("WARC-Type: response\r\nWARC-Record-ID: "+id+"\r\n"+common+"WARC-Payload-Digest: sha1:"+base32.StdEncoding.EncodeToString(sum[:])+"\r\nContent-Type: application/http; msgtype=response\r\n",
			block)
	}
	return out
}

// response returns the bytes the server of a capture sent, and the payload: the
// body without the transfer coding, with the content coding.
func response(c capture, body []byte) (block string, payload []byte) {
	status, mime := c.status, c.mime
	if status == 0 {
		status = 200
	}
	if mime == "" {
		mime = "text/html"
		if !c.silent && c.charset == "" {
			mime += "; charset=utf-8"
		}
	}
	h := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: %s\r\n", status, map[int]string{200: "OK", 302: "Found", 404: "Not Found"}[status], mime)
	if c.location != "" {
		h += "Location: " + c.location + "\r\n"
	}
	switch c.coding {
	case "gzip":
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(body); err != nil {
			log.Fatal(err)
		}
		if err := w.Close(); err != nil {
			log.Fatal(err)
		}
		body = b.Bytes()
		h += "Content-Encoding: gzip\r\n"
	case "chunked":
		payload = body
		var b []byte
		for len(body) > 0 {
			n := min(len(body), 1000) // also through the middle of a character
			b = fmt.Appendf(b, "%x\r\n%s\r\n", n, body[:n])
			body = body[n:]
		}
		body = append(b, "0\r\n\r\n"...)
		h += "Transfer-Encoding: chunked\r\n"
	}
	if c.coding != "chunked" {
		payload = body
		h += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	return h + "\r\n" + string(body), payload
}

// recordID makes a record id from what the record is.
func recordID(of string) string {
	s := sha1.Sum([]byte(of))
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", s[:4], s[4:6], s[6:8], s[8:10], s[10:16])
}
