// Package warc reads web archives: [Reader] cuts a WARC or ARC file into records
// (plain, or packed with gzip, zstd or lz4, whether each record is a unit of its
// own, several share one, or a record reaches over several), [PayloadDecoder]
// turns the block of a response record into status, headers and body, and [Kind]
// says what a body is.
//
// Nothing in an archive is trusted. Lengths, checksums and headers are checked
// against the bytes, damage is reported with its place and reading goes on
// with the next record that can be found. Every byte of the file is accounted
// for, either as part of a [Record] or as a [Gap].
//
// A file can be read in ranges by several readers. A record belongs to the
// range in which it starts, so any cut of a file into ranges yields the same
// records as one reader. The one exception is an archive inside an archive: a
// range that begins inside a record whose stored (not deflated) payload is
// itself a WARC file finds the starts of the inner records.
//
// Sources: WARC 1.1 (ISO 28500:2017) with 0.17 to 1.0 accepted, the Internet
// Archive's "Arc File Format", RFC 1951 and 1952 for gzip, RFC 8878 and the IIPC's
// "WARC compression using Zstandard" for zstd, LZ4 Frame Format 1.6.4, RFC 9112
// for chunked bodies, RFC 9110 for content codings.
package warc
