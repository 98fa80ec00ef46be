package charset

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// benchPage is a page of about 60 KB, a third of it markup.
func benchPage(text string) string {
	return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>` + text + "</title></head><body>" +
		strings.Repeat(`<div class="item"><p class="text"><a href="/news/2026/11/index.html">`+text+"</a></p></div>\n", 300) + "</body></html>"
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct{ name, body, http string }{
		{"utf-8", benchPage(hans), "utf-8"},
		{"ascii", benchPage("hello"), ""},
		{"gb18030,labelled", encoded(b, simplifiedchinese.GB18030, benchPage(hans)), "gbk"},
		{"gb18030,bare", encoded(b, simplifiedchinese.GB18030, benchPage(hans)), ""},
		{"big5,bare", encoded(b, traditionalchinese.Big5, benchPage(hant)), ""},
	} {
		body := []byte(c.body)
		b.Run("page="+c.name, func(b *testing.B) {
			var d Decoder
			var buf []byte
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				buf, _ = d.Decode(buf[:0], body, c.http)
			}
		})
		b.Run("page="+c.name+"/detect", func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				Detect(body, c.http)
			}
		})
	}
}

// The yardsticks: what validity alone costs, and the decoder of x/text.
func BenchmarkYardstick(b *testing.B) {
	utf := []byte(benchPage(hans))
	gb := []byte(encoded(b, simplifiedchinese.GB18030, benchPage(hans)))
	b.Run("utf8.Valid", func(b *testing.B) {
		b.SetBytes(int64(len(utf)))
		for b.Loop() {
			utf8.Valid(utf)
		}
	})
	b.Run("x/text/gb18030", func(b *testing.B) {
		dec := simplifiedchinese.GB18030.NewDecoder()
		dst := make([]byte, 2*len(gb))
		b.SetBytes(int64(len(gb)))
		for b.Loop() {
			dec.Reset()
			if _, _, err := dec.Transform(dst, gb, true); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ours/gb18030", func(b *testing.B) {
		var d Decoder
		dst := make([]byte, 0, 2*len(gb))
		b.SetBytes(int64(len(gb)))
		for b.Loop() {
			d.AppendUTF8(dst, gb, "gb18030")
		}
	})
}
