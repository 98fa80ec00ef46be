// Package report describes a finished run: [Statistics] are its numbers,
// [HTML] draws them as one page to look at, and [Card] writes the dataset card
// that goes with the release.
//
// Nothing is counted here. Page and card print what the statistics, the
// manifest and the ledger say, and say so where these three disagree. Both are
// pure functions of their arguments: no clock, no locale, no floating point that
// could round differently on another machine.
//
// Names of sites, files and datasets come from crawls and configs and are
// hostile until shown otherwise: the page escapes them by context, the card puts
// them into code spans, and both write control and format characters (line
// breaks, direction marks, zero-width characters) as visible escapes.
package report
