// Package words holds every sentence that Studio says, for its page and for its Go code: words.en.json, and english.go,
// which `make generate` makes of it, so that no start of Studio reads it.
//
// The file is one flat object. A key with a first part of its own says what an entry is for:
//
//	problem.CODE            a problem: what happened (text) and what to do next (help)
//	problem.CODE/VARIANT    the same problem in other words
//	next.STEP               what to do next, for all problems with that step that have no help of their own
//	part.NAME               a part of a sentence that stands in a gap of another one
//	say.AREA.NAME           a sentence of Go code, which says it by a function of package say
//	rule.AREA.NAME          what a tool's message means (text) and what to do (help): {1} is what the pattern's first group found
//
// All others are the page's own. {name} in a sentence is a gap that is filled when it is said.
package words

import (
	"slices"
	"strconv"
	"strings"

	"studioide/internal/lazyregexp"
)

// Entry is a sentence, or a problem's sentences.
type Entry struct {
	Text string // what is said
	One  string // instead of Text when {n} is 1
	Help string // of a problem or rule: what to do next, on the page; empty: what its step says
	CLI  string // the same where there is only a command line; empty: as on the page
	More string // of a problem: a longer explanation, for docs/troubleshooting.md
	By   string // "page": a problem that only the page has
}

// keyed is a line of english, which has them in order of the keys.
type keyed struct {
	key string
	Entry
}

// Find returns the entry of a key.
func Find(key string) (Entry, bool) {
	i, found := slices.BinarySearchFunc(english[:], key, func(k keyed, key string) int { return strings.Compare(k.key, key) })
	if !found {
		return Entry{}, false
	}
	return english[i].Entry, true
}

// All returns every entry by its key.
func All() map[string]Entry {
	all := make(map[string]Entry, len(english))
	for _, k := range english {
		all[k.key] = k.Entry
	}
	return all
}

var gap = lazyregexp.New(`\{(\w+)\}`)

// Fill replaces each {name} by what value says for the name.
func Fill(sentence string, value func(name string) string) string {
	if !strings.Contains(sentence, "{") {
		return sentence
	}
	return gap().ReplaceAllStringFunc(sentence, func(g string) string { return value(g[1 : len(g)-1]) })
}

// Count writes how many there are of something: "12,345". Numbers that are names, of a line, a process or a port, are not written so.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := strings.IndexAny(s, "0123456789")
	for at := len(s) - 3; at > first; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// IsCount says whether a gap of that name is for how many there are of something.
func IsCount(gap string) bool { return gap == "n" || gap == "count" || gap == "total" }

// Gaps are the names in a sentence, as often as they occur.
func Gaps(sentence string) (names []string) {
	for _, m := range gap().FindAllStringSubmatch(sentence, -1) {
		names = append(names, m[1])
	}
	return names
}
