package main

import (
	"context"
	"io"
	"os"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// Keys that send no letter.
const (
	keyEnter  = '\r'
	keyCtrlC  = 0x03
	keyCtrlD  = 0x04
	keyEscape = 0x1b
)

// isTerminal reports whether a stream of a command is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// keyboard reads single keys of a terminal, without Enter, between raw and what raw
// returns.
type keyboard struct {
	in      *os.File
	pending []byte
}

// raw makes the terminal send single keys, and returns what makes it as it was.
func (k *keyboard) raw() (restore func(), err error) {
	fd := int(k.in.Fd())
	state, err := term.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	return func() { _ = term.Restore(fd, state) }, nil // nothing can be done if it fails
}

// next waits for a key that is one character, letters as small ones. Arrows, function
// keys and letters with Alt are none. The error is that of ctx, or io.EOF.
func (k *keyboard) next(ctx context.Context) (rune, error) {
	for {
		var key rune
		if key, k.pending = cutKey(k.pending); key != 0 {
			return key, nil
		}
		if err := k.fill(ctx); err != nil {
			return 0, err
		}
	}
}

// fill reads what was typed.
func (k *keyboard) fill(ctx context.Context) error {
	type typed struct {
		keys []byte
		err  error
	}
	done := make(chan typed, 1)
	go func() { // a read of a terminal cannot be interrupted; at the end of the program it is left alone
		buf := make([]byte, 64)
		n, err := k.in.Read(buf)
		done <- typed{buf[:n], err}
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case t := <-done:
		if len(t.keys) == 0 && t.err == nil {
			t.err = io.EOF
		}
		k.pending = append(k.pending, t.keys...)
		if len(t.keys) > 0 {
			return nil
		}
		return t.err
	}
}

// cutKey returns the first key of what a terminal sent, 0 if there is none, and what
// follows it.
func cutKey(b []byte) (key rune, rest []byte) {
	for len(b) > 0 {
		if b[0] == keyEscape {
			b = b[escapeLength(b):]
			continue
		}
		r, n := utf8.DecodeRune(b)
		b = b[n:]
		switch {
		case r == '\n':
			return keyEnter, b
		case r != 0 && r != utf8.RuneError:
			return unicode.ToLower(r), b
		}
	}
	return 0, nil
}

// escapeLength returns how many bytes of b belong to the key that begins with Escape.
// What is cut off counts as whole.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 1
	}
	switch b[1] {
	case '[': // CSI: parameters, then a letter
		for i := 2; i < len(b); i++ {
			if b[i] >= 0x40 && b[i] <= 0x7e {
				return i + 1
			}
		}
		return len(b)
	case 'O': // SS3: one letter
		return min(3, len(b))
	}
	return 2
}
