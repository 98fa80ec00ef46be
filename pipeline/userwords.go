package pipeline

import (
	"os"
	"strings"
	"sync"

	"github.com/qingliu/qingliu/zh"
)

// readUserWords returns the lines of a file of words for the segmenter; those
// that start with # are empty in it, so that line numbers stay. The empty path
// has none.
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
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") {
			line = ""
		}
		words = append(words, line)
	}
	return words, nil
}

// segmenters holds the segmenter of the user dictionary in use, so that the
// workers share its tables.
var segmenters struct {
	sync.Mutex
	key string
	s   *zh.Segmenter
}

// segmenter returns a segmenter for one worker: of the named dictionary, with
// the words of a file.
func segmenter(dictionary, path string) (*zh.Segmenter, error) {
	words, err := readUserWords(path)
	if err != nil {
		return nil, err
	}
	load := zh.NewSegmenter
	if dictionary == "jieba" {
		load = zh.NewJiebaSegmenter
	}
	s, err := load()
	if err != nil || len(words) == 0 {
		return s, err
	}
	segmenters.Lock()
	defer segmenters.Unlock()
	if key := dictionary + "\n" + strings.Join(words, "\n"); segmenters.s == nil || segmenters.key != key {
		user, err := s.WithUserDict(words)
		if err != nil {
			return nil, err
		}
		segmenters.key, segmenters.s = key, user
	}
	return segmenters.s.Clone(), nil
}
