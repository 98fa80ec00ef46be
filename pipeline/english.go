package pipeline

import (
	"fmt"

	"github.com/qingliu/qingliu/filters"
)

// englishLimits words the limits that are values for English. Words of Chinese
// have 1.8 code points, and no spaces between them: limits over words of English
// drop every Chinese page, silently, where a tool lets them through. Shares are of
// 317 good pages that were read, 2026-11.
func (c *Config) englishLimits() (problems []string) {
	if c.Gates.Language != "zh" {
		return nil
	}
	set, err := c.filterSet()
	if err != nil {
		return nil // reported elsewhere
	}
	for _, l := range set.Limits() {
		why := ""
		switch signal := set.Signals()[l.Signal].Name; {
		case l.Action != filters.Drop:
		case signal == "mean_word_length" && !l.Max && l.Bound >= 2.5:
			why = "Chinese words have 1.8 code points on average; 3 is the value for English (Gopher) and drops 76 % of good pages. Published for Chinese: 1 (FineWeb-2), 1.3 (MAP-CC)"
		case signal == "mean_word_length" && l.Max && l.Bound < 2:
			why = "half of good Chinese pages have longer words. Published for Chinese: 5 (FineWeb-2), 10 (MAP-CC)"
		case signal == "stop_words_fraction" && !l.Max && l.Bound >= 0.3:
			why = "0.3 is a value for English stop words (spaCy's list) and drops 90 % of good Chinese pages. Published for Chinese: 0.1691 with another list (ROOTS)"
		case signal == "letter_words" && !l.Max && l.Bound >= 0.8:
			why = "0.8 is the value for English (Gopher); Chinese punctuation stands alone, so that it drops 67 % of good pages. Published for Chinese: 0.735 (FineWeb-2)"
		}
		if why != "" {
			problems = append(problems, fmt.Sprintf("filters.%s: %v does not fit Chinese, which gates.language asks for: %s; action: tag only counts it", l.Reason, l.Bound, why))
		}
	}
	return problems
}
