package filters

import "testing"

func TestBulletLines(t *testing.T) {
	checkRows(t, "bullet_lines", "{max_fraction: 0.5}", "bullet_lines", []row{
		{"just below", "● 一\n二\n三", 0.3333, true},
		{"at the limit", "● 一\n二", 0.5, true},
		{"just above", "● 一\n■二\n三", 0.6667, false},
		{"all kinds", "•一\n·二\n　◆三\n- 四\n* 五\n▶六\n", 1, false},
		{"minus sign and emphasis are none", "-5度\n**重点**\n——他说\n", 0, true},
	})
	checkRows(t, "bullet_lines", "{}", "bullet_lines", []row{
		{"recipe stays", "所需材料如下：\n• 面粉两百克\n• 鸡蛋三个\n• 白糖五十克\n把它们混合均匀。\n", 0.6, true},
	})
}
