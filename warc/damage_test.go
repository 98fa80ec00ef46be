package warc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCrawlDamage reads the damaged copies of the development crawl. Records
// not named in flaws must equal the undamaged ones.
func TestCrawlDamage(t *testing.T) {
	whole, _ := readAll(t, crawlFile(t, "crawl-small.warc.gz"), Options{})
	type flaw struct{ warning, err string }
	for _, tc := range []struct {
		file    string
		records int
		flaws   map[int]flaw
		gaps    []Gap
	}{
		{"crawl-small.warc.gz", 426, nil, nil},
		{"crawl-small-truncated.warc.gz", 122, map[int]flaw{121: {err: "gzip member is cut off"}}, nil},
		{"crawl-small-corrupt-member.warc.gz", 220, map[int]flaw{121: {"Content-Length is 25830, the block has", "gzip checksum does not match"}}, nil},
		{"crawl-small-mixed-damage.warc.gz", 240, map[int]flaw{
			127: {warning: "gzip checksum does not match"},
			129: {warning: "Content-Length is 21080, the block has 20980 bytes"},
			149: {err: "bad version line"},
			157: {warning: "header line without a colon"},
		}, []Gap{{Offset: 366867, Length: 64, Cause: "bytes that are no gzip member"}}},
		{"crawl-small-one-member.warc.gz", 100, nil, nil},
		{"crawl-tiny.warc", 13, nil, nil},
	} {
		t.Run(tc.file, func(t *testing.T) {
			all, r := readAll(t, crawlFile(t, tc.file), Options{})
			if len(all) != tc.records {
				t.Fatalf("%d records, want %d", len(all), tc.records)
			}
			if diff := cmp.Diff(tc.gaps, r.Gaps()); diff != "" {
				t.Error(diff)
			}
			for i, g := range all {
				f, flawed := tc.flaws[i]
				if !strings.HasPrefix(g.Warning, f.warning) || g.Warning != "" && f.warning == "" {
					t.Errorf("record %d: warning %q, want %q", i, g.Warning, f.warning)
				}
				if !strings.HasSuffix(g.Err, f.err) || g.Err != "" && f.err == "" {
					t.Errorf("record %d: error %q, want %q", i, g.Err, f.err)
				}
				if same := g.Block == whole[i].Block; !same && (!flawed || f.err == "") {
					t.Errorf("record %d: block differs", i)
				} else if g.URI != whole[i].URI || g.Type != whole[i].Type {
					t.Errorf("record %d is %s %s, want %s %s", i, g.Type, g.URI, whole[i].Type, whole[i].URI)
				}
			}
		})
	}
}

// TestTruncatedKeepsWhatIsThere checks the block of a record cut in its middle.
func TestTruncatedKeepsWhatIsThere(t *testing.T) {
	whole, _ := readAll(t, crawlFile(t, "crawl-small.warc.gz"), Options{})
	all, _ := readAll(t, crawlFile(t, "crawl-small-truncated.warc.gz"), Options{})
	cut := all[121].Block
	if len(cut) < 1000 || !strings.HasPrefix(whole[121].Block, cut) {
		t.Errorf("%d bytes of a block of %d, not its start", len(cut), len(whole[121].Block))
	}
}

func TestSharedMemberOffsets(t *testing.T) {
	b := crawlFile(t, "crawl-small-one-member.warc.gz")
	all, _ := readAll(t, b, Options{})
	if all[0].Length != int64(len(b)) || all[0].Inner != 0 {
		t.Errorf("first record: %d bytes at %d", all[0].Length, all[0].Inner)
	}
	for i, g := range all[1:] {
		if g.Offset != 0 || g.Length != 0 || g.Inner <= all[i].Inner {
			t.Errorf("record %d: offset %d, length %d, inner %d", i+1, g.Offset, g.Length, g.Inner)
		}
	}
}

// damageCase is a file built in the test, what the reader makes of it, and the
// gaps as "offset+length".
type damageCase struct {
	name  string
	file  []byte
	want  []string // block, or block!error, or block?warning
	bytes []int64  // lengths of the gaps
}

