package model

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeebo/xxh3"
)

// toy are lines of two kinds that a model can tell apart.
func toy() []byte {
	var b bytes.Buffer
	for i := range 200 {
		fmt.Fprintf(&b, "__label__weather 今天 %s 天气 %d 度\n", []string{"北京", "上海", "成都"}[i%3], i%30)
		fmt.Fprintf(&b, "__label__sport 昨天 %s 球队 %d 比 %d 获胜\n", []string{"北京", "上海", "成都"}[i%3], i%7, i%5)
	}
	return b.Bytes()
}

func toyConfig() TrainConfig {
	c := DefaultTrainConfig()
	c.Dim, c.Epochs, c.WordNgrams, c.Buckets, c.LearningRate = 8, 20, 2, 1000, 0.3
	return c
}

func train(tb testing.TB, data []byte, cfg TrainConfig) *Classifier {
	tb.Helper()
	c, err := Train(context.Background(), bytes.NewReader(data), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func file(tb testing.TB, c *Classifier) []byte {
	tb.Helper()
	var b bytes.Buffer
	if n, err := c.WriteTo(&b); err != nil || n != int64(b.Len()) {
		tb.Fatalf("WriteTo = %d, %v; %d bytes written", n, err, b.Len())
	}
	return b.Bytes()
}

func TestTrain_losses(t *testing.T) {
	for _, loss := range []Loss{Softmax, HierarchicalSoftmax, OneVsAll} {
		for _, chars := range []int{0, 2} {
			cfg := toyConfig()
			cfg.Loss, cfg.MinChars, cfg.MaxChars = loss, min(1, chars), chars
			c := train(t, toy(), cfg)
			p := c.NewPredictor()
			for text, want := range map[string]string{"今天 广州 天气 40 度": "weather", "昨天 广州 球队 8 比 2 获胜": "sport"} {
				best := p.Predict([]byte(text), 2)
				if len(best) == 0 || c.Label(best[0].Label) != want || best[0].P < 0.8 {
					t.Errorf("%s, %d characters: Predict(%q) = %v, want %s", loss, chars, text, best, want)
				}
				if x := p.Probability([]byte(text), c.LabelIndex(want)); x < 0.8 || x > 1 {
					t.Errorf("%s: Probability(%q) = %g", loss, text, x)
				}
			}
			back, err := Read(bytes.NewReader(file(t, c)), int64(len(file(t, c))))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(file(t, back), file(t, c)) {
				t.Errorf("%s: a model that is read and written again has other bytes", loss)
			}
		}
	}
}

func TestTrain_deterministic(t *testing.T) {
	cfg := toyConfig()
	a, b := file(t, train(t, toy(), cfg)), file(t, train(t, toy(), cfg))
	if !bytes.Equal(a, b) {
		t.Error("two trainings with the same seed differ")
	}
	cfg.Seed = 7
	if bytes.Equal(a, file(t, train(t, toy(), cfg))) {
		t.Error("another seed gives the same model")
	}
}

// TestTrain_digest pins the bytes of a model, so that a change of the arithmetic is
// seen: a shipped model must come out the same on every machine.
func TestTrain_digest(t *testing.T) {
	const want = "a9533089f6b04792"
	if got := fmt.Sprintf("%016x", xxh3.Hash(file(t, train(t, toy(), toyConfig())))); got != want {
		t.Errorf("the model has digest %s, want %s", got, want)
	}
}

func TestTrain_refuses(t *testing.T) {
	for name, f := range map[string]func(*TrainConfig){
		"dim":           func(c *TrainConfig) { c.Dim = 0 },
		"loss":          func(c *TrainConfig) { c.Loss = "mse" },
		"learning_rate": func(c *TrainConfig) { c.LearningRate = -1 },
		"buckets":       func(c *TrainConfig) { c.Buckets = 0 },
	} {
		cfg := toyConfig()
		f(&cfg)
		if _, err := Train(context.Background(), bytes.NewReader(toy()), cfg); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := Train(context.Background(), strings.NewReader("没有 标签\n"), toyConfig()); err == nil {
		t.Error("lines without labels were accepted")
	}
}

// splitBySite writes training and test lines of web-weak; no source is in both.
func splitBySite(tb testing.TB, dir string) (train, test string) {
	tb.Helper()
	var a, b strings.Builder
	for _, s := range readSamples(tb) {
		w := &a
		if xxh3.HashString(s.Source)%3 == 0 {
			w = &b
		}
		fmt.Fprintf(w, "__label__%s %s\n", s.Label, charLine(s.Text))
	}
	train, test = filepath.Join(dir, "train.txt"), filepath.Join(dir, "test.txt")
	for name, s := range map[string]string{train: a.String(), test: b.String()} {
		if err := os.WriteFile(name, []byte(s), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	return train, test
}

// score returns the evaluation of a model on a file of labelled lines.
func score(tb testing.TB, c *Classifier, test string) Evaluation {
	tb.Helper()
	data, err := os.ReadFile(test)
	if err != nil {
		tb.Fatal(err)
	}
	e := NewEvaluator(c)
	for line := range bytes.Lines(data) {
		label, rest, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
		e.Add(rest, string(label))
	}
	return e.Evaluation()
}

// TestTrain_asGoodAsReference trains the same config with both programs on lines of
// other sites than those of the test.
func TestTrain_asGoodAsReference(t *testing.T) {
	bin := fastText(t)
	dir := t.TempDir()
	trainFile, testFile := splitBySite(t, dir)
	base := filepath.Join(dir, "ref")
	run(t, bin, "supervised", "-input", trainFile, "-output", base, "-thread", "1", "-wordNgrams", "2", "-bucket", "200000", "-dim", "50", "-epoch", "5", "-verbose", "0", "-lr", "0.3")
	ref, err := Open(base + ".bin")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(trainFile)
	if err != nil {
		t.Fatal(err)
	}
	cfg := DefaultTrainConfig()
	cfg.WordNgrams, cfg.Buckets, cfg.Dim, cfg.LearningRate = 2, 200_000, 50, 0.3
	ours := train(t, data, cfg)
	a, b := score(t, ours, testFile), score(t, ref, testFile)
	t.Logf("macro F1 %.3f, accuracy %.3f; the reference %.3f, %.3f on %d texts of other sites", a.MacroF1, a.Accuracy, b.MacroF1, b.Accuracy, a.Texts)
	if a.Accuracy < b.Accuracy-0.01 || a.MacroF1 < b.MacroF1-0.02 {
		t.Errorf("accuracy %.3f and macro F1 %.3f, the reference has %.3f and %.3f", a.Accuracy, a.MacroF1, b.Accuracy, b.MacroF1)
	}
	// The reference reads what we write.
	own := filepath.Join(dir, "own.bin")
	if err := os.WriteFile(own, file(t, ours), 0o666); err != nil {
		t.Fatal(err)
	}
	if n, other, worst := compareWithReference(t, bin, own, testFile); other > 0 || worst > 1e-5 {
		t.Errorf("%d of %d labels differ, probabilities by up to %g", other, n, worst)
	}
}
