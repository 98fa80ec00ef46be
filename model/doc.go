// Package model reads, trains and applies the small models that score a text: linear
// classifiers in the format of fastText. It also counts the tokens that a tokenizer of
// Hugging Face cuts a text into: [OpenTokenizer], then [Tokenizer.NewCounter]. [ReadARPA] and [NewLMTrainer] give an [LM], whose
// [Scorer] says how likely the code points of a text are.
//
// Start with [Read] or [Open], which give a [Classifier] from a .bin or .ftz file,
// and [Classifier.NewPredictor], which scores one text after the other without
// allocating:
//
//	c, err := model.Open("quality.ftz")
//	p := c.NewPredictor()
//	for _, hit := range p.Predict(text, 1) { fmt.Println(c.Label(hit.Label), hit.P) }
//
// A text is a line of tokens that are separated by blanks; what the tokens are (words
// of a segmenter, single characters) is the affair of whoever trained the model.
//
// All sums are made in one fixed order without fused operations, so that a score is
// the same on every machine. The format has no version of its own beyond the two
// that fastText wrote (11 and 12); both are read.
package model
