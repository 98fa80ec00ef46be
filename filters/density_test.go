package filters

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/zh"
)

// filler is text without any word of the lists, of n code points.
func filler(n int) string { return strings.Repeat("山", n) }

func TestDensities(t *testing.T) {
	// The test's words have two code points: 投注 and 彩金 are on their boundaries.
	checkRows(t, "gambling_density", "{max_per_thousand: 20}", "gambling_density", []row{
		{"just below", "投注彩金" + filler(100), 19.231, true},
		{"at the limit", "投注彩金" + filler(96), 20, true},
		{"just above", "投注彩金" + filler(94), 20.408, false},
		{"one word alone counts nothing", strings.Repeat("投注", 10) + filler(10), 0, true},
		{"not on a word boundary", "山投注彩金" + filler(95), 0, true},
		{"letter case", "BET365 彩金" + filler(91), 20.202, false},
	})
	checkRows(t, "porn_density", "{max_per_thousand: 20}", "porn_density", []row{
		{"at the limit", "毛片色图" + filler(96), 20, true},
		{"just above", "毛片色图" + filler(94), 20.408, false},
	})
	checkRows(t, "download_density", "{max_per_thousand: 20}", "download_density", []row{
		{"at the limit", "迅雷电驴" + filler(96), 20, true},
		{"just above", "迅雷电驴" + filler(94), 20.408, false},
		{"one word alone counts nothing", strings.Repeat("迅雷", 10) + filler(10), 0, true},
	})
	checkRows(t, "disclaimer_density", "{max_per_thousand: 20}", "disclaimer_density", []row{
		{"at the limit", "免责声明版权所有" + filler(92), 20, true},
		{"just above", "免责声明版权所有" + filler(90), 20.408, false},
		{"one phrase alone counts nothing", strings.Repeat("版权所有", 5) + filler(10), 0, true},
	})
	checkRows(t, "seo_spam_density", "{max_per_thousand: 20}", "seo_spam_density", []row{
		{"at the limit", "办证刻章" + filler(96), 20, true},
		{"just above", "办证刻章" + filler(94), 20.408, false},
	})
}

// With the words of the segmenter: spam is dropped, news, law and medicine about the
// same things stay.
func TestDensities_realWords(t *testing.T) {
	set, err := buildYAML("filters: {gambling_density: {}, porn_density: {}, seo_spam_density: {}, download_density: {}, disclaimer_density: {}}\n")
	if err != nil {
		t.Fatal(err)
	}
	limits := set.Limits()
	m, seg := set.NewMeasurer(), newSegmenter(t)
	for _, r := range []struct{ name, text, reason string }{
		{"betting spam", "澳门新葡京娱乐城，真人百家乐、老虎机、时时彩，开户送彩金，注册送28元，足球投注，滚球盘口，六合彩开奖结果，bet365备用网址。", "gambling_density.max_per_thousand"},
		{"pornographic spam", "成人电影免费看，无码AV女优，激情小说，人妻熟女，自拍偷拍，三级片大全，色情网站导航。", "porn_density.max_per_thousand"},
		{"search spam", "代开发票，办证刻章，联系电话加微信号，价格优惠，欢迎来电，厂家直销，批发价，量大从优，无抵押套现，网站优化关键词排名。", "seo_spam_density.max_per_thousand"},
		{"the note below a page", "学习资料\n标签：\n免责声明\n本站引用了互联网上的一些信息，版权归原作者所有，如果您认为有侵犯您权益的行为，请与我们联系，我们会及时处理。未经许可不得转载，违者必究。", "disclaimer_density.max_per_thousand"},
		{"a report on copyright", "记者从版权局了解到，今年以来全市查办侵权案件三十余起。一位作者说，他的小说未经许可被改编成短剧，对方只在片尾写了版权归原作者所有，他向法院起诉，要求停止侵害、赔偿损失。法院审理后认为，被告没有取得授权，应当承担责任，判决赔偿五万元。律师提醒，网站上常见的免责声明并不能免除法律责任，转载他人作品应当先取得同意并支付报酬。专家建议平台建立通知和删除的制度，收到权利人的通知以后应当尽快核实，把处理结果告诉双方，并且保存有关的记录以备查询；对多次侵权的账号，可以限制它发布内容，必要时停止服务，同时公开处理的情况，接受社会的监督。", ""},
		{"films to download", "最新电影尽在本站，点击下载即可。下载地址列表：迅雷下载、磁力链接、百度网盘，提取码见下。本站资源来自网络，国语中字，高清下载，在线观看。", "download_density.max_per_thousand"},
		{"where a program comes from", "先到官方网站取得安装包，下载地址在页面底部，也可以用迅雷取得。安装以后打开终端，输入版本命令，如果看到版本号，说明安装成功。接着修改配置文件，把数据目录改到空间较大的磁盘，再重新启动服务，浏览器里就能看到管理页面。第一次登录要修改密码，然后建立一个普通用户，以后的操作都用这个普通用户来做，避免误删系统文件；日志默认写在安装目录下面，每天切换一次，保留三十天。如果启动失败，先看日志的最后几行，多数情况是端口已经被别的程序占用。", ""},
		{"news about a betting ring", "警方通报，犯罪嫌疑人王某利用境外网站组织赌博，涉案金额上千万元。法院审理认为，被告人的行为已构成开设赌场罪，判处有期徒刑三年，并处罚金。专家提醒，网络赌博害人害己，切勿心存侥幸。", ""},
		{"lottery news", "昨日，福利彩票中心公布了本期开奖结果，本市一位彩民中得一等奖。他说自己买彩票已经十多年，只是当作一种爱好，也算为公益事业做了一点贡献，中奖以后生活不会有太大的变化，打算先把房子装修一下，再带父母出去旅行一趟。", ""},
		{"sex education", "青春期的孩子会对性产生好奇，家长应当用科学的语言告诉他们身体的变化，避孕的方法，以及怎样保护自己不受侵害。医生说，性病可以预防，发现症状要及时就医。", ""},
		{"law", "刑法规定，以牟利为目的，制作、复制、出版、贩卖、传播淫秽物品的，处三年以下有期徒刑、拘役或者管制，并处罚金；情节严重的，处三年以上十年以下有期徒刑，并处罚金。强奸、猥亵的，依照有关规定从重处罚。", ""},
		{"company news", "公司成立于一九九八年，多年来坚持自主研发，产品出口三十多个国家和地区。去年研发投入占销售收入的百分之八，新建的实验室也已经投入使用，预计今年可以完成两项国家标准的制定工作，并与多所大学合作培养人才。", ""},
		{"price list", pricePage, ""},
		{"source code", codePage, ""},
	} {
		d := &corpus.Document{}
		d.SetText(r.text)
		segment(seg, d)
		m.Measure(d)
		got := ""
		if i := Decide(limits, func(i int) float64 { return d.Signals[i] }, nil); i >= 0 {
			got = limits[i].Reason
		}
		if got != r.reason {
			t.Errorf("%s: reason %q, want %q", r.name, got, r.reason)
		}
	}
}

