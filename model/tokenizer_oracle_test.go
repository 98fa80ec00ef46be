package model

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// oddTexts are what split patterns and added tokens trip over.
var oddTexts = []string{
	"a", " ", "\n", "  ", " \n ", "a  b", "a \n\n b", "\n\n  x", "x  ", "x \n", "\t\tx", "\u3000\u3000中文", "中文\u3000", "中文 \u3000英",
	"it's IT'S we'Re I'LL 'ſx 'd", "''s", "don't", "' s", "12345 1,234,567", "１２３", "①②③", "第3章", "3.14%", " 3", "!!!\n\n", " ...\r\n\r\nx",
	"《清流》", "清流清流", "清 流", "<b> x  <b>y", "<b", "a<|endoftext|>b", " <|endoftext|> ", "cookies cookie", "(cookie)", "中cookie", "cookie_1",
	"e\u0301 é", "가 각", "🙂👨\u200d👩\u200d👧", "a\u00a0b", "\u2028x", "ก็", "हिन्दी", "\u0000x", "=====", "-- --", "http://example.com/a?b=1", "\ufeff中",
	strings.Repeat("的", 3000), strings.Repeat("=", 5000), strings.Repeat(" ", 3000) + "x", strings.Repeat("ab", 4000), "é清流e\u0301清流",
}

// TestTokenizer_sameAsLibrary compares tokens with the PyPI package tokenizers on
// the texts of dedup-dev, with tokenizers that the library trains on them and those
// named in QINGLIU_TOKENIZERS. QINGLIU_PYTHON names the interpreter that has it.
func TestTokenizer_sameAsLibrary(t *testing.T) {
	if testing.Short() {
		t.Skip("trains three tokenizers")
	}
	python := os.Getenv("QINGLIU_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import tokenizers").Run(); err != nil {
		t.Skip("package tokenizers is not installed for " + python)
	}
	texts := append(dedupTexts(t, 10000), oddTexts...)
	dir := t.TempDir()
	var lines strings.Builder
	total := 0
	for _, s := range texts {
		b, err := json.Marshal(map[string]string{"text": s})
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(b, '\n'))
		total += len(s)
	}
	in := filepath.Join(dir, "texts.jsonl")
	if err := os.WriteFile(in, []byte(lines.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"testdata/tokenizers_oracle.py", in, dir}, strings.Fields(os.Getenv("QINGLIU_TOKENIZERS"))...)
	cmd := exec.Command(python, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		name, cpu, _ := strings.Cut(strings.TrimSpace(line), " ")
		theirs, err := strconv.ParseFloat(cpu, 64)
		if err != nil {
			t.Fatalf("oracle printed %q", line)
		}
		t.Run(name, func(t *testing.T) {
			tok, err := OpenTokenizer(filepath.Join(dir, name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			c := tok.NewCounter()
			var ids []uint32
			f, err := os.Open(filepath.Join(dir, name+".ids"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r := bufio.NewReader(f)
			wrong, tokens := 0, 0
			for i, s := range texts {
				want, err := r.ReadString('\n')
				if err != nil {
					t.Fatal(err)
				}
				ids = c.AppendTokens(ids[:0], s)
				tokens += len(ids)
				got := make([]string, len(ids))
				for k, id := range ids {
					got[k] = strconv.Itoa(int(id))
				}
				if g := strings.Join(got, " "); g != strings.TrimSpace(want) {
					if wrong++; wrong <= 5 {
						t.Errorf("text %d %.60q: got %.200s want %.200s", i, s, g, want)
					}
				}
			}
			if wrong > 0 {
				t.Errorf("%d of %d texts differ", wrong, len(texts))
			}
			start := time.Now()
			for _, s := range texts {
				c.Count(s)
			}
			t.Logf("%d texts, %d tokens, %.1f MB: library %.2f CPU s, ours %.2f wall s", len(texts), tokens, float64(total)/1e6, theirs, time.Since(start).Seconds())
		})
	}
}

// dedupTexts returns up to n texts of dedup-dev; the test is skipped without them.
func dedupTexts(t testing.TB, n int) []string {
	dir := os.Getenv("QINGLIU_DATA")
	f, err := os.Open(filepath.Join(dir, "dedup-dev.jsonl.zst"))
	if dir == "" || err != nil {
		t.Skip("no dedup-dev.jsonl.zst in QINGLIU_DATA")
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var texts []string
	for s := json.NewDecoder(z); len(texts) < n; {
		var d struct{ Text string }
		if err := s.Decode(&d); err != nil {
			break
		}
		texts = append(texts, d.Text)
	}
	if len(texts) == 0 {
		t.Fatal("dedup-dev has no texts")
	}
	return texts
}
