package storage

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// ErrChanged says that an object was replaced while it was read: its parts would
// come from different versions.
var ErrChanged = errors.New("the object changed since the plan was made; make a new plan")

// Span is a part of a file, the bytes [From, To).
type Span struct{ From, To int64 }

// object is a remote object, as one kind of server gives it.
type object interface {
	// stat asks for size and version.
	stat(ctx context.Context) (Info, error)
	// open asks for the bytes from off on, n of them if the server can. It returns
	// a body whose next byte is that at off, and where the body will end. The
	// object must still be the one of info, or the error wraps ErrChanged.
	open(ctx context.Context, info Info, off, n int64) (body io.ReadCloser, end int64, err error)
}

// remoteError is a failed request.
type remoteError struct {
	err        error
	permanent  bool          // another attempt would fail as well
	retryAfter time.Duration // what the server asked for, 0 if nothing
}

func (e *remoteError) Error() string { return e.err.Error() }
func (e *remoteError) Unwrap() error { return e.err }

func permanent(err error) error { return &remoteError{err: err, permanent: true} }

func asRemoteError(err error, e **remoteError) bool { return errors.As(err, e) }

// errStalled is the cause of a cancelled request.
var errStalled = errors.New("the server sent nothing")

// watchdog cancels a request that makes no progress.
type watchdog struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

func newWatchdog(parent context.Context, limit time.Duration) *watchdog {
	w := &watchdog{limit: limit}
	w.ctx, w.cancel = context.WithCancelCause(parent)
	w.timer = time.AfterFunc(limit, func() { w.cancel(fmt.Errorf("%w for %s", errStalled, limit)) })
	return w
}

// alive starts the time anew.
func (w *watchdog) alive() { w.timer.Reset(w.limit) }

// pause stops the time while nobody waits for the server.
func (w *watchdog) pause() { w.timer.Stop() }

func (w *watchdog) stop() {
	w.timer.Stop()
	w.cancel(context.Canceled)
}

// explain says that a request ended because the server stalled, where it did.
func (w *watchdog) explain(err error) error {
	if cause := context.Cause(w.ctx); err != nil && errors.Is(cause, errStalled) {
		return cause
	}
	return err
}

const (
	segmentBytes = 256 << 10 // read from a body at once
	keepSegments = 12        // that stay for another look
	skipBytes    = 1 << 20   // rather read over than asked for anew
	firstAhead   = 1 << 20   // asked for where nothing is expected, doubling …
	maxAhead     = 64 << 20  // … up to this
	peekBytes    = 64 << 10  // asked for where a reader looks elsewhere and comes back
)

// remoteFile reads a remote object. Where reads go forward it takes them from one
// answer of the server, so a sequential reader costs one request; what it read
// last is kept for a reader that steps back. For a look elsewhere a little is asked
// for beside; only who reads on there moves the file there. A connection that drops, stalls or
// ends early is opened again at the byte it had come to.
type remoteFile struct {
	ctx  context.Context // of the task that reads: io.ReaderAt has no place for it
	net  *Network
	obj  object
	info Info

	mu       sync.Mutex
	expected []Span
	ahead    int64
	body     io.ReadCloser
	dog      *watchdog
	pos, end int64 // of body
	peeked   int64 // where the last look elsewhere ended
	segments []segment
	sums     partSums
}

type segment struct {
	off  int64
	data []byte
}

func newRemoteFile(ctx context.Context, n *Network, obj object, info Info) *remoteFile {
	return &remoteFile{ctx: ctx, net: n, obj: obj, info: info, ahead: firstAhead, peeked: -1, sums: partSums{size: info.Size}}
}

func (f *remoteFile) Info() Info  { return f.info }
func (f *remoteFile) Size() int64 { return f.info.Size }

// Expect implements File.
func (f *remoteFile) Expect(spans ...Span) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.expected = slices.Clone(spans)
}

// ReadAt implements io.ReaderAt.
func (f *remoteFile) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fmt.Errorf("%s: offset %d", f.info.Name, off)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for n < len(p) {
		at := off + int64(n)
		if at >= f.info.Size {
			return n, io.EOF
		}
		data := f.kept(at)
		if data == nil {
			if data, err = f.fetch(at); err != nil {
				return n, err
			}
		}
		n += copy(p[n:], data)
	}
	return n, nil
}

// kept returns what is in memory from offset at on, nil if nothing is.
func (f *remoteFile) kept(at int64) []byte {
	for i := range f.segments {
		s := &f.segments[i]
		if at >= s.off && at < s.off+int64(len(s.data)) {
			return s.data[at-s.off:]
		}
	}
	return nil
}

