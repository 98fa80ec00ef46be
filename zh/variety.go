package zh

// Function characters of written Cantonese, of Classical Chinese, and of
// modern Standard Chinese, which Classical Chinese hardly uses. The lists and
// the limits of Variety are our own (2026-11).
const (
	cantoneseRunes = "嘅咗喺冇哋佢嚟啲嗰咁嘢噉咩唔嘥啱嚿攞睇諗谂揾搵瞓"
	classicalRunes = "之乎者也矣焉哉曰乃吾汝爾尔兮遂豈岂其於弗孰"
	modernRunes    = "的了们們个個这這那么麼吗嗎呢吧是在没沒很"
)

// Variety returns the written variety of a Chinese text: "yue" (Cantonese, two
// different function characters and 2 % of the ideographs), "lzh" (Classical
// Chinese, 5 % classical function characters, at least four times as many as
// modern ones, in 20 ideographs or more), else "zh-Hant" or "zh-Hans" as
// [Script] says. It returns "" if the language of c, the counts of the text,
// is not Chinese.
func Variety(text string, c Counts) string {
	if lang, _ := Language(c); lang != "zh" {
		return ""
	}
	marks := &varietyMarks
	var cantonese, classical, modern int
	var first rune // Cantonese character seen first
	mixed := false // and another one
	for _, r := range text {
		i := uint32(r) - 0x4E00
		if i >= uint32(len(marks)) {
			if r == '㗎' { // Cantonese final particle outside the main block
				cantonese++
			}
			continue
		}
		switch marks[i] {
		case markCantonese:
			cantonese++
			if first == 0 {
				first = r
			}
			mixed = mixed || r != first
		case markClassical:
			classical++
		case markModern:
			modern++
		}
	}
	switch {
	case mixed && 50*cantonese >= c.Han:
		return "yue"
	case c.Han >= 20 && 20*classical >= c.Han && classical >= 4*modern:
		return "lzh"
	}
	return "zh-" + Script(c)
}

const (
	markCantonese = 1 + iota
	markClassical
	markModern
)

var varietyMarks = func() (t [0x5200]uint8) {
	for mark, runes := range map[uint8]string{
		markCantonese: cantoneseRunes, markClassical: classicalRunes, markModern: modernRunes,
	} {
		for _, r := range runes {
			t[r-0x4E00] = mark
		}
	}
	return t
}()
