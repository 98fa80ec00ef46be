package charset

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// TestDetect_transcodedPages writes the UTF-8 pages of the development crawl in
// other encodings, without any label and with a wrong one.
func TestDetect_transcodedPages(t *testing.T) {
	gb, big5 := simplifiedchinese.GB18030, traditionalchinese.Big5
	targets := []struct {
		script, want string
		enc          encoding.Encoding
		lie          string // the wrong label of the second round
		floor        int    // pages right, per thousand
	}{
		{"hans", "gb18030", gb, "utf-8", 999},
		{"hans", "gb18030", gb, "iso-8859-1", 999},
		{"hans", "gb18030", gb, "big5", 999},
		{"hant", "gb18030", gb, "big5", 995},
		{"hant", "big5", big5, "gb2312", 995},
		{"hant", "big5", big5, "utf-8", 995},
		{"hans", "utf-8", nil, "gb2312", 1000},
		{"hans", "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-8", 1000},
		{"hant", "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "gbk", 1000},
		{"ja", "shift_jis", japanese.ShiftJIS, "utf-8", 990},
		{"ja", "euc-jp", japanese.EUCJP, "gb2312", 990},
		{"ko", "euc-kr", korean.EUCKR, "gb2312", 950},
	}
	type count struct{ pages, bare, lied, noHan int }
	counts := make([]count, len(targets))
	seen := 0
	eachPage(t, func(p manifestPage) {
		if p.encoding != "utf-8" || !utf8.Valid(p.body) {
			return
		}
		if seen++; testing.Short() && seen%20 != 0 {
			return
		}
		body := bytes.TrimPrefix(p.body, []byte("\ufeff"))
		bare := hideLabels(body)
		for i, c := range targets {
			// A quarter of the Chinese pages is enough.
			if c.script != p.script || len(c.script) == 4 && seen%4 != 0 {
				continue
			}
			src := bare
			if c.enc != nil {
				var err error
				if src, err = encoding.ReplaceUnsupported(c.enc.NewEncoder()).Bytes(bare); err != nil {
					t.Fatal(err)
				}
			}
			counts[i].pages++
			if len(c.script) == 4 && !HasHan(src) {
				counts[i].noHan++
			}
			d := Detect(src, "")
			if d.Encoding == c.want {
				counts[i].bare++
			} else {
				t.Logf("%s %s as %s: got %s by %s, %s", p.script, p.url, c.want, d.Encoding, d.Rule, d.Evidence)
			}
			if d := Detect(src, c.lie); d.Encoding == c.want {
				counts[i].lied++
			} else {
				t.Logf("%s %s as %s, labelled %s: got %s by %s, %s", p.script, p.url, c.want, c.lie, d.Encoding, d.Rule, d.Evidence)
			}
		}
	})
	for i, c := range targets {
		n := counts[i]
		t.Logf("%s as %s: %d pages, right without a label %d, labelled %s %d", c.script, c.want, n.pages, n.bare, c.lie, n.lied)
		if n.noHan*1000 > n.pages {
			t.Errorf("%s as %s: HasHan misses %d of %d pages", c.script, c.want, n.noHan, n.pages)
		}
		if !testing.Short() && min(n.bare, n.lied)*1000 < n.pages*c.floor {
			t.Errorf("%s as %s: below %d per thousand", c.script, c.want, c.floor)
		}
	}
}

// Headlines of about twenty characters are the least that a page holds.
func TestDetect_headlines(t *testing.T) {
	f, err := os.Open(filepath.Join(dataDir(t, "quality-dev"), "thucnews-titles.jsonl.zst"))
	if err != nil {
		t.Skipf("no headlines: %v", err)
	}
	defer f.Close()
	zr, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer zr.Close()
	enc := simplifiedchinese.GB18030.NewEncoder()
	var total, bare, lied int
	sc := bufio.NewScanner(zr)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var row struct{ Text string }
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		body, err := enc.Bytes([]byte("<title>" + row.Text + "</title>"))
		if err != nil {
			t.Fatal(err)
		}
		total++
		if Detect(body, "").Encoding == "gb18030" {
			bare++
		}
		if Detect(body, "utf-8").Encoding == "gb18030" {
			lied++
		}
	}
	t.Logf("headlines in gb18030: %d, right without a label %d, labelled utf-8 %d", total, bare, lied)
	if min(bare, lied)*1000 < total*999 {
		t.Error("below 99.9 %")
	}
}

// hideLabels makes every charset= of a page unreadable.
func hideLabels(b []byte) []byte {
	out := bytes.Clone(b)
	for i := 0; ; {
		j := indexFold(out[i:], "charset")
		if j < 0 {
			break
		}
		out[i+j] = 'x'
		i += j
	}
	if k := indexFold(out, "encoding="); k >= 0 && k < 100 {
		out[k] = 'x'
	}
	return out
}
