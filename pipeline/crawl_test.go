package pipeline

import (
	"bytes"
	"crypto/sha1"
	"encoding/base32"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// The made-up crawl: four archives of about 25 responses each, of sites that
// stretch over all of them, with everything the stages treat apart: lines that a
// site repeats, copies of every kind, other languages, other content, errors,
// other character sets, personal data.

// Personal data of nobody: the ID card has a valid check digit and date, the
// numbers are well formed.
const (
	plantedID    = "11010519491231002X"
	plantedPhone = "13812345678"
	plantedEmail = "zhangwei1984@example-mail.cn"
	plantedBank  = "6222021234567890128"
)

// planted lists the personal data of the made-up crawl, and forms they must not
// survive in.
var planted = []string{plantedID, plantedPhone, plantedEmail, plantedBank}

var (
	subjects = strings.Fields("县文化馆 图书馆的老师们 村里的老人 研究人员 几位年轻的画家 气象站 山里的孩子 博物馆 水利工程师 镇上的木匠 医生和护士 学校的合唱队 摄影师 种茶的农户 考古队 消防队员 出版社的编辑 社区志愿者 造纸作坊 河边的渔民 县里的技术员 登山队 邮局的同事 剧团的演员")
	verbs    = strings.Fields("整理了 认真记录了 重新发现了 花了三年时间修复 向游客介绍了 一起讨论了 在春天种下了 用镜头留住了 很少提到 仔细比较了 终于完成了 按照古法做出了 把目光投向 从仓库里找到了 邀请大家观看 逐年测量了 写信询问 不愿放弃 在雨后检查了 为此查阅了")
	objects  = strings.Fields("当地的方言和民歌 一百多年前的县志 北坡的梯田 老城墙下的石刻 失传已久的皮影戏 一座木结构的廊桥 冬季候鸟的数量 地下水位的变化 青瓷碎片上的花纹 手抄的药方 茶叶的发酵过程 夏天的暴雨记录 通往山顶的小路 老电影的胶片 家谱里的迁徙路线 湖水的颜色 竹编的手艺 节气与农事的关系 旧书店的账本 铁路沿线的车站 孩子们的课外读物 传统的榫卯结构 鱼苗的成活率 戏台上的对联")
	places   = strings.Fields("在清水河的上游， 去年秋天， 据当时的报纸说， 到了腊月， 因为交通不便， 虽然经费不多， 在两个村子之间， 经过反复试验， 这几年来， 与邻县相比， 每到赶集的日子， 由于连续的干旱， 在一次偶然的谈话中， 大约四十年前， 天还没有亮的时候， 按照老人的说法，")
	tails    = strings.Fields("，这让很多人感到意外 ，并且把结果贴在门口 ，但是没有人知道原因 ，后来成了全县的一件大事 ，其中有些细节至今说不清楚 ，而年轻人往往不太在意 ，所以后来的人才能看到 ，也算是给后代留下一点东西 ，不过这只是开始 ，他们自己却说不值一提 ，直到现在还有人提起 ，这件事后来写进了教材")
)

// prose returns paragraphs of made-up Chinese, the same for the same seed.
func prose(seed uint64, paragraphs int) []string {
	rng := rand.New(rand.NewPCG(seed, 20261123))
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	var out []string
	for range paragraphs {
		var b strings.Builder
		for range 3 + rng.IntN(3) {
			if rng.IntN(3) > 0 {
				b.WriteString(pick(places))
			}
			b.WriteString(pick(subjects) + pick(verbs) + pick(objects))
			if rng.IntN(2) > 0 {
				b.WriteString(pick(tails))
			}
			b.WriteString("。")
		}
		out = append(out, b.String())
	}
	return out
}

// htmlPage returns a page of paragraphs with the furniture of a site.
func htmlPage(title string, paragraphs []string, siteLine string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html><html lang=\"zh\"><head><meta charset=\"utf-8\"><title>%s</title></head><body>\n", title)
	b.WriteString("<div class=\"nav\"><a href=\"/\">首页</a> <a href=\"/list\">列表</a> <a href=\"/about\">关于</a></div>\n")
	fmt.Fprintf(&b, "<div class=\"article\"><h1>%s</h1>\n", title)
	for _, p := range paragraphs {
		fmt.Fprintf(&b, "<p>%s</p>\n", p)
	}
	if siteLine != "" {
		fmt.Fprintf(&b, "<p>%s</p>\n", siteLine)
	}
	b.WriteString("</div><div class=\"footer\">版权所有</div></body></html>\n")
	return b.String()
}

