package filters

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
)

// MeasureFingerprint returns a hash, in hex, of everything that decides what the
// set measures: the signals of Table, the versions of its filters and of the line
// rules, their word lists and the config fields that bound no signal. Limits and actions are not in it, so
// that changing them asks for no new measurement; nor are signals from outside, which
// the set does not measure.
func MeasureFingerprint(s *Set) string {
	h := sha256.New()
	fmt.Fprintf(h, "max runes %d, line rules %d\n", MaxRunes, LineRulesVersion)
	for i := range Table {
		spec := &Table[i]
		fmt.Fprintf(h, "filter %q version %d list %x\n", spec.Name, spec.Version, sha256.Sum256([]byte(spec.wordList)))
		for _, sig := range spec.Signals {
			fmt.Fprintf(h, "signal %q %d\n", sig.Name, sig.Decimals)
		}
		for _, f := range spec.fields {
			if !f.Bounds() {
				fmt.Fprintf(h, "field %q %#v\n", f.Key, f.Of(s.configs[i]))
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// LimitFingerprint returns a hash, in hex, of the limits that the set applies.
func LimitFingerprint(s *Set) string {
	h := sha256.New()
	for _, l := range s.limits {
		io.WriteString(h, l.Reason+" "+s.signals[l.Signal].Name+" "+strconv.FormatBool(l.Max)+" "+
			strconv.FormatFloat(l.Bound, 'g', -1, 64)+" "+l.Action.String()+"\n")
	}
	return hex.EncodeToString(h.Sum(nil))
}
