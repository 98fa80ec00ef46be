// Package weburl gives page addresses one spelling.
//
// [CanonicalV1] is the frozen form that document ids are made of, [Canonical]
// the looser one that finds the same page under two addresses. [Host] and [Site]
// name the server and the registrable domain.
//
// No function fails: what is no address with a host comes back trimmed.
package weburl
