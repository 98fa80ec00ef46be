package extract

// limits are the numbers that were chosen by looking at pages: the rules of this
// package compare with them and with no others of that kind. Percentages are whole
// numbers, lengths are tokens (a Chinese character or a word) or blocks (lines).
//
// Sources: B = the prototype that was fitted on the 69 development pages with hand-copied
// text and seen blind on two held-out sets, 2026-11 (link share, tokens of a good block,
// climb, segments, comments); A = the same pages, later; C = reading pages of the
// development crawls. TestSensitivity says what each is worth and how much of the
// measured quality is choice of numbers.
type limits struct {
	// What reads like running text.
	GoodTokens     int32 // B: a good block has as many tokens
	GoodDespite    int32 // A: from here on strong words of furniture do not matter
	GoodLinks      int32 // B: percent of its tokens inside links, less than
	OpenLinkTokens int32 // B: a link of so many tokens and two sentences was never closed
	TextLineTokens int32 // A: a line with marks that is no good block
	VerseLines     int   // A: lines of verse in a row
	VerseTokens    int32 // A: all of them together
	VerseLine      int32 // A: the longest

	// Score of containers.
	ScoreTokens   int32   // B: shortest block that gives points
	ScoreUnit     float64 // B: tokens for one more point
	ScoreMost     float64 // B: points for tokens, at most
	BonusName     float64 // B: points for a name of content or against one of furniture
	BonusArticle  float64 // B: points for <article>
	BonusHidden   float64 // B: points against display:none
	AnchorNear    int32   // B: blocks between title and text that need no other choice
	AnchorFar     int32   // B: blocks between title and another choice, at most
	AnchorGood    int32   // B: good tokens of another choice
	AnchorScore   float64 // B: its share of the best score
	AnchorLead    int32   // C: the best has at most so many times its good text
	ClimbMore     int32   // B: percent of good text that a step up adds
	ClimbGood     int32   // B: percent of what it adds that is good
	ClimbDates    int     // C: lines with dates that show a feed
	CoreShare     int32   // A: percent of the good text of the page that the core holds
	KnownGood     int32   // A: good tokens of a known container
	KnownShare    int32   // A: percent of the good text of the page in one with a common name
	SpecificShare int32   // A: the same for a name of one system
	KnownLinks    int32   // A: percent of its tokens inside links, at most

	// What is left of the container.
	CommentsMost    int32 // B: percent of the good text above which comments are the text
	FurnitureTokens int32 // A: longest block that weak words make furniture
	FurnitureShort  int32 // A: the same for words that texts use more often
	CreditTokens    int32 // A: longest line that names source or editor and goes
	HeadLines       int32 // A: lines before the first good one that may belong to it
	RestTokens      int32 // A: longest rest at the end of the text
	TableBlocks     int32 // B: blocks of a table of data
	TableLinks      int32 // B: percent of its tokens inside links, less than
	TableCell       int32 // B: tokens of its blocks on average, less than
	TableNear       int32 // B: blocks between text and table
	SegmentGap      int   // B: blocks not selected that do not split a segment
	SegmentShare    int32 // B: percent of the largest segment that another must have
	CopyTokens      int32 // C: tokens of a line that shows that a copy begins
	CopyShare       int32 // C: a copy holds one part in so many of the text, at least

	// Threads.
	ThreadPosts    int     // B: containers that repeat
	ThreadShare    float64 // B: their share of the page
	ThreadShareFew float64 // B: the same for two containers and words of threads
	ThreadBelow    float64 // A: share that is comments by name below other text
	PostTokens     int32   // B: a line in a post with words of furniture stays from here on
	PostMetaTokens int32   // A: longest line with author, date and counters

	// Page types: they label and choose no text.
	ErrorGood     int     // C: good tokens of an error page, less than
	ErrorTotal    int     // C: tokens of one without such a title
	ParkedTotal   int     // C: tokens of a page for a domain on sale
	LoginGood     int     // C: good tokens of a login page, less than
	LoginTotal    int     // C: all tokens of one, less than
	ListLinks     float64 // B: share of tokens inside links
	ListGood      int     // C: good tokens of a list, less than
	NoticeGood    int     // C: good tokens of a notice among links, less than
	NoticeLeast   int     // C: at least
	IndexGood     int     // C: good tokens of a page with the address of an index, less than
	Excerpts      int     // C: links to the rest of a text, or texts cut off
	ProductGood   int     // C: good tokens of a page with an order button, less than
	ArticleGood   int     // B: good tokens of an article
	ArticleTokens int     // C: tokens of one with fewer good ones
	ArticleLinks  float64 // C: share of links of that one, less than
	ListItems     int     // C: dates of a list of texts without links
	EntryLine     int     // C: characters of the first long line of the entry of an index
	EntryHead     int     // C: characters of its headline, and of the title of an article, at least
	EntryNear     int     // C: lines and elements from the headline to the line, at most
}

// lim holds the limits in use. Nothing but TestSensitivity changes it.
var lim = limits{
	GoodTokens: 15, GoodDespite: 25, GoodLinks: 35, OpenLinkTokens: 50, TextLineTokens: 8,
	VerseLines: 4, VerseTokens: 24, VerseLine: 30,

	ScoreTokens: 10, ScoreUnit: 60, ScoreMost: 3, BonusName: 15, BonusArticle: 10, BonusHidden: 10,
	AnchorNear: 12, AnchorFar: 15, AnchorGood: 40, AnchorScore: 0.3, AnchorLead: 5,
	ClimbMore: 15, ClimbGood: 60, ClimbDates: 3, CoreShare: 80,
	KnownGood: 40, KnownShare: 30, SpecificShare: 10, KnownLinks: 35,

	CommentsMost: 90, FurnitureTokens: 40, FurnitureShort: 25, CreditTokens: 14, HeadLines: 6, RestTokens: 12,
	TableBlocks: 6, TableLinks: 15, TableCell: 40, TableNear: 4, SegmentGap: 12, SegmentShare: 25,
	CopyTokens: 20, CopyShare: 4,

	ThreadPosts: 3, ThreadShare: 0.15, ThreadShareFew: 0.2, ThreadBelow: 0.8, PostTokens: 15, PostMetaTokens: 24,

	ErrorGood: 150, ErrorTotal: 100, ParkedTotal: 400, LoginGood: 100, LoginTotal: 400,
	ListLinks: 0.5, ListGood: 100, NoticeGood: 150, NoticeLeast: 20, IndexGood: 400, Excerpts: 3,
	ProductGood: 600, ArticleGood: 40, ArticleTokens: 80, ArticleLinks: 0.35, ListItems: 4,
	EntryLine: 25, EntryHead: 8, EntryNear: 6,
}
