package filters

import "testing"

func TestC4Lines(t *testing.T) {
	c := NewLineCutter()
	for text, want := range map[string]string{
		"首页\n今天天气很好。\n好的。\n正文如下：\n没有句号的一行": "今天天气很好。\n正文如下：\n",
		"It ends here.\nNo end": "It ends here.\n",
		"\n":                    "\n",
	} {
		if got, _ := c.CutBy(text, C4Lines); got != want {
			t.Errorf("%q: kept %q, want %q", text, got, want)
		}
	}
}
