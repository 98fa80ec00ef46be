package shard

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// maxUnpackedFrame bounds the memory that one frame may take when it is read.
const maxUnpackedFrame = MaxFrameBytes + MaxRecordBytes + 1

// maxFrames bounds the index that is built for a foreign file.
const maxFrames = 1 << 22

var errNoSeekTable = errors.New("no seek table")

// Frames gives access to single frames of a shard. It is safe for concurrent
// use if the io.ReaderAt is.
type Frames struct {
	r      io.ReaderAt
	frames []Frame
	dec    *zstd.Decoder
}

// OpenFrames reads the frame index of the size bytes in r: from the seek table
// at the end or, where there is none, from the headers of frames and blocks.
// FirstRow and Rows of the index are -1: neither source counts rows.
func OpenFrames(r io.ReaderAt, size int64) (*Frames, error) {
	frames, err := readSeekTable(r, size)
	if errors.Is(err, errNoSeekTable) {
		frames, err = scanFrames(io.NewSectionReader(r, 0, size))
	}
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxUnpackedFrame),
		zstd.WithDecoderMaxWindow(maxWindowBytes), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return &Frames{r: r, frames: frames, dec: dec}, nil
}

// Len returns the number of frames.
func (f *Frames) Len() int { return len(f.frames) }

// Frame returns the place of frame i, which must be in range.
func (f *Frames) Frame(i int) Frame { return f.frames[i] }

// ReadFrame appends the lines of frame i, which must be in range, to dst. It
// fails on damage and when the frame does not have the size the index gives.
func (f *Frames) ReadFrame(dst []byte, i int) ([]byte, error) {
	fr := f.frames[i]
	if fr.Packed > maxUnpackedFrame || fr.Unpacked > maxUnpackedFrame {
		return dst, fmt.Errorf("frame %d at offset %d: larger than %d bytes", i, fr.Offset, maxUnpackedFrame)
	}
	packed := make([]byte, fr.Packed)
	if _, err := f.r.ReadAt(packed, fr.Offset); err != nil {
		return dst, fmt.Errorf("frame %d at offset %d: %w", i, fr.Offset, noEOF(err))
	}
	n := len(dst)
	dst, err := f.dec.DecodeAll(packed, dst)
	if err != nil {
		return dst[:n], fmt.Errorf("frame %d at offset %d: %w", i, fr.Offset, err)
	}
	if got := int64(len(dst) - n); fr.Unpacked >= 0 && got != fr.Unpacked {
		return dst[:n], fmt.Errorf("frame %d at offset %d: %d bytes, the seek table says %d", i, fr.Offset, got, fr.Unpacked)
	}
	return dst, nil
}

// Close frees the decoder.
func (f *Frames) Close() { f.dec.Close() }

// readSeekTable reads the seek table at the end of a file; errNoSeekTable if the
// file does not end with one. A table that does not add up to the file is an
// error.
func readSeekTable(r io.ReaderAt, size int64) ([]Frame, error) {
	var foot [seekFooterBytes]byte
	if size < seekHeaderBytes+seekFooterBytes {
		return nil, errNoSeekTable
	}
	if _, err := r.ReadAt(foot[:], size-seekFooterBytes); err != nil {
		return nil, fmt.Errorf("seek table: %w", noEOF(err))
	}
	le := binary.LittleEndian
	if le.Uint32(foot[5:]) != seekableMagic {
		return nil, errNoSeekTable
	}
	entry := int64(8)
	if foot[4]&0x80 != 0 { // frame checksums
		entry = 12
	}
	n := int64(le.Uint32(foot[:]))
	body := n*entry + seekFooterBytes
	start := size - seekHeaderBytes - body
	if n > maxFrames || start < 0 {
		return nil, fmt.Errorf("seek table: %d frames do not fit into %d bytes", n, size)
	}
	table := make([]byte, seekHeaderBytes+body)
	if _, err := r.ReadAt(table, start); err != nil {
		return nil, fmt.Errorf("seek table: %w", noEOF(err))
	}
	if le.Uint32(table) != skippableMagic || int64(le.Uint32(table[4:])) != body {
		return nil, fmt.Errorf("seek table: no frame header at offset %d", start)
	}
	frames := make([]Frame, 0, n)
	var offset int64
	for e := table[seekHeaderBytes:]; len(frames) < int(n); e = e[entry:] {
		packed, unpacked := int64(le.Uint32(e)), int64(le.Uint32(e[4:]))
		frames = append(frames, Frame{offset, packed, unpacked, -1, -1})
		offset += packed
	}
	if offset != start {
		return nil, fmt.Errorf("seek table: frames end at offset %d, the table starts at %d", offset, start)
	}
	return frames, nil
}

// scanFrames finds the frames of a zstd file by walking its block headers;
// skippable frames are passed over.
func scanFrames(r io.Reader) ([]Frame, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	var frames []Frame
	var offset int64
	for {
		head, err := br.Peek(zstd.HeaderMaxSize)
		if len(head) == 0 && err == io.EOF {
			return frames, nil
		}
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("frame header at offset %d: %w", offset, err)
		}
		var h zstd.Header
		if err := h.Decode(head); err != nil {
			return nil, fmt.Errorf("frame header at offset %d: %w", offset, noEOF(err))
		}
		n, err := frameLength(br, &h)
		if err != nil {
			return nil, fmt.Errorf("frame at offset %d: %w", offset, noEOF(err))
		}
		if !h.Skippable {
			if len(frames) == maxFrames {
				return nil, fmt.Errorf("more than %d frames", maxFrames)
			}
			unpacked := int64(-1)
			if h.HasFCS && h.FrameContentSize < 1<<62 {
				unpacked = int64(h.FrameContentSize)
			}
			frames = append(frames, Frame{offset, n, unpacked, -1, -1})
		}
		offset += n
	}
}

// frameLength consumes the frame with header h and returns its packed length.
func frameLength(br *bufio.Reader, h *zstd.Header) (int64, error) {
	n := int64(h.HeaderSize)
	if h.Skippable {
		n += int64(h.SkippableSize)
		return n, discard(br, n)
	}
	if err := discard(br, n); err != nil {
		return 0, err
	}
	for last := false; !last; {
		var b [3]byte
		if _, err := io.ReadFull(br, b[:]); err != nil {
			return 0, err
		}
		v := int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16
		last = v&1 != 0
		size := v >> 3
		if v>>1&3 == 1 { // run-length block: one byte stands for size bytes
			size = 1
		}
		if err := discard(br, size); err != nil {
			return 0, err
		}
		n += 3 + size
	}
	if h.HasCheckSum {
		n += 4
		return n, discard(br, 4)
	}
	return n, nil
}

func discard(br *bufio.Reader, n int64) error {
	_, err := br.Discard(int(n))
	return err
}

// noEOF makes an end in the middle of something an io.ErrUnexpectedEOF.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
