package pipeline

import (
	"bufio"
	"io"
)

// bufferBytes is the size of the buffers of sequential files.
const bufferBytes = 256 << 10

// newBuffered returns a buffered writer. Its Write errors are sticky: check the
// error of Flush.
func newBuffered(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, bufferBytes) }
