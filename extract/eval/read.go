package eval

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Texts holds the text of every page by its id.
type Texts map[string]string

// IDs returns the ids in order.
func (t Texts) IDs() []string { return slices.Sorted(maps.Keys(t)) }

// SHA256 returns a digest over all ids and texts in order, in hex. Equal texts
// have equal digests whether they were read from a folder or a file.
func (t Texts) SHA256() string {
	h := sha256.New()
	for _, id := range t.IDs() {
		fmt.Fprintf(h, "%d %s %d ", len(id), id, len(t[id]))
		io.WriteString(h, t[id])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Set is a named set of gold texts.
type Set struct {
	Name string
	Gold Texts
}

// ReadGold reads a set of gold texts as ReadTexts does. Lines of a JSONL file may
// name another set in their field "set": one Set comes out for each name, in order.
func ReadGold(name, path string) ([]Set, error) {
	texts, sets, err := read(path)
	if err != nil {
		return nil, err
	}
	byName := map[string]Texts{}
	for id, text := range texts {
		n := cmp.Or(sets[id], name)
		if byName[n] == nil {
			byName[n] = Texts{}
		}
		byName[n][id] = text
	}
	var out []Set
	for _, n := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, Set{n, byName[n]})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no gold text", path)
	}
	return out, nil
}

// ReadTexts reads texts: the files NAME.txt of a folder (the id is NAME), or the
// lines of a JSONL file, plain, .gz or .zst, with "id" and "text" ("content" or
// "main_text" where there is no text). Byte order marks go, bytes that are no
// UTF-8 become U+FFFD; the same id twice is an error.
func ReadTexts(path string) (Texts, error) {
	texts, _, err := read(path)
	return texts, err
}

// ReadSystem reads the output of a system for one gold set: PATH/SET or
// PATH/SET.jsonl where there is one, else PATH itself.
func ReadSystem(path, set string) (Texts, error) {
	for _, p := range []string{filepath.Join(path, set), filepath.Join(path, set+".jsonl")} {
		if _, err := os.Stat(p); err == nil {
			return ReadTexts(p)
		}
	}
	return ReadTexts(path)
}

func read(path string) (texts Texts, sets map[string]string, err error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !st.IsDir() {
		return readLines(path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, nil, err
	}
	texts = Texts{}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".txt")
		if !ok || e.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(path, e.Name()))
		if err != nil {
			return nil, nil, err
		}
		texts[id] = strings.ToValidUTF8(strings.TrimPrefix(string(data), "\ufeff"), "\ufffd")
	}
	if len(texts) == 0 {
		return nil, nil, fmt.Errorf("%s: no .txt file in this folder", path)
	}
	return texts, nil, nil
}

func readLines(path string) (Texts, map[string]string, error) {
	texts, sets := Texts{}, map[string]string{}
	err := EachLine(path, func(n int, line []byte) error {
		var row struct {
			ID       json.RawMessage `json:"id"`
			Text     *string         `json:"text"`
			Content  *string         `json:"content"`
			MainText *string         `json:"main_text"`
			Set      string          `json:"set"`
		}
		if err := json.Unmarshal(line, &row); err != nil {
			return err
		}
		id, err := IDText(row.ID)
		if err != nil {
			return err
		}
		if _, ok := texts[id]; ok {
			return fmt.Errorf("id %q occurs twice", id)
		}
		texts[id] = ""
		for _, t := range []*string{row.Text, row.Content, row.MainText} {
			if t != nil {
				texts[id] = *t
				break
			}
		}
		sets[id] = row.Set
		return nil
	})
	return texts, sets, err
}

// IDText returns the id in a JSON line: a string, or a number as it is written.
func IDText(raw json.RawMessage) (string, error) {
	var s string
	if err := json.Unmarshal(raw, &s); err == nil {
		return s, nil
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil || n == "" {
		return "", errors.New(`no "id" with a string or number`)
	}
	return n.String(), nil
}

// maxLine is the longest line of a JSONL file that is read.
const maxLine = 256 << 20

// EachLine calls visit for the lines of a file, plain, .gz or .zst, that are not
// blank, with their numbers from 1. An error of visit ends the file and comes back
// with the name of the file and the line.
func EachLine(path string, visit func(n int, line []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	switch filepath.Ext(path) {
	case ".gz":
		if r, err = gzip.NewReader(f); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	case ".zst":
		d, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		defer d.Close()
		r = d
	}
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, maxLine)
	n := 0
	for sc.Scan() {
		n++
		if len(strings.TrimSpace(string(sc.Bytes()))) == 0 {
			continue
		}
		if err := visit(n, sc.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", path, n+1, err)
	}
	return nil
}
