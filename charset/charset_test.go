package charset

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

const (
	hans = "本报北京电，今年第一季度全国居民人均可支配收入继续增长，农村居民收入增速快于城镇居民。"
	hant = "這個網站的設計從一開始就考慮到使用者的習慣，所以大家在這裡學習寫程式的時候，不會覺得太難。"
	ja   = "このページでは、インストールの方法と設定について説明します。お問い合わせはこちらからどうぞ。"
	ko   = "이 문서는 프로그램을 설치하고 사용하는 방법을 설명합니다. 자세한 내용은 홈페이지를 참고하시기 바랍니다."
)

func encoded(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	b, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecode(t *testing.T) {
	t.Parallel()
	gb := func(s string) string { return encoded(t, simplifiedchinese.GB18030, s) }
	big5 := func(s string) string { return encoded(t, traditionalchinese.Big5, s) }
	le := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	be := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	page := func(meta, text string) string {
		return "<html><head>" + meta + "<title>" + text + "</title></head><body><p>" + text + "</p></body></html>"
	}
	meta := func(label string) string {
		return `<meta http-equiv="Content-Type" content="text/html; charset=` + label + `">`
	}
	for _, c := range []struct {
		name, body, http string
		encoding, rule   string
		invalid          int
		want             string // "" for not compared
	}{
		{"empty", "", "gbk", "utf-8", RuleASCII, 0, ""},
		{"ascii with a GB label", "<p>hello", "gb2312", "utf-8", RuleASCII, 0, "<p>hello"},
		{"entities only", "<p>&#20013;&#25991;", "", "utf-8", RuleASCII, 0, ""},
		{"utf-8", page("", hans), "", "utf-8", RuleUTF8, 0, page("", hans)},
		{"utf-8 sent as gb2312", page(meta("gb2312"), hans), "gb2312", "utf-8", RuleUTF8, 0, page(meta("gb2312"), hans)},
		{"utf-8 with mark", "\ufeff" + page("", hans), "iso-8859-1", "utf-8", RuleBOM, 0, page("", hans)},
		{"mark in front of GB", "\xef\xbb\xbf" + gb(page("", hans)), "", "gb18030", RuleStatistics, 1, ""},
		{"utf-8 with broken bytes", page("", hans+"\xe4\xbd"+hans), "", "utf-8", RuleUTF8Mostly, 2, page("", hans+"\ufffd"+hans)},
		{"utf-8 with broken bytes, wrong label", page(meta("gbk"), hans+"\xff"+hans), "gbk", "utf-8", RuleUTF8Mostly, 2, ""},
		{"utf-8 cut inside a character", hans[:len(hans)-1], "", "utf-8", RuleUTF8Mostly, 1, ""},
		{"gb18030 by header", gb(page("", hans)), "GB2312", "gb18030", RuleHTTP, 0, page("", hans)},
		{"gb18030 by meta", gb(page(meta("gbk"), hans)), "", "gb18030", RuleMeta, 0, page(meta("gbk"), hans)},
		{"gb18030 by meta, header wrong", gb(page(meta("gb2312"), hans)), "iso-8859-1", "gb18030", RuleMeta, 0, ""},
		{"gb18030, no label", gb(page("", hans)), "", "gb18030", RuleStatistics, 0, page("", hans)},
		{"gb18030 sent as utf-8 twice", gb(page(meta("utf-8"), hans)), "utf-8", "gb18030", RuleStatistics, 0, ""},
		{"gb18030 sent as big5", gb(page("", hans)), "big5", "gb18030", RuleStatistics, 0, page("", hans)},
		{"gb18030 with four-byte characters", gb(page(meta("gb2312"), hans+"㐂𠀀")), "", "gb18030", RuleMeta, 0, page(meta("gb2312"), hans+"㐂𠀀")},
		{"gb18030 with bad bytes", gb(page("", hans)) + "\xff\xff<p>" + gb(hans), "gbk", "gb18030", RuleHTTP, 2, page("", hans) + "\ufffd\ufffd<p>" + hans},
		{"gb18030, cut character before markup", gb(hans) + "\xc4<br>" + gb(hans), "gbk", "gb18030", RuleHTTP, 1, hans + "\ufffd<br>" + hans},
		{"traditional text in GB", gb(page("", hant)), "big5", "gb18030", RuleStatistics, 0, page("", hant)},
		{"gb18030 mark", "\x84\x31\x95\x33" + gb(hans), "", "gb18030", RuleBOM, 0, hans},
		{"big5", big5(page("", hant)), "", "big5", RuleStatistics, 0, page("", hant)},
		{"big5 by meta", big5(page(meta("big5"), hant)), "", "big5", RuleMeta, 0, ""},
		{"big5 sent as gb2312", big5(page("", hant)), "gb2312", "big5", RuleStatistics, 0, page("", hant)},
		{"big5-hkscs", big5(page("", hant)) + "\xfa\x40\x88\x62", "big5-hkscs", "big5", RuleHTTP, 0, page("", hant) + "\U00020547Ê̄"},
		{"shift_jis", encoded(t, japanese.ShiftJIS, page("", ja)), "", "shift_jis", RuleStatistics, 0, page("", ja)},
		{"euc-jp sent as gb2312", encoded(t, japanese.EUCJP, page("", ja)), "gb2312", "euc-jp", RuleStatistics, 0, page("", ja)},
		{"euc-kr sent as gb2312", encoded(t, korean.EUCKR, page("", ko)), "gb2312", "euc-kr", RuleStatistics, 0, page("", ko)},
		{"utf-16le with mark", "\xff\xfe" + encoded(t, le, page("", hans)), "utf-8", "utf-16le", RuleBOM, 0, page("", hans)},
		{"utf-16be with mark", "\xfe\xff" + encoded(t, be, page("", hans)), "", "utf-16be", RuleBOM, 0, page("", hans)},
		{"utf-16le without mark", encoded(t, le, page("", hans)), "", "utf-16le", RuleUTF16, 0, page("", hans)},
		{"utf-16be without mark, sent as gbk", encoded(t, be, page("", hans)), "gbk", "utf-16be", RuleUTF16, 0, page("", hans)},
		{"utf-16 of ASCII only", encoded(t, le, page("", "hello")), "", "utf-16le", RuleUTF16, 0, page("", "hello")},
		{"utf-16 cut inside a character", "\xff\xfe" + encoded(t, le, "<p>中") + "\x87", "", "utf-16le", RuleBOM, 1, "<p>中\ufffd"},
		{"hz", encoded(t, simplifiedchinese.HZGB2312, "<p>"+hans), "", "hz-gb-2312", RuleEscape, 0, "<p>" + hans},
		{"a regular expression is not hz", "<script>s=/[~{}]/; t='~{a~}'</script>", "", "utf-8", RuleASCII, 0, ""},
		{"iso-2022-jp", encoded(t, japanese.ISO2022JP, "<p>"+ja), "", "iso-2022-jp", RuleEscape, 0, "<p>" + ja},
		{"latin text", encoded(t, charmap.Windows1252, "Les élèves français ont été très gênés. Où est la bibliothèque?"), "", "windows-1252", RuleFallback, 0, "Les élèves français ont été très gênés. Où est la bibliothèque?"},
		{"latin text sent as gb2312", encoded(t, charmap.Windows1252, strings.Repeat("Les élèves français ont été très gênés, à côté de la fenêtre. ", 9)), "gb2312", "windows-1252", RuleFallback, 0, ""},
		{"latin text in utf-8 sent as gbk", "Les élèves français ont été très gênés.", "gbk", "utf-8", RuleUTF8, 0, ""},
		{"russian text in utf-8 sent as gbk", "Это страница на русском языке", "gbk", "utf-8", RuleUTF8, 0, ""},
		{"russian by header", encoded(t, charmap.Windows1251, "Это страница на русском языке, она не для нас."), "windows-1251", "windows-1251", RuleHTTP, 0, "Это страница на русском языке, она не для нас."},
		{"one byte without label", "<p>\xa9 2005 example.com", "", "windows-1252", RuleFallback, 0, "<p>© 2005 example.com"},
		{"one byte with a GB label", "<p>\xa9 2005 example.com", "gb2312", "gb18030", RuleHTTP, 1, "<p>\ufffd 2005 example.com"},
		{"few characters, GB label", gb("<title>首页</title>"), "gb2312", "gb18030", RuleHTTP, 0, "<title>首页</title>"},
		{"few characters, no label", gb("<title>首页</title>"), "", "gb18030", RuleStatistics, 0, "<title>首页</title>"},
		{"GB that is nearly UTF-8 by chance", gb("<title>联通</title>"), "gb2312", "gb18030", RuleHTTP, 0, "<title>联通</title>"},
		{"GB that is valid UTF-8 by chance", gb("<title>目录</title>"), "gb2312", "gb18030", RuleHTTP, 0, "<title>目录</title>"},
		{"GB by meta that is valid UTF-8 by chance", gb(meta("gb2312") + "<title>目录</title>"), "", "gb18030", RuleMeta, 0, ""},
		{"NUL bytes are dropped", "清\x00流\x00", "", "utf-8", RuleUTF8, 0, "清流"},
		{"NUL bytes in GB", gb("中\x00国人民的") + "\x00\x00", "gbk", "gb18030", RuleHTTP, 0, "中国人民的"},
		{"unknown label", gb(page("", hans)), "x-klingon", "gb18030", RuleStatistics, 0, ""},
		{"replacement label", gb(page("", hans)), "iso-2022-kr", "gb18030", RuleStatistics, 0, ""},
	} {
		var d Decoder
		got, dec := d.Decode([]byte("before|"), []byte(c.body), c.http)
		if dec.Encoding != c.encoding || dec.Rule != c.rule || dec.Invalid != c.invalid {
			t.Errorf("%s: got %s by %s with %d invalid, want %s by %s with %d; %s", c.name, dec.Encoding, dec.Rule, dec.Invalid, c.encoding, c.rule, c.invalid, dec.Evidence)
			continue
		}
		if text, ok := bytes.CutPrefix(got, []byte("before|")); !ok || c.want != "" && string(text) != c.want {
			t.Errorf("%s: decoded to %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDetect_labelsOfThePage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ head, want string }{
		{`<meta charset="gb2312">`, "gb2312"},
		{`<META CHARSET=GBK>`, "gbk"},
		{`<meta charset='utf-8'/>`, "utf-8"},
		{`<meta http-equiv="content-type" content="text/html;charset=Big5">`, "big5"},
		{`<meta content="text/html; charset = gb2312" http-equiv=Content-Type>`, "gb2312"},
		{`<meta content="text/html; charset=gb2312">`, "gb2312"},
		{"<meta\nhttp-equiv='Content-Type'\ncontent='text/html; charset=gb2312'>", "gb2312"},
		{`<?xml version="1.0" encoding="GB2312"?><html>`, "gb2312"},
		{`<?xml version="1.0"?><meta charset=gbk>`, "gbk"},
		{`<!-- <meta charset="big5"> --><meta charset="gbk">`, "gbk"},
		{`<!--><meta charset="gbk">`, "gbk"},
		{`<!-- <meta charset="gbk">`, ""},
		{strings.Repeat("<!-- padding -->", 1000) + `<meta charset="gbk">`, "gbk"},
		{strings.Repeat(" ", 64<<10) + `<meta charset="gbk">`, ""},
		{`<meta name="description" content="how to set charset=utf-8 in a page"><meta charset="gbk">`, "gbk"},
		{`<meta http-equiv="Content-Type" content="text/html; charset=">`, ""},
		{`<meta data-charset="gbk">`, ""},
		{`<meta charset="` + strings.Repeat("x", 100) + `">`, ""},
		{`<metadata charset="gbk">`, ""},
		{`<meta charset=gb2312><meta charset=utf-8>`, "gb2312"},
		{`<script>document.write('<meta charset="big5">')</script><meta charset="gbk">`, "gbk"},
		{`<SCRIPT type=x>a</b><meta charset="big5"></Script ><meta charset="gbk">`, "gbk"},
		{`<style><meta charset="big5"></style><textarea><meta charset=big5></textarea><meta charset="gbk">`, "gbk"},
		{`<script src=x><meta charset="gbk">`, ""},
		{`<scripted><span></span><title>x</title><meta charset="gbk">`, "gbk"},
		{`<meta charset=gbk `, "gbk"},
		{`<meta`, ""},
		{`<`, ""},
	} {
		if got := Detect([]byte(c.head+"\xff"), "").MetaLabel; got != c.want {
			t.Errorf("label of %.80q = %q, want %q", c.head, got, c.want)
		}
	}
}

func TestInspect(t *testing.T) {
	t.Parallel()
	body := encoded(t, simplifiedchinese.GB18030, `<?xml version="1.0" encoding="big5"?><meta charset=gb2312>`+hans) + "\xff"
	in := Inspect([]byte(body))
	if in.Mark != "" || in.UTF8Valid || len(in.Labels) != 2 || len(in.Readings) != 1+int(families) {
		t.Fatalf("%+v", in)
	}
	if l := in.Labels[0]; l != (Label{"big5", "big5", 0, true}) {
		t.Errorf("first label %+v", l)
	}
	if l := in.Labels[1]; l != (Label{"gb2312", "gb18030", strings.Index(body, "<meta"), false}) {
		t.Errorf("second label %+v", l)
	}
	best := in.Readings[0]
	for _, r := range in.Readings {
		if r.Score > best.Score {
			best = r
		}
	}
	if best.Encoding != "gb18030" || best.Letters != len([]rune(hans))-strings.Count(hans, "，")-1 {
		t.Errorf("best reading %+v", best)
	}
	if in := Inspect([]byte("\xff\xfea\x00")); in.Mark != "utf-16le" {
		t.Errorf("mark %q", in.Mark)
	}
}

func TestContentTypeCharset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"text/html", ""},
		{"text/html; charset=UTF-8", "utf-8"},
		{`text/html;charset="gb2312"`, "gb2312"},
		{"text/html; Charset = 'GBK' ; x=y", "gbk"},
		{"text/html charset=big5", "big5"},
		{"text/html; charset=gb2312,text/html", "gb2312"},
		{"text/html; charset:utf-8", "utf-8"},
		{"text/html; charset=", ""},
		{"text/html; charset", ""},
		{"text/html; charset=\x00\xff", ""},
		{"text/html; xcharset; charset=gbk", "gbk"},
		{"text/html; charset=" + strings.Repeat("a", 2000), ""},
	} {
		if got := ContentTypeCharset(c.in); got != c.want {
			t.Errorf("ContentTypeCharset(%.60q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"gb2312": "gb18030", "chinese": "gb18030", "x-gbk": "gb18030", "cn-big5": "big5", "x-x-big5": "big5",
		"unicode-1-1-utf-8": "utf-8", "windows-31j": "shift_jis", "ks_c_5601-1987": "euc-kr", "utf-16": "utf-16le",
		"iso-8859-1": "windows-1252", "koi8-r": "koi8-r", "": "", "none": "", "replacement": "", "x-user-defined": "",
	} {
		if got := resolve(label); got != want {
			t.Errorf("resolve(%q) = %q, want %q", label, got, want)
		}
	}
}

func TestAppendUTF8_brokenSequences(t *testing.T) {
	t.Parallel()
	// The tables of Unicode 16.0, section 3.9 (U+FFFD substitution of maximal
	// subparts), and what is left of cut characters.
	for _, c := range []struct {
		in, want string
		invalid  int
	}{
		{"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82A", "????????A", 8},
		{"\xed\xa0\x80\xed\xbf\xbf\xed\xafA", "????????A", 8},
		{"\xf4\x91\x92\x93\xffA\x80\xbfB", "?????A??B", 7},
		{"\xe1\x80\xe2\xf0\x91\x92\xf1\xbfA", "????A", 4},
		{"中\xe5\x9b", "中?", 1},
		{"\xf0\x9f\x98", "?", 1},
	} {
		var d Decoder
		got, n := d.AppendUTF8(nil, []byte(c.in), "utf-8")
		if want := strings.ReplaceAll(c.want, "?", "\ufffd"); string(got) != want || n != c.invalid {
			t.Errorf("%q: %q with %d invalid, want %q with %d", c.in, got, n, want, c.invalid)
		}
	}
}

func TestAppendUTF8_unknownNameIsUTF8(t *testing.T) {
	t.Parallel()
	var d Decoder
	for _, enc := range []string{"", "x-klingon", "replacement", "x-user-defined", "iso-2022-kr"} {
		if got, n := d.AppendUTF8(nil, []byte("清\xff"), enc); string(got) != "清\ufffd" || n != 1 {
			t.Errorf("%q: %q, %d", enc, got, n)
		}
	}
}

// The GB18030 decoder against x/text: every pair, alone and before ASCII, and
// four-byte sequences from every region.
func TestAppendGB_agreesWithXText(t *testing.T) {
	t.Parallel()
	slow := simplifiedchinese.GB18030.NewDecoder()
	var d Decoder
	check := func(in []byte) {
		t.Helper()
		got, _ := d.appendGB(nil, in)
		want, err := slow.Bytes(in)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("% x: %q (% x), x/text %q (% x)", in, got, got, want, want)
		}
	}
	moved := 0
	for lead := 0x80; lead <= 0xff; lead++ {
		for trail := 0; trail <= 0xff; trail++ {
			if gb2022(byte(lead), byte(trail)) != 0 {
				moved++
				continue
			}
			check([]byte{byte(lead), byte(trail), '<', 'b', 'r', '>'})
		}
	}
	if moved != 25 {
		t.Errorf("%d pairs differ from x/text on purpose, want 25", moved)
	}
	for p := 0; p < 126*10*126*10; p += 97 {
		check([]byte{byte(0x81 + p/12600), byte(0x30 + p/1260%10), byte(0x81 + p/10%126), byte(0x30 + p%10)})
	}
}

func TestDecode_reusedDecoderForgets(t *testing.T) {
	t.Parallel()
	var d Decoder
	for range 3 {
		for _, c := range []struct {
			enc encoding.Encoding
			s   string
		}{{japanese.ISO2022JP, "<p>" + ja}, {simplifiedchinese.HZGB2312, "<p>" + hans}, {korean.EUCKR, "<p>" + ko}} {
			body := []byte(encoded(t, c.enc, c.s))
			d.Decode(nil, body[:len(body)-2], "")
			if got, dec := d.Decode(nil, body, ""); string(got) != c.s {
				t.Errorf("%s: %q", dec.Encoding, got)
			}
		}
	}
}

func TestDecode_doesNotAllocateOnPlainPages(t *testing.T) {
	var d Decoder
	buf := make([]byte, 0, 1<<16)
	for _, c := range []struct {
		name, body string
		max        float64
	}{
		{"utf-8 without label", strings.Repeat("<p>"+hans, 100), 0},
		{"utf-8 with meta", "<meta charset=utf-8>" + strings.Repeat("<p>"+hans, 100), 0},
		{"gb18030 with meta", encoded(t, simplifiedchinese.GB18030, "<meta charset=gb2312>"+strings.Repeat("<p>"+hans, 100)), 1}, // the evidence
	} {
		body := []byte(c.body)
		d.Decode(buf, body, "utf-8")
		if n := testing.AllocsPerRun(50, func() { d.Decode(buf, body, "utf-8") }); n > c.max {
			t.Errorf("%s: %v allocations per page, want at most %v", c.name, n, c.max)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "<meta charset=gbk>\xd6\xd0", "\xff\xfe<\x00", "~{VPND~}", "\x1b$B$3\x1b(B", "\x81\x30\x81\x30", "\xef\xbb\xbf\x80", hans} {
		f.Add([]byte(s), "")
		f.Add([]byte(s), "big5")
	}
	f.Fuzz(func(t *testing.T, body []byte, label string) {
		was := bytes.Clone(body)
		var d Decoder
		text, dec := d.Decode(nil, body, label)
		if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
			t.Fatalf("%q is no clean UTF-8, from %q by %+v", text, body, dec)
		}
		again := Detect(body, label)
		again.Invalid = dec.Invalid
		if again != dec {
			t.Fatalf("first %+v, then %+v", dec, again)
		}
		if !bytes.Equal(body, was) {
			t.Fatal("the body was changed")
		}
		if dec.Encoding == "" || dec.Rule == "" || strings.ContainsRune(dec.Evidence, '\n') {
			t.Fatalf("incomplete decision %+v", dec)
		}
		for f := range families {
			if out, _ := d.AppendUTF8(nil, body, familyName[f]); !utf8.Valid(out) {
				t.Fatalf("%s: %q is not valid UTF-8", familyName[f], out)
			}
		}
	})
}
