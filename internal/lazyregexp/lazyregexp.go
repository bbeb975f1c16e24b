// Package lazyregexp has regular expressions that are compiled when they are first used. Studio has several hundred, most
// of them to explain a compiler's messages: making them all would slow down each start of Studio, and of its sandbox,
// which needs none.
//
//	var version = lazyregexp.New(`^v(\d+)`)
//
//	m := version().FindStringSubmatch(line)
package lazyregexp

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// Regexp returns the compiled expression, the same one each time. It may be called from several goroutines.
type Regexp func() *regexp.Regexp

// New is for an expression in the syntax of package regexp. As regexp.MustCompile it panics at one with a mistake, yet
// only when that is first used; in a program made by go test at once, so that any test of a package finds it.
func New(text string) Regexp {
	r := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
	if inTest {
		r()
	}
	return r
}

var inTest = len(os.Args) > 0 && strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test")
