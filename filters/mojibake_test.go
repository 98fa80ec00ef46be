package filters

import "testing"

func TestMojibake(t *testing.T) {
	set, err := buildYAML("filters: {mojibake: {}}\n")
	if err != nil {
		t.Fatal(err)
	}
	m := set.NewMeasurer()
	for _, c := range []struct {
		name                  string
		mojibake, replacement float64
		kept                  bool
	}{
		{"clean", 0, 0, true},
		{"at the limits", 0.1, 0.05, true},
		{"wrongly decoded", 0.1001, 0, false},
		{"lost bytes", 0, 0.0501, false},
	} {
		d := document(pricePage)
		d.MojibakeFraction, d.ReplacementRatio = c.mojibake, c.replacement
		m.Measure(d)
		broken := make([]uint64, LimitWords(len(set.Limits())))
		if kept := Decide(set.Limits(), func(i int) float64 { return d.Signals[i] }, broken) < 0; kept != c.kept {
			t.Errorf("%s: kept %v, want %v", c.name, kept, c.kept)
		}
	}
}
