// Package extract turns the HTML of a page into its title, main text, page type
// and metadata.
//
// Start with [New] and [Extractor.Extract]; [Page] says what comes out. A page
// is parsed once (golang.org/x/net/html, scripting off), walked once into flat
// arrays of elements and blocks, and everything after works on these arrays:
// page type, known content containers of Chinese publishing systems, container
// score, climb to the ancestor that completes the text, block filter, fallbacks.
// A block is a run of text between block-level tags or <br>, because a large
// part of the Chinese web separates paragraphs by <br> inside one cell.
//
//	e := extract.New(extract.DefaultConfig())
//	p := e.Extract(utf8HTML, "https://news.example.cn/1.html")
//	fmt.Println(p.Title, p.Type, p.Rule)
//	fmt.Println(p.Text())
//
// The package labels and never drops: lists, error and login pages come out with
// their type. It does not run scripts, so text that only a script writes is lost.
package extract
