package pii

// mobileSegments holds the first three digits of mobile numbers that the Chinese
// numbering plan (Ministry of Industry and Information Technology, 2017, with
// the assignments up to 2025) gives to 11-digit numbers. 174 is used as 1740
// only (satellite); 140–144 have 13 digits and belong to machines.
var mobileSegments = func() (t [100]bool) {
	for d := 0; d <= 9; d++ {
		t[30+d], t[80+d] = true, true
		t[40+d] = d >= 5
		t[50+d] = d != 4
		t[60+d] = d == 2 || d == 5 || d == 6 || d == 7
		t[70+d] = d != 9
		t[90+d] = d != 4
	}
	return t
}()

// isMobile reports whether 11 digits are a mobile number.
func isMobile(b []byte) bool {
	return len(b) == 11 && b[0] == '1' && mobileSegments[two(b[1:])] && (b[1] != '7' || b[2] != '4' || b[3] == '0')
}

// phone matches a mobile number: 11 digits in one run or grouped 3-4-4, 3-8,
// 7-4, with 86, +86 or 0086, or with the 0 of old long-distance dialling.
func (w *window) phone() found {
	first := &w.runs[0]
	skip := 0
	if w.n > 1 && (first.n == 2 && string(first.digits[:2]) == "86" || first.n == 4 && string(first.digits[:4]) == "0086") && w.before.sep == sepNone {
		skip = 1
	}
	groups := w.mobileGroups(skip)
	if groups == 0 {
		return found{}
	}
	k := skip + groups
	start, end := first.start, w.runs[k-1].end
	// Whatever stands before 86 stands before the number, too.
	if skip == 1 || first.n > 11 {
		start = w.withPlus(start)
	}
	if groups > 1 && (w.before.sep != sepNone || !w.endsOrNextPhone(k)) || w.dashed(skip, k) {
		return found{}
	}
	if !w.free(start, end) || w.inURL(start) {
		return found{}
	}
	return found{start, end, k, Phone}
}

// mobileGroups returns how many runs from i on make a mobile number.
func (w *window) mobileGroups(i int) int {
	r := &w.runs[i]
	b := r.digits[:]
	switch {
	case r.n == 11 && isMobile(b[:11]),
		r.n == 12 && b[0] == '0' && isMobile(b[1:12]),
		r.n == 13 && string(b[:2]) == "86" && isMobile(b[2:13]),
		r.n == 15 && string(b[:4]) == "0086" && isMobile(b[4:15]):
		return 1
	case r.n != 3 && r.n != 7:
		return 0
	}
	var all [11]byte
	n := copy(all[:], b[:r.n])
	for k := 1; k <= 2 && i+k < w.n; k++ {
		g := &w.runs[i+k]
		if g.n != 4 && (g.n != 8 || r.n != 3 || k > 1) || n+g.n > len(all) || w.runs[i+k-1].sep != r.sep {
			return 0
		}
		if n += copy(all[n:], g.digits[:g.n]); n == len(all) {
			if isMobile(all[:]) {
				return k + 1
			}
			return 0
		}
	}
	return 0
}

// endsOrNextPhone reports whether nothing is joined behind run k-1 that makes
// the groups look like a row of a table.
func (w *window) endsOrNextPhone(k int) bool {
	if w.runs[k-1].sep == sepNone {
		return true
	}
	if k == w.n { // the window is full
		return false
	}
	next := &w.runs[k]
	return next.n >= 11 || next.digits[0] == '1' && (next.n == 3 || next.n == 7) || next.digits[0] == '0'
}

// dashed reports whether dashes join the number in runs skip to k-1 to something
// that is no phone number, as in an order number.
func (w *window) dashed(skip, k int) bool {
	if skip == 0 && w.before.sep == sepDash && w.before.n < 11 && (w.before.first != '0' || w.before.n > 4) {
		return true
	}
	last := &w.runs[k-1]
	return last.sep == sepDash && k < w.n && w.runs[k].n < 11 && w.runs[k].digits[0] != '0'
}

// withPlus extends start over a plus sign and the parentheses of (+86).
func (w *window) withPlus(start int) int {
	s := trimSuffix(w.text[w.floor:start], "+", "＋")
	if w.runs[0].sep == sepParen {
		s = trimSuffix(s, "(", "（")
	}
	return w.floor + len(s)
}
