package filters

import (
	"strings"
	"testing"
)

func TestLinePlaceholder(t *testing.T) {
	// A notice of 120 code points, and one more.
	long := "请启用JavaScript" + strings.Repeat("，本站内容由它显示", 11)
	long += strings.Repeat("。", 120-len([]rune(long)))
	for _, r := range []struct {
		line string
		keep bool
	}{
		// notices
		{"请启用JavaScript", false},
		{"請啟用 JavaScript 以正常瀏覽本站", false},
		{"您的浏览器不支持JavaScript", false},
		{"您的浏览器不支持 javascript，部分功能不能使用。", false},
		{"警告：您的浏览器未启用 JAVASCRIPT 功能！", false},
		{"你使用的瀏覽器沒有啟用 Java Script，請開啟後重新整理。", false},
		{"您需要启用 JavaScript 才能查看此内容。", false},
		{"为了正常浏览，请先打开浏览器的 JavaScript 功能。", false},
		{"请使用支持 JavaScript 的浏览器访问本站", false},
		{"检测到 JavaScript 已被禁用，请刷新。", false},
		{"您的浏览器禁用了JavaScript（一种脚本语言），请打开。", false},
		{"请勿禁用 JavaScript", false},
		{"本网站需要 JavaScript 支持。", false},
		{"这个邮件地址受到保护，须启用 JavaScript 才能看到", false},
		{"  JavaScript 已关闭。  ", false},
		{"Please enable JavaScript to continue using this application.", false},
		{"You need to enable JavaScript to run this app.", false},
		{"JavaScript is required.", false},
		{"JAVASCRIPT MUST BE ENABLED", false},
		{"Your browser does not support JavaScript!", false},
		{"Blog works best with JavaScript enabled", false},
		{"您的浏览器不支持JavaScript(或它被禁止了),请确认浏览器支持JavaScript.", false},
		{"JavaScript seems to be disabled in your browser.", false},
		{"We're sorry but this site doesn't work without JavaScript enabled.", false},
		{"This email address is being protected from spambots. You need JavaScript enabled to view it.", false},
		{long, false},
		{"Lorem ipsum dolor sit amet, consectetur adipiscing elit.", false},
		{"LOREM IPSUM", false},
		{strings.Repeat("Lorem ipsum dolor sit amet. ", 40), false},
		// what must stay: text about JavaScript
		{long + "。", true},
		{"JavaScript", true},
		{"JavaScript 教程", true},
		{"如何在浏览器中启用 JavaScript", true},
		{"本教程从 JavaScript 的历史开始讲起，直到当前它对 XML 和 Web 服务的支持。", true},
		{"这个技巧的优点是：当 JavaScript 被禁用时，锚点还能正常动作。", true},
		{"如果用户的浏览器不支持 JavaScript，表单依然可以提交。", true},
		{"如果您的浏览器不支持 JavaScript，就看不到效果。", true},
		{"早期的浏览器不支持 JavaScript。", true},
		{"有些手机浏览器不支持 JavaScript，要另写一个版本。", true},
		{"虽然 JavaScript 可以在这些设备上运行，但是用户可以禁用它。", true},
		{"请打开 JavaScript 控制台，输入下面的命令。", true},
		{"请打开 javascript.js 文件。", true},
		{"您可以使用 JavaScript 来启用按钮。", true},
		{"你可以禁用 JavaScript，再看页面的变化。", true},
		{"您需要启用 JavaScript 引擎的即时编译。", true},
		{"该插件需要支持 JavaScript 的浏览器。", true},
		{"所有现代浏览器都支持 JavaScript。", true},
		{"他申请开启 JavaScript 课程。", true},
		{"<noscript>您的浏览器不支持 JavaScript！</noscript>", true},
		{`document.write("请启用 JavaScript");`, true},
		{"报错：You need to enable JavaScript to run this app.", true},
		{"How to enable JavaScript in your browser", true},
		{"JavaScript enables interactive pages.", true},
		{"The client side java script has already been integrated, but you need to set up a server.", true},
		{"JavaScript is a language that your browser runs.", true},
		// and about lorem ipsum
		{"Lorem ipsum 是排版用的占位文字。", true},
		{"<p>Lorem ipsum dolor sit amet</p>", true},
		{`text = "Lorem ipsum dolor sit amet"`, true},
		{"Lorem", true},
		{"ipsum lorem", true},
		{"今天天气很好。", true},
		{"pppppppppppp", true},
		{"JAVAscript: pPpP", true},
		{strings.Repeat("p", 4<<20), true}, // in linear time
		{"", true},
		{"\xffjavascript\xff", true},
	} {
		want := r.line
		if !r.keep {
			want = ""
		}
		if got := (linePlaceholder{}).Keep(r.line); got != want {
			t.Errorf("Keep(%.200q) = %.200q, want %.200q", r.line, got, want)
		}
	}
	if n := len([]rune(long)); n != maxNoticeRunes {
		t.Errorf("the notice at the limit has %d code points", n)
	}
	if n := testing.AllocsPerRun(20, func() {
		for _, line := range []string{"您的浏览器不支持JavaScript", "JavaScript 被禁用时不行", "Please enable JavaScript."} {
			(linePlaceholder{}).Keep(line)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
