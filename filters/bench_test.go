package filters

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/zh"
)

// newsPage, listPage and codePage are pages of our own writing, repeated with
// changes so that they have the size of usual ones.
const newsText = `本报讯（记者 李明）昨日上午，市气象台发布今年入冬以来的第一个寒潮预警。预计未来三天，全市气温将下降八到十度，最低气温可达零下五度。
气象专家提醒，市民外出应注意添衣保暖，老人和儿童尽量减少在户外停留的时间；“这次降温来得快，持续时间也比较长。”市气象台台长在接受采访时说。
与此同时，供暖部门表示，全市各热力站已经提前完成设备检修，可以保证居民家中的温度不低于十八度。如果遇到问题，居民可以拨打二十四小时服务热线。
交通部门也已经做好准备。高速公路管理处在重点路段安排了除雪车辆，公交公司将根据天气情况调整发车间隔，地铁运营时间延长半小时。
`

func benchPages(tb testing.TB) map[string]*corpus.Document {
	var news, list, code strings.Builder
	for i := range 4 {
		s := newsText
		for range i {
			s = strings.NewReplacer("市", "县", "天", "周", "温", "湿", "电", "水").Replace(s)
		}
		news.WriteString(s)
		for j := range 12 {
			list.WriteString("关于开展第" + strings.Repeat("一", j%3+1) + "届读书月活动的通知 2024-06-" + string(rune('0'+j%10)) + "\n首页 | 新闻 | 下载\n")
			code.WriteString("for i := 0; i < n; i++ { // 循环\n\tsum += a[i]\n}\n")
		}
	}
	seg := newSegmenter(tb)
	pages := map[string]*corpus.Document{}
	for name, text := range map[string]string{"news": news.String(), "list": list.String(), "code": code.String()} {
		d := &corpus.Document{}
		d.SetText(text)
		segment(seg, d)
		pages[name] = d
	}
	return pages
}

func newSegmenter(tb testing.TB) *zh.Segmenter {
	tb.Helper()
	seg, err := zh.NewSegmenter()
	if err != nil {
		tb.Fatal(err)
	}
	return seg
}

// segment sets words and sentences as the measure step does.
func segment(seg *zh.Segmenter, d *corpus.Document) {
	spans := func(z []zh.Span) []corpus.Span {
		c := make([]corpus.Span, len(z))
		for i, s := range z {
			c[i] = corpus.Span(s)
		}
		return c
	}
	d.SetWords(spans(seg.AppendWords(nil, d.Text())))
	d.SetSentences(spans(zh.AppendSentences(nil, d.Text())))
}

func BenchmarkMeasure(b *testing.B) {
	set, err := Build(nil)
	if err != nil {
		b.Fatal(err)
	}
	pages := benchPages(b)
	for _, name := range []string{"news", "list", "code"} {
		b.Run("pages="+name, func(b *testing.B) {
			m, d := set.NewMeasurer(), pages[name]
			b.SetBytes(int64(len(d.Text())))
			b.ReportAllocs()
			for b.Loop() {
				m.Measure(d)
			}
		})
	}
}

// BenchmarkMeasure_gold is all signals over 69 real main texts, and the segmenter over
// the same in turn: the sum of the least time of each text, which is that of an idle
// machine, for a text takes less than a turn on a busy one, and how many times as fast
// as the segmenter the signals are, which should be 0.6.
func BenchmarkMeasure_gold(b *testing.B) {
	docs, size := goldDocuments(b)
	set, err := Build(nil)
	if err != nil {
		b.Fatal(err)
	}
	m, seg := set.NewMeasurer(), newSegmenter(b)
	var words []zh.Span
	own, ref := make([]time.Duration, len(docs)), make([]time.Duration, len(docs))
	least := func(times []time.Duration, i int, start time.Time) {
		if d := time.Since(start); times[i] == 0 || d < times[i] {
			times[i] = d
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for i, d := range docs {
			start := time.Now()
			words = seg.AppendWords(words[:0], d.Text())
			least(ref, i, start)
		}
		for i, d := range docs {
			start := time.Now()
			m.Measure(d)
			least(own, i, start)
		}
	}
	sum := func(times []time.Duration) (all float64) {
		for _, d := range times {
			all += float64(d)
		}
		return all
	}
	b.ReportMetric(float64(size)*1e3/sum(own), "signals-MB/s")
	b.ReportMetric(float64(size)*1e3/sum(ref), "segmenter-MB/s")
	b.ReportMetric(sum(ref)/sum(own), "x-segmenter")
}

// goldDocuments returns the hand-copied texts of extraction-dev with their words.
func goldDocuments(tb testing.TB) (docs []*corpus.Document, size int) {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(openData(tb, "extraction-dev/gold").Name(), "*.txt"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("%d texts, %v", len(files), err)
	}
	seg := newSegmenter(tb)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		d := &corpus.Document{}
		d.SetText(string(text))
		segment(seg, d)
		docs, size = append(docs, d), size+len(text)
	}
	return docs, size
}

