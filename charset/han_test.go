package charset

import (
	"bytes"
	"fmt"
	"regexp"
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

// Own sentences in other languages.
const (
	russian = "Вчера вечером мы долго гуляли по набережной и говорили о книгах, которые прочитали этим летом. Подъезд дома был закрыт, поэтому пришлось ждать."
	ukraine = "У цій статті йдеться про події останніх років, про лінії метро та дії міської влади; її автор єдиний, хто їх описав."
	french  = "L'été dernier, nous avons visité un château près de la forêt ; l'hôtel était fermé, mais le café où nous déjeunâmes était très agréable."
	polish  = "Wczoraj wieczorem poszliśmy na długi spacer wzdłuż rzeki, a później zjedliśmy kolację w małej, przytulnej gospodzie. Źdźbło trawy drżało."
	turkish = "Dün akşam sahilde uzun bir yürüyüş yaptık ve güneşin batışını izledik; çocuklar şarkı söylüyor, ağaçların gölgesinde oynuyorlardı."
	greek   = "Χθες το βράδυ περπατήσαμε πολλή ώρα δίπλα στη θάλασσα και μιλήσαμε για τα βιβλία που διαβάσαμε το καλοκαίρι."
	thai    = "เมื่อวานนี้เราเดินเล่นริมแม่น้ำเป็นเวลานานและพูดคุยเกี่ยวกับหนังสือที่เราอ่านในช่วงฤดูร้อนร้านอาหารปิดแล้วเราจึงกลับบ้าน"
	viet    = "Tối hôm qua chúng tôi đi dạo rất lâu dọc bờ sông và nói chuyện về những cuốn sách đã đọc trong mùa hè này."
	arabic  = "مشينا مساء أمس طويلا على ضفة النهر وتحدثنا عن الكتب التي قرأناها في الصيف، ثم عدنا إلى البيت متأخرين."
	hebrew  = "אתמול בערב טיילנו זמן רב לאורך הנהר ודיברנו על הספרים שקראנו בקיץ האחרון."
)

// webPage puts sentences into the markup of a small page.
func webPage(text string) string {
	return `<html><head><title>` + text + `</title><meta name="robots" content="index"></head><body class="page">` +
		strings.Repeat(`<p class="c1"><a href="/a/b.html">`+text+"</a></p>\n", 20) + "</body></html>"
}

func TestHasHan(t *testing.T) {
	t.Parallel()
	le, be := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	bom := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	for _, c := range []struct {
		name string
		enc  encoding.Encoding // nil for UTF-8
		text string
		want bool
	}{
		{"simplified", nil, hans, true},
		{"simplified", simplifiedchinese.GB18030, hans, true},
		{"simplified", simplifiedchinese.HZGB2312, hans, true},
		{"simplified", le, hans, true},
		{"simplified", be, hans, true},
		{"simplified", bom, hans, true},
		{"traditional", nil, hant, true},
		{"traditional", traditionalchinese.Big5, hant, true},
		{"traditional", simplifiedchinese.GB18030, hant, true},
		{"traditional", be, hant, true},
		{"japanese", nil, ja, true}, // kanji are Han
		{"japanese", japanese.ShiftJIS, ja, false},
		{"japanese", japanese.EUCJP, ja, false},
		{"japanese", japanese.ISO2022JP, ja, false},
		{"korean", nil, ko, false},
		{"korean", korean.EUCKR, ko, false},
		{"korean", le, ko, false},
		{"english", nil, "The quick brown fox “jumps” over the lazy dog — again.", false},
		{"english", charmap.Windows1252, "The quick brown fox “jumps” over the lazy dog — again.", false},
		{"english", le, "The quick brown fox jumps over the lazy dog.", false},
		{"russian", nil, russian, false},
		{"russian", charmap.Windows1251, russian, false},
		{"russian", charmap.KOI8R, russian, false},
		{"russian", charmap.ISO8859_5, russian, false},
		{"russian", charmap.CodePage866, russian, false},
		{"ukrainian", charmap.Windows1251, ukraine, false},
		{"ukrainian", charmap.KOI8U, ukraine, false},
		{"french", nil, french, false},
		{"french", charmap.ISO8859_1, french, false},
		{"french", charmap.Windows1252, french, false},
		{"french", charmap.Macintosh, french, false},
		{"polish", nil, polish, false},
		{"polish", charmap.ISO8859_2, polish, false},
		{"polish", charmap.Windows1250, polish, false},
		{"turkish", nil, turkish, false},
		{"turkish", charmap.ISO8859_9, turkish, false},
		{"turkish", charmap.Windows1254, turkish, false},
		{"greek", nil, greek, false},
		{"greek", charmap.ISO8859_7, greek, false},
		{"greek", charmap.Windows1253, greek, false},
		{"thai", nil, thai, false},
		{"thai", charmap.Windows874, thai, false},
		{"vietnamese", nil, viet, false},
		{"arabic", nil, arabic, false},
		{"arabic", charmap.Windows1256, arabic, false},
		{"hebrew", nil, hebrew, false},
		{"hebrew", charmap.Windows1255, hebrew, false},
	} {
		body := []byte(webPage(c.text))
		name := "utf-8"
		if c.enc != nil {
			out, err := encoding.ReplaceUnsupported(c.enc.NewEncoder()).Bytes(body)
			if err != nil {
				t.Fatal(err)
			}
			body, name = out, fmt.Sprint(c.enc)
		}
		if got := HasHan(body); got != c.want {
			t.Errorf("%s in %s: %v, want %v; gb %+v big5 %+v", c.name, name, got, c.want, getTables().walk(body, famGB), getTables().walk(body, famBig5))
		}
		// Few letters: one sentence, without markup.
		if c.enc != nil && !c.want {
			out, err := encoding.ReplaceUnsupported(c.enc.NewEncoder()).String(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if HasHan([]byte(out)) {
				t.Errorf("%s in %s: a single sentence passes", c.name, name)
			}
		}
	}
}

func TestHasHan_escapesAndCounts(t *testing.T) {
	t.Parallel()
	enough := strings.Repeat("中", MinHan)
	for _, c := range []struct {
		name, body string
		want       bool
	}{
		{"empty", "", false},
		{"too few", strings.Repeat("中", MinHan-1), false},
		{"just enough", enough, true},
		{"between markup", "<p>" + strings.Repeat("中<b>x</b>", MinHan) + "</p>", true},
		{"decimal references", strings.Repeat("&#20013;", MinHan), true},
		{"hexadecimal references", strings.Repeat("&#x4E2d;", MinHan), true},
		{"references without semicolon", strings.Repeat("&#20013 ", MinHan), true},
		{"references to letters", strings.Repeat("&#1078;&#x436;", 100), false},
		{"json", `{"t":"` + strings.Repeat(`\u4e2d`, MinHan) + `"}`, true},
		{"json in Russian", `{"t":"` + strings.Repeat(`\u0436`, 100) + `"}`, false},
		{"mixed kinds", strings.Repeat("中", MinHan-10) + strings.Repeat("&#20013;", 5) + strings.Repeat(`\u4e2d`, 5), true},
		{"cut reference", strings.Repeat("&#", 40) + "&", false},
		{"bad bytes among Chinese", strings.Repeat("中文\x80网页内容。", 8), true},
		{"one bad byte in English", strings.Repeat("plain text ", 50) + "\xa9 2026", false},
		{"tilde braces of a script", "var a=~{b:1}; c=~{d};", false},
		{"language links", "<a>简体中文</a> <a>繁體中文</a> <a>日本語</a> <a>English</a>", false},
		{"rare characters", strings.Repeat("㐀㐁", 8), false}, // extension A alone is no text
		{"UTF-8 mark", "\ufeff" + enough, true},
		{"NUL padding", strings.Repeat("中文\x00", MinHan), true},
	} {
		if got := HasHan([]byte(c.body)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// The slow twins of the scans.
var (
	slowEscape = regexp.MustCompile(`&#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6})|\\u[0-9a-fA-F]{4}`)
)

func slowHanLeads(b []byte) (n int) {
	for i := 0; i+2 < len(b); i++ {
		if b[i] >= 0xe4 && b[i] <= 0xe9 && b[i+1] >= 0x80 && b[i+1] < 0xc0 && b[i+2] >= 0x80 && b[i+2] < 0xc0 {
			n++
			i += 2
		}
	}
	return n
}

func slowEscaped(b []byte) (n int) {
	for i := range b {
		m := slowEscape.FindIndex(b[i:])
		if m == nil {
			break
		}
		if m[0] != 0 {
			continue
		}
		s := string(b[i : i+m[1]])
		var r rune
		if s[0] == '\\' {
			fmt.Sscanf(s, `\u%x`, &r)
		} else if s[2] == 'x' || s[2] == 'X' {
			fmt.Sscanf(s[3:], "%x", &r)
		} else {
			fmt.Sscanf(s, "&#%d", &r)
		}
		if isHan(r) {
			n++
		}
	}
	return n
}

func FuzzHasHan(f *testing.F) {
	for _, s := range []string{"", hans, hant, ja, russian, french, "&#20013;&#x4e2d;\\u4e2d", "~{VPND~}", "\xff\xfe-N", "\xe4\xb8", "\xd6\xd0\xce\xc4"} {
		f.Add([]byte(s), uint8(3))
		f.Add([]byte(strings.Repeat(s, 8)), uint8(0))
	}
	f.Fuzz(func(t *testing.T, body []byte, shift uint8) {
		was := bytes.Clone(body)
		if n, _ := hanLeads(body, len(body)+1); n != slowHanLeads(body) {
			t.Fatalf("%d leads, the slow twin finds %d", n, slowHanLeads(body))
		}
		if n, want := escapedHan(body, len(body)+1), slowEscaped(body); n != want {
			t.Fatalf("%d escapes, the slow twin finds %d", n, want)
		}
		got := HasHan(body)
		if !bytes.Equal(body, was) {
			t.Fatal("the body was changed")
		}
		// ASCII in front changes nothing, wherever it puts the 8-byte windows; in
		// UTF-16 it would break the pairs.
		if utf16Name(body) == "" && utf8.Valid(body) {
			if HasHan(append(bytes.Repeat([]byte{' '}, int(shift%16)), body...)) != got {
				t.Fatalf("%v, but not with %d blanks in front", got, shift%16)
			}
			var d Decoder
			text, dec := d.Decode(nil, body, "")
			if dec.Rule == RuleUTF8 && !got {
				n := 0
				for _, r := range string(text) {
					if r >= 0x4e00 && r <= 0x9fff {
						n++
					}
				}
				if n >= MinHan {
					t.Fatalf("%d Han characters missed", n)
				}
			}
		}
	})
}

// The development crawl: no Chinese page may be missed, and pages without Chinese
// should go.
func TestHasHan_crawlPages(t *testing.T) {
	type count struct{ pages, passed int }
	counts := map[string]*count{}
	eachPage(t, func(p manifestPage) {
		if p.encoding == "binary" || p.encoding == "text" {
			return
		}
		group := p.script
		if group == "other" {
			group = map[bool]string{true: "other without Han", false: "other with some Han"}[p.han == 0]
		}
		c := counts[group]
		if c == nil {
			c = new(count)
			counts[group] = c
		}
		c.pages++
		pass := HasHan(p.body)
		if pass {
			c.passed++
		}
		if !pass && (p.script == "hans" || p.script == "hant") || pass && group == "other without Han" {
			t.Logf("%s: %v: %s, %s, %d Han, %d bytes", group, pass, p.url, p.encoding, p.han, len(p.body))
		}
	})
	for _, g := range []string{"hans", "hant", "ja", "ko", "other without Han", "other with some Han"} {
		if c := counts[g]; c != nil {
			t.Logf("%-20s %5d pages, %5d pass, %5d skipped (%.2f %%)", g, c.pages, c.passed, c.pages-c.passed, 100*float64(c.pages-c.passed)/float64(c.pages))
		}
	}
	chinese, missed := counts["hans"].pages+counts["hant"].pages, counts["hans"].pages+counts["hant"].pages-counts["hans"].passed-counts["hant"].passed
	if missed*1000 > chinese {
		t.Errorf("%d of %d Chinese pages missed, want at most 0.1 %%", missed, chinese)
	}
	if c := counts["other without Han"]; (c.pages-c.passed)*100 < 95*c.pages {
		t.Errorf("%d of %d pages without Chinese pass, want at most 5 %%", c.passed, c.pages)
	}
}

// The yardstick of the prefilter is utf8.Valid over the same bytes.
func BenchmarkHasHan(b *testing.B) {
	for _, c := range []struct{ name, body string }{
		{"ascii", benchPage("A headline about nothing in particular")},
		{"french,latin1", encoded(b, charmap.ISO8859_1, benchPage("L'été, la forêt et un château près d'ici"))},
		{"russian,utf-8", benchPage(russian)},
		{"russian,1251", encoded(b, charmap.Windows1251, benchPage(russian))},
		{"korean,euc-kr", encoded(b, korean.EUCKR, benchPage(ko))},
		{"chinese,utf-8", benchPage(hans)},
		{"chinese,gb18030", encoded(b, simplifiedchinese.GB18030, benchPage(hans))},
	} {
		body := []byte(c.body)
		b.Run("page="+c.name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				HasHan(body)
			}
		})
		b.Run("page="+c.name+"/utf8.Valid", func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				utf8.Valid(body)
			}
		})
	}
}

// BenchmarkHasHan_crawl runs over the HTML of the development crawl; the second
// number leaves the Chinese pages out, as in a general crawl.
func BenchmarkHasHan_crawl(b *testing.B) {
	var all, foreign [][]byte
	var nAll, nForeign int64
	eachPage(b, func(p manifestPage) {
		if p.encoding == "binary" || p.encoding == "text" {
			return
		}
		all, nAll = append(all, p.body), nAll+int64(len(p.body))
		if p.script == "other" && p.han == 0 || p.script == "ko" {
			foreign, nForeign = append(foreign, p.body), nForeign+int64(len(p.body))
		}
	})
	for _, c := range []struct {
		name  string
		pages [][]byte
		n     int64
	}{{"all", all, nAll}, {"without-chinese", foreign, nForeign}} {
		b.Run("pages="+c.name, func(b *testing.B) {
			b.SetBytes(c.n)
			for b.Loop() {
				for _, p := range c.pages {
					HasHan(p)
				}
			}
		})
	}
}
