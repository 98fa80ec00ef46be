package pipeline

import (
	"strings"
	"testing"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
)

// TestSiteCutter_cut marks the boilerplate lines of a text with * and those that
// may go only at head and tail with ^; want is what stays.
func TestSiteCutter_cut(t *testing.T) {
	t.Parallel()
	f := func(name, text, want string) {
		t.Helper()
		var d corpus.Document
		d.Site = "news.example"
		c := siteCutter{}
		var plain []string
		for _, line := range strings.Split(text, "\n") {
			mode := byte(0)
			if rest, ok := strings.CutPrefix(line, "*"); ok {
				line, mode = rest, cutAnywhere
			} else if rest, ok := strings.CutPrefix(line, "^"); ok {
				line, mode = rest, cutAtEdge
			}
			if mode != 0 {
				h, _ := hashLine(line)
				c[[2]uint64{xxh3.HashString(d.Site), h}] = mode
			}
			plain = append(plain, line)
		}
		d.SetText(strings.Join(plain, "\n"))
		gone := c.cut(&d)
		var kept []string
		for i, sp := range d.Lines() {
			if gone == nil || !gone[i] {
				kept = append(kept, d.Text()[sp.Start:sp.End])
			}
		}
		if got := strings.Join(kept, "\n"); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	f("head and tail go", "*首页\n*新闻中心\n正文第一段，说一件事。\n正文第二段。\n*版权所有 某某网\n*联系我们", "正文第一段，说一件事。\n正文第二段。")
	f("marks between furniture go with it", "*首页\n----\n*新闻\n正文，说一件事。\n----", "正文，说一件事。\n----")
	f("headings inside stay", "函数说明。\n*语法\nmd5 计算散列值。\n*说明\n返回散列值。", "函数说明。\n语法\nmd5 计算散列值。\n说明\n返回散列值。")
	f("code stays even at the tail", "快速排序的写法如下。\n*int main() {\n*    return 0;\n*}", "快速排序的写法如下。\nint main() {\n    return 0;\n}")
	f("a long notice inside goes", "正文，说一件事。\n*更多精彩内容请关注本站官方公众号并留言\n正文又一段。", "正文，说一件事。\n正文又一段。")
	f("a menu inside goes", "正文，说一件事。\n*首页\n*新闻\n*体育\n*财经\n*娱乐\n正文又一段。", "正文，说一件事。\n正文又一段。")
	f("four lines are no menu", "正文，说一件事。\n*首页\n*新闻\n*体育\n*财经\n正文又一段。", "正文，说一件事。\n首页\n新闻\n体育\n财经\n正文又一段。")
	f("table rows stay", "登记证如下。\n*PD20040047\t江苏省\t江苏某某农用化工有限责任公司\n名单完。", "登记证如下。\nPD20040047\t江苏省\t江苏某某农用化工有限责任公司\n名单完。")
	f("the date of a notice stays", "特此通知，请遵照执行。\n*2020年12月30日", "特此通知，请遵照执行。\n2020年12月30日")
	f("long lines go only at the edge", "^本站声明，很长的一段。\n正文，说一件事。\n^本站声明，很长的一段。\n正文又一段。", "正文，说一件事。\n本站声明，很长的一段。\n正文又一段。")
	f("all furniture", "*首页\n*新闻\n*联系我们", "")
	f("nothing known", "首页\n正文。", "首页\n正文。")
}
