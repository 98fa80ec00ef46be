package filters

import "testing"

func TestListMarks(t *testing.T) {
	checkRows(t, "list_marks", "{max_marks: 1}", "list_marks", []row{
		{"at the limit", "桥通车了\n昨天上午，新桥建成通车。\n详情 >>", 1, true},
		{"just above", "桥通车了\n新桥昨天建成，市民\n详情\n雨停了\n下了三天的雨\n【详情】", 2, false},
		{"in other forms", "一\n閱讀全文 »\n二\nRead More...\n三\n继续阅读→", 3, false},
		{"inside a line", "请看详情。\n阅读全文需要登录，更多内容在下一期。\n更多的人来了。", 0, true},
		{"pager", "桥通车了\n雨停了\n上一页 1 2 3 … 12 下一页", 2, false},
		{"pager that counts", "桥通车了\n共 12 条记录 1/2页 首页 上一页 下一页 尾页", 2, false},
		{"pager of glued numbers", "桥通车了\n上一頁123", 2, false},
		{"a date beside a word", "桥通车了\n下一页 20210318", 0, true},
		{"trail to all tags", "Home » Tags\nGo\n昨天写了一个小程序。", 2, false},
		{"trail that goes on", "Home » Tags » Go\n昨天写了一个小程序。", 0, true},
		{"trail of a post", "首页 > 新闻\n昨天写了一个小程序。\nHome tags", 0, true},
		{"English pager", "桥通车了\n« Older Posts | Page 2 of 7 | Newer Posts »", 2, false},
		{"pager of lines", "桥通车了\n«\n1\n2\n3\n4\n»", 2, false},
		{"pager of lines that ends with a word", "桥通车了\n1\n2\n3\n下一页", 2, false},
		{"numbers of a listing at the end", "例子\n就这样。\n1\n2\n3\n4\n5", 0, true},
		{"numbers of a listing", "例子\n1\n2\n3\n4\nfor i in range(3):\n    print(i)\n    print(i+1)\n就这样。\n完。", 0, true},
		{"neighbouring articles", "正文在这里。\n上一篇：桥通车了\n下一篇：雨停了", 0, true},
		{"one word of a menu", "首页\n正文在这里。\nnext", 0, true},
		{"a page of a book", "第 1 页\n共 12 页\n1/12", 0, true},
		{"a score", "3 - 2\n1:0", 0, true},
		{"verse stays", versePage, 0, true},
		{"price list stays", pricePage, 0, true},
		{"source code stays", codePage, 0, true},
	})
}

// Lines that were nothing but an invitation until line rules cut them count, too.
func TestListMarks_cutInvitations(t *testing.T) {
	text := "甲，第一篇。\n阅读全文>>\n乙，第二篇。点击查看详情>>\n更多>>\n"
	kept, cuts := NewLineCutter().Cut(text)
	if n := Invitations(text, cuts); n != 2 || len(cuts) != 3 {
		t.Fatalf("%d invitations in %v, want the 2 whole lines of 3 cuts", n, cuts)
	}
	set, err := buildYAML("filters: {list_marks: {max_marks: 1}}\n")
	if err != nil {
		t.Fatal(err)
	}
	d := document(kept)
	d.Invitations = 2
	set.NewMeasurer().Measure(d)
	index, _ := SignalIndex("list_marks")
	if d.Signals[index] != 2 {
		t.Errorf("list_marks = %v, want 2", d.Signals[index])
	}
}
