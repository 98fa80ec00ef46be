package pii

import (
	"strings"
	"testing"
)

// A page without personal data, one with some, and a price list.
var benchTexts = []struct{ name, text string }{
	{"poor", strings.Repeat("清晨的江面上起了薄雾，渡船慢慢离开码头，船夫低声唱着一支老歌。对岸的集市已经热闹起来，卖菜的、卖鱼的、卖豆腐的各占一角。\n", 100) + "第12回，共3页。\n"},
	{"contacts", strings.Repeat("清晨的江面上起了薄雾，渡船慢慢离开码头，船夫低声唱着一支老歌。对岸的集市已经热闹起来，卖菜的、卖鱼的、卖豆腐的各占一角。\n", 20) + "联系人：李先生，电话：13800138000，传真：010-62345678，邮箱：li@example.com。\n"},
	{"figures", strings.Repeat("2023-05-12\t第138批\t12.50元\t1 380 000\t6 222 021\t编号20230512000138\n", 100)},
}

func BenchmarkAppendSpans(b *testing.B) {
	f := newFinder(b, all)
	for _, t := range benchTexts {
		b.Run("text="+t.name, func(b *testing.B) {
			b.SetBytes(int64(len(t.text)))
			b.ReportAllocs()
			var spans []Span
			for b.Loop() {
				spans = f.AppendSpans(spans[:0], t.text)
			}
		})
	}
}

func BenchmarkRedact(b *testing.B) {
	f := newFinder(b, DefaultConfig())
	counts := make([]int, len(Classes))
	for _, t := range benchTexts {
		b.Run("text="+t.name, func(b *testing.B) {
			b.SetBytes(int64(len(t.text)))
			b.ReportAllocs()
			for b.Loop() {
				f.Redact(t.text, counts)
			}
		})
	}
}