// fetch reads at least one byte at offset at from the server.
func (f *remoteFile) fetch(at int64) ([]byte, error) {
	for try := 0; ; try++ {
		data, err := f.attempt(at)
		if len(data) > 0 {
			return data, nil
		}
		if err := f.net.pause(f.ctx, f.info.Name, try, fmt.Errorf("offset %d: %w", at, err)); err != nil {
			return nil, err
		}
	}
}

// attempt reads a segment at offset at. It returns data or an error.
func (f *remoteFile) attempt(at int64) ([]byte, error) {
	if f.body == nil || at < f.pos || at-f.pos > skipBytes || at >= f.end {
		if f.body != nil && at != f.peeked && !f.info.Whole {
			return f.peek(at)
		}
		f.drop()
		if err := f.request(at); err != nil {
			return nil, err
		}
	}
	for {
		start := f.pos
		data, err := f.readSegment()
		if at < f.pos && len(data) > 0 {
			return data[at-start:], nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// request opens a body at offset at.
func (f *remoteFile) request(at int64) error {
	want := f.info.Size
	if f.expected != nil {
		want = min(want, at+f.ahead)
		found := false
		for _, s := range f.expected {
			if at >= s.From && at < s.To {
				want, found = min(s.To, f.info.Size), true
				break
			}
		}
		if !found {
			f.ahead = min(2*f.ahead, maxAhead)
		}
	}
	dog := newWatchdog(f.ctx, f.net.stall())
	body, end, err := f.obj.open(dog.ctx, f.info, at, want-at)
	if err != nil {
		dog.stop()
		return dog.explain(err)
	}
	dog.pause()
	f.body, f.dog, f.pos, f.end = body, dog, at, end
	return nil
}

// peek reads a little at offset at and leaves the body where it is.
func (f *remoteFile) peek(at int64) ([]byte, error) {
	dog := newWatchdog(f.ctx, f.net.stall())
	defer dog.stop()
	body, end, err := f.obj.open(dog.ctx, f.info, at, min(peekBytes, f.info.Size-at))
	if err != nil {
		return nil, dog.explain(err)
	}
	defer body.Close()
	buf := make([]byte, min(peekBytes, end-at))
	n := 0
	for n < len(buf) && err == nil {
		var k int
		dog.alive()
		k, err = body.Read(buf[n:])
		n += k
	}
	if n == 0 {
		return nil, dog.explain(cmp.Or(err, io.ErrUnexpectedEOF))
	}
	f.keep(at, buf[:n])
	f.peeked = at + int64(n)
	return buf[:n], nil
}

// keep keeps what was read for another look.
func (f *remoteFile) keep(off int64, data []byte) {
	if len(f.segments) == keepSegments {
		f.segments = slices.Delete(f.segments, 0, 1)
	}
	f.segments = append(f.segments, segment{off, data})
}

// readSegment reads the next bytes of the body and keeps them. With an error it
// may return data too.
func (f *remoteFile) readSegment() ([]byte, error) {
	buf := make([]byte, min(segmentBytes, f.end-f.pos))
	n := 0
	var err error
	for n < len(buf) && err == nil {
		var k int
		f.dog.alive()
		k, err = f.body.Read(buf[n:])
		n += k
	}
	f.dog.pause()
	data := buf[:n]
	if n > 0 {
		f.sums.add(f.pos, data)
		f.keep(f.pos, data)
		f.pos += int64(n)
	}
	switch {
	case f.pos >= f.end:
		err = nil
		f.drop()
	case err == io.EOF || err == nil && n == 0:
		err = fmt.Errorf("the answer ends at offset %d, before %d: %w", f.pos, f.end, io.ErrUnexpectedEOF)
	case err != nil:
		err = f.dog.explain(err)
	}
	if err != nil {
		f.drop()
	}
	return data, err
}

// drop closes the body.
func (f *remoteFile) drop() {
	if f.body != nil {
		f.body.Close()
		f.dog.stop()
		f.body, f.dog = nil, nil
	}
}

// PartSHA256 implements File: what was not read yet in file order is read now.
func (f *remoteFile) PartSHA256(i int) ([sha256.Size]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	expected := f.expected
	defer func() { f.expected = expected }()
	return f.sums.of(i, func(at, to int64) error {
		if data := f.kept(at); data != nil {
			f.sums.add(at, data)
			return nil
		}
		f.expected = []Span{{at, to}}
		_, err := f.fetch(at)
		return err
	})
}

// Close implements io.Closer.
func (f *remoteFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drop()
	f.segments = nil
	return nil
}
