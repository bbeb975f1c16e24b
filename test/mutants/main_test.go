package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every edit fits the source of today and can be read, and the test that it names is there.
func TestEditsFit(t *testing.T) {
	const top = "../.."
	seen := map[string]bool{}
	for _, m := range mutants {
		if seen[m.name] {
			t.Errorf("%s is listed twice", m.name)
		}
		seen[m.name] = true
		if changed, err := m.edit(top); err != nil {
			t.Errorf("%s: %v", m.name, err)
		} else if original, _ := os.ReadFile(filepath.Join(top, m.file)); changed == string(original) {
			t.Errorf("%s changes nothing", m.name)
		}
		tests, err := filepath.Glob(filepath.Join(top, m.pkg, "*_test.go"))
		if err != nil || len(tests) == 0 {
			t.Errorf("%s: %s has no tests", m.name, m.pkg)
		}
		var all strings.Builder
		for _, name := range tests {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(b)
		}
		for _, name := range strings.Split(m.test, "|") {
			if !regexp.MustCompile(`func ` + name + `\(t `).MatchString(all.String()) {
				t.Errorf("%s: %s has no %s", m.name, m.pkg, name)
			}
		}
	}
	if len(mutants) < 30 {
		t.Errorf("only %d defences are switched off", len(mutants))
	}
}
