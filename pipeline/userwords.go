package pipeline

import (
	"os"
	"strings"
	"sync"

	"github.com/qingliu/qingliu/zh"
)

// readUserWords returns the words of a file for the segmenter, one a line; blank
// lines and lines that start with # do not count. The empty path has none.
func readUserWords(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var words []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			words = append(words, line)
		}
	}
	return words, nil
}

// segmenters holds the segmenter of the user dictionary in use: gse takes about
// a second and 145 MB to set one up, so workers share it.
var segmenters struct {
	sync.Mutex
	words string
	s     *zh.Segmenter
}

// segmenter returns a segmenter for one worker, with the words of a file.
func segmenter(path string) (*zh.Segmenter, error) {
	words, err := readUserWords(path)
	if err != nil {
		return nil, err
	}
	s, err := zh.NewSegmenter()
	if err != nil || len(words) == 0 {
		return s, err
	}
	segmenters.Lock()
	defer segmenters.Unlock()
	if key := strings.Join(words, "\n"); segmenters.s == nil || segmenters.words != key {
		user, err := s.WithUserDict(words)
		if err != nil {
			return nil, err
		}
		segmenters.words, segmenters.s = key, user
	}
	return segmenters.s.Clone(), nil
}
