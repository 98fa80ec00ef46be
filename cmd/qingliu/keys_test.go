package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCutKey(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"", ""},
		{"g", "g"},
		{"GbN", "gbn"},
		{"\r", "\r"},
		{"\n", "\r"},
		{"\x03\x04", "\x03\x04"},
		{"\x1b", ""},
		{"\x1b[A\x1b[B\x1bOBg", "g"}, // arrows: their last letters are no keys
		{"\x1b[1;5Bq", "q"},
		{"\x1b[200~", ""},
		{"\x1b[1", ""},
		{"\x1bO", ""},
		{"\x1bb", ""}, // Alt and b
		{"好b", "好b"},
		{"\xff\x80b\x00", "b"},
	} {
		got := ""
		for rest := []byte(c.typed); ; {
			var key rune
			if key, rest = cutKey(rest); key == 0 {
				break
			}
			got += string(key)
		}
		if got != c.want {
			t.Errorf("%q: keys %q, want %q", c.typed, got, c.want)
		}
	}
}

// TestOpenLabels_newLine appends behind whole lines only.
func TestOpenLabels_newLine(t *testing.T) {
	for before, want := range map[string]string{"": "x\n", "a\n": "a\nx\n", "a": "a\nx\n"} {
		path := filepath.Join(t.TempDir(), "labels.jsonl")
		if before != "" {
			if err := os.WriteFile(path, []byte(before), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		f, err := openLabels(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("x\n"); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if got := readFile(t, path); got != want {
			t.Errorf("%q became %q, want %q", before, got, want)
		}
	}
}
