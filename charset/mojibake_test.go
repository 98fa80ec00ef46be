package charset

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// reader names what text is read as: gbk as code page 936 and browsers read it,
// windows-1252 as browsers do, and Latin-1.
type reader int

const (
	asGBK reader = iota
	as1252
	asLatin1
)

// readAs returns text, written in one encoding (nil for UTF-8), as it looks when
// it is read in another.
func readAs(t testing.TB, text string, written encoding.Encoding, read reader) string {
	t.Helper()
	raw := text
	if written != nil {
		raw = encoded(t, written, text)
	}
	var out []rune
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c < 0x80:
			out = append(out, rune(c))
		case read == asLatin1 || c >= 0xa0 && read == as1252 || read == as1252 && windows1252[c-0x80] == 0:
			out = append(out, rune(c))
		case read == as1252:
			out = append(out, windows1252[c-0x80])
		case c == 0x80:
			out = append(out, '€')
		case i+1 == len(raw) || raw[i+1] < 0x40 || raw[i+1] == 0x7f || raw[i+1] == 0xff || c == 0xff:
			out = append(out, utf8.RuneError)
		default:
			out = append(out, gbkRune(c, raw[i+1]))
			i++
		}
	}
	return string(out)
}

// gbkRune decodes a pair with the user-defined areas of code page 936.
func gbkRune(lead, trail byte) rune {
	l, t := rune(lead), rune(trail)
	switch {
	case l >= 0xaa && l <= 0xaf && t >= 0xa1:
		return 0xe000 + (l-0xaa)*94 + t - 0xa1
	case l >= 0xf8 && l <= 0xfe && t >= 0xa1:
		return 0xe234 + (l-0xf8)*94 + t - 0xa1
	case l >= 0xa1 && l <= 0xa7 && t < 0xa1:
		if t > 0x7f {
			t--
		}
		return 0xe4c6 + (l-0xa1)*96 + t - 0x40
	}
	if r := getTables().gb[int(lead-0x81)*192+int(trail-0x40)]; r != 0 {
		return rune(r)
	}
	return utf8.RuneError
}

// evenPage has an even number of characters in every run, the only case in which
// UTF-8 read as GB loses nothing.
const evenPage = `<html><head><title>本报北京电讯</title></head><body><p>今年第一季度全国居民</p><p>人均可支配收入继续增长农村的</p><p>居民收入增速快于城镇居民了</p></body></html>`

func TestRepair(t *testing.T) {
	t.Parallel()
	page := webPage(hans)
	hantPage := webPage(hant)
	for _, c := range []struct {
		name, page, want, kind string
	}{
		{"clean Chinese", page, "", ""},
		{"clean English", webPage("plain words"), "", ""},
		{"French", webPage(french), "", ""},
		{"Polish", webPage(polish), "", ""},
		{"Russian", webPage(russian), "", ""},
		{"Japanese", webPage(ja), "", ""},
		{"UTF-8 as windows-1252", readAs(t, page, nil, as1252), page, DoubleUTF8AsLatin},
		{"UTF-8 as Latin-1", readAs(t, page, nil, asLatin1), page, DoubleUTF8AsLatin},
		{"traditional", readAs(t, hantPage, nil, as1252), hantPage, DoubleUTF8AsLatin},
		{"an article inside a clean template", page + readAs(t, page, nil, as1252), page + page, DoubleUTF8AsLatin},
		{"beside French", webPage(french) + readAs(t, page, nil, as1252), webPage(french) + page, DoubleUTF8AsLatin},
		{"GB as Latin-1", readAs(t, page, simplifiedchinese.GB18030, asLatin1), page, DoubleGBAsLatin},
		{"GB as windows-1252", readAs(t, page, simplifiedchinese.GB18030, as1252), page, DoubleGBAsLatin},
		{"Big5 as Latin-1", readAs(t, hantPage, traditionalchinese.Big5, asLatin1), hantPage, DoubleBig5AsLatin},
		{"UTF-8 as GB", readAs(t, evenPage, nil, asGBK), evenPage, DoubleUTF8AsGB},
		{"UTF-8 as GB with torn ends", readAs(t, page, nil, asGBK), "", ""},
		{"Korean as Latin-1", readAs(t, webPage(ko), nil, as1252), "", ""},
		{"Russian as Latin-1", readAs(t, webPage(russian), nil, as1252), "", ""},
		{"Russian in 1251 as Latin-1", readAs(t, webPage(russian), charmap.Windows1251, as1252), "", ""},
		{"a lesson about it", page + "<p>ä¸\u00ad, ÖÐÎÄ, 涓枃</p>", "", ""},
	} {
		out, kind := Repair([]byte("x"), []byte(c.page), SuspectGB(c.page))
		if want := "x" + c.want; kind != c.kind || string(out) != want {
			t.Errorf("%s: %q, want %q; text\n%.300s\nwant\n%.300s", c.name, kind, c.kind, out, want)
		}
	}
}

