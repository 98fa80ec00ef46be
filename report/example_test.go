package report_test

import (
	"fmt"
	"strings"

	"github.com/qingliu/qingliu/report"
	"github.com/qingliu/qingliu/shard"
)

func ExampleCard() {
	s := &report.Statistics{Name: "demo", Outputs: []report.OutputCount{{Name: "plain", Schema: "text", Docs: 1200, Shards: 1}}}
	m := &shard.Manifest{Name: "demo", Tool: "qingliu 1.0", Outputs: []shard.Output{{Name: "plain", Schema: "text", IDKey: "id", TextKey: "text"}}}
	l := &shard.Ledger{Totals: shard.NewAccount()}
	front, _, _ := strings.Cut(string(report.Card(s, m, l, report.CardInfo{Licence: "CC-BY-4.0"})), "      splits:")
	fmt.Print(front)
	// Output:
	// ---
	// pretty_name: demo
	// license: cc-by-4.0
	// task_categories:
	//     - text-generation
	// size_categories:
	//     - 1K<n<10K
	// configs:
	//     - config_name: plain
	//       default: true
	//       data_files:
	//         - split: train
	//           path: plain/data/*.jsonl.zst
	// dataset_info:
	//     - config_name: plain
	//       features:
	//         - name: id
	//           dtype: string
	//         - name: text
	//           dtype: string
}
