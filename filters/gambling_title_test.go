package filters

import (
	"strings"
	"testing"

	"github.com/qingliu/qingliu/corpus"
)

func TestGamblingTitle(t *testing.T) {
	set, err := buildYAML("filters: {gambling_title: {}}\n")
	if err != nil {
		t.Fatal(err)
	}
	limits, m := set.Limits(), set.NewMeasurer()
	index, _ := SignalIndex("gambling_title_words")
	for _, r := range []struct {
		title, site string
		value       float64
		keep        bool
	}{
		{"", "", 0, true},
		{"市气象台发布寒潮预警", "本地新闻网", 0, true},
		{"男子沉迷百家乐输光家产", "本地新闻网", 1, true},
		{"百家乐百家乐百家乐", "", 1, true},
		{"地图制作公司简介-澳门新葡京_皇冠体育", "", 2, false},
		{"地图制作公司简介", "Bet365备用网址", 2, false},
		{"南京市六合区人民政府关于开奖活动的通知", "", 0, true},
		{strings.Repeat("山", 400) + "百家乐老虎机", "", 0, true}, // beyond what is looked at
		{"\xff百家乐\xe7", "\xe7\x99", 1, true},
	} {
		d := &corpus.Document{Title: r.title, SiteName: r.site}
		d.SetText(newsText)
		setWords(d)
		m.Measure(d)
		if got := d.Signals[index]; got != r.value {
			t.Errorf("%q, %q: %v entries, want %v", r.title, r.site, got, r.value)
		}
		first := Decide(limits, func(i int) float64 { return d.Signals[i] }, nil)
		if (first < 0) != r.keep {
			t.Errorf("%q, %q: kept = %v, want %v", r.title, r.site, first < 0, r.keep)
		}
	}
}
