package report

import (
	"bytes"
	"testing"
)

func renderHTML(t *testing.T, r run) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r.s, r.m, r.l); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSampleRunAddsUp(t *testing.T) {
	for _, err := range sampleRun().l.Check() {
		t.Error(err)
	}
}

func TestHTMLIsDeterministic(t *testing.T) {
	want := renderHTML(t, sampleRun())
	for range 5 {
		if got := renderHTML(t, sampleRun()); got != want {
			t.Fatal("the same run gave another page")
		}
	}
}
