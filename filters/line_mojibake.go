package filters

// lineMojibake drops lines that were decoded wrongly somewhere on their way: UTF-8
// read as GBK (锛銆鐨), as Latin-1 (Ã¤Â¸), lost and read again (锟斤拷), replacement
// and private-use characters. A page that just talks about 锟斤拷 keeps its lines.
type lineMojibake struct{}

func (lineMojibake) Name() string { return "line_mojibake" }

func (lineMojibake) Doc() string {
	return "Drops lines of wrongly decoded text: 锟斤拷, UTF-8 read as GBK or Latin-1, replacement and private-use characters."
}

// A line goes when it has at least minMojibake such code points and they are at
// least 1/mojibakePart of it. Of accented Latin it takes three quarters: no language
// is written so, but examples in manuals are half so.
const (
	minMojibake  = 3
	mojibakePart = 5
	minLatin1    = 8
)

func (lineMojibake) Keep(line string) string {
	bad, latin1, solid := 0, 0, 0
	for _, r := range line {
		switch {
		case r < 0x80:
			if r == ' ' || r == '\t' {
				continue
			}
		case r <= 0xff:
			latin1++
		case r == 0xfffd || r >= 0xe000 && r <= 0xf8ff:
			bad++
		case r == '锟' || r == '斤' || r == '拷' || r == '锛' || r == '銆' || r == '鈥' || r == '鐨' || r == '鏄' || r == '鍦':
			bad++
		}
		solid++
	}
	if bad >= minMojibake && bad*mojibakePart >= solid || latin1 >= minLatin1 && latin1*4 >= solid*3 {
		return ""
	}
	return line
}
