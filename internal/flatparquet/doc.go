// Package flatparquet reads single columns of Parquet files that nobody vouches
// for. [Open] reads the footer, [File.Column] the values of one column in one row
// group, one for each row.
//
//	f, err := flatparquet.Open(r, size, flatparquet.DefaultLimits())
//	leaf, err := f.Lookup("text")
//	c, err := f.Column(0, leaf)
//	for range f.Groups[0].Rows {
//		v, err := c.Next()
//		...
//	}
//
// No number in a file is believed: a count costs memory or time only as far as
// bytes are there to back it. Lists of the footer are walked, not allocated; of a
// row group only the place is kept until a column of it is read; sizes in page
// headers are compared with the chunk, the limits and the ratio before anything
// is unpacked; values are decoded one by one. So a column costs at most two pages,
// one dictionary and 256 KiB, and a value at most [Limits.ValueBytes].
//
// It reads what has one value in each row: columns that are lists or within lists
// are an error. All encodings and codecs that are not deprecated are read. Checksums of
// pages are compared; statistics, indexes and bloom filters are not looked at.
// Encrypted files are not read.
//
// Source: the Apache Parquet format 2.11 (parquet.thrift, Encodings.md,
// Compression.md) and the Thrift compact protocol.
package flatparquet
