package model

import (
	"bytes"
	"testing"
)

// FuzzRead: whatever a file holds, reading it ends in an error or in a model that
// predicts and that is written as it was read.
func FuzzRead(f *testing.F) {
	for _, loss := range []Loss{Softmax, HierarchicalSoftmax, OneVsAll} {
		cfg := toyConfig()
		cfg.Loss, cfg.Epochs, cfg.Buckets, cfg.Dim = loss, 1, 20, 4
		if loss == OneVsAll {
			cfg.MinChars, cfg.MaxChars = 1, 2
		}
		c := train(f, toy(), cfg)
		f.Add(file(f, c))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		p := c.NewPredictor()
		for _, line := range []string{"", "今天 北京 天气 8 度", "__label__sport 球队\x00\xff"} {
			for _, b := range p.Predict([]byte(line), 3) {
				if b.Label < 0 || b.Label >= c.Labels() {
					t.Fatalf("label %d of %d", b.Label, c.Labels())
				}
				p.Probability([]byte(line), b.Label)
			}
		}
		var once, twice bytes.Buffer
		if _, err := c.WriteTo(&once); err != nil {
			t.Fatal(err)
		}
		again, err := Read(bytes.NewReader(once.Bytes()), int64(once.Len()))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if _, err := again.WriteTo(&twice); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Fatalf("written twice, bytes differ (%v)", err)
		}
	})
}
