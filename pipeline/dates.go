package pipeline

import "time"

// dateLayouts are the forms of dates in WARC headers and JSON input. WARC/1.1
// allows any precision from the year to the nanosecond.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04Z", "2006-01-02", "20060102150405", "2006-01", "2006",
}

// parseDate reads a date in one of the layouts; a date without zone is UTC.
func parseDate(s string) (time.Time, error) {
	for _, l := range dateLayouts {
		if t, err := time.Parse(l, s); err == nil && t.Year() >= 1990 && t.Year() < 2200 {
			return t, nil
		}
	}
	return time.Time{}, errNoDate
}
