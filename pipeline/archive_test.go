package pipeline

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/qingliu/qingliu/warc"
)

// member is a file for a test archive.
type member struct {
	name   string
	data   string
	method uint16 // of a zip
	typ    byte   // of a tar, 0 is a regular file
}

func zipOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zstd.ZipMethodWinZip, zstd.ZipCompressor())
	for _, m := range members {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: m.method, NonUTF8: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Typeflag: m.typ, Size: int64(len(m.data)), Mode: 0o644}
		if m.typ == tar.TypeSymlink {
			h.Linkname = "/etc/passwd"
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstdOf(t testing.TB, data []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(data, nil)
}

// readAll reads a file of one range through the whole page chain and returns a
// line for each record and the account.
func readAll(t testing.TB, cfg *Config, path string) ([]string, rangeAccount) {
	t.Helper()
	p := &Plan{}
	if err := p.listFiles(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	f := &p.Files[0]
	src, err := openSource(t.Context(), cfg, f, Range{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	chain := newPageChain(&cfg.Extract, []JSONFields{f.Fields}, []int{0})
	var lines []string
	var sum int64
	for {
		rec := &rawRecord{}
		if err := src.next(rec); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if err := chain.process(rec); err != nil {
			t.Fatal(err)
		}
		fate := "page"
		switch {
		case rec.out.cause != "":
			fate = "unreadable: " + rec.out.cause
		case rec.out.skip != "":
			fate = rec.out.skip
		}
		if rec.warning != "" {
			fate += " (" + rec.warning + ")"
		}
		sum += rec.length
		lines = append(lines, rec.url+" "+fate)
	}
	a, err := src.close()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range a.Gaps {
		sum += g.Length
	}
	if sum != f.Size || a.From != 0 || a.To != f.Size {
		t.Errorf("%s: %d bytes in records and gaps of %d; account %+v", path, sum, f.Size, a)
	}
	return lines, a
}

func inputConfig(t testing.TB, input string) *Config {
	t.Helper()
	return parseConfig(t, strings.Replace(testYAML("X"), `{path: "X"}`, input, 1))
}

// TestArchive reads archives with everything that can be in them.
func TestArchive(t *testing.T) {
	page := htmlPage("一页", prose(3, 2), "")
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("资料/第 1 页.html")
	if err != nil {
		t.Fatal(err)
	}
	members := []member{
		{name: "a/1.html", data: page, method: zip.Deflate},
		{name: "a/", typ: tar.TypeDir},
		{name: gbk, data: page, method: zip.Store},
		{name: "../../etc/2.html", data: page, method: zip.Deflate},
		{name: "logo.png", data: "\x89PNG\r\n\x1a\n0000"},
		{name: "inner.zip", data: string(zipOf(t, member{name: "x.html", data: page}))},
		{name: "empty.html"},
		{name: "last.html", data: page, method: zstd.ZipMethodWinZip},
	}
	want := []string{
		"https://site.example/a/1.html page",
		"https://site.example/a archive_folder",
		"https://site.example/资料/第%201%20页.html page",
		"https://site.example/etc/2.html page",
		"https://site.example/logo.png image",
		"https://site.example/inner.zip zip",
		"https://site.example/empty.html empty_body",
		"https://site.example/last.html page",
	}
	link := member{name: "link", typ: tar.TypeSymlink}
	plain := tarOf(t, append(members[:7:7], link, members[7])...)
	wantTar := append(append(want[:7:7], "https://site.example/link archive_link"), want[7])
	dir := t.TempDir()
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"a.zip", zipOf(t, members...), want},
		{"a.tar", plain, wantTar},
		{"a.tar.gz", gzipped(t, plain), wantTar},
		{"a.tar.zst", zstdOf(t, plain), wantTar},
		{"joined.tar", append(bytes.Clone(plain), plain...), append(wantTar[:9:9], wantTar...)},
	} {
		path := writeInput(t, filepath.Join(dir, c.name), c.data)
		got, a := readAll(t, inputConfig(t, fmt.Sprintf("{path: %q, url_prefix: \"https://site.example/\"}", path)), path)
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") || a.Gaps != nil {
			t.Errorf("%s: got\n%s\n%v, want\n%s", c.name, strings.Join(got, "\n"), a.Gaps, strings.Join(c.want, "\n"))
		}
	}
	path := writeInput(t, filepath.Join(dir, "folder", "页", "3.html"), []byte(page))
	got, _ := readAll(t, inputConfig(t, fmt.Sprintf("{path: %q, url_prefix: \"https://site.example/\"}", filepath.Join(dir, "folder"))), path)
	if len(got) != 1 || got[0] != "https://site.example/页/3.html page" {
		t.Errorf("folder: %q", got)
	}
	got, _ = readAll(t, inputConfig(t, fmt.Sprintf("{path: %q}", filepath.Join(dir, "a.zip"))), path)
	if got[0] != "file:///a.zip/a/1.html page" {
		t.Errorf("without a prefix: %q", got[0])
	}
}

// TestArchive_damage wants each loss named once, and intact members read.
func TestArchive_damage(t *testing.T) {
	page := htmlPage("一页", prose(3, 2), "")
	three := []member{
		{name: "1.html", data: page, method: zip.Deflate}, {name: "2.html", data: page, method: zip.Deflate}, {name: "3.html", data: page, method: zip.Deflate},
	}
	whole := zipOf(t, three...)
	sized := sizedZip(t, three)
	edit := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(whole)) }
	// the directory entry of the second member
	entry := bytes.LastIndex(whole, []byte("2.html")) - 46
	second := bytes.Index(whole, []byte("2.html")) - 30
	plain := tarOf(t, three...)
	size := len(plain) / 3 / 512 * 512
	for _, c := range []struct {
		name string
		data []byte
		want []string // by record, what it contains
		gap  string
	}{
		{"crc.zip", edit(func(b []byte) []byte { b[entry+16]++; return b }), []string{"page", "page (the checksum of the member differs)", "page"}, ""},
		{"data.zip", edit(func(b []byte) []byte { copy(b[second+60:], "\xff\xff\xff\xff\xff\xff"); return b }), []string{"page", "damaged member, after", "page"}, ""},
		{"encrypted.zip", edit(func(b []byte) []byte { b[entry+8] |= 1; return b }), []string{"page", "unreadable: the member is encrypted", "page"}, ""},
		{"method.zip", edit(func(b []byte) []byte { b[entry+10] = 14; return b }), []string{"page", "unreadable: packing method 14 cannot be read", "page"}, ""},
		{"overlap.zip", edit(func(b []byte) []byte { binary.LittleEndian.PutUint32(b[entry+42:], 0); return b }), []string{"reaches into the next one", "page", "page"}, ""},
		{"far.zip", edit(func(b []byte) []byte { binary.LittleEndian.PutUint32(b[entry+42:], 1<<30); return b }), nil, "*"},
		{"cut.zip", whole[:len(whole)-30], []string{"page", "page", "page"}, "what is behind the 3 members found by their own headers"},
		{"cut-member.zip", whole[:second+90], []string{"page"}, "what is behind the 1 members found"},
		{"cut-sized.zip", sized[:len(sized)-600], []string{"page", "page"}, "what is behind the 2 members found"},
		{"cut-first.zip", whole[:60], nil, "zip without a readable directory"},
		{"none.zip", zipOf(t), nil, "zip without members"},
		{"bomb.zip", zipOf(t, member{name: "b.html", data: strings.Repeat("长", 2<<20), method: zstd.ZipMethodWinZip}, three[0]), []string{"unpacks to more than 2000 times", "page"}, ""},
		{"header.tar", func() []byte { b := bytes.Clone(plain); copy(b[size:], "broken"); return b }(), []string{"page", "page"}, "damaged header of a tar member"},
		{"cut.tar", plain[:2*size+700], []string{"page", "page", "damaged archive after"}, ""},
		{"cut.tar.gz", gzipped(t, plain)[:len(gzipped(t, plain))/2], nil, "*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeInput(t, filepath.Join(t.TempDir(), c.name), c.data)
			got, a := readAll(t, inputConfig(t, fmt.Sprintf("{path: %q}", path)), path)
			if c.gap == "*" {
				if len(a.Gaps) == 0 && !strings.Contains(strings.Join(got, "\n"), "unreadable") {
					t.Errorf("no damage reported: %q", got)
				}
				return
			}
			if len(got) != len(c.want) {
				t.Fatalf("records %q, want %q", got, c.want)
			}
			for i, want := range c.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("record %d is %q, want %q", i, got[i], want)
				}
			}
			if (c.gap == "") != (len(a.Gaps) == 0) || c.gap != "" && (len(a.Gaps) != 1 || !strings.Contains(a.Gaps[0].Cause, c.gap)) {
				t.Errorf("gaps %v, want %q", a.Gaps, c.gap)
			}
		})
	}
}

