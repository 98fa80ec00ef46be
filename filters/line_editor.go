package filters

import (
	"strings"
	"unicode/utf8"
)

// lineEditor trims the credit of the editor at the end of a news text:
// (责任编辑：张三), 【责编 李四】, and drops lines that are nothing else. Authors and
// sources (作者, 记者, 来源) stay: they say whose text it is.
type lineEditor struct{}

func (lineEditor) Name() string { return "line_editor" }

func (lineEditor) Doc() string {
	return "Trims the credit of the editor, such as （责任编辑：…）, at the end of a line, and drops lines that are nothing else. Authors and sources stay."
}

// editorCues name editors, in simplified and traditional characters.
var editorCues = []string{
	"责任编辑", "责任编缉", "责任校对", "责编", "实习编辑", "值班编辑", "本文编辑", "网络编辑", "執行編輯", "責任編輯", "責編", "實習編輯", "编辑", "編輯",
}

// maxEditorBytes bounds the names behind a cue: about sixteen Chinese characters.
const maxEditorBytes = 48

// Keep looks for the last cue of the line, with a colon behind it, or with brackets
// around it and at least a space. What follows must be short, without sentence
// marks and brackets, and what precedes must end a clause.
func (lineEditor) Keep(line string) string {
	rest := trimSpace(line)
	from := len(rest) - maxEditorBytes - len("责任编辑：（）")
	if from < 0 {
		from = 0
	}
	for from > 0 && !utf8.RuneStart(rest[from]) {
		from++
	}
	tail := rest[from:]
	if !strings.Contains(tail, "编") && !strings.Contains(tail, "編") && !strings.Contains(tail, "责任校对") {
		return line
	}
	for _, cue := range editorCues {
		i := strings.LastIndex(tail, cue)
		if i < 0 {
			continue
		}
		kept := trimSpace(tail[:i])
		name := tail[i+len(cue):]
		last, size := utf8.DecodeLastRuneInString(name)
		open := openingOf(last)
		bracketed := open != "" && strings.HasSuffix(kept, open)
		if bracketed {
			kept = trimSpace(kept[:len(kept)-len(open)])
			name = name[:len(name)-size]
		}
		colon := strings.HasPrefix(name, "：") || strings.HasPrefix(name, ":")
		spaced := strings.HasPrefix(name, " ") || strings.HasPrefix(name, "\u3000")
		plain := cue == "编辑" || cue == "編輯"
		if !colon && !(bracketed && spaced && !plain) || strings.ContainsAny(name, "。！？；，,!?;（）()【】[]") {
			continue
		}
		if kept == "" && from > 0 || !bracketed && !endsClause(kept) && !strings.HasSuffix(tail[:i], " ") && !strings.HasSuffix(tail[:i], "\u3000") {
			continue
		}
		if plain && !bracketed && kept != "" {
			continue // the plain word needs brackets or the whole line
		}
		return rest[:from+len(kept)]
	}
	return line
}
