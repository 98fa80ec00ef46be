package pipeline

import (
	"errors"
	"io"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/qingliu/qingliu/charset"
)

// Kinds of members of zip and tar archives that are skipped unread. An archive
// inside an archive is read and skipped by its kind, "zip": it is not followed.
const (
	skipFolder  = "archive_folder"
	skipLink    = "archive_link"
	skipSpecial = "archive_special" // devices, pipes, sparse files
)

// memberName returns the name of an archive member as UTF-8: names that are none
// are GB18030, as Chinese packers on Windows write them.
func memberName(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var d charset.Decoder
	decoded, _ := d.AppendUTF8(nil, []byte(name), "gb18030")
	return string(decoded)
}

// pageURL returns the address of a page that is a file: what the config puts
// before its path, or a file URL. Nothing in the path leads upwards.
func (f *File) pageURL(member string) string {
	name := strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(member, "\\", "/")), "/")
	prefix := f.URLPrefix
	if prefix == "" {
		prefix = "file:///"
		if member != f.Name {
			prefix += f.Name + "/"
		}
		return prefix + name
	}
	return prefix + escapePath(name)
}

// escapePath escapes what has a meaning in a URL, and leaves Chinese letters.
func escapePath(s string) string {
	if !strings.ContainsAny(s, " %?#\"<>\\^`{|}") {
		return s
	}
	parts := strings.Split(s, "/")
	for i, p := range parts {
		var b strings.Builder
		for _, r := range p {
			if r < 0x80 {
				b.WriteString(url.PathEscape(string(r)))
			} else {
				b.WriteRune(r)
			}
		}
		parts[i] = b.String()
	}
	return strings.Join(parts, "/")
}

// readMember appends at most limit+1 bytes of r to dst: one more than the limit
// tells that there is more. packed is what they come from, 0 if that is not known.
func (l *LimitsConfig) readMember(dst []byte, r io.Reader, limit, packed int64) ([]byte, error) {
	limited := io.LimitReader(r, limit+1)
	start := len(dst)
	for {
		if len(dst) == cap(dst) {
			dst = append(dst, 0)[:len(dst)]
		}
		n, err := limited.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		if packed > 0 && l.overRatio(int64(len(dst)-start), packed, l.MemberFree) {
			return dst[:start], l.ratioError()
		}
		if err == io.EOF {
			return dst, nil
		}
		if err != nil {
			return dst, unpackError(err)
		}
	}
}

// countingReader counts what is read through it.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// unpackedReader reads a packed stream and stops when it unpacks to absurdly much.
type unpackedReader struct {
	limits *LimitsConfig
	packed countingReader
	r      io.ReadCloser
	n      int64
}

func (u *unpackedReader) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.n += int64(n)
	if err != nil {
		return n, unpackError(err)
	}
	if u.limits.overRatio(u.n, u.packed.n, u.limits.RatioFree) {
		err = u.limits.ratioError()
	}
	return n, err
}

func (u *unpackedReader) Close() error { return u.r.Close() }

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// unpacked returns a reader of the unpacked bytes, r itself if it is not packed.
func (l *LimitsConfig) unpacked(r io.Reader, head []byte) (io.Reader, error) {
	u := &unpackedReader{limits: l, packed: countingReader{r: r}}
	switch {
	case hasPrefix(head, gzipMagic):
		z, err := gzip.NewReader(&u.packed)
		if err != nil {
			return nil, err
		}
		u.r = z
	case hasPrefix(head, zstdMagic):
		d, err := zstd.NewReader(&u.packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(uint64(l.ArchiveWindow)))
		if err != nil {
			return nil, err
		}
		u.r = d.IOReadCloser()
	default:
		return r, nil
	}
	return u, nil
}

func hasPrefix(b, prefix []byte) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == string(prefix)
}

// readFailure tells a failure to read the file, which ends the run, from damage
// in it. It remembers the first error of the file itself.
type readFailure struct {
	r   io.ReaderAt
	err error
}

func (f *readFailure) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) && f.err == nil {
		f.err = err
	}
	return n, err
}