// Entries are lower case, stand once in all lists, and can be found: the segmenter
// cuts at their ends.
func TestLexicons_entries(t *testing.T) {
	seg := newSegmenter(t)
	seen := map[string]bool{}
	n, cutInside := 0, 0
	for _, list := range lexiconLists {
		for e := range wordLines(list) {
			n++
			if seen[e] {
				t.Errorf("%s stands twice", e)
			}
			seen[e] = true
			if strings.ToLower(e) != e || strings.ContainsFunc(e, unicode.IsSpace) || !utf8.ValidString(e) {
				t.Errorf("%q is not lower case or has spaces", e)
			}
			if words := seg.AppendWords([]zh.Span{}, e); len(words) > maxEntryWords {
				t.Errorf("%s has %d words, more than %d", e, len(words), maxEntryWords)
			}
			text := "我们看到" + e + "，觉得"
			start, end := int32(len("我们看到")), int32(len("我们看到")+len(e))
			begins, ends := false, false
			for _, w := range seg.AppendWords(nil, text) {
				begins, ends = begins || w.Start == start, ends || w.End == end
			}
			if !begins || !ends {
				cutInside++
			}
		}
	}
	if cutInside*10 > n {
		t.Errorf("%d of %d entries are not on word boundaries in a plain sentence", cutInside, n)
	}
}

// An entry is found in every form that readers still read, and not across what
// keeps words apart.
func TestLexicons_forms(t *testing.T) {
	seg, l, s := newSegmenter(t), sharedLexicons(), newScratch()
	for text, want := range map[string]string{
		"来新葡京玩":           "新葡京",
		"來澳門新葡京玩":         "澳门新葡京",
		"新★葡＊京 官网":        "新葡京",
		"新 葡 京":           "新葡京",
		"新/葡/京":           "新葡京",
		"新\u200b葡\u00ad京": "新葡京",
		"新葡，京":            "",
		"新葡\n京":           "",
		"新（葡）京":           "",
		"新****葡京":         "",
		"金沙 娱乐城":          "娱乐城",
		"金 沙 娱乐 城":        "金沙娱乐城",
		"做ＳＥＯ优化":          "seo优化",
		"S-E-O与se o和A*V":  "",
		"我們這裏有很多書，也有人在河邊散步和唱歌。": "",
	} {
		var words []corpus.Span
		for _, w := range seg.AppendWords(nil, text) {
			words = append(words, corpus.Span(w))
		}
		got := ""
		for i := range words {
			e, n := s.longestEntry(l, text, words[i:])
			if n == 0 {
				continue
			}
			for k, x := range l.entries {
				if x == e {
					got = k
				}
			}
			break
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for title, want := range map[string]int{"新葡京-官方網站": 6 + len("京"), "新葡 京": len("新葡 京"), "金沙 娱乐城": 0, "新·葡·京": len("新·葡·京"), " 新葡京": 0} {
		if _, size := s.longestPrefix(l, title); size != want {
			t.Errorf("%q: got %d bytes, want %d", title, size, want)
		}
	}
}
