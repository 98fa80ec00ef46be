package filters

import "unicode/utf8"

// C4Lines is the line rule of C4 with Chinese end marks. It is no rule for every
// corpus: it takes headings, verse, listings and tables with the menus.
var C4Lines = []LineRule{lineC4{}}

// minC4Runes is how many code points a line has at least (shjwudp/c4-dataset-script).
const minC4Runes = 5

type lineC4 struct{}

func (lineC4) Name() string { return "line_c4" }

func (lineC4) Doc() string {
	return "Cuts lines of fewer than five characters and lines that do not end in 。！？…”： or their ASCII forms."
}

func (lineC4) Keep(line string) string {
	rest := trimSpace(line)
	if utf8.RuneCountInString(rest) < minC4Runes {
		return ""
	}
	switch r, _ := utf8.DecodeLastRuneInString(rest); r {
	case '。', '！', '？', '…', '”', '：', '.', '!', '?', '"', ':':
		return line
	}
	return ""
}
