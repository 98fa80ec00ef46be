package warc

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// arcHead is the record that begins an ARC file.
const arcHead = "filedesc://a.arc 0.0.0.0 20010101000000 text/plain 74\n1 0 test\nURL IP-address Archive-date Content-type Archive-length\n........\n\n"

// appendARC appends a record of version 1 to dst.
func appendARC(dst []byte, url, block string) []byte {
	dst = fmt.Appendf(dst, "%s 192.0.2.1 20010203040506 text/html %d\n", url, len(block))
	return append(append(dst, block...), '\n')
}

// arcCases are damageCases in ARC files; the first record is the description.
func arcCases(pack func([]byte) []byte) []damageCase {
	rec := func(block string) string { return string(appendARC(nil, "http://a.example/a b", block)) }
	wrong := func(block, from, to string) string { return strings.Replace(rec(block), from, to, 1) }
	all := func(s ...string) (out []byte) {
		for _, one := range s {
			out = append(out, pack([]byte(one))...)
		}
		return out
	}
	const desc = "1 0 test\nURL IP-address Archive-date Content-type Archive-length\n........\n"
	v2 := "http://a.example/ 192.0.2.1 20010203040506 text/html 200 - - 123 a.arc 4\nnext\n"
	return []damageCase{
		{"intact", all(arcHead, rec("first\n\nblock"), rec("second")), []string{desc, "first\n\nblock", "second"}, nil},
		{"version 2", all(arcHead, v2, rec("second")), []string{desc, "next", "second"}, nil},
		{"empty block", all(arcHead, rec(""), rec("second")), []string{desc, "", "second"}, nil},
		{"length too large", all(arcHead, wrong("first", "html 5", "html 50"), rec("second")), []string{desc, "first?Content-Length is 50, the block has 5 bytes", "second"}, nil},
		{"length too small", all(arcHead, wrong("first", "html 5", "html 3"), rec("second")), []string{desc, "first?Content-Length is 3, the block has 5 bytes", "second"}, nil},
		{"line end missing at the end", all(arcHead, strings.TrimSuffix(rec("first"), "\n")), []string{desc, "first?line ends missing after the block"}, nil},
	}
}

func TestARC(t *testing.T) {
	gaps := func(cases []damageCase) []damageCase {
		rec := string(appendARC(nil, "http://a.example/", "first"))
		return append(cases,
			damageCase{"junk between", []byte(arcHead + rec + "junk\n" + rec), []string{cases[0].want[0], "first", "first"}, []int64{5}},
			damageCase{"cut in the block", []byte(arcHead + rec[:len(rec)-4]), []string{cases[0].want[0], "fi!block is cut off"}, nil},
			damageCase{"cut in the line", []byte(arcHead + rec + rec[:20]), []string{cases[0].want[0], "first"}, []int64{20}},
			damageCase{"bad date", []byte(arcHead + strings.Replace(rec, "2001", "20x1", 1) + rec), []string{cases[0].want[0], "first"}, []int64{int64(len(rec))}},
		)
	}
	run := func(f Format, cases []damageCase) {
		for _, tc := range cases {
			t.Run(f.String()+"/"+tc.name, func(t *testing.T) { checkDamage(t, f, tc) })
		}
	}
	run(Plain, gaps(arcCases(func(b []byte) []byte { return b })))
	run(GzipMembers, arcCases(gzipped))
	run(ZstdFrames, arcCases(func(b []byte) []byte { return zstdPacked(b) }))
	one := arcCases(func(b []byte) []byte { return b })
	for i := range one {
		one[i].file = gzipped(one[i].file)
	}
	run(GzipMembers, one)
}

func TestARCFields(t *testing.T) {
	file := []byte(arcHead + "dns:a.example 192.0.2.1 200102030405 text/dns 3\nx y\n" + string(appendARC(nil, "http://a.example/a b", "HTTP/1.0 200 OK\r\n\r\nbody")))
	if f, ok := Sniff(file); !ok || f != Plain {
		t.Fatal("not sniffed")
	}
	if f, ok := Sniff(gzipped(file)); !ok || f != GzipMembers {
		t.Fatal("not sniffed when packed")
	}
	if _, ok := Sniff([]byte("http://a.example/ 192.0.2.1 20010203040506 text/html 4\n")); ok {
		t.Error("a text file was taken for an archive")
	}
	r, err := NewReader(bytes.NewReader(file), int64(len(file)), Plain, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil || rec.Err != nil || rec.Warning != "" {
			t.Fatal(err, rec)
		}
		have = append(have, strings.Join([]string{rec.Version, rec.Type, rec.TargetURI, rec.Date, rec.ContentType}, "|"))
	}
	want := []string{
		"arc|warcinfo|filedesc://a.arc|2001-01-01T00:00:00Z|text/plain",
		"arc|response|dns:a.example|2001-02-03T04:05:00Z|application/http; msgtype=response",
		"arc|response|http://a.example/a b|2001-02-03T04:05:06Z|application/http; msgtype=response",
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
}

// TestARCCrawl writes the responses of the small crawl as ARC and reads them back.
func TestARCCrawl(t *testing.T) {
	all, _ := readAll(t, crawlFile(t, "crawl-small.warc.gz"), Options{})
	plain, packed := []byte(arcHead), gzipped([]byte(arcHead))
	var want []string
	for _, g := range all {
		if g.Type == "response" {
			want = append(want, g.URI+"\n"+g.Block)
			rec := appendARC(nil, g.URI, g.Block)
			plain = append(plain, rec...)
			packed = append(packed, gzipped(rec)...)
		}
	}
	for f, file := range map[Format][]byte{Plain: plain, GzipMembers: packed} {
		back, r := readFormat(t, file, f, Options{})
		var have []string
		for _, g := range back[1:] {
			have = append(have, g.URI+"\n"+g.Block)
			if g.Warning+g.Err != "" {
				t.Errorf("%s at %d: %s%s", f, g.Offset, g.Warning, g.Err)
			}
		}
		if len(r.Gaps()) > 0 || !cmp.Equal(want, have) {
			t.Errorf("%s: %d responses of %d, gaps %v", f, len(have), len(want), r.Gaps())
		}
		for x := len(file) / 7; x < len(file); x += len(file) / 7 {
			checkCut(t, file, f, x, back)
		}
	}
}

func FuzzARC(f *testing.F) {
	for _, tc := range arcCases(func(b []byte) []byte { return b }) {
		f.Add(tc.file, false, uint16(0), uint16(0))
		f.Add(tc.file, false, uint16(150), uint16(0))
	}
	fuzzReader(f, Plain)
}
