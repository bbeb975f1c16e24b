package check

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"studioide/internal/compile/explain"
)

// Patterns are compiled when they are first used: one with a mistake must not wait for that.
func TestPatternsCompile(t *testing.T) {
	all := []explain.Pattern{hexDigits, cssComment, cssImport, cssFont, cssURL, importMap, jsComment, jsImport, jsDynamic, jsImported, jsCall,
		swallowed, importLine, scriptName, byID, idValue, innerTag, attribute, goInScript, quotedWord}
	for _, c := range complaints {
		all = append(all, c.match)
	}
	for _, s := range append(jsSentences, cssSentences...) {
		all = append(all, s.match)
	}
	for _, p := range all {
		p() // panics, and names the pattern
	}
}

// None is compiled at the start of Studio, and of its sandbox, which needs none.
func TestNoPatternIsCompiledAtStart(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	atStart := regexp.MustCompile(`(?m)^(?:var .*|\t(?:\w+\s*=|\{).*|\treturn sentence\{)regexp\.MustCompile`)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if m := atStart.Find(text); m != nil && !strings.HasSuffix(f, "_test.go") {
			t.Errorf("%s: %s", f, m)
		}
	}
}
