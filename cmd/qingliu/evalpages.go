package main

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/qingliu/qingliu/charset"
	"github.com/qingliu/qingliu/extract"
	"github.com/qingliu/qingliu/extract/eval"
)

// extractPages extracts raw pages one after the other, charset included.
func extractPages(path, index string) (eval.Texts, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	x := newPageReader(extract.DefaultConfig())
	if !st.IsDir() {
		return extractLines(x, path)
	}
	urls, err := readURLs(index)
	if err != nil {
		return nil, err
	}
	texts := eval.Texts{}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), ".html")
		if !ok || entry.IsDir() {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(path, entry.Name()))
		if err != nil {
			return nil, err
		}
		texts[id] = x.extract(raw, urls[id]).Text()
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("%s: no .html file in this folder", path)
	}
	return texts, nil
}

// extractLines extracts the pages of a JSONL file.
func extractLines(x *pageReader, path string) (eval.Texts, error) {
	texts := eval.Texts{}
	return texts, eval.EachLine(path, func(_ int, line []byte) error {
		var row struct {
			ID     json.RawMessage `json:"id"`
			URL    string          `json:"url"`
			HTML   *string         `json:"html"`
			Base64 *string         `json:"html_b64"`
		}
		if err := json.Unmarshal(line, &row); err != nil {
			return err
		}
		id, err := eval.IDText(row.ID)
		if err != nil {
			return err
		}
		if _, ok := texts[id]; ok {
			return fmt.Errorf("id %q occurs twice", id)
		}
		switch {
		case row.HTML != nil:
			texts[id] = x.ex.Extract([]byte(*row.HTML), row.URL).Text()
		case row.Base64 != nil:
			raw, err := base64.StdEncoding.DecodeString(*row.Base64)
			if err != nil {
				return fmt.Errorf("html_b64: %w", err)
			}
			texts[id] = x.extract(raw, row.URL).Text()
		default:
			return errors.New(`no "html" or "html_b64"`)
		}
		return nil
	})
}

// readURLs reads the addresses of pages by id; no index has none.
func readURLs(index string) (map[string]string, error) {
	urls := map[string]string{}
	if index == "" {
		return urls, nil
	}
	return urls, eval.EachLine(index, func(_ int, line []byte) error {
		var row struct {
			ID     json.RawMessage `json:"id"`
			URL    string          `json:"url"`
			Source string          `json:"source_url"`
		}
		if err := json.Unmarshal(line, &row); err != nil {
			return err
		}
		id, err := eval.IDText(row.ID)
		urls[id] = cmp.Or(row.URL, row.Source)
		return err
	})
}

// pageReader extracts raw pages: bytes to UTF-8, then to main text.
type pageReader struct {
	decoder charset.Decoder
	ex      *extract.Extractor
	html    []byte
}

func newPageReader(c extract.Config) *pageReader { return &pageReader{ex: extract.New(c)} }

func (p *pageReader) extract(raw []byte, url string) *extract.Page {
	p.html, _ = p.decoder.Decode(p.html[:0], raw, "")
	return p.ex.Extract(p.html, url)
}
