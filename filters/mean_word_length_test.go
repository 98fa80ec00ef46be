package filters

import (
	"math"
	"testing"
)

func TestMeanWordLength(t *testing.T) {
	checkRows(t, "mean_word_length", "{min_code_points: 1.5, max_code_points: 4}", "mean_word_length", []row{
		{"just below", "我 你 天气", 1.333, false},
		{"at the lower limit", "我 天气", 1.5, true},
		{"usual", "今天天气很好", 2, true},
		{"at the upper limit", "天气 weathr", 4, true},
		{"just above", "天气 weather", 4.5, false},
		{"marks are no words", "今天，，，天气。。。", 2, true},
	})
	checkRows(t, "mean_word_length", "{max_text_code_points: 4}", "text_word_length", []row{
		{"at the limit", "天气 weathr", 4, true},
		{"just above", "天气 weather", 4.5, false},
		{"half of it code", "天气 weather\n天气;weather", 4.5, false},
		{"most of it code", "天气 weather\nweather(weather);", math.NaN(), true},
	})
	checkRows(t, "mean_word_length", "{}", "mean_word_length", []row{
		{"source code stays", codePage, 2.044, true}, {"price list stays", pricePage, 2.077, true}, {"verse stays", versePage, 1.667, true},
	})
}