// BenchmarkFilter times each filter alone; derive is what they share.
func BenchmarkFilter(b *testing.B) {
	set, err := Build(nil)
	if err != nil {
		b.Fatal(err)
	}
	d := benchPages(b)["news"]
	m := set.NewMeasurer()
	m.Measure(d)
	b.Run("derive", func(b *testing.B) {
		b.SetBytes(int64(len(d.Text())))
		for b.Loop() {
			m.scratch.reset(d)
		}
	})
	for i, spec := range Table {
		b.Run(spec.Name, func(b *testing.B) {
			b.SetBytes(int64(len(d.Text())))
			b.ReportAllocs()
			for b.Loop() {
				m.scratch.lexicon.done = false
				m.filters[i].Measure(d)
			}
		})
	}
}

func BenchmarkAppendKeptLines(b *testing.B) {
	d := benchPages(b)["news"]
	text := d.Text()
	var dst []byte
	var cuts []LineCut
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		dst, cuts = AppendKeptLines(dst[:0], cuts[:0], text, LineRules)
	}
}

func BenchmarkDecideColumns(b *testing.B) {
	const rows = 100_000
	limits := make([]Limit, 40)
	cols := make([][]float64, 40)
	for i := range limits {
		limits[i] = Limit{Signal: i, Max: i%2 == 0, Bound: 0.5}
		cols[i] = make([]float64, rows)
		for r := range rows {
			cols[i][r] = 0.5 + float64((r*7+i*13)%101-50)*float64(1-2*(i%2))/5000 - float64(1-2*(i%2))*0.0097
		}
	}
	first := make([]int16, rows)
	all := make([]uint64, rows*LimitWords(len(limits)))
	b.SetBytes(rows)
	for b.Loop() {
		DecideColumns(limits, cols, rows, first, all)
	}
}

// BenchmarkScanLexicons is the look-up of all word lists alone.
func BenchmarkScanLexicons(b *testing.B) {
	for name, d := range benchPages(b) {
		b.Run("page="+name, func(b *testing.B) {
			s := newScratch()
			s.reset(d)
			s.scanLexicons(d.Text(), d.Words())
			b.SetBytes(int64(len(d.Text())))
			b.ReportAllocs()
			for b.Loop() {
				s.lexicon.done = false
				s.scanLexicons(d.Text(), d.Words())
			}
		})
	}
}

func BenchmarkSentenceCutter(b *testing.B) {
	for _, page := range []string{"news", "list"} {
		b.Run("pages="+page, func(b *testing.B) {
			text, c := benchPages(b)[page].Text(), NewSentenceCutter()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				c.Cut(text)
			}
		})
	}
}

// BenchmarkTextEdits is what addresses, line breaks and open ends cost a page.
func BenchmarkTextEdits(b *testing.B) {
	address, breaks, end := NewAddressCutter(), NewLineBreaker(), NewEndCutter()
	pages := map[string]string{"links": strings.Repeat("详见（http://a.example.cn/b/c.html）的说明，或访问 www.example.com 查看。\n", 40)}
	for name, d := range benchPages(b) {
		pages[name] = d.Text()
	}
	for _, page := range []string{"news", "list", "code", "links"} {
		text := pages[page]
		for _, e := range []struct {
			name string
			edit func(string) (string, []LineCut)
		}{{"addresses", address.Cut}, {"breaks", breaks.Restore}, {"end", end.Cut}} {
			b.Run(e.name+"/pages="+page, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					e.edit(text)
				}
			})
		}
	}
}
