package report

// glosses are the Chinese names of labels that our own stages give.
var glosses = map[string]string{
	// labels
	"page_type": "页面类型", "language": "语言", "script": "字体", "variety": "语言变体", "dataset": "数据集", "site": "站点",
	// page types of package extract, and of input that is text already
	"text":    "文本",
	"article": "文章", "forum": "论坛", "list": "列表", "wiki": "百科", "doc": "文档", "product": "商品", "login": "登录",
	"error": "错误页", "parked": "停放域名", "other": "其他", "empty": "无正文",
	// languages, scripts, varieties
	"zh": "中文", "ja": "日文", "ko": "韩文", "en": "英文", "und": "未定",
	"Hans": "简体", "Hant": "繁体", "Jpan": "日文", "Kore": "韩文", "Latn": "拉丁", "Zyyy": "未定",
	"zh-Hans": "简体", "zh-Hant": "繁体", "zh-mixed": "简繁混用", "yue": "粤语", "lzh": "文言",
	// rules that change texts
	"site_line": "站点样板行", "line_mojibake": "乱码行", "line_placeholder": "占位行", "line_suffix": "行尾链接", "line_editor": "编辑署名", "line_c4": "无句末标点的行",
	"line_break": "补换行", "blanks": "空白与控制符", "address": "网址", "similar_sentence": "重复句", "open_end": "残缺结尾",
	// classes of package pii
	"id_card": "身份证号", "phone": "手机号", "landline": "座机", "email": "邮箱", "bank_card": "银行卡号",
}

// gloss returns the Chinese name of a label or of a value we give, "" if there
// is none.
func gloss(s string) string { return glosses[s] }

// valueGloss is gloss for the values of a label; sites and datasets have names
// of their own.
func valueGloss(label, value string) string {
	if label == "site" || label == "dataset" {
		return ""
	}
	return glosses[value]
}
