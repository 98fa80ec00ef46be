package dedup

import (
	"encoding/hex"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"
)

// chinese returns n code points of made-up Chinese with punctuation and a little
// Latin, from a fixed seed.
func chinese(seed uint64, n int) string {
	rng := rand.New(rand.NewPCG(seed, 1))
	out := make([]rune, 0, n)
	for len(out) < n {
		switch x := rng.IntN(40); {
		case x == 0:
			out = append(out, '。')
		case x == 1:
			out = append(out, '，')
		case x == 2:
			out = append(out, rune('a'+rng.IntN(26)))
		case x == 3 && rng.IntN(4) == 0:
			out = append(out, '\n')
		default:
			out = append(out, rune(0x4e00+rng.IntN(5000)))
		}
	}
	return string(out)
}

// slowShingles hashes the n-grams of a normalised text one by one.
func slowShingles(text string, n int) []uint64 {
	letters := []rune(text)
	var out []uint64
	for i := 0; i+n <= len(letters); i++ {
		var words [2]uint64
		for j, r := range letters[i : i+n] {
			c := uint64(r)
			if r > 0xffff {
				c = mix(c) >> 48
			}
			back := n - 1 - j // 0 for the last letter
			words[back/4] |= c << (16 * (back % 4))
		}
		hi, lo := bits.Mul64(words[0]^wyXor, words[1]^wyMul2)
		out = append(out, hi^lo)
	}
	return out
}

func sign(t testing.TB, text string) (sig Signature) {
	t.Helper()
	NewSigner(DefaultParams()).Sign(text, &sig)
	return sig
}

// Signatures are stored for years: none of these may ever change without a new
// FormatVersion.
func TestSign_golden(t *testing.T) {
	t.Parallel()
	const text = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。白日依山尽，黄河入海流。欲穷千里目，更上一层楼。" +
		"床前明月光，疑是地上霜。举头望明月，低头思故乡。Ｈｅｌｌｏ 2026 漢字"
	sig := sign(t, text)
	if got, want := sig.Letters, 71; got != want {
		t.Errorf("letters = %d, want %d", got, want)
	}
	f := func(name, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
	f("text", hex.EncodeToString(sig.Text[:]), "3718bb6031d89287cd08e19718f06e14")
	f("sketch", hex.EncodeToString(sig.Sketch[:]), "41b5b06ad5fda438454ea9b1c8492d406598379cc6b1fcac05b9c77feeed01b8"+
		"ec30588389ebc38532f9ff99e497f72bf10db35879ec8677eefaa5ce18caebd6")
	for _, b := range []struct {
		band int
		want uint64
	}{{0, 0x220b62ddf0e83ca1}, {15, 0xd38054eb2e33aade}} {
		if got := sig.Bands[b.band]; got != b.want {
			t.Errorf("band %d = %#x, want %#x", b.band, got, b.want)
		}
	}
	if got, want := slowShingles("春眠不觉晓", 5)[0], uint64(0xbfa76b83a04dd13); got != want {
		t.Errorf("shingle = %#x, want %#x", got, want)
	}
}

func TestSign_sameText(t *testing.T) {
	t.Parallel()
	plain := chinese(3, 400)
	wide := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'Ａ' // full-width capital
		}
		return r
	}, plain)
	spaced := strings.ReplaceAll(plain, "。", " 。\r\n　")
	for _, other := range []string{wide, spaced} {
		if sign(t, plain) != sign(t, other) {
			t.Errorf("signatures of %.30q and %.30q differ", plain, other)
		}
	}
	if sign(t, plain).Text == sign(t, plain+"一").Text {
		t.Error("one letter more gives the same exact key")
	}
}

func TestSign_shortAndEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \n", "。。。！", "\xff\xfe", "😀😀"} {
		if got := sign(t, text); got != (Signature{}) {
			t.Errorf("signature of %q is not zero", text)
		}
	}
	letters := DefaultParams().MinLetters
	short := sign(t, strings.Repeat("中", letters-1))
	if short.Text == [16]byte{} || short.Bands != [maxBands]uint64{} || short.Sketch != [SketchBytes]byte{} {
		t.Errorf("a text of %d letters must have an exact key only", short.Letters)
	}
	long := sign(t, strings.Repeat("中", letters))
	if long.Bands == [maxBands]uint64{} || long.Sketch == [SketchBytes]byte{} {
		t.Errorf("a text of %d letters must have bands and a sketch", long.Letters)
	}
}

func TestSign_allocations(t *testing.T) {
	text := chinese(5, 860)
	s := NewSigner(DefaultParams())
	var sig Signature
	s.Sign(text, &sig)
	if n := testing.AllocsPerRun(20, func() { s.Sign(text, &sig) }); n != 0 {
		t.Errorf("Sign allocates %v times", n)
	}
}