// sizedZip is a zip whose members have their sizes in front of them.
func sizedZip(t testing.TB, members []member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		var packed bytes.Buffer
		d, err := flate.NewWriter(&packed, 6)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(d, m.data); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		f, err := w.CreateRaw(&zip.FileHeader{Name: m.name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(m.data)), CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(len(m.data))})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(packed.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRecoverZip compares the directory made of the members of a zip with its own.
func TestRecoverZip(t *testing.T) {
	members := []member{
		{name: "a/1.html", data: strings.Repeat("PK\x07\x08 is what ends a member", 99), method: zip.Store},
		{name: "空/", typ: tar.TypeDir},
		{name: "2.html", data: strings.Repeat("二", 2<<20), method: zip.Deflate},
		{name: "none"},
		{name: "3.html", data: "三", method: zstd.ZipMethodWinZip},
	}
	data := zipOf(t, members...)
	for name, cut := range map[string]int64{"directory cut": int64(len(data) - 1), "no directory": int64(bytes.LastIndex(data, []byte("a/1.html")) - 46)} {
		file := bytes.NewReader(data[:cut])
		r, _, z := openRecovered(&readFailure{r: file}, cut, 1<<20)
		if r == nil || len(r.File) != len(members) || z.tail != int64(bytes.LastIndex(data, []byte("a/1.html"))-46) {
			t.Fatalf("%s: %v", name, r)
		}
		r.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor())
		for i, f := range r.File {
			got, err := func() ([]byte, error) {
				rc, err := f.Open()
				if err != nil {
					return nil, err
				}
				return io.ReadAll(rc)
			}()
			if err != nil || string(got) != members[i].data || f.Name != members[i].name {
				t.Errorf("%s: member %q has %d bytes, %v", name, f.Name, len(got), err)
			}
		}
	}
	if _, _, z := openRecovered(&readFailure{r: bytes.NewReader(data)}, int64(len(data)), 150); z == nil || z.tail == 0 || z.tail > int64(len(data)/2) {
		t.Errorf("a small limit of the directory: %+v", z)
	}
}