func plainCases() []damageCase {
	rec := func(block string) string { return string(appendRecord(nil, "resource", "u", block)) }
	wrong := func(block, from, to string) string { return strings.Replace(rec(block), from, to, 1) }
	a, b, c := rec("first"), rec("second"), rec("third block")
	all := func(s ...string) []byte { return []byte(strings.Join(s, "")) }
	return []damageCase{
		{"intact", all(a, b, c), []string{"first", "second", "third block"}, nil},
		{"length too large", all(a, wrong("second", "h: 6", "h: 9"), c), []string{"first", "second?Content-Length is 9, the block has 6 bytes", "third block"}, nil},
		{"length beyond the file", all(a, wrong("second", "h: 6", "h: 999999999999"), c), []string{"first", "second?Content-Length is 999999999999, the block has 6 bytes", "third block"}, nil},
		{"length beyond the file, last", all(a, wrong("second", "h: 6", "h: 600")), []string{"first", "second\r\n\r\n!block is cut off"}, nil},
		{"length too small", all(a, wrong("second", "h: 6", "h: 4"), c), []string{"first", "second?Content-Length is 4, the block has 6 bytes", "third block"}, nil},
		{"length missing", all(a, wrong("second", "Content-Length: 6\r\n", ""), c), []string{"first", "third block"}, []int64{int64(len(b) - len("Content-Length: 6\r\n"))}},
		{"bad version", all(a, wrong("second", "WARC/1.0", "WARC/x.0"), c), []string{"first", "third block"}, []int64{int64(len(b))}},
		{"unknown version", all(a, wrong("second", "WARC/1.0", "WARC/9.0"), c), []string{"first", "second!unknown WARC version 9.0", "third block"}, nil},
		{"version 0.17", all(wrong("first", "WARC/1.0", "WARC/0.17"), c), []string{"first", "third block"}, nil},
		{"junk between", all(a, "junk\r\n", "\r\n\r\n", c), []string{"first", "third block"}, []int64{10}},
		{"junk before", all("junk\r\n\r\n", c), []string{"third block"}, []int64{8}},
		{"junk after", all(a, "junk"), []string{"first"}, []int64{4}},
		{"line ends missing", all(strings.TrimSuffix(a, "\r\n"), b, c), []string{"first?line ends missing after the block", "third block"}, []int64{int64(len(b))}},
		{"cut in the line ends", all(a, strings.TrimSuffix(b, "\r\n")), []string{"first", "second?line ends missing after the block"}, nil},
		{"cut in the block", all(a, b[:len(b)-7]), []string{"first", "sec!block is cut off"}, nil},
		{"cut in the header", all(a, b[:40]), []string{"first"}, []int64{40}},
		{"line feeds only", []byte(strings.ReplaceAll(a+b, "\r\n", "\n")), []string{"first", "second"}, nil},
		{"empty blocks", all(rec(""), rec(""), b), []string{"", "", "second"}, nil},
		{"header line without a colon", all(wrong("first", "WARC-Date:", "WARC-Date"), b), []string{"first?header line without a colon", "second"}, nil},
	}
}

