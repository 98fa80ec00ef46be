package warc

import (
	"bytes"
	"strings"
	"testing"
)

// inBlocks packs a plain file in units of n bytes each, without regard to its
// records.
func inBlocks(f Format, plain []byte, n int) []byte {
	var out []byte
	for len(plain) > 0 {
		k := min(n, len(plain))
		out = append(out, packed(f, plain[:k])...)
		plain = plain[k:]
	}
	return out
}

// TestRecordsOverSeveralUnits reads files packed in blocks of every size, as
// bgzip and pzstd make them: the records are those of the plain file.
func TestRecordsOverSeveralUnits(t *testing.T) {
	plain := bytes.Join([][]byte{records(3, 40), records(1, 900), records(2, 5)}, nil)
	want, _ := readFormat(t, plain, Plain, Options{})
	for _, f := range packedFormats {
		for _, n := range []int{20, 50, 64, 100, 177, 256, 300, 1000, len(plain) - 2} {
			file := inBlocks(f, plain, n)
			all, r := readFormat(t, file, f, Options{})
			if len(all) != len(want) || len(r.Gaps()) > 0 {
				t.Errorf("%s in blocks of %d: %d records of %d, gaps %v", f, n, len(all), len(want), r.Gaps())
				continue
			}
			for i := range all {
				if all[i].Block != want[i].Block || all[i].Err != "" || !strings.HasSuffix("line ends missing after the block", all[i].Warning) {
					t.Errorf("%s in blocks of %d, record %d: %q %q", f, n, i, all[i].Warning, all[i].Err)
				}
			}
			checkEveryCut(t, file, f, 37)
		}
	}
}

// TestBlockCrawl reads the small crawl in blocks of 64 KiB, one of them damaged.
func TestBlockCrawl(t *testing.T) {
	plain := unzstd(t, crawlFile(t, "crawl-small.warc.zst"))
	want, _ := readFormat(t, plain, Plain, Options{})
	for _, f := range packedFormats {
		all, r := readFormat(t, inBlocks(f, plain, 65280), f, Options{})
		if len(all) != len(want) || len(r.Gaps()) > 0 {
			t.Fatalf("%s: %d records of %d, gaps %v", f, len(all), len(want), r.Gaps())
		}
		for i := range all {
			if all[i].Block != want[i].Block || all[i].Warning+all[i].Err != "" {
				t.Fatalf("%s: record %d: %s%s", f, i, all[i].Warning, all[i].Err)
			}
		}
	}
}
