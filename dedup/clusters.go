package dedup

import (
	"encoding/binary"
	"fmt"
	"io"
)

const clusterBytes = 4 + 4 + 4 + 2

// Member is the place of one document among its duplicates.
type Member struct {
	Keeper  uint32 // rank of the document that stands for this one; its own if it is kept
	Root    uint32 // best rank of its cluster
	Size    uint32 // documents in its cluster, at least 1
	Matches int    // sketch positions equal to the keeper's, see Params.Estimate
}

// Clusters reads a file of Cluster. Lookups are fastest in ascending order of
// ranks; a Clusters belongs to one goroutine.
type Clusters struct {
	r     io.ReaderAt
	size  int64
	n     uint32
	body  uint64
	k     int
	buf   []byte
	first int64 // rank of the first record in buf
}

// OpenClusters reads the footer of a cluster file; it refuses what OpenBands
// refuses, and files made for another similarity.
func OpenClusters(r io.ReaderAt, size int64, p Params) (*Clusters, error) {
	n, body, err := readFooter(r, size, kindClusters, p)
	if err != nil {
		return nil, err
	}
	if n > maxRanks {
		return nil, fmt.Errorf("%v: %d ranks: %w", kindClusters, n, ErrFormat)
	}
	if err := checkSize(kindClusters, size, n, clusterBytes); err != nil {
		return nil, err
	}
	return &Clusters{r: r, size: size, n: uint32(n), body: body, k: p.K}, nil
}

// Len returns the number of ranks.
func (c *Clusters) Len() uint32 { return c.n }

// Verify reads the whole file and returns an error wrapping ErrFormat if its
// checksum does not match.
func (c *Clusters) Verify() error { return verifyBody(c.r, c.size, kindClusters, c.body) }

// Get returns the place of one rank. A rank beyond the last one is an error.
func (c *Clusters) Get(rank uint32) (Member, error) {
	const window = 1 << 12
	if rank >= c.n {
		return Member{}, fmt.Errorf("%v: rank %d of %d", kindClusters, rank, c.n)
	}
	i := int64(rank) - c.first
	if i < 0 || i >= int64(len(c.buf)/clusterBytes) {
		n := int(min(window, int64(c.n)-int64(rank))) * clusterBytes
		if cap(c.buf) < n {
			c.buf = make([]byte, n)
		}
		c.buf = c.buf[:n]
		if err := readFull(c.r, c.buf, int64(rank)*clusterBytes); err != nil {
			c.buf = c.buf[:0]
			return Member{}, fmt.Errorf("%v: rank %d: %w", kindClusters, rank, err)
		}
		c.first, i = int64(rank), 0
	}
	b := c.buf[i*clusterBytes:]
	m := Member{
		Keeper:  binary.LittleEndian.Uint32(b),
		Root:    binary.LittleEndian.Uint32(b[4:]),
		Size:    binary.LittleEndian.Uint32(b[8:]),
		Matches: int(binary.LittleEndian.Uint16(b[12:])),
	}
	if m.Keeper > rank || m.Root > m.Keeper || m.Size == 0 || m.Matches > c.k {
		return Member{}, fmt.Errorf("%v: record of rank %d is damaged: %w", kindClusters, rank, ErrFormat)
	}
	return m, nil
}
