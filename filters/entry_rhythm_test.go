package filters

import (
	"math"
	"strings"
	"testing"
)

func TestEntryRhythm(t *testing.T) {
	// Eight lines or ten; an entry is a title, a beginning and a date.
	entry := "读书会下周开始报名\n本次读书会由图书馆主办，地点在二楼\n2024-05-01\n"
	long := strings.Repeat("记者问到今年的安排，", 25) + "\n2024-05-01 10:02:11\n"
	checkRows(t, "entry_rhythm", "{max_fraction: 0.6}", "entry_rhythm", []row{
		{"just below", entry + entry + entry + strings.Repeat("正文的一行\n", 2), 0.5455, true}, // 2 distances of 3, of 11
		{"at the limit", entry + entry + entry + "正文的一行\n", 0.6, true},
		{"just above", entry + entry + entry, 0.6667, false},
		{"a distance and one line more", entry + entry + "多一行\n" + entry + entry, 0.7692, false}, // 3, 4 and 3 of 13
		{"beginnings that are cut off", strings.Repeat("标题\n开头的文字…\n", 5), 0.8, false},
		{"one distance alone", entry + entry + "正文一\n正文二\n", 0, true},
		{"too few lines", strings.Repeat("标题\n2024-05-01\n", 3), math.NaN(), true},
		{"transcript: long answers", strings.Repeat(long, 6), 0, true},
		{"verse stays", versePage, 0, true},
		{"source code stays", codePage, 0, true},
	})
}