func TestMojibakeFraction(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		min, max   float64
	}{
		{"empty", "", 0, 0},
		{"Chinese", hans + hant, 0, 0},
		{"Japanese", ja, 0, 0},
		{"Korean", ko, 0, 0},
		{"French", french, 0, 0},
		{"Polish", polish, 0, 0},
		{"Vietnamese", viet, 0, 0},
		{"Russian", russian, 0, 0},
		{"bath and dregs", strings.Repeat("沐浴露、淀粉、渲染、溴化物、悖论、忏悔、椴木", 20), 0, 0},
		{"乱码 explained", strings.Repeat(hans, 5) + "常见的乱码有锟斤拷和烫烫烫。", 0.01, 0.04},
		{"one U+FFFD in a hundred", strings.Repeat("字", 99) + "\ufffd", 0.01, 0.01},
		{"锟斤拷", strings.Repeat("锟斤拷", 10), 1, 1},
		{"烫烫烫", "烫烫烫烫烫烫", 1, 1},
		{"烫 in prose", "水很烫烫手，屯粮", 0, 0},
		{"UTF-8 as GB", readAs(t, hans+hans, nil, asGBK), 0.85, 1},
		{"UTF-8 as GB, traditional", readAs(t, hant+hant, nil, asGBK), 0.85, 1},
		{"half of it", hans + "\n" + readAs(t, hans, nil, asGBK), 0.5, 0.7},
		{"UTF-8 as windows-1252", readAs(t, hans, nil, as1252), 0.95, 1},
		{"GB as Latin-1", readAs(t, hans, simplifiedchinese.GB18030, asLatin1), 0.95, 1},
		{"broken bytes", "\xff\xfe中文", 0.5, 0.5},
	} {
		if got := MojibakeFraction(c.text); got < c.min || got > c.max {
			t.Errorf("%s: %v, want %v to %v", c.name, got, c.min, c.max)
		}
	}
}

func TestHasHan_doubleEncoded(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"UTF-8 as windows-1252": readAs(t, webPage(hans), nil, as1252),
		"GB as Latin-1":         readAs(t, webPage(hans), simplifiedchinese.GB18030, asLatin1),
	} {
		if !HasHan([]byte(body)) {
			t.Errorf("%s is skipped, but can be repaired", name)
		}
	}
}

func FuzzRepair(f *testing.F) {
	f.Add([]byte(readAs(f, hans+hans, nil, as1252)), true)
	f.Add([]byte(readAs(f, hans+hans, simplifiedchinese.GB18030, asLatin1)), false)
	f.Add([]byte(readAs(f, evenPage, nil, asGBK)), true)
	f.Add([]byte("\xc3\xa4\xc2\xb8\xc2"), true)
	f.Fuzz(func(t *testing.T, body []byte, gb bool) {
		var d Decoder
		page, _ := d.Decode(nil, body, "")
		out, kind := Repair(nil, page, gb)
		if kind == "" && len(out) != 0 || !utf8.Valid(out) {
			t.Fatalf("%q by %q is no clean result of %q", out, kind, page)
		}
		if f := MojibakeFraction(string(page)); f < 0 || f > 1 {
			t.Fatalf("share %v", f)
		}
		SuspectGB(string(page))
		if kind == "" {
			return
		}
		// Nothing may be lost: the two steps that broke the page break it again.
		var again string
		switch kind {
		case DoubleUTF8AsGB:
			again = readAs(t, string(out), nil, asGBK)
		case DoubleGBAsLatin, DoubleBig5AsLatin:
			enc := map[string]encoding.Encoding{DoubleGBAsLatin: simplifiedchinese.GB18030, DoubleBig5AsLatin: traditionalchinese.Big5}[kind]
			if again = readAs(t, string(out), enc, as1252); again != string(page) {
				again = readAs(t, string(out), enc, asLatin1)
			}
		default:
			return // by runs: undoUTF8
		}
		if again != string(page) {
			t.Fatalf("%s: %q became %q, which breaks to %q", kind, page, out, again)
		}
	})
}

func BenchmarkMojibakeFraction(b *testing.B) {
	for name, text := range map[string]string{"chinese": strings.Repeat(hans, 50), "mixed": strings.Repeat(hans+"plain words 2026 ", 50)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				MojibakeFraction(text)
			}
		})
	}
}

func BenchmarkRepair_clean(b *testing.B) {
	page := []byte(benchPage(hans))
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		Repair(nil, page, false)
	}
}