const culturalSiteLine = "本栏目由清水县文化馆编辑部整理，欢迎读者把身边的故事寄给我们。"

// capture is one fetched page.
type capture struct {
	url, date   string
	status      string // of the HTTP response
	contentType string
	body        []byte
	kind        string // WARC-Type, "response" if empty
}

// crawlPart returns the captures of one archive of the made-up crawl.
func crawlPart(part int) []capture {
	var out []capture
	day := 1
	add := func(url, contentType, status string, body []byte) {
		date := fmt.Sprintf("2025-%02d-%02dT08:%02d:00Z", part+1, day%28+1, len(out)%60)
		day++
		out = append(out, capture{url: url, date: date, status: status, contentType: contentType, body: body})
	}
	page := func(url, html string) { add(url, "text/html; charset=utf-8", "200 OK", []byte(html)) }
	for i := range 8 { // enough pages in all parts for lines of the site to count
		n := uint64(part*8 + i)
		page(fmt.Sprintf("http://www.qingshui.example/story/%d.html", n), htmlPage(fmt.Sprintf("清水旧事之%d", n), prose(n, 4), culturalSiteLine))
	}
	for i := range 5 {
		n := uint64(part*5 + i)
		page(fmt.Sprintf("https://news.hehua.example/2025/%d.html", n), htmlPage(fmt.Sprintf("荷花镇见闻%d", n), prose(1000+n, 3), ""))
	}
	near := prose(0, 4) // the first story of the first part, one sentence added
	near[3] += fmt.Sprintf("这里是第%d次转载时加上的一句话。", part+1)
	page(fmt.Sprintf("http://mirror%d.example/copied.html", part), htmlPage("转载", near, ""))
	page(fmt.Sprintf("http://copy%d.example/same.html", part), htmlPage("荷花镇见闻1", prose(1001, 3), ""))
	page("http://www.qingshui.example/story/1.html", htmlPage("清水旧事之1", prose(uint64(2000+part), 4), culturalSiteLine))
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(htmlPage("国标编码的页面", prose(uint64(3000+part), 3), ""))
	if err != nil {
		panic(err)
	}
	add(fmt.Sprintf("http://gb.example/%d.html", part), "text/html", "200 OK", []byte(strings.Replace(gb, `charset="utf-8"`, `charset="gb2312"`, 1)))
	english := strings.Repeat("The museum keeps a long record of the weather in the valley, and the older people still remember it. ", 6)
	page(fmt.Sprintf("http://english.example/%d.html", part), htmlPage("Weather of the valley", []string{english, english}, ""))
	page(fmt.Sprintf("http://short.example/%d.html", part), htmlPage("短页", []string{"今天有雨。"}, ""))
	page(fmt.Sprintf("http://hehua.example/contact/%d.html", part), htmlPage("联系方式 "+plantedPhone, append(prose(uint64(4000+part), 3),
		fmt.Sprintf("联系人张伟，手机%s，电子邮箱%s，身份证号码%s，银行卡号%s。", plantedPhone, plantedEmail, plantedID, plantedBank)), ""))
	page(fmt.Sprintf("http://gated.example/%d.html", part), htmlPage("张伟 "+plantedPhone, []string{"电话" + plantedPhone + "，请在晚上打来。"}, ""))
	page(fmt.Sprintf("http://dropped.example/%d.html", part), htmlPage("报名须知", []string{fmt.Sprintf("第%d期木版年画班从三月开始报名，请大家把材料交给文化馆的张伟老师，", part+1) +
		"他的手机是" + plantedPhone + "，身份证是" + plantedID + "，周末也可以直接到馆里找他，名额不多，请尽早联系。"}, ""))
	add(fmt.Sprintf("http://www.qingshui.example/gone/%d", part), "text/html", "404 Not Found", []byte(htmlPage("找不到", []string{"页面不存在"}, "")))
	add(fmt.Sprintf("http://www.qingshui.example/moved/%d", part), "text/html", "301 Moved Permanently", nil)
	add(fmt.Sprintf("http://www.qingshui.example/logo%d.png", part), "image/png", "200 OK", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR0123456789"))
	out = append(out, capture{url: "http://www.qingshui.example/story/2.html", date: "2025-06-01T00:00:00Z", kind: "revisit"})
	return out
}

// recordID derives the id of a record from its place, so that archives are the
// same every time.
func recordID(part, n int) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%d/%d", part, n))
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// warcRecords returns the records of an archive: warcinfo, then request and
// response by turns.
func warcRecords(part int, captures []capture) [][]byte {
	var records [][]byte
	add := func(kind, url, date, contentType string, block []byte) {
		var b bytes.Buffer
		fmt.Fprintf(&b, "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: %s\r\nWARC-Date: %s\r\n", kind, recordID(part, len(records)), date)
		if url != "" {
			fmt.Fprintf(&b, "WARC-Target-URI: %s\r\n", url)
		}
		sum := sha1.Sum(block)
		fmt.Fprintf(&b, "WARC-Block-Digest: sha1:%s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", base32.StdEncoding.EncodeToString(sum[:]), contentType, len(block))
		b.Write(block)
		b.WriteString("\r\n\r\n")
		records = append(records, b.Bytes())
	}
	add("warcinfo", "", "2025-01-01T00:00:00Z", "application/warc-fields", []byte("software: test\r\n"))
	for i, c := range captures {
		if i%2 == 0 {
			add("request", c.url, c.date, "application/http; msgtype=request", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
		}
		var block bytes.Buffer
		status := c.status
		if status == "" {
			status = "200 OK"
		}
		fmt.Fprintf(&block, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", status, c.contentType, len(c.body))
		block.Write(c.body)
		kind := c.kind
		if kind == "" {
			kind = "response"
		}
		add(kind, c.url, c.date, "application/http; msgtype=response", block.Bytes())
	}
	return records
}

// writeInput writes an input file with a modification time that never changes:
// size and time are its identity in a plan.
func writeInput(t testing.TB, path string, data []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
	return path
}

// packRecords packs records into one gzip member each.
func packRecords(t testing.TB, records [][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, r := range records {
		w := gzip.NewWriter(&b)
		if _, err := w.Write(r); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// writeCrawl writes the archives of the made-up crawl into dir and returns their
// paths: gzip members, but the second is plain.
func writeCrawl(t testing.TB, dir string, parts ...int) []string {
	t.Helper()
	if parts == nil {
		parts = []int{0, 1, 2, 3}
	}
	var paths []string
	for _, p := range parts {
		records := warcRecords(p, crawlPart(p))
		if p == 1 {
			paths = append(paths, writeInput(t, filepath.Join(dir, fmt.Sprintf("part-%d.warc", p)), bytes.Join(records, nil)))
			continue
		}
		paths = append(paths, writeInput(t, filepath.Join(dir, fmt.Sprintf("part-%d.warc.gz", p)), packRecords(t, records)))
	}
	return paths
}

// writeTexts writes a JSONL file of extracted texts and two HTML pages, inputs of
// the other formats.
func writeTexts(t testing.TB, dir string) (jsonl, html string) {
	t.Helper()
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "{\"id\":\"t%d\",\"url\":\"http://texts.example/%d\",\"title\":\"文稿%d\",\"text\":%q,\"date\":\"2025-05-0%d\"}\n",
			i, i, i, strings.Join(prose(uint64(5000+i/2), 3), "\n"), i%9+1)
		if i == 5 {
			b.WriteString("\n{\"id\":\"broken\n")
		}
	}
	jsonl = writeInput(t, filepath.Join(dir, "texts.jsonl"), []byte(b.String()))
	html = filepath.Join(dir, "html")
	for i := range 2 {
		writeInput(t, filepath.Join(html, fmt.Sprintf("page%d.html", i)), []byte(htmlPage("单独的页面", prose(uint64(6000+i), 3), "")))
	}
	return jsonl, html
}
