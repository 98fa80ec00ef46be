package zh

// States of a rune in a word, in the order of the emission table.
const (
	stateBegin = iota
	stateMiddle
	stateEnd
	stateSingle
)

// The hidden Markov model has its start and transition values from jieba
// (finalseg), as gse v0.80.3 has them. A sum that holds neverEmits absorbs
// ordinary terms, which decides between hopeless paths as gse does.
const (
	neverEmits = -3.14e100

	startBegin  = -0.26268660809250016
	startSingle = -1.4652633398537678

	beginToEnd     = -0.510825623765990
	beginToMiddle  = -0.916290731874155
	endToBegin     = -0.5897149736854513
	endToSingle    = -0.8085250474669937
	middleToEnd    = -0.33344856811948514
	middleToMiddle = -1.2603623820268226
	singleToBegin  = -0.7211965654669841
	singleToSingle = -0.6658631448798212
)

// appendUnknown cuts the runes i to j of the run by the hidden Markov model
// (Viterbi). Sums of float64 without products are the same on all processors;
// of equal paths the one over the state that is later in the alphabet wins, as
// in gse.
func (s *Segmenter) appendUnknown(dst []Span, i, j int32) []Span {
	runes, offsets := s.run.runes[i:j], s.run.offsets[i:j+1]
	if cap(s.states) < len(runes) {
		s.states = make([][4]uint8, 2*len(runes))
	}
	from := s.states[:len(runes)]
	e := s.tables.emit
	p := e.of(runes[0])
	begin, middle := p[stateBegin]+startBegin, p[stateMiddle]+neverEmits
	end, single := p[stateEnd]+neverEmits, p[stateSingle]+startSingle
	for k := 1; k < len(runes); k++ {
		p, f := e.of(runes[k]), &from[k]
		b, m := singleToBegin+single+p[stateBegin], middleToMiddle+middle+p[stateMiddle]
		en, si := middleToEnd+middle+p[stateEnd], singleToSingle+single+p[stateSingle]
		*f = [4]uint8{stateSingle, stateMiddle, stateMiddle, stateSingle}
		if v := endToBegin + end + p[stateBegin]; v > b {
			b, f[stateBegin] = v, stateEnd
		}
		if v := beginToMiddle + begin + p[stateMiddle]; v > m {
			m, f[stateMiddle] = v, stateBegin
		}
		if v := beginToEnd + begin + p[stateEnd]; v > en {
			en, f[stateEnd] = v, stateBegin
		}
		if v := endToSingle + end + p[stateSingle]; v > si {
			si, f[stateSingle] = v, stateEnd
		}
		begin, middle, end, single = b, m, en, si
	}
	state := uint8(stateSingle)
	if end > single {
		state = stateEnd
	}
	// Walking back, keep the state of each rune where its table row was.
	for k := len(from) - 1; k >= 0; k-- {
		previous := from[k][state]
		from[k][0] = state
		state = previous
	}
	first := 0
	for k := range from {
		if st := from[k][0]; st == stateEnd || st == stateSingle {
			dst = append(dst, Span{offsets[first], offsets[k+1]})
			first = k + 1
		}
	}
	return dst
}

// of returns the emission values of r.
func (e *emissions) of(r rune) *[4]float64 {
	if int(r) < len(e.id) {
		return &e.prob[e.id[r]]
	}
	return &e.prob[0]
}
