package filters

import "unicode/utf8"

// Blanks names what a [BlankCleaner] changes, as statistics show it.
const Blanks = "blanks"

// BlanksDoc says what is changed, for the reference.
const BlanksDoc = "With `text.clean_blanks`: takes blank lines and control characters out, and zero-width spaces and byte order marks; no-break and ideographic spaces become plain ones. Tabs stay. Statistics count it, `explain` shows the text that results."

// BlanksVersion rises when a BlankCleaner changes anything differently.
const BlanksVersion = 1

// BlankCleaner brings the blanks of a text into one form, as FlagData's cleaner does
// (FlagOpen/FlagData 84a3d7e): runs of line ends become one (a carriage return and U+0085 are line ends), U+00A0 and U+3000 a space,
// control characters (Cc) go. Text that this program extracts from HTML has that form but
// for blank lines; text of JSON, Parquet and WET records has what its maker left.
//
// Beyond it: lines of nothing but blanks are blank lines; U+200B and U+FEFF go with the
// control characters, for nobody sees them either. Not repeated: that tabs go, which
// separate the cells of a table, and what ftfy rewrites beside.
//
// It reuses its memory and belongs to one goroutine.
type BlankCleaner struct{ out []byte }

// NewBlankCleaner returns a cleaner for one worker.
func NewBlankCleaner() *BlankCleaner { return &BlankCleaner{} }

// Clean returns the text in that form, text itself where it has it, and how many code
// points were taken out or replaced.
func (c *BlankCleaner) Clean(text string) (cleaned string, changed int) {
	if cap(c.out) > 4*keepRunes {
		c.out = nil
	}
	c.out = c.out[:0]
	copied := 0 // text[:copied] is in out, or went
	for start := 0; start < len(text); {
		end, next := lineEnd(text, start)
		visible, dirty := inspectBlanks(text[start:end])
		if !visible || dirty {
			c.out = append(c.out, text[copied:start]...)
			copied = end
		}
		switch {
		case !visible:
			copied = next
			changed += utf8.RuneCountInString(text[start:next])
		case dirty:
			changed += c.cleanLine(text[start:end])
		}
		start = next
	}
	if changed == 0 {
		return text, 0
	}
	c.out = append(c.out, text[copied:]...)
	return string(c.out), changed
}

// cleanLine adds a line that has something visible, and says how many code points were
// taken out or replaced. Other line ends inside it end lines, too.
func (c *BlankCleaner) cleanLine(line string) (changed int) {
	some := false
	for line != "" {
		part, rest := line, ""
		for i, r := range line {
			if isOldLineEnd(r) {
				part, rest = line[:i], line[i+utf8.RuneLen(r):]
				changed++
				break
			}
		}
		line = rest
		if visible, _ := inspectBlanks(part); !visible {
			changed += utf8.RuneCountInString(part)
			continue
		}
		if some {
			c.out = append(c.out, '\n')
		}
		some = true
		for _, r := range part {
			switch blankKind(r) {
			case plain:
				c.out = utf8.AppendRune(c.out, r)
				continue
			case wideBlank:
				c.out = append(c.out, ' ')
			}
			changed++
		}
	}
	return changed
}

// isOldLineEnd reports whether a code point other than a line feed ends a line.
func isOldLineEnd(r rune) bool { return r == '\r' || r == '\u0085' }

// inspectBlanks reports whether a line has anything but blanks and what goes, and
// whether there is anything to change in it.
func inspectBlanks(line string) (visible, dirty bool) {
	for i := 0; i < len(line); {
		switch b := line[i]; {
		case b == ' ' || b == '\t':
			i++
		case b > ' ' && b < 0x7f || b >= 0x80 && b < 0xc2 || b >= 0xe4 && b < 0xef:
			visible = true // also byte by byte in a Han character
			i++
		default:
			r, size := utf8.DecodeRuneInString(line[i:])
			if blankKind(r) == plain {
				visible = true
			} else {
				dirty = true
			}
			i += size
		}
	}
	return visible, dirty
}

// What becomes of a code point.
const (
	plain     = iota
	wideBlank // a space
	gone      // nothing
)

func blankKind(r rune) int {
	switch {
	case r == '\u00a0' || r == '\u3000':
		return wideBlank
	case r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\u200b' || r == '\ufeff':
		return gone
	}
	return plain
}
