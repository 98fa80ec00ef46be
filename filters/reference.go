package filters

import (
	"fmt"
	"strings"

	"github.com/qingliu/qingliu/internal/confdoc"
)

// Reference returns the Markdown reference of all filters in the order of Table:
// what each does, where it comes from, its signals and its config fields; then the
// line rules.
func Reference() []byte {
	var b []byte
	for i := range Table {
		spec := &Table[i]
		b = fmt.Appendf(b, "### %s\n\n%s\n\nSource: %s. Needs: %s.\n\n", spec.Name, spec.Doc, spec.From, spec.Needs)
		b = append(b, "| signal | decimals | meaning |\n|---|---|---|\n"...)
		for _, s := range spec.Signals {
			b = fmt.Appendf(b, "| `%s` | %d | %s |\n", s.Name, s.Decimals, strings.ReplaceAll(s.Doc, "|", `\|`))
		}
		b = append(b, '\n')
		b = confdoc.AppendTable(b, spec.fields)
		b = append(b, '\n')
	}
	b = append(b, "### Line rules\n\nThey cut lines, or the ends of lines, before anything is measured.\n\n| rule | cuts |\n|---|---|\n"...)
	for _, r := range LineRules {
		b = fmt.Appendf(b, "| `%s` | %s |\n", r.Name(), strings.ReplaceAll(r.Doc(), "|", `\|`))
	}
	b = fmt.Appendf(b, "| `%s` | %s |\n", SimilarSentence, SimilarSentenceDoc)
	return b
}

// String names what is needed, as in "text, words".
func (n Needs) String() string {
	var names []string
	for i, name := range []string{"text", "words", "sentences"} {
		if n&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
