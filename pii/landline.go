package pii

// areaCodes has a bit for each area code without its 0: 10, 20–29 and 310–999 as
// assigned in mainland China.
var areaCodes = func() (t [1000]bool) {
	add := func(from, to int) {
		for c := from; c <= to; c++ {
			t[c] = true
		}
	}
	for _, r := range [...][2]int{
		{10, 10}, {20, 25}, {27, 29},
		{310, 319}, {335, 335}, {349, 359}, {370, 379}, {391, 398},
		{410, 419}, {421, 421}, {427, 427}, {429, 429}, {431, 439}, {451, 459}, {464, 464}, {467, 479}, {482, 483},
		{510, 519}, {523, 523}, {527, 527}, {530, 539}, {543, 543}, {546, 546}, {550, 559}, {561, 566}, {570, 580}, {591, 599},
		{631, 635}, {660, 660}, {662, 663}, {668, 668}, {691, 692},
		{701, 701}, {710, 719}, {722, 722}, {724, 724}, {728, 728}, {730, 739}, {743, 746}, {750, 760}, {762, 763}, {766, 766}, {768, 779}, {790, 799},
		{812, 813}, {816, 818}, {825, 827}, {830, 839}, {851, 859}, {870, 879}, {883, 883}, {886, 888}, {891, 898},
		{901, 903}, {906, 906}, {908, 909}, {911, 919}, {930, 939}, {941, 941}, {943, 943}, {951, 955}, {970, 977}, {979, 979}, {990, 999},
	} {
		add(r[0], r[1])
	}
	return t
}()

// areaCode returns the length of the area code at the front of b, 0 if there is
// none. b[0] is the 0 of long-distance dialling unless national is false.
func areaCode(b []byte, national bool) int {
	skip := 0
	if national {
		if len(b) == 0 || b[0] != '0' {
			return 0
		}
		skip = 1
	}
	b = b[skip:]
	if len(b) >= 2 && areaCodes[two(b)] {
		return skip + 2
	}
	if len(b) >= 3 && b[0] != '0' && areaCodes[10*two(b)+int(b[2]-'0')] {
		return skip + 3
	}
	return 0
}

// landline matches area code and local number: 010-12345678, (0571)8765 4321,
// +86-571-87654321, in one run after a cue word; right behind a cue word a local
// number alone. An extension behind a dash belongs to it.
func (w *window) landline() found {
	first := &w.runs[0]
	start := first.start
	if w.before.sep != sepNone {
		return found{}
	}
	if k := w.localRuns(0, true); k > 0 {
		if first.sep == sepParen {
			start = w.floor + len(trimSuffix(w.text[w.floor:start], "(", "（"))
		}
		return w.endLandline(start, k)
	}
	if w.n > 2 && first.n == 2 && string(first.digits[:2]) == "86" {
		if k := max(w.localRuns(1, false), w.localRuns(1, true)); k > 0 {
			return w.endLandline(w.withPlus(start), 1+k)
		}
	}
	b := first.digits[:min(first.n, maxRunDigits)]
	switch first.n {
	case 7, 8:
		if isLocalNumber(b, 4) && w.labelled(start, phoneCues) {
			return w.endLandline(start, 1)
		}
	case 11, 12:
		code := areaCode(b, true)
		if code > 0 && isLocalNumber(b[code:], code) && w.hasCue(start, phoneCues) {
			return w.endLandline(start, 1)
		}
	}
	return found{}
}

// localRuns returns how many runs from i on are an area code and a local number.
func (w *window) localRuns(i int, national bool) int {
	area := &w.runs[i]
	if i+1 >= w.n || area.n > 4 {
		return 0
	}
	code := areaCode(area.digits[:area.n], national)
	if code == 0 || code != area.n {
		return 0
	}
	if !national {
		code++
	}
	var b [8]byte
	n := 0
	for k := i + 1; k < w.n && k <= i+2; k++ {
		r := &w.runs[k]
		if r.n > 8-n || k == i+1 && r.n < 3 {
			return 0
		}
		n += copy(b[n:], r.digits[:r.n])
		if isLocalNumber(b[:n], code) {
			return k + 1 - i
		}
	}
	return 0
}

// isLocalNumber reports whether b is a number behind an area code of code digits
// with its 0: eight digits behind 010 and 02x, seven or eight elsewhere, the
// first from 2 to 8.
func isLocalNumber(b []byte, code int) bool {
	return (len(b) == 8 || len(b) == 7 && code == 4) && b[0] >= '2' && b[0] <= '8'
}

// endLandline takes an extension along and checks what stands around.
func (w *window) endLandline(start, k int) found {
	last := &w.runs[k-1]
	if last.sep == sepDash && k < w.n && w.runs[k].n <= 6 && w.runs[k].sep == sepNone {
		k++
		last = &w.runs[k-1]
	}
	if last.sep == sepDash || !w.free(start, last.end) || w.inURL(start) {
		return found{}
	}
	return found{start, last.end, k, Landline}
}
