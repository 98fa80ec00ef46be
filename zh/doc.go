// Package zh knows Chinese text: its scripts, sentences and words.
//
// [Count] looks at every code point once; [Language], [Script] and [Variety]
// decide from the counts. [AppendSentences] and [Segmenter.AppendWords] cut
// text into byte spans, so that nothing is copied:
//
//	seg, err := zh.NewSegmenter()
//	…
//	words = seg.AppendWords(words[:0], text)
//	for _, w := range words {
//		use(text[w.Start:w.End])
//	}
//
// [NewJiebaSegmenter] cuts by the rules and the dictionary of jieba instead, for
// limits that were published over its words.
//
// [Converter] turns simplified into traditional text, regional forms and back,
// as OpenCC does.
//
// [NextFolded] walks a text in the form in which lists of words are looked up,
// with the way back to its bytes.
//
// Words come from the dictionaries and the hidden Markov model of the gse
// project or of jieba, frozen here in a compact form (DICT-LICENCE.md names
// origin and licence). Results depend only on the text and on these tables: scores are
// integers or plain sums, so every processor gives the same words.
//
// Limits: a run of more than 8,192 ideographs without anything between them is
// cut in pieces of that length, the language of a text in Latin letters is
// guessed as English unless accented letters say otherwise, and a text is
// handled up to 2 GiB because spans are 32 bits wide.
package zh

//go:generate go run gen_dict.go
