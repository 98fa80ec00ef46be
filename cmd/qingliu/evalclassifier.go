package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/model"
	"github.com/qingliu/qingliu/pipeline"
)

func evalClassifierCommand() *cobra.Command {
	var in labelledInput
	var file, curve string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "classifier IN.jsonl... --model MODEL",
		Short: "Score a classifier on labelled texts: precision, recall, F1 and thresholds by label",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("want at least one input")
			}
			if file == "" {
				return usage("--model is missing")
			}
			liner, err := pipeline.NewTokenLiner(in.tokens)
			if err != nil {
				return usage("--tokens: %v", err)
			}
			c, err := model.Open(file)
			if err != nil {
				return err
			}
			if curve != "" && c.LabelIndex(curve) < 0 {
				return usage("--curve: the model has no label %s", curve)
			}
			e := model.NewEvaluator(c)
			var line []byte
			for _, name := range args {
				err := eachLabelled(name, in.text, in.label, "", func(l labelledText) error {
					line = liner.Append(line[:0], l.text)
					e.Add(line, l.label)
					return nil
				})
				if err != nil {
					return err
				}
			}
			result := e.Evaluation()
			w := cmd.OutOrStdout()
			if asJSON {
				enc := json.NewEncoder(w)
				enc.SetIndent("", " ")
				return enc.Encode(result)
			}
			printEvaluation(w, result)
			for _, l := range result.Labels {
				if l.Label != curve || curve == "" {
					continue
				}
				fmt.Fprintf(w, "\n  %-20s %10s %8s\n", "P("+safeText(curve)+") at least", "precision", "recall")
				for _, p := range l.Curve {
					fmt.Fprintf(w, "  %-20.4f %10.4f %8.4f\n", p.Threshold, p.Precision, p.Recall)
				}
			}
			return nil
		},
	}
	in.flags(cmd)
	cmd.Flags().StringVar(&file, "model", "", "file of the model, .bin or .ftz")
	cmd.Flags().StringVar(&curve, "curve", "", "print precision and recall by threshold for this label")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON with the curves of all labels")
	return cmd
}
