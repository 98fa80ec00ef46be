package pii

// idWeights and idCheck are the MOD 11-2 weights and check characters of ISO
// 7064 as GB 11643-1999 uses them.
var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const idCheck = "10X98765432"

// regions holds the first two digits of the administrative codes of GB/T 2260:
// provinces, 71 Taiwan, 81 Hong Kong, 82 Macau, 83 Taiwan residents; 91 is the
// permanent residence permit of foreigners since 2023.
var regions = func() (t [100]bool) {
	for _, r := range [...]int{
		11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46,
		50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91,
	} {
		t[r] = true
	}
	return t
}()

// idCard matches 18 digits (the last may be an X) in one run or in groups, and
// 15 digits in one run after a cue word.
func (w *window) idCard() found {
	first := &w.runs[0]
	if first.n < 4 || !regions[two(first.digits[:])] { // no group is shorter
		return found{}
	}
	var b [18]byte
	for k := 1; k <= w.n; k++ {
		n := w.digitsOf(b[:], k)
		if n == 0 {
			break
		}
		last := &w.runs[k-1]
		end := last.end
		if n == 17 {
			if x := checkX(w.text, end); x > 0 {
				b[17] = 'X'
				n, end = 18, end+x
			}
		}
		switch {
		case n == 18 && validID(&b) && w.free(first.start, end):
			return found{first.start, end, k, IDCard}
		case n == 15 && k == 1 && last.sep == sepNone && regions[two(b[0:])] && validDate(1900+two(b[6:]), two(b[8:]), two(b[10:])) &&
			w.free(first.start, end) && w.hasCue(first.start, idCues):
			return found{first.start, end, k, IDCard}
		}
	}
	return found{}
}

// checkX returns the length of the check character X at i, 0 if there is none.
func checkX(s string, i int) int {
	switch {
	case i >= len(s):
	case s[i] == 'X' || s[i] == 'x':
		return 1
	case i+3 <= len(s) && (s[i:i+3] == "Ｘ" || s[i:i+3] == "ｘ"):
		return 3
	}
	return 0
}

func validID(b *[18]byte) bool {
	if !regions[two(b[0:])] || !validDate(100*two(b[6:])+two(b[8:]), two(b[10:]), two(b[12:])) {
		return false
	}
	sum := 0
	for i, x := range idWeights {
		sum += x * int(b[i]-'0')
	}
	return idCheck[sum%11] == b[17]
}

func two(b []byte) int { return 10*int(b[0]-'0') + int(b[1]-'0') }

// validDate reports whether the day exists and somebody born on it can be in a
// text: 1900 to 2099, the years that the card's form allows in practice.
func validDate(year, month, day int) bool {
	if year < 1900 || year > 2099 || month < 1 || month > 12 || day < 1 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days = 29
	}
	return day <= days
}
