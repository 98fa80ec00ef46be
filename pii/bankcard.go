package pii

// Lengths of card numbers: ISO/IEC 7812 allows up to 19 digits, cards issued in
// China have 16 to 19.
const (
	minCard = 16
	maxCard = 19
)

// bankCard matches 16 to 19 digits with a right Luhn digit, in one run or in
// groups of four: UnionPay (62…) anywhere, other prefixes after a cue word.
func (w *window) bankCard() found {
	first := &w.runs[0]
	if first.n < 4 {
		return found{}
	}
	var b [maxCard]byte
	m := found{}
	for k := 1; k <= w.n; k++ {
		n := w.digitsOf(b[:], k)
		if n == 0 {
			break
		}
		last := &w.runs[k-1]
		// Groups are part of a table unless they stand alone.
		alone := k == 1 && last.sep != sepDash && w.before.sep != sepDash || w.before.sep == sepNone && last.sep == sepNone
		if n >= minCard && alone && luhn(b[:n]) && w.free(first.start, last.end) && w.cardPrefix(b[:n]) {
			m = found{first.start, last.end, k, BankCard}
		}
		if last.n != 4 && (k > 1 || last.n != 6) { // 6222 0212 … or 622202 1234567890123
			break
		}
	}
	return m
}

// cardPrefix reports whether the digits begin like a card: 62 is UnionPay; 3, 4
// and 5 are the international schemes and 9 older cards of Chinese banks, which
// need a cue word.
func (w *window) cardPrefix(b []byte) bool {
	if b[0] == '6' && b[1] == '2' {
		return true
	}
	return (b[0] >= '3' && b[0] <= '6' || b[0] == '9') && w.hasCue(w.runs[0].start, cardCues)
}

// luhn checks the last digit as ISO/IEC 7812-1, annex B, defines it.
func luhn(b []byte) bool {
	sum := 0
	for i := range b {
		d := int(b[len(b)-1-i] - '0')
		if i&1 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
