package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/model"
	"github.com/qingliu/qingliu/pipeline"
	"github.com/qingliu/qingliu/zh"
)

func trainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train a model",
		Args:  exactArgs(1, "a kind of model: classifier or lm"),
		RunE: func(_ *cobra.Command, args []string) error {
			return usage("no model %q; there are classifier and lm", args[0])
		},
	}
	cmd.AddCommand(trainClassifierCommand(), trainLMCommand())
	return cmd
}

// labelledInput says how labelled JSON lines are read.
type labelledInput struct {
	text, label, group, tokens string
}

func (l *labelledInput) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.text, "text", "text", "name of the text field")
	f.StringVar(&l.label, "label", "label", "name of the label field")
	f.StringVar(&l.tokens, "tokens", "words", "what the model reads: words (of the segmenter), chars or raw")
}

// trainClassifier holds the flags of train classifier.
type trainClassifier struct {
	labelledInput
	cfg      model.TrainConfig
	loss     string
	out      string
	also     string // conversion
	held     float64
	quantize bool
	cutoff   int
}

func trainClassifierCommand() *cobra.Command {
	t := &trainClassifier{cfg: model.DefaultTrainConfig()}
	cmd := &cobra.Command{
		Use:   "classifier IN.jsonl... --out MODEL",
		Short: "Train a classifier in the format of fastText on labelled texts",
		Long: "Reads JSON lines (.gz, .zst) with a text and a label, and writes a .bin model, or with --quantize a .ftz model. The\n" +
			"same lines, flags and seed give the same bytes. --hold-out keeps a share of the texts, whole sites at a time where\n" +
			"--group names a field, away from training and scores the model on them. --also s2twp makes a model of simplified texts\n" +
			"one of traditional ones, too.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("want at least one input")
			}
			if t.out == "" {
				return usage("--out is missing")
			}
			if !(t.held >= 0 && t.held < 1) {
				return usage("--hold-out %v: want 0 to below 1", t.held)
			}
			t.cfg.Loss = model.Loss(t.loss)
			return t.run(cmd.Context(), args, cmd.OutOrStdout())
		},
	}
	t.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&t.out, "out", "", "file of the model")
	f.StringVar(&t.group, "group", "", "field whose equal values stay on one side of the split, e.g. source or host")
	f.Float64Var(&t.held, "hold-out", 0, "share of texts or groups that are kept for scoring")
	f.StringVar(&t.loss, "loss", string(t.cfg.Loss), "softmax, hs or ova")
	f.IntVar(&t.cfg.Dim, "dim", t.cfg.Dim, "length of the vectors")
	f.IntVar(&t.cfg.Epochs, "epochs", t.cfg.Epochs, "passes over the texts")
	f.Float64Var(&t.cfg.LearningRate, "learning-rate", t.cfg.LearningRate, "at the begin; it falls to 0")
	f.IntVar(&t.cfg.WordNgrams, "word-ngrams", t.cfg.WordNgrams, "longest n-gram of tokens")
	f.IntVar(&t.cfg.MinChars, "min-chars", t.cfg.MinChars, "shortest n-gram inside a token")
	f.IntVar(&t.cfg.MaxChars, "max-chars", t.cfg.MaxChars, "longest n-gram inside a token, 0 for none")
	f.IntVar(&t.cfg.Buckets, "buckets", t.cfg.Buckets, "rows that n-grams share")
	f.IntVar(&t.cfg.MinCount, "min-count", t.cfg.MinCount, "rarer tokens are left out")
	f.Uint64Var(&t.cfg.Seed, "seed", t.cfg.Seed, "of the first weights")
	f.StringVar(&t.also, "also", "", "train on every text once more, converted, e.g. s2twp: see qingliu convert")
	f.BoolVar(&t.quantize, "quantize", false, "write a smaller model with quantised vectors (.ftz)")
	f.IntVar(&t.cutoff, "cutoff", 0, "with --quantize: keep this many words and n-grams and train them once more; 0 keeps all")
	return cmd
}

// heldOut is one text that is kept for scoring.
type heldOut struct {
	line  []byte
	label string
}

func (t *trainClassifier) run(ctx context.Context, inputs []string, w io.Writer) error {
	lines, held, err := t.read(inputs)
	if err != nil {
		return err
	}
	c, err := model.Train(ctx, bytes.NewReader(lines), t.cfg)
	if err != nil {
		return err
	}
	if t.quantize {
		q := model.DefaultQuantizeConfig()
		q.Cutoff, q.Seed = t.cutoff, t.cfg.Seed
		if t.cutoff > 0 {
			again := t.cfg
			again.Epochs = 1
			q.Retrain = &again
		}
		if c, err = c.Quantize(ctx, q, bytes.NewReader(lines)); err != nil {
			return err
		}
	}
	var size int64
	err = writeWhole(t.out, func(w io.Writer) (err error) {
		size, err = c.WriteTo(w)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s: %d labels, %s bytes\n", safeText(t.out), c.Labels(), group(size))
	if len(held) == 0 && t.held > 0 {
		fmt.Fprintf(w, "--hold-out %v kept no text or group for scoring: there are too few\n", t.held)
	}
	if len(held) > 0 {
		e := model.NewEvaluator(c)
		for _, h := range held {
			e.Add(h.line, h.label)
		}
		printEvaluation(w, e.Evaluation())
	}
	return nil
}

// read returns the lines of training and the texts that are kept for scoring.
func (t *trainClassifier) read(inputs []string) (lines []byte, held []heldOut, err error) {
	liner, err := pipeline.NewTokenLiner(t.tokens)
	if err != nil {
		return nil, nil, usage("--tokens: %v", err)
	}
	var also *zh.Converter
	if t.also != "" {
		if also, err = zh.NewConverter(t.also); err != nil {
			return nil, nil, usage("--also: %v", err)
		}
	}
	add := func(label, text string) {
		lines = append(append(append(lines, "__label__"...), label...), ' ')
		lines = append(liner.Append(lines, text), '\n')
	}
	n := 0
	for _, in := range inputs {
		err := eachLabelled(in, t.text, t.label, t.group, func(l labelledText) error {
			if l.label == "" || strings.ContainsAny(l.label, " \t\r\n\v\f\x00") {
				return fmt.Errorf("label %q is empty or has blanks", safeText(l.label))
			}
			key := l.group
			if t.group == "" {
				key = fmt.Sprint(n)
			}
			n++
			if float64(xxh3.HashStringSeed(key, t.cfg.Seed)>>11)/(1<<53) < t.held {
				held = append(held, heldOut{liner.Append(nil, l.text), l.label})
				return nil
			}
			add(l.label, l.text)
			if also != nil {
				if text := string(also.Append(nil, l.text)); text != l.text {
					add(l.label, text)
				}
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return lines, held, nil
}

func printEvaluation(w io.Writer, e model.Evaluation) {
	fmt.Fprintf(w, "\n%s texts, accuracy %.4f, macro F1 %.4f\n", group(int64(e.Texts)), e.Accuracy, e.MacroF1)
	if e.Unknown > 0 {
		fmt.Fprintf(w, "%s texts have a label that the model does not know\n", group(int64(e.Unknown)))
	}
	fmt.Fprintf(w, "\n  %-20s %8s %10s %8s %8s\n", "label", "texts", "precision", "recall", "F1")
	for _, l := range e.Labels {
		fmt.Fprintf(w, "  %-20s %8s %10.4f %8.4f %8.4f\n", safeText(l.Label), group(int64(l.Texts)), l.Precision, l.Recall, l.F1)
	}
}
