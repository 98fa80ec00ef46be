package zh

// Limits of Language and Script. They are our own, chosen 2026-11 so that
// Chinese pages with Japanese names, code and English keep their language.
const (
	latinPerHan    = 24 // zh down to one ideograph per 24 letters: code, mixed manuals
	kanaShare      = 10 // ja from this percentage of kana among kana and ideographs
	japanOnlyShare = 5  // ja from this percentage of Japanese-only among all ideographs
	hangulShare    = 20 // ko from this percentage of hangul among East Asian letters
	accentedShare  = 3  // other from this percentage of accented among Latin letters
	lettersPerSign = 4  // letters that weigh as much as one ideograph, kana or hangul syllable
)

// Language returns the language that the script counts suggest: "zh", "ja",
// "ko", "en", "other", or "und" for a text without letters.
//
// A text with enough kana (10 % of kana and ideographs) or ideographs that only
// Japanese uses (5 %) is ja, one with enough hangul is
// ko, one with at least one ideograph per 24 letters is zh; otherwise
// Latin letters make it en, or other if 3 % are accented. Japanese in kanji
// without any of these signs and Vietnamese or pinyin without accents cannot be
// told apart this way. Without kana or Japanese-only ideographs a text is ja too
// if it has forms of simplified and of traditional Chinese side by side and all
// of them are standard in Japanese: 東京大学, where Chinese has 东京大学 or 東京大學.
//
// The score is the share of the chosen language's letters in all letters, an
// alphabet letter counting a quarter of an ideograph, kana or hangul syllable,
// rounded to four places; for ja and ko the ideographs are theirs. It is 0 for
// und.
func Language(c Counts) (lang string, score float64) {
	signs := lettersPerSign * (c.Han + c.Kana + c.Hangul)
	letters := signs + c.Latin + c.Letter
	switch {
	case letters == 0:
		return "und", 0
	case c.Hangul > 0 && 100*c.Hangul >= hangulShare*(c.Han+c.Kana+c.Hangul) && latinPerHan*c.Hangul >= c.Latin+c.Letter:
		return "ko", share(lettersPerSign*(c.Han+c.Hangul), letters)
	case isJapanese(c) && latinPerHan*(c.Han+c.Kana) >= c.Latin+c.Letter:
		return "ja", share(lettersPerSign*(c.Han+c.Kana), letters)
	case c.Han > 0 && latinPerHan*c.Han >= c.Latin+c.Letter:
		return "zh", share(lettersPerSign*c.Han, letters)
	case c.Latin > c.Letter && 100*c.LatinExt < accentedShare*c.Latin:
		return "en", share(c.Latin, letters)
	case c.Latin > c.Letter:
		return "other", share(c.Latin, letters)
	}
	return "other", share(c.Letter, letters)
}

// isJapanese weighs kana, and ideographs only Japanese uses, against all
// ideographs. One kana in a short Chinese line (鮮の味) is a decoration. Without
// enough kana the ideographs must speak: 5 % of them Japanese only, and few
// that look simplified, as some Japanese forms (国, 会) do.
func isJapanese(c Counts) bool {
	if c.Kana > c.Han || c.Kana > 1 && 100*c.Kana >= kanaShare*(c.Han+c.Kana) {
		return true
	}
	if c.HansJapan > 0 && c.HansOnly == c.HansJapan && c.HantOnly > 0 && c.HantOld == 0 {
		return true
	}
	return 100*c.JapanOnly >= japanOnlyShare*c.Han && c.HansOnly <= 4*c.JapanOnly && c.JapanOnly > 0
}

// share returns part/all rounded to four places.
func share(part, all int) float64 {
	return float64((int64(part)*20000+int64(all))/(2*int64(all))) / 10000
}

// Script returns the ISO 15924 code of the main script: "Hans", "Hant",
// "Jpan", "Kore", "Latn", or "Zyyy" for anything else. Chinese is Hant if
// characters that exist in traditional text only outnumber those of simplified
// text and are at least 2 % of the ideographs, so that a quoted character does
// not decide; without such characters it is Hans.
func Script(c Counts) string {
	lang, _ := Language(c)
	switch lang {
	case "zh":
		if c.HantOnly > c.HansOnly && 50*c.HantOnly >= c.Han {
			return "Hant"
		}
		return "Hans"
	case "ja":
		return "Jpan"
	case "ko":
		return "Kore"
	}
	if c.Latin > c.Letter && c.Latin > lettersPerSign*(c.Han+c.Kana+c.Hangul) {
		return "Latn"
	}
	return "Zyyy"
}
