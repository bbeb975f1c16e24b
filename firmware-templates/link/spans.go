package link

const maxSpans = 32

// span is bytes [from, to) of one direction's offsets.
type span struct{ from, to uint16 }

// spans is a sorted list of ranges with gaps between them.
type spans struct {
	list [maxSpans]span
	n    int
}

// add joins a range with those it touches. It says false when the list is full.
func (s *spans) add(from, to uint16) bool {
	// i: first range that ends at or after from; j: first that starts after to.
	i := 0
	for i < s.n && int16(s.list[i].to-from) < 0 {
		i++
	}
	j := i
	for j < s.n && int16(s.list[j].from-to) <= 0 {
		j++
	}
	if i == j { // touches none
		if s.n == maxSpans {
			return false
		}
		copy(s.list[i+1:], s.list[i:s.n])
		s.list[i] = span{from, to}
		s.n++
		return true
	}
	if int16(s.list[i].from-from) < 0 {
		from = s.list[i].from
	}
	if int16(s.list[j-1].to-to) > 0 {
		to = s.list[j-1].to
	}
	s.list[i] = span{from, to}
	copy(s.list[i+1:], s.list[j:s.n])
	s.n -= j - i - 1
	return true
}

// join removes the ranges that start at or before at and returns where the
// bytes that are there without a gap end.
func (s *spans) join(at uint16) uint16 {
	i := 0
	for i < s.n && int16(s.list[i].from-at) <= 0 {
		if int16(s.list[i].to-at) > 0 {
			at = s.list[i].to
		}
		i++
	}
	copy(s.list[:], s.list[i:s.n])
	s.n -= i
	return at
}
