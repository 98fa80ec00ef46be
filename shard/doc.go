// Package shard writes, reads and verifies the files of a release.
//
// A shard is a file of JSON lines compressed with zstd. Start with [NewWriter]
// and [NewReader]; [OpenFrames] reads one frame of a shard without the frames
// before it. [Manifest] lists every file of a release with its checksums,
// [Ledger] accounts for every input record and byte, and [Verify] proves that a
// release folder is what both of them say.
//
// # Layout of a shard
//
//	frame frame … frame seek-table
//
// Each frame is an independent zstd frame of whole lines with its unpacked size
// and checksum. The seek table is a skippable frame in the zstd seekable format
// (contrib/seekable_format in the zstd repository), without checksums of its
// own: readers that do not know it skip it.
//
// # Loaders
//
// Row counts are right when such shards are given directly, by file name, to
// Hugging Face datasets, DuckDB, pandas, polars and pyarrow; testdata/loaders.py
// is the test. A skippable frame at the front instead of the end breaks polars,
// which looks for the magic number of a zstd frame.
//
// Code that decompresses with python-zstandard itself must read across frames:
// ZstdDecompressor.decompress, decompressobj and read_to_iter stop after the
// first frame without an error. stream_reader (also with read_across_frames
// true), zstandard.open in text mode and copy_stream read everything. polars
// 0.19 reads no zstd at all and says so.
//
// # Records
//
// Loaders take the type of a column from the first megabytes of the first shard
// (datasets 5.2.0, polars 2.1.0, DuckDB 2.0.0; own measurement, 2026-11). Without
// declared features datasets fails, and polars mostly too, when a later block
// has a string or a number where the first one had only nulls or empty lists, or
// a fraction where it had only whole numbers; datasets also where the first
// block had only dates (which it makes timestamps) and a later one an empty
// string. So a key keeps its type, is never null in places, and fractional
// numbers are always written with a point (0.0, not 0). With the features
// declared in the dataset card all of these load.
package shard
