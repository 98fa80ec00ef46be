package pipeline

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// What the synthetic archive holds, about 2 GB.
const (
	hugeRecordBytes = 500 << 20
	hugeBombBytes   = 2 << 30 // unpacked
	hugeTiny        = 1_000_000
	hugeEmpty       = 10_000
	hugeFiller      = 280 // images of 4 MiB
)

// writeHugeArchive streams the synthetic archive to path.
func writeHugeArchive(path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	defer func() {
		if err == nil {
			err = w.Flush()
		}
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	member := func(level int, write func(z io.Writer) error) error {
		z, err := gzip.NewWriterLevel(w, level)
		if err == nil {
			err = write(z)
		}
		if err == nil {
			err = z.Close()
		}
		return err
	}
	n := 0
	record := func(z io.Writer, contentType string, size int64, body io.Reader) error {
		head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n", contentType)
		n++
		_, err := fmt.Fprintf(z, "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:huge:%d>\r\nWARC-Target-URI: http://huge.example/%d\r\nWARC-Date: 2026-11-01T00:00:00Z\r\nContent-Length: %d\r\n\r\n%s", n, n, int64(len(head))+size, head)
		if err == nil {
			_, err = io.CopyN(z, body, size)
		}
		if err == nil {
			_, err = io.WriteString(z, "\r\n\r\n")
		}
		return err
	}
	noise := rand.NewChaCha8([32]byte{1})
	if err := member(gzip.NoCompression, func(z io.Writer) error { return record(z, "text/html", hugeRecordBytes, noise) }); err != nil {
		return err
	}
	if err := member(gzip.BestSpeed, func(z io.Writer) error { return record(z, "text/html", hugeBombBytes, zeroReader{}) }); err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(w, gzip.StatelessCompression)
	if err != nil {
		return err
	}
	body := []byte("<html><title>短</title><p>一句话。</p></html>")
	for range hugeTiny {
		z.Reset(w)
		if err := record(z, "text/html", int64(len(body)), bytes.NewReader(body)); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
	}
	for range hugeEmpty {
		z.Reset(w)
		if err := z.Close(); err != nil {
			return err
		}
	}
	for range hugeFiller {
		err := member(gzip.NoCompression, func(z io.Writer) error {
			return record(z, "image/png", 4<<20, io.MultiReader(bytes.NewReader([]byte("\x89PNG\r\n\x1a\n")), noise))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestHugeArchive runs the program over the synthetic archive with two workers:
// within 512 MiB, and with a fate for every record. It prints the peak of memory
// and the CPU time.
func TestHugeArchive(t *testing.T) {
	if !full() {
		t.Skip("needs QINGLIU_FULL=1: 2 GB of disk, minutes")
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "qingliu")
	if out, err := exec.Command("go", "build", "-o", binary, "../cmd/qingliu").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	archive := filepath.Join(dir, "huge.warc.gz")
	if err := writeHugeArchive(archive); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(archive)
	if err != nil {
		t.Fatal(err)
	}
	config := writeInput(t, filepath.Join(dir, "huge.yaml"), []byte(testYAML(archive)))
	run := filepath.Join(dir, "run")
	cmd := exec.Command(binary, "run", config, "--out", run, "-j", "2")
	out, peak, err := runWatched(cmd)
	if code := cmd.ProcessState.ExitCode(); code != 3 { // done, some input unreadable
		t.Fatalf("%v, exit code %d\n%s", err, code, out)
	}
	t.Logf("%d bytes of archive: peak of %d MiB, %s of CPU time", st.Size(), peak>>20, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	if peak > 512<<20 {
		t.Errorf("%d MiB of memory", peak>>20)
	}
	l := readLedger(t, run)
	for _, err := range l.Check() {
		t.Error(err)
	}
	a := l.Files[0]
	lost, _ := a.Lost()
	if a.Records != hugeTiny+hugeFiller+2 || a.Unreadable != 2 || lost != 0 || len(a.Gaps) != 1 || a.Skipped["image"] != hugeFiller || a.Problems["record_limit"] != 2 || a.Bytes != st.Size() {
		t.Errorf("%+v", a)
	}
}
