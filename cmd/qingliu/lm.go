package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/model"
)

func trainLMCommand() *cobra.Command {
	var text, out string
	var order, least int
	cmd := &cobra.Command{
		Use:   "lm IN.jsonl... --out MODEL.arpa",
		Short: "Train a language model of code points on texts",
		Long: "Reads JSON lines (.gz, .zst) with a text and writes an n-gram model with interpolated, modified Kneser-Ney\n" +
			"smoothing as an ARPA file. Memory grows with the number of n-grams.",
		RunE: func(cmd *cobra.Command, inputs []string) error {
			if len(inputs) == 0 {
				return usage("want at least one input")
			}
			if out == "" {
				return usage("--out is missing")
			}
			t, err := model.NewLMTrainer(order)
			if err != nil {
				return usage("--order: %v", err)
			}
			for _, name := range inputs {
				err := eachLabelled(name, text, "", "", func(l labelledText) error { return t.Add(l.text) })
				if err != nil {
					return err
				}
			}
			m, err := t.Train(least)
			if err != nil {
				return err
			}
			if err := writeWhole(out, m.WriteARPA); err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "%s:", safeText(out))
			for n := 1; n <= m.Order(); n++ {
				fmt.Fprintf(w, " %s %d-grams", group(int64(m.Grams(n))), n)
			}
			fmt.Fprintln(w)
			return nil
		},
	}
	cmd.Flags().StringVar(&text, "text", "text", "name of the text field")
	cmd.Flags().StringVar(&out, "out", "", "file of the model")
	cmd.Flags().IntVar(&least, "min-count", 2, "n-grams of three and more code points that occur less often are left out")
	cmd.Flags().IntVar(&order, "order", 4, "length of the longest n-grams, 2 to 7")
	return cmd
}

func evalLMCommand() *cobra.Command {
	var text, file string
	var each bool
	cmd := &cobra.Command{
		Use:   "lm IN.jsonl... --model MODEL.arpa",
		Short: "Perplexity of texts by code point",
		RunE: func(cmd *cobra.Command, inputs []string) error {
			if len(inputs) == 0 {
				return usage("want at least one input")
			}
			if file == "" {
				return usage("--model is missing")
			}
			f, err := os.Open(file)
			if err != nil {
				return err
			}
			defer f.Close() // only read
			m, err := model.ReadARPA(f)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			return scoreLM(cmd.OutOrStdout(), m, inputs, text, each)
		},
	}
	cmd.Flags().StringVar(&text, "text", "text", "name of the text field")
	cmd.Flags().StringVar(&file, "model", "", "file of the model, as train lm or another program wrote it")
	cmd.Flags().BoolVar(&each, "each", false, "print the perplexity of every text before the sum")
	return cmd
}

func scoreLM(w io.Writer, m *model.LM, inputs []string, text string, each bool) error {
	s := m.NewScorer()
	var sum float64
	texts, tokens := 0, 0
	for _, name := range inputs {
		err := eachLabelled(name, text, "", "", func(l labelledText) error {
			log10, n := s.Score(l.text)
			texts, tokens, sum = texts+1, tokens+n, sum+log10
			if each {
				fmt.Fprintf(w, "%.2f\n", math.Pow(10, -log10/float64(n)))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if tokens == 0 {
		return errors.New("no text to score")
	}
	fmt.Fprintf(w, "perplexity %.2f over %s code points and line ends of %s texts\n", math.Pow(10, -sum/float64(tokens)), group(int64(tokens)), group(int64(texts)))
	return nil
}
