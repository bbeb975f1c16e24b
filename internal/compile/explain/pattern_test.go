package explain

import "testing"

// Patterns are compiled when they are first used: one with a mistake must not wait for that.
func TestPatternsCompile(t *testing.T) {
	var all []Pattern
	for _, r := range rules {
		all = append(all, r.match)
	}
	for _, h := range habitTable {
		all = append(all, h.match)
	}
	for _, c := range crashes {
		all = append(all, c.match)
	}
	for _, l := range languages {
		all = append(all, l.lines...)
		if l.sure != nil {
			all = append(all, l.sure)
		}
	}
	if len(all) < 100 {
		t.Errorf("only %d patterns: a table is missing", len(all))
	}
	for _, p := range all {
		p() // panics, and names the pattern
	}
}
