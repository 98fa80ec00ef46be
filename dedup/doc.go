// Package dedup finds near-duplicate documents in collections that do not fit
// into memory. Every step reads files and writes a file; the caller opens,
// commits and names them.
//
// A [Signer] turns the text of a document into a [Signature]: an exact key of
// the normalised text, 16 band keys and a 64-byte sketch. [WriteBands] and
// [WriteSketches] store those of a group of documents. After that documents are
// known by their rank alone, a dense number in which lower is better and which
// the caller assigns; [RankSketches] puts the sketches into rank order. [Group]
// joins equal band keys to candidate edges, [Compare] verifies the edges against
// the sketches, and [Cluster] decides for every rank which document stands for
// it; [OpenClusters] reads that back. [Sorter] is the external sort below all of
// them.
//
//	bands, sketches  →  Group  →  candidate edges  →  Compare  →  verified edges  →  Cluster
//
// The result is a function of the set of documents and their ranks: neither the
// order of the input, nor its split into files, nor the number of tasks changes
// a byte. A task needs about [Options.MemoryBytes] of memory, Cluster 10 bytes per
// rank more.
//
// The similarity is the Jaccard similarity of the sets of 5-grams over letters
// and digits only, without regard to width, case or traditional and simplified
// forms. It is estimated, with a standard error of 0.025 around 0.8; 16 bands
// of 8 rows propose a pair of similarity J with probability 1−(1−J⁸)¹⁶, which is
// 0.95 at 0.8 and 0.99 at 0.85 for a lone pair.
package dedup