// TestUnpacked_bomb stops at a stream that unpacks to absurdly much.
func TestUnpacked_bomb(t *testing.T) {
	data := zstdOf(t, make([]byte, 512<<20))
	limits := defaultLimits()
	r, err := limits.unpacked(bytes.NewReader(data), data)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if limitReached(err) != warc.ProblemRecordRatio || n > int64(limits.RatioFree+limits.ArchiveWindow) {
		t.Errorf("%d bytes of %d, %v", n, len(data), err)
	}
}

// fuzzSource reads data as a file of a format: it must end, keep within memory
// and account for every byte, in one range and in three.
func fuzzSource(t *testing.T, format string, data []byte) {
	t.Helper()
	path := writeInput(t, filepath.Join(t.TempDir(), "in"), data)
	cfg := DefaultConfig()
	cfg.Extract.MaxPageBytes = 1 << 16
	in := defaultInput()
	in.Path, in.Format = path, format
	cfg.Input = []Input{in}
	p := &Plan{}
	if err := p.listFiles(t.Context(), &cfg); err != nil {
		t.Fatal(err)
	}
	f := &p.Files[0]
	third := f.Size / 3
	for _, ranges := range [][]Range{{{}}, {{To: third}, {From: third, To: 2 * third}, {From: 2 * third}}} {
		if third == 0 && len(ranges) > 1 {
			continue
		}
		var at, sum int64
		for _, rg := range ranges {
			src, err := openSource(t.Context(), &cfg, f, rg, nil)
			if err != nil {
				t.Fatal(err)
			}
			rec := &rawRecord{}
			for n := 0; ; n++ {
				*rec = rawRecord{data: rec.data[:0]}
				if err := src.next(rec); err == io.EOF {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				if rec.record != n || rec.length < 0 {
					t.Fatalf("record %d has number %d and %d bytes", n, rec.record, rec.length)
				}
				if len(rec.data) > int(cfg.Extract.Limits.Line)+1 {
					t.Fatalf("a record of %d bytes", len(rec.data))
				}
				sum += rec.length
			}
			a, err := src.close()
			if err != nil {
				t.Fatal(err)
			}
			if a.To > a.From && a.From != at {
				t.Fatalf("%v: bytes %d to %d in no range or two", ranges, at, a.From)
			}
			at = max(at, a.To)
			for _, g := range a.Gaps {
				sum += g.Length
			}
		}
		if at != f.Size || sum != f.Size {
			t.Fatalf("%v: %d bytes, ranges end at %d, records and gaps hold %d", ranges, f.Size, at, sum)
		}
	}
}

func FuzzZip(f *testing.F) {
	f.Add(zipOf(f, member{name: "a.html", data: "<p>甲", method: zip.Deflate}, member{name: "b/", typ: tar.TypeDir}, member{name: "c", data: "x"}))
	whole := zipOf(f, member{name: "a.html", data: "<p>甲", method: zip.Deflate}, member{name: "c", data: "x"})
	f.Add(whole[:len(whole)-9])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzSource(t, "zip", data) })
}

