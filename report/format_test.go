package report

import (
	"math"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestNumbers(t *testing.T) {
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(number(0), "0")
	f(number(999), "999")
	f(number(1000), "1,000")
	f(number(-1234567), "-1,234,567")
	f(number(-123), "-123")
	f(number(math.MaxInt64), "9,223,372,036,854,775,807")
	f(byteSize(0), "0 B")
	f(byteSize(1023), "1,023 B")
	f(byteSize(1024), "1.0 KiB")
	f(byteSize(1<<20-1), "1,024.0 KiB")
	f(byteSize(1<<20), "1.0 MiB")
	f(byteSize(5*1<<30+1<<29), "5.5 GiB")
	f(byteSize(math.MaxInt64), "8,192.0 PiB")
	f(percent(1, 3), "33.33 %")
	f(percent(2, 3), "66.67 %")
	f(percent(0, 5), "0.00 %")
	f(percent(5, 5), "100.00 %")
	f(percent(1, 0), "–")
	f(percent(math.MaxInt64/2, math.MaxInt64), "50.00 %")
	f(hundredths(-5), "-0.05 %")
	f(decimal(0.1), "0.1")
	f(decimal(100), "100")
	f(decimal(1e15), "1e+15")
	f(decimal(-0.00001), "-0.00001")
	f(edge(31.500000000000004), "31.5")
	f(edge(0.30000000000000004), "0.3")
	f(short(12500), "12.5k")
	f(short(2e6), "2M")
}

func TestVisible(t *testing.T) {
	f := func(s, want string) {
		t.Helper()
		if got := visible(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
	f("新闻 news_1.warc.gz", "新闻 news_1.warc.gz")
	f("مثال", "مثال")
	f("a\tb\n", `a\u0009b\u000a`)
	f("\u202egpj", `\u202egpj`)
	f("\u00a0\u3000", `\u00a0\u3000`)
	f("\U000e0041", `\U000e0041`)
	f("\xffx\xe4\xb8", `\xffx\xe4\xb8`)
	f("\ufffd", "\ufffd")
}

func TestVisibleCutsLongNames(t *testing.T) {
	long := make([]rune, 5000)
	for i := range long {
		long[i] = '长'
	}
	if n := utf8.RuneCountInString(visible(string(long))); n != maxShown+1 {
		t.Errorf("%d code points", n)
	}
}

func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Int64Range(0, math.MaxInt64/64), 1, 20).Draw(t, "counts")
		if rapid.Bool().Draw(t, "small") {
			for i := range counts {
				counts[i] %= 1000
			}
		}
		var total, sum int64
		for _, c := range counts {
			total += c
		}
		for i, s := range shares(counts) {
			sum += s
			if exact := float64(counts[i]) / float64(max(total, 1)) * 10000; math.Abs(float64(s)-exact) > 1.01 {
				t.Fatalf("share %d of %d in %d is %d", i, counts[i], total, s)
			}
		}
		if want := int64(10000); total > 0 && sum != want || total == 0 && sum != 0 {
			t.Fatalf("%v add up to %d", counts, sum)
		}
	})
}

func TestVisibleIsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		v := visible(s)
		if !utf8.ValidString(v) {
			t.Fatalf("%q", v)
		}
		if again := escapeInvisible(v); again != v {
			t.Fatalf("%q is shown as %q, that as %q", s, v, again)
		}
	})
}
