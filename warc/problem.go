package warc

// Problem codes of a [Record] and of a [Response]. They name what was met and,
// where possible, tolerated.
const (
	ProblemRecordHeader   = "record_header"   // a record header without an end, or a line of it without a colon
	ProblemRecordVersion  = "record_version"  // bad or unknown version line
	ProblemRecordLength   = "record_length"   // Content-Length is wrong or missing
	ProblemRecordLimit    = "record_limit"    // larger than the limit of a record
	ProblemRecordCut      = "record_cut"      // the end of the record is missing
	ProblemRecordBytes    = "record_bytes"    // stray or missing bytes between records
	ProblemRecordData     = "record_data"     // corrupt packed data
	ProblemRecordChecksum = "record_checksum" // of the packed data
	ProblemRecordRatio    = "record_ratio"    // unpacks to too much
	ProblemRecordWindow   = "record_window"   // asks for too much memory to unpack

	ProblemHeaderFlood = "header_flood" // more header lines than are kept

	ProblemNoStatus       = "no_status"                // no status line (HTTP/0.9, or it was lost)
	ProblemBadStatus      = "bad_status"               // status line without a number of three digits
	ProblemHeaderNoColon  = "header_no_colon"          // a header line without a name
	ProblemHeaderLimit    = "header_limit"             // more header bytes than are read
	ProblemNoHeaderEnd    = "no_header_end"            // no blank line behind the headers
	ProblemBadChunking    = "bad_chunking"             // said to be chunked but is not, or not to its end
	ProblemCutChunking    = "cut_chunking"             // the block ends within or behind a chunk
	ProblemBadCoding      = "bad_content_encoding"     // not packed as promised: left as it is
	ProblemCutCoding      = "cut_content_encoding"     // the coded body ends early
	ProblemCodingChecksum = "content_checksum"         // decoded, but its checksum differs
	ProblemUnknownCoding  = "unknown_content_encoding" // left as it is
	ProblemHiddenCoding   = "hidden_content_encoding"  // a page that is packed without saying so
	ProblemTooManyCodings = "too_many_codings"         // left as it is
	ProblemCodingWindow   = "content_window"           // asks for too much memory to unpack
	ProblemBodyLimit      = "body_limit"               // larger than the limit, cut
	ProblemRatio          = "body_ratio"               // unpacks to too much, cut
	ProblemShortBody      = "short_body"               // fewer bytes than Content-Length
)

// addCode appends code to list unless it is there.
func addCode(list []string, code string) []string {
	for _, c := range list {
		if c == code {
			return list
		}
	}
	return append(list, code)
}
