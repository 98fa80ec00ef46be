package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"sync"
)

// sums holds the SHA-256 of files that were read, by name, size and time: they are
// asked for often, and models are large.
var sums struct {
	sync.Mutex
	of map[string]string
}

// fileSum returns the SHA-256 of a file in hex.
func fileSum(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close() // only read
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	key := fmt.Sprintf("%s %d %d", name, info.Size(), info.ModTime().UnixNano())
	sums.Lock()
	defer sums.Unlock()
	if sum := sums.of[key]; sum != "" {
		return sum, nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	sum := hex.EncodeToString(h.Sum(nil))
	if sums.of == nil || len(sums.of) > 1000 {
		sums.of = map[string]string{}
	}
	sums.of[key] = sum
	return sum, nil
}

// fileCache holds what was read from files, by their SHA-256, so that tasks and
// workers share it. When it holds more than most, it begins anew.
type fileCache[T any] struct {
	most int

	mu    sync.Mutex
	bySum map[string]T
}

// get returns what the file of a SHA-256 holds; read reads it. Others wait meanwhile.
func (c *fileCache[T]) get(sum string, read func() (T, error)) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if x, ok := c.bySum[sum]; ok {
		return x, nil
	}
	x, err := read()
	if err != nil {
		return x, err
	}
	if c.bySum == nil || len(c.bySum) >= c.most {
		c.bySum = map[string]T{}
	}
	c.bySum[sum] = x
	return x, nil
}
