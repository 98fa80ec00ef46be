package warc

import (
	"bytes"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// unpackedSize returns how many bytes a gzip file unpacks to.
func unpackedSize(tb testing.TB, b []byte) int64 {
	tb.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		tb.Fatal(err)
	}
	n, err := io.Copy(io.Discard, z)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// BenchmarkGunzip is the yardstick: unpacking the file and nothing else.
func BenchmarkGunzip(b *testing.B) {
	file := crawlFile(b, "crawl-medium.warc.gz")
	b.SetBytes(unpackedSize(b, file))
	b.ReportAllocs()
	buf := make([]byte, 64<<10)
	in := bytes.NewReader(file)
	z, err := gzip.NewReader(in)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		in.Reset(file)
		if err := z.Reset(in); err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = z.Read(buf)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
		err = nil
	}
}

func benchmarkRead(b *testing.B, use func(rec *Record)) {
	file := crawlFile(b, "crawl-medium.warc.gz")
	b.SetBytes(unpackedSize(b, file))
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(file), int64(len(file)), GzipMembers, Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for ; err == nil; n++ {
			var rec *Record
			if rec, err = r.Next(); err == nil {
				use(rec)
			}
		}
		if err != io.EOF || n < 6000 {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkReader(b *testing.B) { benchmarkRead(b, func(*Record) {}) }

func BenchmarkReaderDecode(b *testing.B) {
	var d PayloadDecoder
	benchmarkRead(b, func(rec *Record) {
		if rec.Type == "response" {
			if _, err := d.Decode(rec.Block); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkReaderDecodeKind(b *testing.B) {
	var d PayloadDecoder
	benchmarkRead(b, func(rec *Record) {
		if rec.Type == "response" {
			resp, err := d.Decode(rec.Block)
			if err != nil {
				b.Fatal(err)
			}
			Kind(resp.Header.Get("Content-Type"), resp.Body)
		}
	})
}

// BenchmarkRatio reports the speed of reading with HTTP decoding as a multiple of
// G, that of unpacking alone, in CPU time of the same run.
func BenchmarkRatio(b *testing.B) {
	for _, name := range crawls[1:] {
		b.Run(name, func(b *testing.B) {
			file := crawlFile(b, name)
			in := bytes.NewReader(file)
			buf := make([]byte, 64<<10)
			z, err := gzip.NewReader(in)
			if err != nil {
				b.Fatal(err)
			}
			var d PayloadDecoder
			var unpacking, reading time.Duration
			for b.Loop() {
				start := cpuTime()
				in.Reset(file)
				err := z.Reset(in)
				for err == nil {
					_, err = z.Read(buf)
				}
				if err != io.EOF {
					b.Fatal(err)
				}
				mid := cpuTime()
				r, err := NewReader(in, int64(len(file)), GzipMembers, Options{})
				for err == nil {
					var rec *Record
					if rec, err = r.Next(); err == nil && rec.Type == "response" {
						if _, err := d.Decode(rec.Block); err != nil {
							b.Fatal(err)
						}
					}
				}
				if err != io.EOF {
					b.Fatal(err)
				}
				unpacking += mid - start
				reading += cpuTime() - mid
			}
			b.ReportMetric(float64(unpacking)/float64(reading), "G")
		})
	}
}

// cpuTime returns the CPU time the process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkPlain reads the unpacked file.
func BenchmarkPlain(b *testing.B) {
	z, err := gzip.NewReader(bytes.NewReader(crawlFile(b, "crawl-medium.warc.gz")))
	if err != nil {
		b.Fatal(err)
	}
	file, err := io.ReadAll(z)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(file), int64(len(file)), Plain, Options{})
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}

// TestAllocations pins what a record and a response cost once the memory has
// grown: less than one allocation, because the texts of headers share theirs.
func TestAllocations(t *testing.T) {
	const n = 400
	block := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
	body := gzipped(bytes.Repeat([]byte("<p>正文</p>"), 500))
	block += "3\r\n" + string(body[:3]) + "\r\n" + hexSize(len(body)-3) + "\r\n" + string(body[3:]) + "\r\n0\r\n\r\n"
	for _, f := range append(packedFormats, Plain) {
		var file []byte
		for range n {
			file = append(file, packed(f, appendRecord(nil, "response", "http://a.example/", block))...)
		}
		r, err := NewReader(bytes.NewReader(file), int64(len(file)), f, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var d PayloadDecoder
		read := func() {
			rec, err := r.Next()
			if err != nil || rec.Err != nil || rec.Warning != "" {
				t.Fatal(err, rec)
			}
			resp, err := d.Decode(rec.Block)
			if err != nil || len(resp.Problems) > 0 {
				t.Fatal(err, resp)
			}
			Kind(resp.Header.Get("Content-Type"), resp.Body)
		}
		read()
		// AllocsPerRun rounds down: the sum of ten records is what is pinned.
		most := 5.0
		if f == LZ4Frames {
			most = 25 // the decoder allocates for each frame
		}
		if got := testing.AllocsPerRun(n/20, func() {
			for range 10 {
				read()
			}
		}); got > most {
			if raceEnabled {
				continue // the race detector drops pooled memory
			}
			t.Errorf("%s: %v allocations for ten records", f, got)
		}
	}
}

// hexSize returns n as the size of a chunk.
func hexSize(n int) string {
	const digits = "0123456789abcdef"
	if n < 16 {
		return digits[n : n+1]
	}
	return hexSize(n/16) + digits[n%16:n%16+1]
}
