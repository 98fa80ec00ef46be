package storage

import (
	"cmp"
	"context"
	"crypto/md5" // the checksum that S3 has for parts
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"
)

// partBytes is the size of a part of a large object, unless the object would have
// more than maxParts, as many as S3 allows.
const (
	partBytes = 16 << 20
	maxParts  = 10_000
)

// partSize returns the size of the parts of an object.
func (n *Network) partSize(size int64) int64 {
	part := int64(partBytes)
	if n.partBytes > 0 {
		part = n.partBytes
	}
	return max(part, (size+maxParts-1)/maxParts)
}

// putParts sends a large file in parts. A part that fails is sent again alone, and
// parts that an interrupted upload left at the server stay there where their
// checksums are those of the file.
func (n *Network) putParts(ctx context.Context, o *s3Object, f *os.File, size int64, digest string) error {
	id, have, err := n.interrupted(ctx, o)
	if err != nil {
		return err
	}
	if id == "" {
		err = n.retry(ctx, o.name, func(ctx context.Context) (err error) {
			id, err = o.core.NewMultipartUpload(ctx, o.bucket, o.key, putOptions(digest))
			return s3Error(err)
		})
		if err != nil {
			return err
		}
	}
	part := n.partSize(size)
	var parts []minio.CompletePart
	for at := int64(0); at < size; at += part {
		number, length := len(parts)+1, min(part, size-at)
		h := md5.New()
		if _, err := io.Copy(h, io.NewSectionReader(f, at, length)); err != nil {
			return err
		}
		sum := h.Sum(nil)
		if p := have[number]; p.Size == length && strings.Trim(p.ETag, `"`) == hex.EncodeToString(sum) {
			parts = append(parts, minio.CompletePart{PartNumber: number, ETag: p.ETag})
			continue
		}
		etag, err := n.putPart(ctx, o, id, number, io.NewSectionReader(f, at, length), sum)
		if err != nil {
			return err
		}
		parts = append(parts, minio.CompletePart{PartNumber: number, ETag: etag})
	}
	err = n.retry(ctx, o.name, func(ctx context.Context) error {
		_, err := o.core.CompleteMultipartUpload(ctx, o.bucket, o.key, id, parts, putOptions(digest))
		return s3Error(err)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil // an earlier attempt completed it and its answer was lost: the caller looks at the object
	}
	return err
}

func (n *Network) putPart(ctx context.Context, o *s3Object, id string, number int, data *io.SectionReader, sum []byte) (etag string, err error) {
	for try := 0; ; try++ {
		etag, err := n.putPartOnce(ctx, o, id, number, data, sum)
		if err == nil {
			return etag, nil
		}
		if err := n.pause(ctx, o.name, try, fmt.Errorf("part %d: %w", number, err)); err != nil {
			return "", err
		}
	}
}

func (n *Network) putPartOnce(ctx context.Context, o *s3Object, id string, number int, data *io.SectionReader, sum []byte) (etag string, err error) {
	dog := newWatchdog(ctx, n.stall())
	defer dog.stop()
	body := liveReader{io.NewSectionReader(data, 0, data.Size()), dog}
	p, err := o.core.PutObjectPart(dog.ctx, o.bucket, o.key, id, number, body, data.Size(),
		minio.PutObjectPartOptions{Md5Base64: base64.StdEncoding.EncodeToString(sum)})
	if err != nil {
		if err := dog.explain(err); errors.Is(err, errStalled) {
			return "", err
		}
		return "", s3Error(err)
	}
	return p.ETag, nil
}

// liveReader keeps the watchdog quiet while bytes are sent.
type liveReader struct {
	io.Reader
	dog *watchdog
}

func (r liveReader) Read(b []byte) (int, error) {
	r.dog.alive()
	return r.Reader.Read(b)
}

// interrupted returns the newest incomplete upload of an object and its parts by
// number, "" if there is none. Older ones are removed.
func (n *Network) interrupted(ctx context.Context, o *s3Object) (id string, parts map[int]minio.ObjectPart, err error) {
	uploads, err := n.incomplete(ctx, o)
	if err != nil || len(uploads) == 0 {
		return "", nil, err
	}
	for _, u := range uploads[:len(uploads)-1] {
		if err := n.abort(ctx, o, u.UploadID); err != nil {
			return "", nil, err
		}
	}
	id = uploads[len(uploads)-1].UploadID
	err = n.retry(ctx, o.name, func(context.Context) error {
		parts = map[int]minio.ObjectPart{}
		for marker := 0; ; {
			list, err := o.core.ListObjectParts(ctx, o.bucket, o.key, id, marker, 1000)
			if err != nil {
				return s3Error(err)
			}
			for _, p := range list.ObjectParts {
				parts[p.PartNumber] = p
			}
			if !list.IsTruncated || list.NextPartNumberMarker <= marker {
				return nil
			}
			marker = list.NextPartNumberMarker
		}
	})
	return id, parts, err
}

// incomplete lists the incomplete uploads of an object, the newest last.
func (n *Network) incomplete(ctx context.Context, o *s3Object) (uploads []minio.ObjectMultipartInfo, err error) {
	uploads, err = n.incompleteBelow(ctx, o, o.key)
	uploads = slices.DeleteFunc(uploads, func(u minio.ObjectMultipartInfo) bool { return u.Key != o.key })
	slices.SortFunc(uploads, func(a, b minio.ObjectMultipartInfo) int {
		return cmp.Or(a.Initiated.Compare(b.Initiated), cmp.Compare(a.UploadID, b.UploadID))
	})
	return uploads, err
}

// incompleteBelow lists the incomplete uploads whose keys begin with prefix. Where
// the keys lack the right to list them, there are none that we could go on with;
// this is logged and no reason not to publish.
func (n *Network) incompleteBelow(ctx context.Context, o *s3Object, prefix string) (uploads []minio.ObjectMultipartInfo, err error) {
	err = n.retry(ctx, o.name, func(ctx context.Context) error {
		uploads = uploads[:0]
		for u := range o.core.ListIncompleteUploads(ctx, o.bucket, prefix, true) {
			if u.Err != nil {
				return s3Error(u.Err)
			}
			uploads = append(uploads, u)
		}
		return nil
	})
	var e *remoteError
	if asRemoteError(err, &e); e != nil && e.permanent {
		if n.Log != nil && !errors.Is(err, fs.ErrNotExist) {
			n.Log("%v (incomplete uploads cannot be listed: none is resumed or removed)", err)
		}
		return nil, nil
	}
	return uploads, err
}

// EndUploads removes the incomplete uploads of objects that lie in one of the
// folders, s3://bucket/prefix, and not below, and returns how many there were.
func (n *Network) EndUploads(ctx context.Context, folders ...string) (ended int, err error) {
	for _, folder := range folders {
		o, err := n.newS3Object(strings.TrimSuffix(folder, "/") + "/")
		if err != nil {
			return ended, err
		}
		uploads, err := n.incompleteBelow(ctx, o, o.key)
		if err != nil {
			return ended, err
		}
		for _, u := range uploads {
			if path.Dir(u.Key)+"/" != o.key {
				continue
			}
			of := *o
			of.key = u.Key
			if err := n.abort(ctx, &of, u.UploadID); err != nil {
				return ended, err
			}
			ended++
		}
	}
	return ended, nil
}

// abort removes an incomplete upload. One that is not there is no error.
func (n *Network) abort(ctx context.Context, o *s3Object, id string) error {
	err := n.retry(ctx, o.name, func(ctx context.Context) error {
		return s3Error(o.core.AbortMultipartUpload(ctx, o.bucket, o.key, id))
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// abortAll removes all incomplete uploads of an object.
func (n *Network) abortAll(ctx context.Context, o *s3Object) error {
	uploads, err := n.incomplete(ctx, o)
	for _, u := range uploads {
		if err == nil {
			err = n.abort(ctx, o, u.UploadID)
		}
	}
	return err
}
