package model

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cpuTime returns the CPU time of who: this process or its children.
func cpuTime(tb testing.TB, who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// childCPU returns the least CPU time of some runs of a program.
func childCPU(tb testing.TB, runs int, bin string, args ...string) time.Duration {
	least := time.Duration(1 << 62)
	for range runs {
		start := cpuTime(tb, syscall.RUSAGE_CHILDREN)
		cmd := exec.Command(bin, args...)
		cmd.Stdout = io.Discard
		if err := cmd.Run(); err != nil {
			tb.Fatal(err)
		}
		least = min(least, cpuTime(tb, syscall.RUSAGE_CHILDREN)-start)
	}
	return least
}

// BenchmarkPredict reports how often faster than the program fasttext a predictor
// is: CPU time of 4 times the lines less that of the lines once, which leaves loading
// the model out.
func BenchmarkPredict(b *testing.B) {
	bin := fastText(b)
	dir := b.TempDir()
	train, lines := trainingFiles(b, dir)
	one, err := os.ReadFile(lines)
	if err != nil {
		b.Fatal(err)
	}
	four := filepath.Join(dir, "four.txt")
	if err := os.WriteFile(four, bytes.Repeat(one, 4), 0o666); err != nil {
		b.Fatal(err)
	}
	base := filepath.Join(dir, "m")
	run(b, bin, "supervised", "-input", train, "-output", base, "-thread", "2", "-wordNgrams", "2", "-verbose", "0", "-bucket", "2000000")
	sub := filepath.Join(dir, "s")
	run(b, bin, "supervised", "-input", train, "-output", sub, "-thread", "2", "-wordNgrams", "2", "-minn", "1", "-maxn", "3", "-loss", "ova", "-verbose", "0", "-bucket", "200000", "-dim", "50")
	run(b, bin, "quantize", "-input", train, "-output", base, "-qnorm", "-cutoff", "100000", "-verbose", "0")
	models := map[string]string{"bin": base + ".bin", "ftz": base + ".ftz", "subwords": sub + ".bin", "lid": os.Getenv("QINGLIU_LID")}
	for _, name := range []string{"bin", "ftz", "subwords", "lid"} {
		if models[name] == "" {
			continue
		}
		b.Run("model="+name, func(b *testing.B) {
			c, err := Open(models[name])
			if err != nil {
				b.Fatal(err)
			}
			p := c.NewPredictor()
			list := bytes.Split(bytes.TrimSuffix(one, []byte("\n")), []byte("\n"))
			b.SetBytes(int64(len(one)))
			b.ReportAllocs()
			least := time.Duration(1 << 62)
			for b.Loop() {
				start := cpuTime(b, syscall.RUSAGE_SELF)
				for _, l := range list {
					p.Predict(l, 1)
				}
				least = min(least, cpuTime(b, syscall.RUSAGE_SELF)-start)
			}
			ref := (childCPU(b, 3, bin, "predict", models[name], four) - childCPU(b, 3, bin, "predict", models[name], lines)) / 3
			b.ReportMetric(float64(ref)/float64(least), "x-reference")
		})
	}
}

// BenchmarkTrain reports the speed of training beside that of the program fasttext
// with one thread.
func BenchmarkTrain(b *testing.B) {
	bin := fastText(b)
	dir := b.TempDir()
	file, _ := trainingFiles(b, dir)
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	for _, m := range []struct {
		name string
		args string
		cfg  func(*TrainConfig)
	}{
		{"words", "-wordNgrams 2", func(c *TrainConfig) { c.WordNgrams = 2 }},
		{"characters", "-minn 1 -maxn 3 -loss ova", func(c *TrainConfig) { c.MinChars, c.MaxChars, c.Loss = 1, 3, OneVsAll }},
	} {
		b.Run("model="+m.name, func(b *testing.B) {
			cfg := DefaultTrainConfig()
			cfg.Buckets = 200_000
			m.cfg(&cfg)
			least := time.Duration(1 << 62)
			for b.Loop() {
				start := cpuTime(b, syscall.RUSAGE_SELF)
				train(b, data, cfg)
				least = min(least, cpuTime(b, syscall.RUSAGE_SELF)-start)
			}
			ref := childCPU(b, 2, bin, append([]string{"supervised", "-input", file, "-output", filepath.Join(dir, "x"), "-thread", "1", "-bucket", "200000", "-verbose", "0"}, strings.Fields(m.args)...)...)
			b.ReportMetric(float64(ref)/float64(least), "x-reference")
		})
	}
}
