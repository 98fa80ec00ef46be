package shard

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

func frameIndex(t *testing.T, b []byte) ([]Frame, error) {
	t.Helper()
	f, err := OpenFrames(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []Frame
	for i := range f.Len() {
		list = append(list, f.Frame(i))
	}
	return list, nil
}

func TestOpenFrames_withoutSeekTable(t *testing.T) {
	t.Parallel()
	b, s := build(t, Options{FrameBytes: 256}, record(1, 300), record(2, 100), record(3, 400), []byte(`{"a":"`+strings.Repeat("b", 300000)+`"}`))
	with, err := frameIndex(t, b)
	if err != nil {
		t.Fatal(err)
	}
	table := int64(seekHeaderBytes + 8*s.Frames + seekFooterBytes)
	without, err := frameIndex(t, b[:int64(len(b))-table])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(with, without); diff != "" {
		t.Errorf("seek table and headers differ: %s", diff)
	}
	for i, f := range s.FrameIndex {
		f.FirstRow, f.Rows = -1, -1
		if f != with[i] {
			t.Errorf("frame %d: %+v, written %+v", i, with[i], f)
		}
	}
}

func TestOpenFrames_frameChecksums(t *testing.T) {
	t.Parallel()
	a, b := pack(t, "{}\n"), pack(t, "{\"a\":1}\n", zstd.WithEncoderCRC(false))
	le := binary.LittleEndian
	table := le.AppendUint32(nil, skippableMagic)
	table = le.AppendUint32(table, 2*12+seekFooterBytes)
	for _, e := range [][3]int{{len(a), 3, 0}, {len(b), 8, 0}} {
		for _, v := range e {
			table = le.AppendUint32(table, uint32(v))
		}
	}
	table = append(le.AppendUint32(table, 2), 0x80)
	table = le.AppendUint32(table, seekableMagic)
	got, err := frameIndex(t, bytes.Join([][]byte{a, b, table}, nil))
	want := []Frame{{0, int64(len(a)), 3, -1, -1}, {int64(len(a)), int64(len(b)), 8, -1, -1}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestOpenFrames_damage(t *testing.T) {
	t.Parallel()
	whole, _ := build(t, Options{FrameBytes: 64}, record(1, 100), record(2, 100))
	set := func(back int, v byte) []byte {
		b := bytes.Clone(whole)
		b[len(b)-back] = v
		return b
	}
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"cut off", whole[:30], "frame at offset 0: unexpected EOF"},
		{"too many frames", set(7, 9), "frames do not fit"},
		{"wrong number of frames", set(9, 1), "no frame header"},
		{"wrong size of a frame", set(17, 1), "frames end at offset"},
		{"no zstd", []byte("{\"a\":1}\n{\"a\":1}\n{\"a\":1}\n"), "frame header at offset 0"},
	} {
		if got, err := frameIndex(t, c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v, want %q", c.name, got, err, c.want)
		}
	}
	b := set(13, 1) // unpacked size of the last frame
	f, err := OpenFrames(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := f.ReadFrame([]byte("x"), 1); err == nil || string(got) != "x" || !strings.Contains(err.Error(), "the seek table says") {
		t.Errorf("wrong unpacked size: %q, %v", got, err)
	}
}
