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
	b = append(b, "### Line rules\n\nThey change a text before anything is measured, those with a key of their own only where the config says so.\n\n| rule | what it does |\n|---|---|\n"...)
	for _, r := range LineRules {
		b = fmt.Appendf(b, "| `%s` | %s |\n", r.Name(), strings.ReplaceAll(r.Doc(), "|", `\|`))
	}
	for _, r := range [][2]string{{LineBreak, LineBreakDoc}, {Blanks, BlanksDoc}, {Address, AddressDoc}, {SimilarSentence, SimilarSentenceDoc}, {OpenEnd, OpenEndDoc}} {
		b = fmt.Appendf(b, "| `%s` | %s |\n", r[0], r[1])
	}
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