func TestSign_givesGiantScratchBack(t *testing.T) {
	t.Parallel()
	s := NewSigner(DefaultParams())
	var sig Signature
	s.Sign(chinese(1, 400_000), &sig)
	if cap(s.hashes) != 0 || cap(s.text) != 0 {
		t.Errorf("keeps %d shingles and %d bytes after a giant text", cap(s.hashes), cap(s.text))
	}
	// The same for a giant text without letters and for many spaces in a row.
	s.Sign(strings.Repeat(" ", 4<<20), &sig)
	if cap(s.text) > 1<<20 {
		t.Errorf("keeps %d bytes after a giant blank text", cap(s.text))
	}
}

// A text that repeats few shingles must not cost a round of all of them for each
// position; its sketch is that of the set.
func TestFastSketch_repeatedShingles(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	for _, distinct := range []int{1, 2, 7, 60, 300} {
		set := slowShingles(chinese(uint64(distinct), 2*distinct+40), 5)[:distinct]
		want := make([]uint64, p.K)
		fastSketch(want, append([]uint64(nil), set...))
		many := make([]uint64, 0, distinct*3000)
		for range 3000 {
			many = append(many, set...)
		}
		got := make([]uint64, p.K)
		left := fastSketch(got, many)
		if len(left) != distinct {
			t.Errorf("%d distinct shingles: %d left to sketch", distinct, len(left))
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%d distinct shingles: position %d differs when they are repeated", distinct, i)
			}
		}
	}
}

// slowSketch is fastSketch by its definition: every position takes the least
// value of the first round that reaches it.
func slowSketch(k int, hashes []uint64) []uint64 {
	sig := make([]uint64, k)
	filled := make([]bool, k)
	left := k
	for r := 0; r < k && left > 0; r++ {
		least := make(map[int]uint64)
		for _, h := range hashes {
			hi, lo := bits.Mul64(h^mix(uint64(r&^1)*golden+0x1234567), wyMul)
			x := hi ^ lo
			if r%2 == 0 {
				x >>= 32
			}
			at, v := int(x>>23&511)%k, x&(1<<23-1)
			if old, ok := least[at]; !ok || v < old {
				least[at] = v
			}
		}
		for at, v := range least {
			if !filled[at] {
				filled[at] = true
				sig[at] = uint64(r)<<32 | v
				left--
			}
		}
	}
	return sig
}

func TestFastSketch_definition(t *testing.T) {
	t.Parallel()
	for _, k := range []int{64, 128, 256, 512} {
		for _, n := range []int{56, 300, 3000, 20000} {
			hashes := slowShingles(string(AppendNormalized(nil, chinese(uint64(n), 2*n))), 5)[:n]
			want := slowSketch(k, hashes)
			got := make([]uint64, k)
			fastSketch(got, hashes)
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("k=%d n=%d: position %d is %#x, want %#x", k, n, i, got[i], want[i])
				}
			}
		}
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	if got, want := p.MinMatches(), 454; got != want { // 512·1.77/2 = 453.12
		t.Errorf("least matches = %d, want %d", got, want)
	}
	p.Similarity = 0.75
	if got, want := p.MinMatches(), 448; got != want { // exactly
		t.Errorf("least matches at 0.75 = %d, want %d", got, want)
	}
	if got := p.Estimate(448); got != 0.75 {
		t.Errorf("estimate of 448 matches = %v, want 0.75", got)
	}
	if got := p.Estimate(200); got != 0 {
		t.Errorf("estimate of 200 matches = %v, want 0", got)
	}
	for name, change := range map[string]func(*Params){
		"k is":           func(p *Params) { p.K = 500 },
		"bands is":       func(p *Params) { p.Bands = 17 },
		"rows is":        func(p *Params) { p.Rows = 33 },
		"shingle is":     func(p *Params) { p.Shingle = 9 },
		"similarity is":  func(p *Params) { p.Similarity = 1.1 },
		"min letters is": func(p *Params) { p.MinLetters = 4 },
	} {
		p := DefaultParams()
		change(&p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not say %q", err, name)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	text := chinese(1, 860)
	s := NewSigner(DefaultParams())
	var sig Signature
	b.Run("text=2.5KB", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			s.Sign(text, &sig)
		}
	})
	b.Run("part=shingle", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			s.shingle(text)
		}
	})
	b.Run("part=sketch", func(b *testing.B) {
		s.shingle(text)
		for b.Loop() {
			fastSketch(s.sig, s.hashes)
		}
	})
	b.Run("text=one letter,1MB", func(b *testing.B) {
		hostile := strings.Repeat("哈", 1<<20/3)
		b.SetBytes(int64(len(hostile)))
		for b.Loop() {
			s.Sign(hostile, &sig)
		}
	})
}
