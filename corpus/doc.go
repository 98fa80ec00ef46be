// Package corpus holds the document while it is on its way from a crawl dump to
// a release, and the record as it is released.
//
// Start with [Document], what every step of the pipeline labels and measures,
// then [NewID], the stable identity of a document, then [AppendRecord], which
// renders the superset record of a release. [Verdict] is the decision about one
// document: why it was dropped, by how much, against which limit.
//
// The package knows nothing of files, configs or pipelines.
package corpus
