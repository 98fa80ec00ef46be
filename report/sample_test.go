package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/qingliu/qingliu/shard"
)

// run is one made-up run whose numbers agree with each other.
type run struct {
	s    *Statistics
	m    *shard.Manifest
	l    *shard.Ledger
	info CardInfo
}

// sampleRun returns a run of the size of a small crawl, with damage, copies,
// personal data and two outputs.
func sampleRun() run {
	l := &shard.Ledger{Totals: shard.NewAccount()}
	add := func(path string, f func(a *shard.LedgerAccount)) {
		a := shard.LedgerAccount{Path: path, SHA256: strings.Repeat(fmt.Sprintf("%02x", 0x3a+len(l.Files)*29), 32), Account: shard.NewAccount()}
		f(&a)
		l.Totals.Add(&a.Account)
		l.Files = append(l.Files, a)
	}
	drop := map[string]int64{
		"decide/gates.language": 3120, "decide/gates.min_code_points": 4411, "decide/labels.page_type": 9034,
		"decide/line_end_punctuation.min_fraction": 2210, "decide/line_repetition.max_fraction": 612, "decide/gambling_density.max": 388,
		"decide/han_fraction.min": 240, "rank/same_id": 104, "rank/same_url": 311, "rank/same_text": 958, "cluster/near_duplicate": 1702,
		"layout/no_output": 12,
	}
	add("crawl/CC-MAIN-20240601-00000.warc.gz", func(a *shard.LedgerAccount) {
		a.Bytes, a.BytesInRecords, a.BytesInGaps = 1_048_576_123, 1_048_572_027, 4096
		a.Records, a.ByType = 61_207, map[string]int64{"warcinfo": 1, "request": 20402, "response": 40804}
		a.Skipped = map[string]int64{"request": 20402, "warcinfo": 1, "status": 3377, "image": 911, "pdf": 402, "no_han": 2000}
		a.Unreadable = 3
		for k, n := range drop {
			a.Dropped[k] = n / 2
			a.Kept -= n / 2
		}
		a.Kept += a.Records - a.Unreadable - 20402 - 1 - 3377 - 911 - 402 - 2000
		a.Gaps = []shard.Gap{{Offset: 771_201, Length: 1024, Cause: "gzip: invalid checksum"}, {Offset: 901_773_312, Length: 3072, Cause: "no WARC header"}}
	})
	add("crawl/CC-MAIN-20240601-00001.warc.gz", func(a *shard.LedgerAccount) {
		a.Bytes, a.BytesInRecords = 700_001_234, 700_001_234
		a.Records, a.ByType = 40_011, map[string]int64{"warcinfo": 1, "request": 13337, "response": 26673}
		a.Skipped = map[string]int64{"request": 13337, "warcinfo": 1, "status": 2004, "no_han": 1290}
		for k, n := range drop {
			a.Dropped[k] = n - n/2
			a.Kept -= n - n/2
		}
		a.Kept += a.Records - 13337 - 1 - 2004 - 1290
	})
	add("partner/2025-03 新闻.jsonl", func(a *shard.LedgerAccount) {
		a.Bytes, a.BytesInRecords, a.Records, a.Kept = 88_120_000, 88_120_000, 3000, 3000
		a.ByType = map[string]int64{"jsonl": 3000}
	})
	t := l.Totals.Totals()
	s := &Statistics{Format: StatisticsFormat, Name: "cci-2024-demo"}
	left := t.Records
	for _, st := range []struct {
		name string
		lost int64
	}{{"records", 0}, {"readable", t.Unreadable}, {"pages", t.Skipped}, {"gates", 7531}, {"labels", 9034}, {"limits", 3450}, {"exact", 1373}, {"near", 1702}, {"released", 12}} {
		left -= st.lost
		s.Funnel = append(s.Funnel, FunnelStep{st.name, left})
	}
	rule := func(name, signal string, maximum bool, limit float64, first, all, alone int64) {
		s.Reasons = append(s.Reasons, Reason{"decide/" + name, signal, maximum, limit, "drop", first, all, alone})
	}
	rule("gates.language", "", false, 0, 3120, 3120, 3120)
	rule("gates.min_code_points", "", false, 0, 4411, 4411, 4411)
	rule("labels.page_type", "", false, 0, 9034, 9034, 5120)
	rule("line_end_punctuation.min_fraction", "line_end_punctuation_fraction", false, 0.12, 2210, 5103, 1890)
	rule("line_repetition.max_fraction", "line_repetition_fraction", true, 0.2, 612, 1204, 402)
	rule("gambling_density.max", "gambling_density", true, 3.5, 388, 611, 297)
	rule("han_fraction.min", "han_fraction", false, 0.3, 240, 902, 101)
	s.Reasons = append(s.Reasons, Reason{"decide/mean_line_length.min", "mean_line_length", false, 10, "tag", 0, 731, 12})
	for _, k := range []string{"rank/same_id", "rank/same_url", "rank/same_text", "cluster/near_duplicate"} {
		s.Reasons = append(s.Reasons, Reason{Reason: k, Action: "drop", First: drop[k], Any: drop[k], Alone: drop[k]})
	}
	s.Joint = []JointCount{
		{"decide/labels.page_type", "decide/line_end_punctuation.min_fraction", 2611},
		{"decide/line_end_punctuation.min_fraction", "decide/han_fraction.min", 512},
		{"decide/line_repetition.max_fraction", "decide/line_end_punctuation.min_fraction", 377},
	}
	s.Skipped = countList(l.Totals.Skipped)
	s.Histograms = []Histogram{
		sampleHistogram("line_end_punctuation_fraction", fractions(), 0.55, 0.22, 0.12, false, 0.12),
		sampleHistogram("line_repetition_fraction", fractions(), 0, 0.05, 0.2, true, 0.2),
		sampleHistogram("han_fraction", fractions(), 0.86, 0.1, 0.3, false, 0.3, 1.2),
		sampleHistogram("n_code_points", decades(), 24, 8, 50, false),
		sampleHistogram("mean_line_length", decades()[:31], 15, 5, 10, false, 10),
		sampleHistogram("gambling_density", []float64{0, 0.1, 1, 3.5, 10, 100}, 0, 0.3, 3.5, true, 3.5),
	}
	labels := func(name string, others int, values ...LabelValue) {
		s.Labels = append(s.Labels, LabelCounts{name, values, others})
	}
	labels("page_type", 0, LabelValue{"article", 31002, 27400, 25021}, LabelValue{"list", 12044, 7120, 6800}, LabelValue{"forum", 9003, 8001, 7421}, LabelValue{"other", 4021, 300, 211}, LabelValue{"", 3, 0, 0})
	labels("language", 1, LabelValue{"zh", 57001, 42011, 39000}, LabelValue{"ja", 2401, 12, 12}, LabelValue{"en", 719, 4, 4}, LabelValue{"und", 80, 0, 0})
	labels("script", 0, LabelValue{"Hans", 51001, 40001, 37000}, LabelValue{"Hant", 7000, 2000, 1800})
	labels("variety", 0, LabelValue{"zh-cn", 51001, 40001, 37000}, LabelValue{"zh-tw", 6800, 1900, 1750}, LabelValue{"yue", 200, 100, 50})
	labels("dataset", 0, LabelValue{"crawl", 57490, 38475, 35500}, LabelValue{"partner", 3000, 3000, 3000})
	sites := []LabelValue{}
	for i, h := range []string{"news.example.cn", "bbs.example.com.cn", "政务.中国", "blog.example.com", "wiki.example.org"} {
		n := int64(9000 / (i + 1))
		sites = append(sites, LabelValue{h, n, n * 4 / 5, n * 3 / 5})
	}
	labels("site", 4113, sites...)
	s.PII = []Count{{"id_card", 12}, {"phone", 4031}, {"landline", 2210}, {"email", 1804}, {"bank_card", 7}}
	s.Cuts = []CutCount{{"site_line", 4101, 9120, 80312}, {"address", 812, 2204, 61009}, {"line_break", 97, 511, 790}}
	s.Dedup = DedupCounts{SameID: 104, SameURL: 311, SameText: 958, Near: 1702, Clusters: 811, Largest: 96, Ranked: left + 1714, Candidate: 9077, Verified: 3120}
	s.Damage = DamageCounts{Unreadable: 3, Gaps: 2, GapBytes: 4096, Warnings: 41}
	m := &shard.Manifest{Name: s.Name, Tool: "qingliu 0.1.0", ConfigFingerprint: "8c1f0a55d21e9b7730a4c6ffe0124b9a", Ledger: t}
	output := func(name, schema, text, where string, docs, points int64, shards int) {
		o := OutputCount{name, schema, false, docs, points, shards, points, points * 3}
		mo := shard.Output{Name: name, Schema: schema, IDKey: "id", TextKey: text, Where: where}
		for i := range int64(shards) {
			n := docs/int64(shards) + min(1, max(0, docs%int64(shards)-i))
			mo.Shards = append(mo.Shards, shard.Shard{
				Path: fmt.Sprintf("%s/data/%s-%05d.jsonl.zst", name, name, i), Rows: int(n), Frames: 12, CodePoints: points / int64(shards),
				PackedBytes: points / int64(shards), UnpackedBytes: points * 3 / int64(shards), SHA256: strings.Repeat(fmt.Sprintf("%x5", i%16), 32),
				Sidecar: shard.Sidecar{Path: fmt.Sprintf("%s/index/%s-%05d.jsonl.zst", name, name, i), Rows: int(n)},
			})
		}
		s.Outputs, m.Outputs = append(s.Outputs, o), append(m.Outputs, mo)
	}
	output("cci", "cci", "content", "", left, 41_302_118, 3)
	output("full", "superset", "text", "n_code_points >= 500", left/3, 30_000_330, 3)
	for _, f := range l.Files {
		m.Inputs = append(m.Inputs, shard.Input{Path: f.Path, SHA256: f.SHA256, Bytes: f.Bytes})
	}
	return run{s, m, l, CardInfo{
		Datasets: []CardDataset{
			{Name: "crawl", Trust: 6, Licence: "contract-2025-118", Record: "docs/collect-crawl.md", Dump: "CC-MAIN-2024-22"},
			{Name: "partner", Trust: 9, Record: "https://example.org/partner_(v2)"},
		},
		Signals: []CardSignal{{"han_fraction", "code points that are Han, of all letters"}, {"line_repetition_fraction", "bytes in repeated lines, of all"}},
		PII: []CardPII{
			{"id_card", "Resident identity card.", "mask", "[身份证号]"}, {"phone", "Mobile phone of mainland China.", "mask", "[电话]"},
			{"landline", "Landline of mainland China.", "tag", "[座机]"}, {"email", "E-mail address.", "mask", "[邮箱]"}, {"bank_card", "Bank card.", "drop", "[银行卡号]"},
		},
		Similarity: 0.77,
	}}
}

func fractions() []float64 {
	var e []float64
	for i := range 41 {
		e = append(e, float64(i)/40)
	}
	return e
}

func decades() []float64 {
	e := []float64{0}
	for p := range 6 {
		for _, x := range []float64{1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8} {
			e = append(e, x*math.Pow10(p))
		}
	}
	return e
}

// sampleHistogram is bell-shaped around bin or value mid; what lies on the wrong
// side of at is dropped, the rest mostly kept.
func sampleHistogram(signal string, edges []float64, mid, width, at float64, above bool, limits ...float64) Histogram {
	h := Histogram{Signal: signal, Edges: edges, Limits: limits}
	for i := range len(edges) - 1 {
		x := edges[i]
		pos := x
		if mid > 1 {
			pos = float64(i)
		}
		n := int64(6000*math.Exp(-(pos-mid)*(pos-mid)/(2*width*width))) + int64(7*i%11)
		if above == (x >= at) {
			h.Kept, h.Dropped = append(h.Kept, 0), append(h.Dropped, n)
		} else {
			h.Kept, h.Dropped = append(h.Kept, n-n/7), append(h.Dropped, n/7)
		}
	}
	return h
}
