package warc

import "bytes"

// dechunk takes chunking off the body. A body that does not start with a
// chunk was stored without chunking and stays as it is; after a chunk that
// breaks the format the rest is kept as it is.
func (d *PayloadDecoder) dechunk() {
	p := &d.resp
	rest := p.Body
	if len(rest) == 0 {
		return
	}
	out := d.chunked[:0]
	defer func() { d.chunked = out[:0] }()
	for first := true; ; first = false {
		size, data, ok := chunkHead(rest)
		if !ok {
			p.problem(ProblemBadChunking)
			if first {
				return
			}
			out = append(out, rest...)
			break
		}
		if size == 0 {
			break // a trailer may follow
		}
		if size > int64(len(data)) {
			if first && len(data) == 0 {
				p.problem(ProblemBadChunking)
				return
			}
			p.problem(ProblemCutChunking)
			p.BodyTruncated = true
			out = append(out, data...)
			break
		}
		chunk, after := data[:size], data[size:]
		after, ok = lineEnd(after)
		if !ok && len(after) > 0 {
			p.problem(ProblemBadChunking)
			if first {
				return
			}
			out = append(out, data...)
			break
		}
		out = append(out, chunk...)
		rest = after
		if len(rest) == 0 {
			p.problem(ProblemCutChunking)
			p.BodyTruncated = true
			break
		}
	}
	p.Body = out
}

// chunkHead reads the line before a chunk: its size in hex, perhaps an
// extension. ok is false if there is no such line.
func chunkHead(b []byte) (size int64, data []byte, ok bool) {
	const maxLine = 4 << 10
	i := bytes.IndexByte(b[:min(len(b), maxLine)], '\n')
	if i < 0 {
		return 0, nil, false
	}
	line, data := b[:i], b[i+1:]
	for len(line) > 0 && line[0] == ' ' { // some servers pad the size
		line = line[1:]
	}
	n := 0
	for ; n < len(line); n++ {
		v := hexValue(line[n])
		if v < 0 {
			break
		}
		if size >= 1<<40 {
			return 0, nil, false
		}
		size = size<<4 | int64(v)
	}
	if n == 0 {
		return 0, nil, false
	}
	for _, c := range line[n:] {
		switch c {
		case ' ', '\t', '\r':
			continue
		case ';':
			return size, data, true
		}
		return 0, nil, false
	}
	return size, data, true
}

// hexValue returns the value of a hex digit, or -1.
func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// lineEnd takes a line end off the front of b.
func lineEnd(b []byte) ([]byte, bool) {
	switch {
	case len(b) >= 2 && b[0] == '\r' && b[1] == '\n':
		return b[2:], true
	case len(b) >= 1 && b[0] == '\n':
		return b[1:], true
	}
	return b, false
}
