package charset

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// Decision is how a page is to be decoded and why. It is plain data: it keeps
// nothing of the page.
type Decision struct {
	// Encoding is the IANA name in lower case: utf-8, gb18030, big5, utf-16le,
	// utf-16be, shift_jis, euc-jp, euc-kr, iso-2022-jp, hz-gb-2312,
	// windows-1252 or another single-byte encoding that a label named. A page of
	// pure ASCII is utf-8.
	Encoding string
	// Rule is the evidence that decided, one of the Rule constants.
	Rule string
	// HTTPLabel is the charset of the HTTP header, lower case, as sent.
	HTTPLabel string
	// MetaLabel is the first charset the page names itself, lower case, as
	// written. It is looked for in the first 64 KiB, on a page that is valid
	// UTF-8 in the first 4 KiB.
	MetaLabel string
	// Invalid is the number of byte sequences that were replaced by U+FFFD. Only
	// Decode sets it.
	Invalid int
	// Repair is the kind of double encoding that was undone after decoding, ""
	// without one. The caller of Repair sets it.
	Repair string
	// Evidence is one short line for explain: the scores of the readings tried,
	// as name=score(letters,bad). Empty where nothing had to be scored.
	Evidence string
}

// The rules of a decision, in the order in which they are tried.
const (
	RuleBOM        = "bom"         // byte order mark
	RuleASCII      = "ascii"       // no byte above 0x7F
	RuleEscape     = "escape"      // ASCII with the escapes of HZ or ISO-2022-JP
	RuleUTF16      = "utf16_nul"   // NUL bytes of UTF-16 without mark
	RuleUTF8       = "utf8_valid"  // the whole body is valid UTF-8
	RuleHTTP       = "http"        // the header names it and the bytes agree
	RuleMeta       = "meta"        // the page names it and the bytes agree
	RuleUTF8Mostly = "utf8_mostly" // UTF-8 with broken sequences
	RuleStatistics = "statistics"  // best score; no label names it
	RuleFallback   = "fallback"    // too little evidence
)

// Limits of tally.score. Own measurement, 2026-11, on 3,121 pages of the
// development crawl with 12 letters or more, as sent or written in the family: the
// right reading scores 591 or more on 99 % of them (lowest 269, a table of zodiac
// signs), a wrong one at most 432 (EUC-JP read as Big5), else at most 370 (EUC-KR
// read as GB).
const (
	clearScore  = 500 // a reading with this score is right
	weakScore   = 250 // below this a reading has nothing for it but its label
	labelBonus  = 120 // what a label adds to the score of its reading
	gbBonus     = 60  // what GB gets in advance: the usual case among pages without label
	clearLetter = 8   // letters needed for a clear score
)

// maxWeighed bounds the bytes of a page that are scored.
const maxWeighed = 4 << 20

// Detect decides how body is encoded. httpLabel is the charset parameter of the
// Content-Type header (ContentTypeCharset), "" if there is none. The result
// depends on the arguments only; Invalid is left 0. It reads the body at most a
// few times, whatever is in it, and is safe for concurrent use.
func Detect(body []byte, httpLabel string) Decision {
	d := Decision{HTTPLabel: cleanLabel(httpLabel)}
	switch {
	case len(body) >= 3 && body[0] == 0xef && body[1] == 0xbb && body[2] == 0xbf:
		// Editors put the mark on files that later get parts in another encoding.
		if utf8.Valid(body) || walkUTF8(body).score() >= clearScore {
			return d.decide("utf-8", RuleBOM)
		}
	case len(body) >= 2 && body[0] == 0xff && body[1] == 0xfe:
		return d.decide("utf-16le", RuleBOM)
	case len(body) >= 2 && body[0] == 0xfe && body[1] == 0xff:
		return d.decide("utf-16be", RuleBOM)
	case len(body) >= 4 && body[0] == 0x84 && body[1] == 0x31 && body[2] == 0x95 && body[3] == 0x33:
		return d.decide("gb18030", RuleBOM)
	}
	if bytes.IndexByte(body, 0) >= 0 {
		if e := utf16Pattern(body); e != "" {
			return d.decide(e, RuleUTF16)
		}
	}
	var room [maxLabels]pageLabel
	if utf8.Valid(body) {
		labels := metaLabels(room[:0:1], body, fastWindow)
		if len(labels) > 0 {
			d.MetaLabel = labels[0].label
		}
		n := asciiPrefix(body)
		if n == len(body) {
			if bytes.IndexByte(body, 0x1b) >= 0 || bytes.Contains(body, []byte("~{")) {
				if e := escapes(body); e != "" {
					return d.decide(e, RuleEscape)
				}
			}
			return d.decide("utf-8", RuleASCII)
		}
		if !twoByteOnly(body[n:]) {
			return d.decide("utf-8", RuleUTF8)
		}
		// A few GB characters can look like two-byte UTF-8 ("目录" reads "Ŀ¼"). On
		// such a page a label for a double-byte family is tried first.
		return d.twoByte(body, metaLabels(room[:0], body, metaWindow))
	}
	return d.weigh(body, metaLabels(room[:0], body, metaWindow))
}

func (d Decision) decide(encoding, rule string) Decision {
	d.Encoding, d.Rule = encoding, rule
	return d
}

