package filters

import "testing"

func TestLineEndPunctuation(t *testing.T) {
	checkRows(t, "line_end_punctuation", "{min_fraction: 0.25}", "line_end_punctuation", []row{
		{"just below", "首页\n新闻\n图片\n视频\n到此为止。", 0.2, false},
		{"at the limit", "首页\n新闻\n图片\n到此为止。", 0.25, true},
		{"blank lines do not count", "首页\n\n新闻\n\n图片\n\n到此为止。\n", 0.25, true},
		{"verse stays", versePage, 0.5, true},
		{"price list stays", pricePage, 0.3333, true},
		{"menu", menuPage, 0, false},
	})
	checkRows(t, "line_end_punctuation", "{min_text_fraction: 0.5}", "line_end_punctuation_text", []row{
		{"just below", "首页导航栏\n到此为止", 0, false},
		{"at the limit", "首页导航栏\n到此为止。", 0.5, true},
	})
}

func TestEndsLikeSentence(t *testing.T) {
	for line, want := range map[string]bool{
		"他说得对。": true, "真的吗？": true, "太好了！": true, "未完……": true, "其一；": true, "他说：“好。”": true, "（完）": true,
		"「好。」": true, "『好』": true, "The end.": true, "Really?": true, `He said "yes."`: true, "说“好” ": true, "好。　": true, "好（见图1)。": true,
		"他走了(完。)": true, "见图(1)": false, `名为"好"`: false, "作者：": false, "首页": false, "": false, " ": false, "第1章": false, "一，": false, "》": false, "《书》": false,
		"】": false, "好。】": true, "\xff": false,
	} {
		if got := endsLikeSentence(line); got != want {
			t.Errorf("endsLikeSentence(%q) = %v, want %v", line, got, want)
		}
	}
}
