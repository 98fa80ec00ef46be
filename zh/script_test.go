package zh

import "testing"

func TestCount(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Counts
	}{
		{"", Counts{}},
		{"中国國", Counts{Runes: 3, Han: 3, HansOnly: 1, HantOnly: 1, HansJapan: 1, HantOld: 1}},
		{"A é９，\u3000\n", Counts{Runes: 7, Latin: 2, LatinExt: 1, Digit: 1, Punct: 1, Space: 3}},
		{"働くカー・ｱ", Counts{Runes: 6, Han: 1, JapanOnly: 1, Kana: 4, Punct: 1}},
		{"한국 я", Counts{Runes: 4, Hangul: 2, Letter: 1, Space: 1}},
		{"𠀀〇\U0001F600\xff\ufeff", Counts{Runes: 5, Han: 2, Punct: 1, Other: 2}},
		{"\xed\xa0\x80", Counts{Runes: 3, Other: 3}}, // surrogate half: three damaged bytes
		{"\xe0\x80\x80\xe4\xb8", Counts{Runes: 5, Other: 5}},
	} {
		if got := Count(tt.text); got != tt.want {
			t.Errorf("%q: got %+v, want %+v", tt.text, got, tt.want)
		}
	}
}

func TestLanguageScriptVariety(t *testing.T) {
	for _, tt := range []struct{ text, lang, script, variety string }{
		{"", "und", "Zyyy", ""},
		{"123 ，。", "und", "Zyyy", ""},
		{"今天天气很好，我们一起去公园散步吧。", "zh", "Hans", "zh-Hans"},
		{"今天天氣很好，我們一起去公園散步吧。", "zh", "Hant", "zh-Hant"},
		{"歡迎光臨", "zh", "Hant", "zh-Hant"},
		{"大山小水", "zh", "Hans", "zh-Hans"},
		{"这家店的招牌写着“龍”字，是老板的父亲在二十年前请人写的，一直没有换过。", "zh", "Hans", "zh-Hans"},
		{"山中一日，世上千年。大家都在下山的道上，只有他一人坐在石上不肯走，口中念着一个龍字，又念了三日，天下雨了也不走。", "zh", "Hans", "zh-Hans"},
		{"使用 fmt.Println 打印变量 func main() { x := compute(1, 2); fmt.Println(x) } 然后运行程序查看结果", "zh", "Hans", "zh-Hans"},
		{"这首歌的日文名是《桜の花》，意思是樱花，在年轻人中非常流行。", "zh", "Hans", "zh-Hans"},
		{"我喜欢鮮の味这家店", "zh", "Hans", "zh-Hans"},
		{"今日はとても天気がいいので、公園を散歩しました。", "ja", "Jpan", ""},
		{"東京都渋谷区の気象観測", "ja", "Jpan", ""},
		{"総務省統計局発表資料", "ja", "Jpan", ""},
		{"カタログ", "ja", "Jpan", ""},
		{"오늘은 날씨가 아주 좋습니다.", "ko", "Kore", ""},
		{"大韓民國은 民主共和國이다", "ko", "Kore", ""},
		{"The weather is nice today, so we went for a walk.", "en", "Latn", ""},
		{"The word 清流 means a clear stream, and it is used as a name for people who keep themselves clean in public office.", "en", "Latn", ""},
		{"東京大学医学部附属病院", "ja", "Jpan", ""},
		{"日本国憲法第九条", "ja", "Jpan", ""},
		{"人々様々〆切", "ja", "Jpan", ""},
		{"概念翻译慎重褒义", "zh", "Hans", "zh-Hans"},
		{"翻譯社群祕訣：群組與温度", "zh", "Hant", "zh-Hant"},
		{"東京大學醫學部附屬醫院", "zh", "Hant", "zh-Hant"},
		{"东京大学医学部附属医院", "zh", "Hans", "zh-Hans"},
		{"他叫自己“東方先生”，在小学门口卖了二十年的糖。", "zh", "Hans", "zh-Hans"},
		{"原盤資訊：片名與畫質都寫在這裡，請看說明。压缩包里有两个文件，下载以后请先检查，再决定要不要保存。原盤檔案較大，下載時間會很長，請準備足夠的硬碟空間。", "zh", "Hant", "zh-mixed"},
		{"佢话今日好攰，唔想落街买嘢食，我咪自己去咗。", "zh", "Hans", "yue"},
		{"天下皆知美之為美，斯惡已。皆知善之為善，斯不善已。故有無相生，難易相成，長短相形，高下相傾，音聲相和，前後相隨。是以聖人處無為之事，行不言之教；萬物作焉而不辭，生而不有，為而不恃，功成而弗居。夫唯弗居，是以不去。", "zh", "Hant", "lzh"},
		{"国家统计局局长在会上说，其中粮食产量之高、质量之好，都是近年之最，而其原因也不复杂。", "zh", "Hans", "zh-Hans"},
		{"Это обычный русский текст", "other", "Zyyy", ""},
		{"Le café a été fermé dès la fin de l'été à cause des dégâts causés", "other", "Latn", ""},
		{"佢哋喺度食緊飯，我都冇嘢做，唔知幾時先至可以走。", "zh", "Hant", "yue"},
		{"学而时习之，不亦说乎？有朋自远方来，不亦乐乎？人不知而不愠，不亦君子乎？", "zh", "Hans", "lzh"},
		{"古之學者必有師。師者，所以傳道受業解惑也。人非生而知之者，孰能無惑？惑而不從師，其為惑也，終不解矣。", "zh", "Hant", "lzh"},
	} {
		c := Count(tt.text)
		lang, score := Language(c)
		script, variety := Script(c), Variety(tt.text, c)
		if lang != tt.lang || script != tt.script || variety != tt.variety {
			t.Errorf("%q: got %s %s %q, want %s %s %q; %+v", tt.text, lang, script, variety, tt.lang, tt.script, tt.variety, c)
		}
		if score < 0 || score > 1 {
			t.Errorf("%q: score %v", tt.text, score)
		}
	}
}

func TestLanguage_score(t *testing.T) {
	if _, score := Language(Counts{Han: 10, Latin: 20}); score != 0.6667 {
		t.Errorf("got %v, want 40/60 rounded", score)
	}
}

func TestHanFraction(t *testing.T) {
	for text, want := range map[string]float64{"": 0, " \n": 0, "中a 文b": 0.5, "〇㐀豈": 1} {
		if got := HanFraction(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
	if got := CountHan("中a文㐀，〇々"); got != 4 {
		t.Errorf("CountHan: got %d, want 4", got)
	}
}

func TestToSimplified(t *testing.T) {
	for from, want := range map[rune]rune{'龍': '龙', '乾': '干', '后': '后', '後': '后', 'a': 'a', '裏': '里', '裡': '里', '龙': '龙', '。': '。', 0x20000: 0x20000, -1: -1} {
		if got := ToSimplified(from); got != want {
			t.Errorf("%q: got %q, want %q", from, got, want)
		}
	}
}

func TestIsStopWord(t *testing.T) {
	for w, want := range map[string]bool{"的": true, "因為": true, "因为": true, "为什么": true, "爲什麼": true, "北京": false, "": false} {
		if got := IsStopWord(w); got != want {
			t.Errorf("%q: got %v", w, got)
		}
	}
	for i := 1; i < len(stopWords); i++ {
		if stopWords[i-1] >= stopWords[i] {
			t.Errorf("%q stands before %q", stopWords[i-1], stopWords[i])
		}
	}
}