// twoByteOnly reports whether valid UTF-8 has no character beyond U+07FF.
func twoByteOnly(b []byte) bool {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i += asciiPrefix(b[i:])
			continue
		}
		if b[i] >= 0xe0 {
			return false
		}
		i += 2
	}
	return true
}

// twoByte decides for valid UTF-8 without characters beyond U+07FF: it is that,
// unless a double-byte family is named and makes clear sense.
func (d Decision) twoByte(body []byte, labels []pageLabel) Decision {
	if len(labels) > 0 {
		d.MetaLabel = labels[0].label
	}
	body = body[:min(len(body), maxWeighed)]
	agrees := func(label string) (string, bool) {
		f, ok := familyOf(resolve(label))
		return familyName[f], ok && getTables().walk(body, f).score() >= clearScore
	}
	if name, ok := agrees(d.HTTPLabel); ok {
		return d.decide(name, RuleHTTP)
	}
	for _, l := range labels {
		if name, ok := agrees(l.label); ok {
			return d.decide(name, RuleMeta)
		}
	}
	return d.decide("utf-8", RuleUTF8)
}

// weigh decides for a body whose bytes alone do not settle it.
func (d Decision) weigh(body []byte, labels []pageLabel) Decision {
	if len(labels) > 0 {
		d.MetaLabel = labels[0].label
	}
	httpName := resolve(d.HTTPLabel)
	var metaNames [maxLabels]string
	for i, l := range labels {
		metaNames[i] = resolve(l.label)
	}
	isMeta := func(name string) bool {
		for _, m := range metaNames[:len(labels)] {
			if m == name {
				return true
			}
		}
		return false
	}
	ruleFor := func(name, otherwise string) string {
		switch {
		case name == httpName:
			return RuleHTTP
		case isMeta(name):
			return RuleMeta
		}
		return otherwise
	}

	body = body[:min(len(body), maxWeighed)]
	t := getTables()
	var evidence [160]byte
	ev := evidence[:0]
	var done [families]bool
	best, bestScore, bestTally := "", -1<<30, tally{}
	try := func(name string, c tally) bool {
		ev = appendScore(ev, name, c)
		s := c.score()
		if name == httpName || isMeta(name) {
			s += labelBonus
		}
		if name == "gb18030" {
			s += gbBonus
		}
		if s > bestScore {
			best, bestScore, bestTally = name, s, c
		}
		return c.score() >= clearScore && c.chars >= clearLetter
	}
	finish := func(name, rule string) Decision {
		d.Evidence = string(ev)
		return d.decide(name, rule)
	}

	// UTF-8 first: its structure cannot be there by chance.
	if try("utf-8", walkUTF8(body)) {
		return finish("utf-8", RuleUTF8Mostly)
	}
	// Then what the labels name, then the rest in order of frequency.
	order := [...]string{httpName, metaNames[0], "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"}
	for _, name := range order {
		f, ok := familyOf(name)
		if !ok || done[f] {
			continue
		}
		done[f] = true
		if try(familyName[f], t.walk(body, f)) {
			return finish(familyName[f], ruleFor(familyName[f], RuleStatistics))
		}
	}
	if bestScore >= weakScore && bestTally.score() > 0 {
		if best == "utf-8" {
			return finish(best, RuleUTF8Mostly)
		}
		return finish(best, ruleFor(best, RuleStatistics))
	}

	// No reading makes sense as Chinese, Japanese or Korean. A label for a
	// single-byte encoding is taken at its word, except the one that servers send
	// by default, windows-1252: Latin text has most of its high bytes alone
	// between ASCII letters.
	runs, single := lonely(body)
	latin := single*2 > runs
	ev = append(ev, " lonely="...)
	ev = strconv.AppendInt(ev, int64(single), 10)
	ev = append(ev, '/')
	ev = strconv.AppendInt(ev, int64(runs), 10)
	whole := bestTally.bad*10 <= bestTally.chars
	for _, name := range append([]string{httpName}, metaNames[:len(labels)]...) {
		if singleByte(name) && (name != "windows-1252" || latin || !whole) {
			return finish(name, ruleFor(name, RuleFallback))
		}
	}
	for _, name := range [...]string{httpName, metaNames[0]} {
		// A label agrees with one or two runs of anything, with more only if half
		// of the sequences are characters in it and they do not look Latin.
		var c tally
		if f, ok := familyOf(name); ok {
			c = t.walk(body, f)
		} else if name == "utf-8" {
			c = walkUTF8(body)
		} else {
			continue
		}
		if runs <= 2 || !latin && c.bad <= c.chars {
			return finish(name, ruleFor(name, RuleFallback))
		}
	}
	if latin {
		return finish("windows-1252", RuleFallback)
	}
	return finish(best, RuleFallback)
}

// appendScore appends " name=score(letters,bad)".
func appendScore(dst []byte, name string, c tally) []byte {
	if len(dst) > 0 {
		dst = append(dst, ' ')
	}
	dst = append(dst, name...)
	dst = append(dst, '=')
	dst = strconv.AppendInt(dst, int64(c.score()), 10)
	dst = append(dst, '(')
	dst = strconv.AppendInt(dst, int64(c.chars), 10)
	dst = append(dst, ',')
	dst = strconv.AppendInt(dst, int64(c.bad), 10)
	return append(dst, ')')
}