func packedCases(f Format) []damageCase {
	unit := map[Format]string{GzipMembers: "gzip member", ZstdFrames: "zstd frame", LZ4Frames: "lz4 frame"}[f]
	pack := func(b []byte) []byte { return packed(f, b) }
	rec := func(block string) []byte { return pack(appendRecord(nil, "resource", "u", block)) }
	join := func(parts ...[]byte) (out []byte) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	plain := func(block, from, to string) []byte {
		return pack([]byte(strings.Replace(string(appendRecord(nil, "resource", "u", block)), from, to, 1)))
	}
	flip := func(b []byte, at int) []byte {
		b = append([]byte(nil), b...)
		b[at] ^= 0x55
		return b
	}
	a, b, c := rec("first"), rec("second"), rec("third block")
	two := pack(append(appendRecord(nil, "resource", "u", "one"), appendRecord(nil, "resource", "u", "two")...))
	shared := func(from, to string) []byte {
		text := string(appendRecord(appendRecord(appendRecord(nil, "resource", "u", "one"), "resource", "u", "second"), "resource", "u", "three"))
		return pack([]byte(strings.Replace(text, from, to, 1)))
	}
	cases := []damageCase{
		{"intact", join(a, b, c), []string{"first", "second", "third block"}, nil},
		{"two records in a member", join(a, two, c), []string{"first", "one", "two", "third block"}, nil},
		{"length too large", join(a, plain("second", "h: 6", "h: 600"), c), []string{"first", "second?Content-Length is 600, the block has 6 bytes", "third block"}, nil},
		{"length huge", join(a, plain("second", "h: 6", "h: 9223372036854775807"), c), []string{"first", "second?Content-Length is 9223372036854775807, the block has 6 bytes", "third block"}, nil},
		{"length too small", join(a, plain("second", "h: 6", "h: 4"), c), []string{"first", "second?Content-Length is 4, the block has 6 bytes", "third block"}, nil},
		{"length missing", join(a, plain("second", "Content-Length: 6\r\n", ""), c), []string{"first", "second?no valid Content-Length", "third block"}, nil},
		{"length negative", join(a, plain("second", "h: 6", "h: -6"), c), []string{"first", "second?no valid Content-Length", "third block"}, nil},
		{"wrong length in a shared member", join(shared("h: 6", "h: 60"), c), []string{"one", "second?Content-Length is 60, the block has 6 bytes", "three", "third block"}, nil},
		{"junk in a shared member", join(shared("second\r\n\r\n", "second\r\n\r\njunk\r\n\r\n"), c), []string{"one", "second?other bytes between the records of a " + unit, "three", "third block"}, nil},
		{"bad version in a shared member", join(shared("two\r\n\r\nWARC/1.0", "two\r\n\r\nWARC/9.z"), c), []string{"one", "second", "three", "third block"}, nil},
		{"bad version", join(a, plain("second", "WARC/1.0", "WARC/9.z"), c), []string{"first", "second!bad version line", "third block"}, nil},
		{"header without an end", join(a, pack([]byte("WARC/1.0\r\nWARC-Type: resource\r\n")), c), []string{"first", "!header without an end", "third block"}, nil},
		{"junk between", join(a, []byte("junk"), c), []string{"first", "third block"}, []int64{4}},
		{"junk before", join([]byte("junk"), c), []string{"third block"}, []int64{4}},
		{"empty member", join(a, pack(nil), c), []string{"first", "third block"}, []int64{int64(len(pack(nil)))}},
		{"foreign member", join(a, pack([]byte("hello")), c), []string{"first", "third block"}, []int64{int64(len(pack([]byte("hello"))))}},
		{"line ends missing", join(a, pack([]byte(strings.TrimSpace(string(appendRecord(nil, "resource", "u", "second"))))), c), []string{"first", "second?line ends missing after the block", "third block"}, nil},
		{"line ends before", join(a, pack(append([]byte("\r\n"), appendRecord(nil, "resource", "u", "second")...)), c), []string{"first", "second", "third block"}, nil},
	}
	switch f {
	case GzipMembers:
		cases = append(cases,
			damageCase{"wrong checksum", join(a, flip(b, len(b)-8), c), []string{"first", "second?gzip checksum does not match", "third block"}, nil},
			damageCase{"wrong size", join(a, flip(b, len(b)-1), c), []string{"first", "second?gzip checksum does not match", "third block"}, nil},
			damageCase{"trailer cut", join(a, b[:len(b)-5]), []string{"first", "second?gzip trailer is cut off"}, nil})
	case ZstdFrames:
		skip := []byte("\x5a\x2a\x4d\x18\x05\x00\x00\x00hello")
		cases = append(cases,
			damageCase{"wrong checksum", join(a, flip(b, len(b)-3), c), []string{"first", "second?zstd checksum does not match", "third block"}, nil},
			damageCase{"checksum cut", join(a, b[:len(b)-2]), []string{"first", "second?zstd checksum is cut off"}, nil},
			damageCase{"skippable frame", join(a, skip, skip, c), []string{"first", "third block"}, []int64{26}},
			damageCase{"skippable frame cut", join(a, skip[:10]), []string{"first"}, []int64{10}})
	case LZ4Frames:
		cases = append(cases,
			damageCase{"wrong checksum", join(a, flip(b, len(b)-3), c), []string{"first", "second!corrupt data in a lz4 frame", "third block"}, nil})
	}
	return cases
}

// checkDamage compares what the reader makes of a file with what is wanted, for
// the whole file and for every cut of it in two.
func checkDamage(t *testing.T, f Format, tc damageCase) {
	t.Helper()
	all, r := readFormat(t, tc.file, f, Options{})
	var have []string
	for _, g := range all {
		s := g.Block
		if g.Err != "" {
			s += "!" + strings.TrimPrefix(g.Err, "damaged record: ")
		} else if g.Warning != "" {
			s += "?" + g.Warning
		}
		have = append(have, s)
	}
	var gaps []int64
	for _, g := range r.Gaps() {
		gaps = append(gaps, g.Length)
	}
	if diff := cmp.Diff(tc.want, have); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(tc.bytes, gaps); diff != "" {
		t.Error("gaps", diff)
	}
	checkEveryCut(t, tc.file, f, 1)
}

func TestBuiltDamage(t *testing.T) {
	run := func(f Format, cases []damageCase) {
		for _, tc := range cases {
			t.Run(f.String()+"/"+tc.name, func(t *testing.T) { checkDamage(t, f, tc) })
		}
	}
	run(Plain, plainCases())
	for _, f := range packedFormats {
		run(f, packedCases(f))
	}
}
