package model

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestQuantize_small(t *testing.T) {
	cfg := toyConfig()
	c := train(t, toy(), cfg)
	for _, q := range []QuantizeConfig{
		{GroupSize: 2, Norms: true},
		{GroupSize: 3},
		{GroupSize: 2, Norms: true, Cutoff: 300},
		{GroupSize: 2, Cutoff: 300, Retrain: &cfg},
	} {
		small, err := c.Quantize(context.Background(), q, bytes.NewReader(toy()))
		if err != nil {
			t.Fatal(err)
		}
		a, b := len(file(t, c)), file(t, small)
		if len(b) >= a {
			t.Errorf("%+v: %d bytes, the model has %d", q, len(b), a)
		}
		again, err := c.Quantize(context.Background(), q, bytes.NewReader(toy()))
		if err != nil || !bytes.Equal(b, file(t, again)) {
			t.Errorf("%+v: two runs differ (%v)", q, err)
		}
		back, err := Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		p := back.NewPredictor()
		for text, want := range map[string]string{"今天 广州 天气 40 度": "weather", "昨天 广州 球队 8 比 2 获胜": "sport"} {
			if best := p.Predict([]byte(text), 1); len(best) == 0 || back.Label(best[0].Label) != want {
				t.Errorf("%+v: Predict(%q) = %v, want %s", q, text, best, want)
			}
		}
	}
	if _, err := c.Quantize(context.Background(), QuantizeConfig{GroupSize: 2, Output: true}, nil); err == nil {
		t.Error("two labels were quantised")
	}
}

func TestPredict_allocations(t *testing.T) {
	for _, loss := range []Loss{Softmax, HierarchicalSoftmax, OneVsAll} {
		cfg := toyConfig()
		cfg.Loss, cfg.MinChars, cfg.MaxChars = loss, 1, 2
		p := train(t, toy(), cfg).NewPredictor()
		line := []byte("今天 广州 天气 40 度 未知词")
		if n := testing.AllocsPerRun(100, func() { p.Predict(line, 2); p.Probability(line, 1) }); n > 0 {
			t.Errorf("%s: %.0f allocations a text", loss, n)
		}
	}
}

// TestQuantize_readByReference quantises a model of ours and reads it with the
// program fasttext.
func TestQuantize_readByReference(t *testing.T) {
	bin := fastText(t)
	dir := t.TempDir()
	trainFile, testFile := splitBySite(t, dir)
	data, err := os.ReadFile(trainFile)
	if err != nil {
		t.Fatal(err)
	}
	cfg := DefaultTrainConfig()
	cfg.WordNgrams, cfg.Buckets, cfg.Dim, cfg.LearningRate = 2, 50_000, 16, 0.3
	c := train(t, data, cfg)
	retrain := cfg
	retrain.Epochs = 1
	for i, q := range []QuantizeConfig{DefaultQuantizeConfig(), {GroupSize: 2, Norms: true, Cutoff: 10_000, Retrain: &retrain}} {
		small, err := c.Quantize(context.Background(), q, bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, "own.ftz")
		if err := os.WriteFile(name, file(t, small), 0o666); err != nil {
			t.Fatal(err)
		}
		n, other, worst := compareWithReference(t, bin, name, testFile)
		a, b := score(t, c, testFile), score(t, small, testFile)
		t.Logf("%d: %d lines, %d other labels, difference %.2g; %d KB; accuracy %.3f, before %.3f", i, n, other, worst, len(file(t, small))>>10, b.Accuracy, a.Accuracy)
		if other > 0 || worst > 1e-5 || b.Accuracy < a.Accuracy-0.02 {
			t.Errorf("%d of %d labels differ, probabilities by up to %g; accuracy %.3f from %.3f", other, n, worst, b.Accuracy, a.Accuracy)
		}
	}
}
