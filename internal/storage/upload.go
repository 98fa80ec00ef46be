package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
)

// digestKey is the metadata of an uploaded object that holds its SHA-256.
const digestKey = "Sha256"

// Upload makes the object name, s3://bucket/key, equal to the local file, whose
// SHA-256 is digest in hex. It reports false where the object already has this
// digest and size, so an upload that was interrupted goes on with the files, and the
// parts of files, that are missing. An object is complete or not there: large ones are
// sent in parts with checksums, and appear when all have arrived. Nothing else of this
// object is left at the server.
func (n *Network) Upload(ctx context.Context, file, name, digest string) (sent bool, err error) {
	o, err := n.newS3Object(name)
	if err != nil {
		return false, err
	}
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close() // only read
	st, err := f.Stat()
	if err != nil {
		return false, err
	}
	switch have, err := n.digestOf(ctx, o); {
	case err != nil:
		return false, err
	case have == digestText(digest, st.Size()):
		return false, nil
	}
	for again := false; ; again = true {
		if err := n.send(ctx, o, f, st.Size(), digest); err != nil {
			return false, err
		}
		if err := n.abortAll(ctx, o); err != nil {
			return false, err
		}
		have, err := n.digestOf(ctx, o)
		if err != nil || have == digestText(digest, st.Size()) {
			return true, err
		}
		// An interrupted upload of another file of this name names its digest.
		if again {
			return true, fmt.Errorf("%s: after the upload the object is %s, want %s", name, have, digestText(digest, st.Size()))
		}
	}
}

// send sends a file, whole or in parts.
func (n *Network) send(ctx context.Context, o *s3Object, f *os.File, size int64, digest string) error {
	if size > n.partSize(size) {
		return n.putParts(ctx, o, f, size, digest)
	}
	for try := 0; ; try++ {
		err := n.put(ctx, o, io.NewSectionReader(f, 0, size), digest)
		if err == nil {
			return nil
		}
		if err := n.pause(ctx, o.name, try, err); err != nil {
			return err
		}
	}
}

func digestText(digest string, size int64) string { return fmt.Sprintf("%d bytes of %s", size, digest) }

// digestOf returns size and digest that an object says it has, "" for none.
func (n *Network) digestOf(ctx context.Context, o *s3Object) (text string, err error) {
	err = n.retry(ctx, o.name, func(ctx context.Context) error {
		st, err := o.core.StatObject(ctx, o.bucket, o.key, minio.StatObjectOptions{})
		if err != nil {
			return s3Error(err)
		}
		text = digestText("no digest", st.Size)
		for key, value := range st.UserMetadata {
			if strings.EqualFold(key, digestKey) {
				text = digestText(value, st.Size)
			}
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return text, err
}

// put sends a small file once.
func (n *Network) put(ctx context.Context, o *s3Object, data *io.SectionReader, digest string) error {
	dog := newWatchdog(ctx, n.stall())
	defer dog.stop()
	opt := putOptions(digest)
	opt.DisableMultipart = true
	opt.Progress = progress{dog}
	_, err := o.core.Client.PutObject(dog.ctx, o.bucket, o.key, data, data.Size(), opt)
	if err != nil {
		if err := dog.explain(err); errors.Is(err, errStalled) {
			return err
		}
		return s3Error(err)
	}
	return nil
}

func putOptions(digest string) minio.PutObjectOptions {
	return minio.PutObjectOptions{UserMetadata: map[string]string{digestKey: digest}, ContentType: "application/octet-stream"}
}

// progress keeps the watchdog quiet while bytes are sent.
type progress struct{ dog *watchdog }

func (p progress) Read(b []byte) (int, error) {
	p.dog.alive()
	return len(b), nil
}

// Remove removes the object name. One that is not there is no error.
func (n *Network) Remove(ctx context.Context, name string) error {
	o, err := n.newS3Object(name)
	if err != nil {
		return err
	}
	return n.retry(ctx, name, func(ctx context.Context) error {
		if err := o.core.RemoveObject(ctx, o.bucket, o.key, minio.RemoveObjectOptions{}); err != nil {
			return s3Error(err)
		}
		return nil
	})
}

// Uploaded reports whether an object was made by Upload.
func (n *Network) Uploaded(ctx context.Context, name string) (bool, error) {
	o, err := n.newS3Object(name)
	if err != nil {
		return false, err
	}
	have, err := n.digestOf(ctx, o)
	return have != "" && !strings.HasSuffix(have, "no digest"), err
}

// ReadAll returns the bytes of a file or object of at most limit bytes.
func (n *Network) ReadAll(ctx context.Context, name string, limit int64) ([]byte, error) {
	f, err := n.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size() > limit {
		return nil, fmt.Errorf("%s: %d bytes, more than %d", name, f.Size(), limit)
	}
	return io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
}
