package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Network says how remote objects are reached. The zero value uses the defaults
// below and can be used at once. It may be shared by goroutines.
type Network struct {
	// Attempts is how often a request is tried in a row without one new byte
	// (default 8).
	Attempts int
	// Stall is how long a server may send nothing before the connection is given
	// up and the rest asked for again (default 60 s).
	Stall time.Duration
	// Backoff is the wait before the second attempt; it doubles with each further
	// one up to 30 s, plus up to a half at random (default 200 ms).
	Backoff time.Duration
	// Log is told of every attempt that failed; it may be nil.
	Log func(format string, args ...any)
	S3  S3

	partBytes int64 // of uploads, 0 for the constant
}

const (
	defaultAttempts = 8
	defaultStall    = 60 * time.Second
	defaultBackoff  = 200 * time.Millisecond
	maxBackoff      = 30 * time.Second
	maxRetryAfter   = 5 * time.Minute // longest wait that a server may ask for
)

// ErrGivenUp says that a server could not be reached, or failed, again and again:
// the same call may succeed another time.
var ErrGivenUp = errors.New("given up")

// IsRemote reports whether a name is a URL and not a path.
func IsRemote(name string) bool { return strings.Contains(name, "://") }

// secretKeys are query parameters that grant access: a URL with one of them
// would carry it into plan, config and log. Sources: AWS signature versions 2 and
// 4, Azure SAS, Google signed URLs, OAuth.
var secretKeys = []string{"x-amz-signature", "x-amz-credential", "x-amz-security-token", "x-goog-signature", "signature", "sig", "token", "access_token", "api_key", "apikey", "key", "password", "secret"}

// CheckName returns what is wrong with the name of a remote object or pattern,
// nil for a path. The error never quotes a secret.
func CheckName(name string) error {
	scheme, rest, remote := strings.Cut(name, "://")
	if !remote {
		return nil
	}
	switch scheme {
	case "s3":
		if _, _, err := s3Key(name); err != nil {
			return err
		}
		return nil
	case "http", "https":
	default:
		return fmt.Errorf("%s://…: there is no storage %q; http, https, s3 and paths can be read", scheme, scheme)
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if strings.Contains(rest, "@") {
		return fmt.Errorf("%s://…@…: a URL with user or password would carry them into plan and log; use s3:// with an access file, or a proxy that adds them", scheme)
	}
	u, err := url.Parse(name)
	if err != nil {
		return fmt.Errorf("%s://%s: no URL", scheme, rest)
	}
	if u.Host == "" {
		return fmt.Errorf("%s: the URL names no host", name)
	}
	for key := range u.Query() {
		if slices.Contains(secretKeys, strings.ToLower(key)) {
			return fmt.Errorf("%s://%s%s: the parameter %s grants access and would land in plan and log; use s3:// with credentials from the environment", scheme, u.Host, u.Path, key)
		}
	}
	return nil
}

// Open opens a local file or a remote object. The reads of a remote file end
// with ctx. The error names it and wraps fs.ErrNotExist where that is the reason.
func (n *Network) Open(ctx context.Context, name string) (File, error) {
	if !IsRemote(name) {
		return Open(name)
	}
	obj, info, err := n.stat(ctx, name)
	if err != nil {
		return nil, err
	}
	return newRemoteFile(ctx, n, obj, info), nil
}

// Glob is [Glob] for paths, URLs and objects of an S3 bucket. A URL stands for
// itself: HTTP cannot list. In a bucket patterns and folders work as on a disk:
// a star does not cross a slash, and what a pattern or name leads to as a folder
// stands for all objects below.
func (n *Network) Glob(ctx context.Context, pattern string) ([]Info, error) {
	if !IsRemote(pattern) {
		return Glob(pattern)
	}
	if err := CheckName(pattern); err != nil {
		return nil, err
	}
	if strings.HasPrefix(pattern, "s3://") {
		return n.globS3(ctx, pattern)
	}
	if strings.Contains(pattern, "*") {
		return nil, fmt.Errorf("%s: HTTP cannot list what matches a pattern; give a list of names (list: true)", pattern)
	}
	_, info, err := n.stat(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return []Info{info}, nil
}

// stat finds out what a remote object is, with retries.
func (n *Network) stat(ctx context.Context, name string) (object, Info, error) {
	if err := CheckName(name); err != nil {
		return nil, Info{}, err
	}
	var obj object
	var err error
	if strings.HasPrefix(name, "s3://") {
		obj, err = n.newS3Object(name)
	} else {
		obj, err = newHTTPObject(name)
	}
	if err != nil {
		return nil, Info{}, err
	}
	var info Info
	err = n.retry(ctx, name, func(ctx context.Context) error {
		var err error
		info, err = obj.stat(ctx)
		return err
	})
	return obj, info, err
}

// retry calls f until it succeeds, fails for good or the attempts are used up.
func (n *Network) retry(ctx context.Context, name string, f func(ctx context.Context) error) error {
	for try := 0; ; try++ {
		w := newWatchdog(ctx, n.stall())
		err := w.explain(f(w.ctx))
		w.stop()
		if err == nil {
			return nil
		}
		if err := n.pause(ctx, name, try, err); err != nil {
			return err
		}
	}
}

// pause waits before the next attempt; try counts the failed ones before. It
// returns the error to end with when there will be none.
func (n *Network) pause(ctx context.Context, name string, try int, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var e *remoteError
	if asRemoteError(err, &e); e != nil && e.permanent {
		return fmt.Errorf("%s: %w", name, err)
	}
	attempts := n.Attempts
	if attempts <= 0 {
		attempts = defaultAttempts
	}
	if try+1 >= attempts {
		return fmt.Errorf("%s: %w after %d attempts: %w", name, ErrGivenUp, attempts, err)
	}
	wait := n.Backoff
	if wait <= 0 {
		wait = defaultBackoff
	}
	for range try {
		wait = min(2*wait, maxBackoff)
	}
	wait += time.Duration(rand.Int64N(int64(wait)/2 + 1)) // spreads clients; nothing of it reaches a result
	if e != nil && e.retryAfter > 0 {
		wait = min(e.retryAfter, maxRetryAfter)
	}
	if n.Log != nil {
		n.Log("%s: attempt %d of %d failed, next in %s: %v", name, try+1, attempts, wait.Round(time.Millisecond), err)
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (n *Network) stall() time.Duration {
	if n.Stall > 0 {
		return n.Stall
	}
	return defaultStall
}
