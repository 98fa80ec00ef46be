package eval

import (
	"strings"
	"unicode"
)

// furnitureWords mark a line as page furniture: copyright, editor, previous and
// next, related, share, scan, navigation, login, comment boxes.
var furnitureWords = []string{
	"版权所有", "版权声明", "免责声明", "责任编辑", "责编:", "责编：",
	"上一篇", "下一篇", "上一页", "下一页",
	"相关阅读", "相关新闻", "相关文章", "相关链接", "推荐阅读", "猜你喜欢", "热门推荐", "热门文章", "为您推荐", "为你推荐",
	"分享到", "扫一扫", "扫码", "二维码", "收藏本站", "收藏本页", "打印本页", "打印本文", "关闭窗口",
	"返回首页", "返回顶部", "回到顶部", "设为首页", "加入收藏", "网站地图", "联系我们", "关于我们", "友情链接",
	"ICP备", "ICP证", "公网安备", "经营许可证", "您的位置", "当前位置",
	"我要评论", "发表评论", "网友评论", "查看更多", "点击查看", "展开全文", "登录", "注册", "举报", "广告服务",
	"All Rights Reserved", "All rights reserved", "All Rights reserved", "All rights Reserved",
}

// Furniture returns the lines of a text that look like page furniture and do not
// occur in the gold text, white space aside.
func Furniture(gold, got string) []string {
	var out []string
	packed := ""
	for line := range strings.FieldsFuncSeq(got, isLineEnd) {
		if !hasFurniture(line) {
			continue
		}
		if packed == "" {
			packed = withoutSpace(gold)
		}
		if !strings.Contains(packed, withoutSpace(line)) {
			out = append(out, line)
		}
	}
	return out
}

func hasFurniture(line string) bool {
	for _, w := range furnitureWords {
		if strings.Contains(line, w) {
			return true
		}
	}
	return false
}

func isLineEnd(r rune) bool {
	return r >= '\n' && r <= '\r' || r >= 0x1c && r <= 0x1e || r == 0x85 || r == 0x2028 || r == 0x2029
}

func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f {
			return -1
		}
		return r
	}, s)
}
