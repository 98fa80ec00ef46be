package zh_test

import (
	"fmt"
	"log"

	"github.com/qingliu/qingliu/zh"
)

func ExampleSegmenter_AppendWords() {
	seg, err := zh.NewSegmenter()
	if err != nil {
		log.Fatal(err)
	}
	text := "我们买了一台笔记本电脑，花了4599.5元。"
	for _, w := range seg.AppendWords(nil, text) {
		fmt.Print(text[w.Start:w.End], " ")
	}
	// Output: 我们 买 了 一台 笔记本电脑 花 了 4599.5 元
}

func ExampleAppendSentences() {
	text := "老师问：“谁来？”小明举手……\n下课了"
	for _, s := range zh.AppendSentences(nil, text) {
		fmt.Println(text[s.Start:s.End])
	}
	// Output:
	// 老师问：“谁来？”
	// 小明举手……
	// 下课了
}

func ExampleLanguage() {
	for _, text := range []string{"今天天氣很好，我們去公園。", "佢哋喺度食飯，我冇嘢做。", "今日はいい天気です。", "Hello, world"} {
		c := zh.Count(text)
		lang, score := zh.Language(c)
		fmt.Printf("%s %.2f %s %q\n", lang, score, zh.Script(c), zh.Variety(text, c))
	}
	// Output:
	// zh 1.00 Hant "zh-Hant"
	// zh 1.00 Hant "yue"
	// ja 1.00 Jpan ""
	// en 1.00 Latn ""
}