func FuzzTar(f *testing.F) {
	plain := tarOf(f, member{name: "a.html", data: "<p>甲"}, member{name: "b/", typ: tar.TypeDir}, member{name: strings.Repeat("长", 60), data: "x"})
	f.Add(plain)
	f.Add(gzipped(f, plain))
	f.Add(append(bytes.Clone(plain[:700]), plain...))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzSource(t, "tar", data) })
}

// Members, end marks, junk, headers without a member and tails in any order: each
// byte belongs to one record or gap.
func TestTar_everyByte(t *testing.T) {
	plain := tarOf(t, member{name: "a.html", data: "<p>甲"})
	long := tarOf(t, member{name: strings.Repeat("长", 60), data: "x"})
	pieces := [][]byte{
		plain[:1024], make([]byte, 1024), bytes.Repeat([]byte("junk"), 128),
		long[:1024], // the extended header alone
		plain[:700], []byte("tail"), nil,
	}
	n := len(pieces)
	for i := range n * n * n * n {
		var data []byte
		for _, k := range []int{i / n / n / n, i / n / n % n, i / n % n, i % n} {
			data = append(data, pieces[k]...)
		}
		fuzzSource(t, "tar", data)
		if t.Failed() {
			t.Fatalf("pieces %d", i)
		}
	}
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte("{\"text\":\"甲\"}\n\n\r\n{\"a\":1}\n{broken"))
	f.Add(gzipped(f, []byte("{\"text\":\"甲\"}\n{\"a\":1}\n")))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzSource(t, "jsonl", data) })
}
