// Package eval scores main text against text that people copied by hand.
//
// Start with [ReadGold], [ReadTexts] and [Evaluate]; [Compare] scores one page.
// The headline figure is the macro mean F1 of multisets of four-token shingles
// (the measure of the article extraction benchmark of Scrapinghub, on characters),
// beside the share of failed and empty pages and the lines of page furniture per
// page. A [Gate] holds the figures that must not get worse. The package reads
// texts only: it knows no extractor, so any tool's output is scored alike.
//
//	s := eval.Compare("第一段。\n第二段。", "第一段。\n第二段。\n下一篇：无")
//	fmt.Printf("%.2f %.0f\n", s.F1, s.Boil)
package eval
