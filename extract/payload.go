package extract

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

const (
	maxPayloadBytes = 8 << 20 // of a script that is looked into
	minPayloadBytes = 120     // of a text in it: forty Chinese characters
)

// payloadKeys are the names that applications give to the text of a page in the
// state they carry, lower case.
var payloadKeys = map[string]bool{
	"content": true, "contents": true, "body": true, "article": true, "detail": true, "details": true, "text": true, "html": true,
	"contenthtml": true, "content_html": true, "htmlcontent": true, "articlecontent": true, "article_content": true,
	"articlebody": true, "newscontent": true, "contenttext": true, "detailcontent": true, "postcontent": true,
	"richtext": true, "rich_text": true, "maincontent": true, "description": true,
}

// isPayload reports whether a script carries the state of an application: Next.js,
// Nuxt, Vue and React server rendering.
func isPayload(id, script string) bool {
	if id == "__NEXT_DATA__" || id == "__NUXT_DATA__" {
		return true
	}
	return containsAny(script[:min(len(script), 200)], "__NUXT__", "__INITIAL_STATE__", "__INITIAL_DATA__", "__PRELOADED_STATE__", "__APOLLO_STATE__", "window.allData")
}

// payloadText returns the longest string of a script that is a text by its key,
// or that holds paragraphs; "" if none is long enough. It reads the strings and
// needs no valid JSON, because scripts carry object literals and function calls.
func payloadText(script string) string {
	best, size := "", 0
	for i := 0; i < len(script); {
		k := strings.IndexByte(script[i:], '"')
		if k < 0 {
			break
		}
		start := i + k
		end := stringEnd(script, start)
		if end < 0 {
			break
		}
		if end-start > max(minPayloadBytes, size) && (payloadKeys[keyBefore(script, start)] || hasParagraphs(script[start:end])) {
			if s, ok := unquote(script[start : end+1]); ok && !strings.Contains(s, `":`) {
				best, size = s, end-start
			}
		}
		i = end + 1
	}
	return best
}

// stringEnd returns where the quote that begins at s[i] ends, -1 if nowhere.
func stringEnd(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// keyBefore returns the name before the colon that precedes s[i], lower case.
func keyBefore(s string, i int) string {
	s = strings.TrimRight(s[max(0, i-60):i], " \t\r\n")
	s, ok := strings.CutSuffix(s, ":")
	if !ok {
		return ""
	}
	s = strings.TrimSuffix(strings.TrimRight(s, " \t"), `"`)
	k := len(s)
	for k > 0 && isWordByte(s[k-1]) {
		k--
	}
	return strings.ToLower(s[k:])
}

// hasParagraphs reports whether a quoted string holds two paragraphs of HTML.
func hasParagraphs(s string) bool {
	return strings.Count(s, "<p") >= 2 || strings.Count(s, `\u003cp`) >= 2 || strings.Count(s, `\u003Cp`) >= 2
}

// unquote returns the value of a quoted JSON or JavaScript string.
func unquote(s string) (string, bool) {
	v, err := strconv.Unquote(strings.NewReplacer(`\/`, "/", "\n", `\n`, "\r", "").Replace(s))
	return v, err == nil
}

// loadPayload replaces the arrays by those of the text that the state of the page
// carries, and selects what is no furniture. It reports whether it found one.
func (e *Extractor) loadPayload() bool {
	d := &e.d
	text := payloadText(d.payload)
	if text == "" {
		return false
	}
	head := d.head
	d.reset(&e.names, e.cfg)
	if strings.Contains(text, "<") && treeNodes([]byte(text), e.cfg.MaxNodes) <= e.cfg.MaxNodes {
		root, err := html.ParseWithOptions(strings.NewReader(text), html.ParseOptionEnableScripting(false))
		if err != nil {
			return false
		}
		d.walkRoot(root)
	} else {
		d.els = append(d.els, element{parent: -1, name: noName})
		for line := range strings.Lines(text) {
			d.addText(line, place{row: -1, cell: -1})
			d.flush(false)
		}
		d.els[0].b1 = int32(len(d.bl))
	}
	d.head = head
	d.sum()
	d.findTitle()
	d.sel = grow(d.sel, len(d.bl))
	for i := range d.bl {
		d.sel[i] = !d.isFurniture(&d.bl[i]) && !d.isCredit(&d.bl[i])
	}
	return true
}
