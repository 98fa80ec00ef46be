package warc

import (
	"bufio"
	"io"
)

// framePart passes on one part of a packed frame after the other, so that a decoder
// gets the bytes of its frame and no more. Whoever embeds it knows where parts end.
type framePart struct {
	br   *bufio.Reader
	left int // bytes of the part being passed on
	err  error
}

// pass reads from the part at hand. A file that ends inside it is an unexpected end.
func (f *framePart) pass(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.br.Read(p[:min(len(p), f.left)])
	f.left -= n
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	f.err = err
	return n, err
}
