package dedup

import (
	"testing"
	"unicode/utf8"
)

// The tables of the normaliser are part of the format. If this fails, the table
// of package zh or foldRanges changed: raise FormatVersion and renew the number.
func TestNormaliser_identity(t *testing.T) {
	const want = 0x6f9bce2369880030
	if got := normaliser().id; got != want {
		t.Errorf("identity of the normaliser is %#x, want %#x", got, uint64(want))
	}
}

func TestAppendNormalized(t *testing.T) {
	t.Parallel()
	f := func(in, want string) {
		t.Helper()
		if got := string(AppendNormalized(nil, in)); got != want {
			t.Errorf("AppendNormalized(%q) = %q, want %q", in, got, want)
		}
	}
	f("", "")
	f("。！ \n\t…—《》", "")
	f("Ｈｅｌｌｏ，Ｗｏｒｌｄ！２０２６年", "helloworld2026年")
	f("ÀÉ Straße ΣΑΣ Привет", "àéstraßeσασпривет")
	f("漢字轉換，臺灣", "汉字转换台湾")
	f("二〇二六年 々", "二〇二六年々")
	f("⼀⽅ 豈 ｶﾅ", "一方岂カナ") // radical, compatibility ideograph, half-width kana
	f("𠀀𠮷😀𝐀", "𠀀𠮷")       // extension B stays, emoji and mathematical letters go
	f("a\xff\xe4\xb8b\xed\xa0\x80\xe0\x81\x81中", "ab中")
	f("K\u212a \u0130 e\u0301", "kkie") // Kelvin sign, dotted I, combining mark
}

func TestAppendNormalized_everyCodePointTwice(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= utf8.MaxRune; r++ {
		once := AppendNormalized(nil, string(r))
		if n := utf8.RuneCount(once); n > 1 {
			t.Fatalf("%U becomes %d code points", r, n)
		}
		if twice := AppendNormalized(nil, string(once)); string(twice) != string(once) {
			t.Fatalf("%U becomes %q, and that %q", r, once, twice)
		}
	}
}

func FuzzAppendNormalized(f *testing.F) {
	f.Add("漢字Ａ\xff\xe4\xb8 𠀀")
	f.Add("\xe0\x81\x81\xed\xa0\x80\xf4\x90\x80\x80")
	f.Add(chinese(1, 100))
	p := DefaultParams()
	p.MinLetters = p.Shingle
	s := NewSigner(p)
	f.Fuzz(func(t *testing.T, text string) {
		once := AppendNormalized(nil, text)
		if !utf8.Valid(once) {
			t.Fatalf("not valid UTF-8: %q", once)
		}
		if twice := AppendNormalized(nil, string(once)); string(twice) != string(once) {
			t.Fatalf("%q normalises to %q, and that to %q", text, once, twice)
		}
		// The signer fuses normalising and hashing; this is its slow twin.
		hashes := slowShingles(string(once), p.Shingle)
		letters := s.shingle(text)
		if string(s.text) != string(once) || letters != utf8.RuneCount(once) {
			t.Fatalf("signer normalises %q to %q (%d letters), want %q", text, s.text, letters, once)
		}
		if len(s.hashes) != len(hashes) {
			t.Fatalf("%d shingles, want %d", len(s.hashes), len(hashes))
		}
		for i, h := range hashes {
			if s.hashes[i] != h {
				t.Fatalf("shingle %d of %q is %#x, want %#x", i, text, s.hashes[i], h)
			}
		}
		var a, b Signature
		s.Sign(text, &a)
		s.Sign(string(once), &b)
		if a != b {
			t.Fatalf("signature of %q and of its normalised text differ", text)
		}
	})
}
