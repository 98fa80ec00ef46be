package dedup

import "io"

// DefaultMemoryBytes is the memory of one task unless Options say otherwise.
const DefaultMemoryBytes = 96 << 20

// Options are the means of a task; they never change its result.
type Options struct {
	TmpDir      string // directory of temporary files, "" for the system's
	MemoryBytes int    // bound on buffers; 0 means DefaultMemoryBytes
}

func (o Options) memory() int {
	if o.MemoryBytes <= 0 {
		return DefaultMemoryBytes
	}
	return o.MemoryBytes
}

// File is a file of this package to read from.
type File struct {
	R    io.ReaderAt
	Size int64
}
