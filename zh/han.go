package zh

// IsHan reports whether r is a Han ideograph: the unified block, extensions A
// to J, the compatibility ideographs and 〇. Radicals, strokes and the
// iteration mark 々 are not counted.
func IsHan(r rune) bool {
	if uint32(r)-0x4E00 < 0x5200 {
		return true
	}
	return r >= 0x3007 && isRareHan(r)
}

// isRareHan is IsHan outside U+4E00–9FFF (blocks of Unicode 17). The last
// range is planes 2 and 3, which Unicode keeps for ideographs.
func isRareHan(r rune) bool {
	return r == 0x3007 || r >= 0x3400 && r <= 0x4DBF || r >= 0xF900 && r <= 0xFAFF || r >= 0x20000 && r <= 0x3FFFD
}
