package extract

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/charset"
)

// setPage is one of the 69 Chinese development pages with hand-copied main text.
type setPage struct{ id, html, gold, url string }

// readSetA returns the pages decoded as a run would decode them, or an error
// where the data is not present.
func readSetA() ([]setPage, error) {
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	dir = filepath.Join(dir, "extraction-dev")
	index, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		return nil, err
	}
	var pages []setPage
	var dec charset.Decoder
	for line := range strings.SplitSeq(strings.TrimSpace(string(index)), "\n") {
		var row struct {
			ID  string `json:"id"`
			URL string `json:"source_url"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			return nil, err
		}
		raw, err := os.ReadFile(filepath.Join(dir, "html", row.ID+".html"))
		if err != nil {
			return nil, err
		}
		gold, err := os.ReadFile(filepath.Join(dir, "gold", row.ID+".txt"))
		if err != nil {
			return nil, err
		}
		text, _ := dec.Decode(nil, raw, "")
		pages = append(pages, setPage{row.ID, string(text), strings.TrimPrefix(string(gold), "\ufeff"), row.URL})
	}
	return pages, nil
}

var (
	furnitureLine = regexp.MustCompile(`版权所有|版权声明|免责声明|责任编辑|责编[:：]|上一篇|下一篇|上一页|下一页|相关阅读|相关新闻|相关文章|相关链接` +
		`|推荐阅读|猜你喜欢|热门推荐|热门文章|为您推荐|为你推荐|分享到|扫一扫|扫码|二维码|收藏本[站页]|打印本[页文]|关闭窗口` +
		`|返回首页|返回顶部|回到顶部|设为首页|加入收藏|网站地图|联系我们|关于我们|友情链接|ICP备|ICP证|公网安备|经营许可证` +
		`|您的位置|当前位置|我要评论|发表评论|网友评论|查看更多|点击查看|展开全文|登录|注册|举报|广告服务|All [Rr]ights [Rr]eserved`)
	blanks = regexp.MustCompile(`\s+`)
)

// TestSetA is the quality gate: macro mean F1 of 4-token shingles, pages below
// 0.5, lines of page furniture that the gold text does not have.
func TestSetA(t *testing.T) {
	const minF1, maxFail, maxFurniture = 0.965, 0.02, 0.05
	pages, err := readSetA()
	if err != nil {
		t.Skip("development pages not here:", err)
	}
	dump := os.Getenv("QINGLIU_DUMP")
	e := New(DefaultConfig())
	sum, fail, furniture := 0.0, 0, 0
	for _, p := range pages {
		out := e.Extract([]byte(p.html), p.url)
		f := shingleF1(p.gold, out.Text)
		sum += f
		if f < 0.5 {
			fail++
		}
		if out.Text == "" {
			t.Errorf("%s: empty text", p.id)
		}
		gold := blanks.ReplaceAllString(p.gold, "")
		for line := range strings.SplitSeq(out.Text, "\n") {
			if furnitureLine.MatchString(line) && !strings.Contains(gold, blanks.ReplaceAllString(line, "")) {
				furniture++
				t.Logf("%s: furniture %q", p.id[:8], line)
			}
		}
		if f < 0.9 {
			t.Logf("%s: F1 %.3f %s %s", p.id[:8], f, out.Type, out.Rule)
		}
		if dump != "" {
			if err := os.WriteFile(filepath.Join(dump, p.id+".txt"), []byte(out.Text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	n := float64(len(pages))
	t.Logf("%d pages: F1 %.4f, below 0.5 %.1f %%, furniture %.3f lines per page", len(pages), sum/n, 100*float64(fail)/n, float64(furniture)/n)
	if sum/n < minF1 {
		t.Errorf("F1 %.4f, want at least %.3f", sum/n, minF1)
	}
	if float64(fail)/n > maxFail {
		t.Errorf("%d of %d pages below F1 0.5", fail, len(pages))
	}
	if float64(furniture)/n > maxFurniture {
		t.Errorf("%d lines of furniture on %d pages", furniture, len(pages))
	}
}
