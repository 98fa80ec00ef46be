// Package charset turns the bytes of a page into UTF-8 and says on what evidence.
//
// Start with [Detect], which names the encoding and the rule that decided, and
// [Decoder], which decodes; [Decoder.Decode] does both:
//
//	var d charset.Decoder // one per goroutine
//	text, dec := d.Decode(nil, body, charset.ContentTypeCharset(contentType))
//
// The order of the evidence: byte order mark, whole-body UTF-8 validity (a page
// of pure ASCII is looked at for HZ and ISO-2022-JP escapes, a page with NUL
// bytes for UTF-16 without mark), then the labels of the HTTP header and of the
// page, which count only as far as the bytes agree with them, then statistics:
// every double-byte candidate is walked over the body and scored by its share of
// common characters and of impossible sequences. A page is never refused because
// of single bad bytes.
//
// Every label of the GB family is decoded as GB18030 and every Big5 label as
// Big5-HKSCS, as browsers do. Not covered: ISO-2022-CN, ISO-2022-KR, EUC-TW and
// UTF-32, none of which browsers read.
//
// Text that was decoded wrongly before it was stored is another matter: [Repair]
// undoes it where nothing is lost by that, [MojibakeFraction] measures the rest.
// [HasHan] tells pages without Chinese by their bytes, before anything is parsed.
package charset
