package extract

import (
	"slices"
	"sync"
)

// Patterns of page furniture and other telling words in short blocks.
const (
	patCopyright uint32 = 1 << iota
	patEditor
	patTurn // previous, next, back
	patRelated
	patShare
	patLogin
	patReply
	patPath // breadcrumb
	patContact
	patThread // words that only threads show: 楼, 回复, 发表于 …
	patNotice // no-reprint notice
	patByline // 来源, 作者, 时间 …
	patError  // 404, 页面不存在 …
	patParked // the domain is for sale
	patBuy    // cart and order buttons

	patWeak       // words of furniture that sentences use too
	patMore       // link from an excerpt to its article
	patDisclaimer // of the site: removal on request, no views of ours
	patCited      // date of a reference
	patAddress    // two or more of address, postcode, telephone, fax, mail: of the site or of a person in the text
	patStrong     // phrases that are furniture wherever they stand

	// patFurniture are the patterns that make a short block furniture.
	patFurniture = patCopyright | patEditor | patTurn | patRelated | patShare | patLogin | patReply | patPath | patContact | patWeak
)

const (
	maxPatternTokens   = 120 // longer blocks are text
	maxFurnitureTokens = 60  // longest block that can be furniture
)

// textMatcher holds the words of furniture. Lists: own reading of pages, 2026-11.
var textMatcher = sync.OnceValue(func() *matcher {
	p := func(bits uint32, list ...string) []word { return words(uint64(bits), list...) }
	return newMatcher(slices.Concat(
		p(patCopyright, "版权所有", "copyright", "©", "all rights reserved", "icp备", "icp证", "公网安备", "经营许可", "未经授权", "转载请", "版权归", "举报电话", "不良信息", "powered by",
			"版權所有", "著作權", "經營許可", "轉載請"),
		p(patEditor, "责任编辑", "责编", "编辑:", "编辑：", "来源:", "来源：", "作者:", "作者：", "记者", "稿源", "校对", "审核", "摄影",
			"責任編輯", "責編", "編輯：", "編輯:", "來源：", "來源:", "記者", "攝影", "審核"),
		p(patTurn, "上一篇", "下一篇", "上一页", "下一页", "返回", "首页", "上一章", "下一章", "目录", "末页", "尾页", "上一条", "下一条",
			"上一頁", "下一頁", "首頁", "末頁", "尾頁", "上一則", "下一則", "目錄"),
		p(patRelated, "相关", "推荐", "热门", "猜你喜欢", "更多", "排行", "热点", "精彩", "专题", "延伸阅读", "阅读原文", "图集",
			"相關", "推薦", "熱門", "猜你喜歡", "延伸閱讀", "閱讀原文", "熱點", "專題"),
		p(patShare, "分享", "扫一扫", "扫码", "二维码", "微信", "微博", "打印", "收藏", "关闭", "字号", "字体", "转发", "qq空间", "朋友圈", "纠错", "推荐给",
			"列印", "字體", "轉發", "轉寄", "關閉", "line分享", "加入line"),
		p(patLogin, "登录", "登陆", "注册", "用户名", "验证码",
			"登入", "登錄", "註冊", "會員登入", "驗證碼", "使用者名稱"),
		p(patWeak, "密码", "搜索", "退出", "会员", "客户端", "app", "下载", "招聘", "帮助", "投稿", "声明", "许可证",
			"密碼", "搜尋", "會員", "客戶端", "下載", "幫助", "聲明", "訂閱"),
		p(patReply, "评论", "发表", "回复", "跟帖", "网友", "点赞", "楼", "举报", "条留言", "留言", "浏览", "阅读数", "点击数", "人气", "本帖最后由", "下载附件", "下载次数",
			"評論", "發表", "回覆", "網友", "點讚", "按讚", "則留言", "舉報", "瀏覽", "閱讀數", "點擊數", "人氣", "觀看次數"),
		p(patPath, "位置", ">>", "»", "› ", "|", "┊", " > "),
		p(patContact, "联系我们", "关于我们", "网站地图", "广告服务", "友情链接", "加入收藏", "设为首页", "法律声明", "免责声明", "欢迎您光临", "光临本站", "访问本站", "欢迎访问",
			"聯絡我們", "聯繫我們", "關於我們", "網站地圖", "廣告服務", "友情連結", "友站連結", "設為首頁", "免責聲明", "隱私權政策", "隱私政策", "隐私政策", "歡迎光臨"),
		p(patThread, "楼", "回复", "发表于", "回答", "赞同", "回帖"),
		p(patStrong, "责任编辑", "责编", "上一篇", "下一篇", "上一页", "下一页", "上一章", "下一章", "上一条", "下一条", "返回首页", "返回顶部", "返回目录", "返回列表", "回到顶部",
			"相关阅读", "相关新闻", "相关文章", "相关链接", "相关推荐", "相关报道", "相关专题", "推荐阅读", "猜你喜欢", "为你推荐", "为您推荐", "热门推荐", "热门文章", "精彩推荐", "延伸阅读", "阅读原文", "查看更多", "更多>>", "更多精彩", "点击查看", "展开全文",
			"分享到", "分享至", "分享让", "扫一扫", "扫码", "二维码", "打印本", "打印此", "我要打印", "【打印", "【关闭", "[打印", "[关闭", "关闭窗口", "关闭本页", "收藏本", "推荐给", "qq空间", "朋友圈", "我要纠错", "字号",
			"您需要登录", "请登录", "请先登录", "登录后", "立即注册", "免费注册", "注册会员", "请登錄", "請先登入", "登入後",
			"阅读体验更佳", "加载全部", "加载更多", "展开全部", "展开阅读", "下载客户端", "打开客户端", "下载app", "打开app", "app内打开", "app看更多", "长按二维码", "关注我们的公众号",
			"我要评论", "发表评论", "网友评论", "查看评论", "我来说两句", "条评论", "热门评论", "最新评论", "全部评论", "精彩评论", "跟帖", "条留言", "举报", "阅读数", "点击数", "浏览次数", "阅读次数", "点击次数", "浏览量", "人气", "本帖最后由", "下载附件", "下载次数",
			"您的位置", "当前位置", "你的位置", "所在位置", "设为首页", "加入收藏",
			"責任編輯", "責編", "上一頁", "下一頁", "上一則", "下一則", "返回首頁", "回首頁", "返回頂部", "回到頂部", "返回目錄", "回上一頁", "相關閱讀", "相關新聞", "相關文章", "相關連結", "相關推薦", "相關報導", "推薦閱讀", "推薦文章", "猜你喜歡", "為你推薦", "為您推薦", "熱門文章", "熱門推薦", "延伸閱讀", "閱讀原文", "看更多", "掃一掃", "二維碼", "列印本", "友善列印", "關閉視窗", "設為首頁", "下載app", "立即註冊", "免費註冊", "我要留言", "發表評論", "發表迴響", "則留言", "條評論", "熱門評論", "最新留言", "閱讀數", "點擊數", "瀏覽次數", "瀏覽量", "觀看次數", "瀏覽人次", "目前位置", "您現在位置", "現在位置", "字數總計", "總字數", "閱讀時間", "閱讀時長", "字数总计", "阅读时长", "本文字数"),
		p(patMore, "阅读全文", "閱讀全文", "繼續閱讀", "继续阅读", "【详情】", "[详情]", "[详细]", "【详细】", "查看详情", "查看全文", "[全文]", "【全文】", "read more", "more »"),
		p(patNotice, "未经授权", "未经许可", "未经书面", "未经本", "未經授權", "禁止转载", "禁止轉載", "严禁转载", "不得转载", "謝絕轉載", "谢绝转载", "请勿转载", "請勿轉載", "不得以任何形式", "禁止复制"),
		p(patByline, "来源", "來源", "作者", "稿源", "出处", "日期", "时间", "發布", "发布", "发表", "發表", "編輯", "记者", "posted on", "posted in", "edited on", "published on", "更新于", "更新於", "last modified", "last updated", "最后更新", "最後更新", "最后修改", "最近更新"),
		p(patDisclaimer, "小时内删除", "小时内予以删除", "小时内处理", "侵犯了您", "侵犯您的", "侵犯到您", "侵犯了你", "本站所有资源", "本站资源均", "本站不存储", "本站不提供任何", "购买正版", "请支持正版",
			"不代表本站", "不代表本网", "与本站立场无关", "与本网立场无关", "与本站无关", "不代表本平台", "仅代表作者本人", "仅提供信息存储", "仅代表作者个人",
			"同意我们使用", "继续使用本网站", "继续浏览本网站", "本网站使用cookie", "本网站使用 cookie", "我们使用cookie", "我们使用 cookie", "本站使用cookie", "本站使用 cookie", "本網站使用cookie", "本網站使用 cookie", "我們使用cookie", "我們使用 cookie",
			"如有侵权", "如有侵權", "转载联系作者", "转载请联系", "转载请注明", "轉載請註明", "版权归原作者", "更多原创资讯请下载", "更多精彩内容请", "更多精彩资讯请",
			"无法在线浏览此", "安装后即可在线浏览", "才可以下载或查看", "后才可以回帖", "没有帐号？"),
		p(patCited, "引用日期", "检索日期", "今天是"),
		words(labelStreet, "地址：", "地址:", "校址："), words(labelPostcode, "邮编", "邮政编码", "郵遞區號"), words(labelTelephone, "电话：", "电话:", "電話：", "電話:", "tel:", "tel：", "热线：", "热线:"),
		words(labelFax, "传真", "傳真", "fax:"), words(labelMail, "邮箱", "e-mail", "email:", "信箱"),
		p(patError, "404", "not found", "页面不存在", "找不到", "頁面不存在", "已被删除", "已删除", "出错了", "页面丢失", "无法访问", "403 forbidden", "500 internal", "502 bad", "访问的页面", "访问出错", "不存在或"),
		p(patParked, "域名出售", "域名转让", "域名正在出售", "此域名", "该域名可", "域名停放", "域名交易", "domain is for sale", "buy this domain", "domain for sale", "parked free"),
		p(patBuy, "加入购物车", "加入購物車", "立即购买", "立即購買", "放入购物车", "立即下单"),
	))
})

// Labels of an address are counted above the pattern bits.
const (
	labelStreet uint64 = 1 << (32 + iota)
	labelPostcode
	labelTelephone
	labelFax
	labelMail
)

// findPatterns returns the patterns in a block of at most maxPatternTokens.
func findPatterns(text []byte, tok int32) uint32 {
	all := textMatcher().find(text)
	bits := uint32(all)
	if labels := all >> 32; labels&(labels-1) != 0 {
		bits |= patAddress
	}
	if tok > maxFurnitureTokens {
		bits &^= patFurniture | patThread
	}
	return bits
}
