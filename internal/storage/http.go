package storage

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxRedirects bounds a chain of redirects.
const maxRedirects = 5

// errRedirect is a redirect that is not followed.
var errRedirect = errors.New("redirect refused")

// httpObject is what a URL stands for.
type httpObject struct {
	url    string
	client *http.Client
}

func newHTTPObject(name string) (*httpObject, error) {
	return &httpObject{url: name, client: &http.Client{
		// The shared transport: connections are used again by the next file.
		Transport: http.DefaultTransport,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			switch {
			case len(via) > maxRedirects:
				return fmt.Errorf("%w: more than %d in a row", errRedirect, maxRedirects)
			case req.URL.Scheme != via[0].URL.Scheme:
				return fmt.Errorf("%w: from %s to %s", errRedirect, via[0].URL.Scheme, req.URL.Scheme)
			}
			return nil
		},
	}}, nil
}

// get sends a request for the bytes [off, off+n) of the object.
func (o *httpObject) get(ctx context.Context, info *Info, off, n int64) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, o.url, nil)
	if err != nil {
		return nil, permanent(err)
	}
	req.Header.Set("User-Agent", "qingliu")
	// A coded answer would have other offsets; naming a coding also keeps the
	// transport from unpacking.
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", off, off+n-1))
	if info != nil {
		switch {
		case info.ETag != "" && !strings.HasPrefix(info.ETag, "W/"):
			req.Header.Set("If-Range", info.ETag)
		case info.ETag == "" && !info.ModTime.IsZero():
			req.Header.Set("If-Range", info.ModTime.UTC().Format(http.TimeFormat))
		}
	}
	resp, err := o.client.Do(req)
	if err != nil {
		return nil, requestError(err)
	}
	return resp, nil
}

// requestError words why there is no answer, without the URL, which the caller
// names.
func requestError(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var cert *tls.CertificateVerificationError
	var dns *net.DNSError
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return permanent(errors.New("the server does not speak TLS; write http:// before its name if it is trusted"))
	case errors.Is(err, errRedirect), errors.As(err, &cert), errors.As(err, &dns) && dns.IsNotFound:
		return permanent(err)
	}
	return err
}

// stat implements object: the first byte is asked for, which tells the size and
// whether the server gives ranges.
func (o *httpObject) stat(ctx context.Context) (Info, error) {
	resp, err := o.get(ctx, nil, 0, 1)
	if err != nil {
		return Info{}, err
	}
	defer resp.Body.Close()
	info := Info{Name: o.url, ETag: resp.Header.Get("ETag")}
	if t, err := http.ParseTime(resp.Header.Get("Last-Modified")); err == nil {
		info.ModTime = t.UTC()
	}
	switch resp.StatusCode {
	case http.StatusPartialContent:
		from, _, size, err := contentRange(resp)
		switch {
		case err != nil:
			return Info{}, err
		case from != 0 || size < 0:
			return Info{}, fmt.Errorf("asked for the first byte, got Content-Range %q", resp.Header.Get("Content-Range"))
		}
		info.Size = size
		return info, nil
	case http.StatusOK:
		if resp.ContentLength < 0 {
			return Info{}, permanent(errors.New("the server does not tell the size; fetch the file first and read it from disk"))
		}
		info.Size, info.Whole = resp.ContentLength, true
		return info, nil
	case http.StatusRequestedRangeNotSatisfiable:
		if resp.Header.Get("Content-Range") == "bytes */0" {
			return info, nil // an empty object
		}
	}
	return Info{}, statusError(resp)
}

// open implements object.
func (o *httpObject) open(ctx context.Context, info Info, off, n int64) (io.ReadCloser, int64, error) {
	resp, err := o.get(ctx, &info, off, n)
	if err != nil {
		return nil, 0, err
	}
	fail := func(err error) (io.ReadCloser, int64, error) {
		resp.Body.Close()
		return nil, 0, err
	}
	switch resp.StatusCode {
	case http.StatusPartialContent:
		from, to, size, err := contentRange(resp)
		switch {
		case err != nil:
			return fail(err)
		case o.changed(resp, info) || size >= 0 && size != info.Size:
			return fail(permanent(ErrChanged))
		case from != off || to <= off || to > info.Size:
			return fail(fmt.Errorf("asked for bytes %d-%d, got Content-Range %q", off, off+n-1, resp.Header.Get("Content-Range")))
		}
		return resp.Body, min(to, off+n), nil
	case http.StatusOK:
		// Either the server gives no ranges, or If-Range found another version.
		if o.changed(resp, info) || resp.ContentLength >= 0 && resp.ContentLength != info.Size {
			return fail(permanent(ErrChanged))
		}
		return &skipReader{ReadCloser: resp.Body, skip: off}, info.Size, nil
	case http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable:
		return fail(permanent(ErrChanged))
	}
	return fail(statusError(resp))
}

// changed reports whether an answer is about another version of the object.
func (o *httpObject) changed(resp *http.Response, info Info) bool {
	if etag := resp.Header.Get("ETag"); etag != "" || info.ETag != "" {
		return etag != info.ETag
	}
	t, err := http.ParseTime(resp.Header.Get("Last-Modified"))
	return err == nil && !info.ModTime.IsZero() && !t.Equal(info.ModTime)
}

// skipReader drops the bytes before the ones that were asked for.
type skipReader struct {
	io.ReadCloser
	skip int64
}

func (r *skipReader) Read(p []byte) (int, error) {
	// One read at a time, so that the watchdog of the reader sees the progress.
	for r.skip > 0 {
		n, err := r.ReadCloser.Read(p[:min(int64(len(p)), r.skip)])
		r.skip -= int64(n)
		if err != nil || r.skip > 0 {
			if err == nil {
				return 0, nil
			}
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
	}
	return r.ReadCloser.Read(p)
}

// contentRange reads "bytes 0-99/1234"; size is -1 where the server does not know
// it. to is exclusive.
func contentRange(resp *http.Response) (from, to, size int64, err error) {
	value := resp.Header.Get("Content-Range")
	bad := fmt.Errorf("status 206 with Content-Range %q", value)
	spec, ok := strings.CutPrefix(value, "bytes ")
	if !ok {
		return 0, 0, 0, bad
	}
	span, total, ok := strings.Cut(spec, "/")
	first, last, ok2 := strings.Cut(span, "-")
	if !ok || !ok2 {
		return 0, 0, 0, bad
	}
	size = -1
	var errs [3]error
	from, errs[0] = strconv.ParseInt(first, 10, 63)
	to, errs[1] = strconv.ParseInt(last, 10, 63)
	if total != "*" {
		size, errs[2] = strconv.ParseInt(total, 10, 63)
	}
	if errors.Join(errs[:]...) != nil || from < 0 || to < from || size >= 0 && to >= size {
		return 0, 0, 0, bad
	}
	return from, to + 1, size, nil
}

// statusError words an answer that is no content.
func statusError(resp *http.Response) error {
	e := &remoteError{err: fmt.Errorf("the server answered %s", resp.Status), permanent: true}
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusGone:
		e.err = notFound(e.err.Error())
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		e.permanent = false
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
	default:
		e.permanent = resp.StatusCode < 500
	}
	e.retryAfter = retryAfter(resp.Header.Get("Retry-After"))
	return e
}

// retryAfter reads a number of seconds or a date, 0 if it is none.
func retryAfter(s string) time.Duration {
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}
