package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestCircles(t *testing.T) {
	got := circles(map[string][]string{"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"e"}, "e": {"e"}, "f": {"a", "d"}})
	if want := []string{"e import each other in a circle", "a, b, c import each other in a circle"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A module that loads another one only when it is needed belongs to a circle too.
func TestPageCircles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.ts": "import { ask } from './ask'\nask()",
		"ask.ts":  "export const ask = async () => (await import('./choose')).choose()",
		"choose.ts": "import { ask } from './ask'\nimport './look.css'\nimport { h } from 'preact'\nimport type { T } from './types'\n" +
			"export const choose = (t?: T) => h(String(t), ask)",
		"types.ts": "import type { choose } from './choose'\nexport type T = typeof choose",
		"look.css": "a { color: red }",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := pageCircles(dir, "main.ts")
	if err != nil || !slices.Equal(got, []string{"ask.ts, choose.ts import each other in a circle"}) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err = pageCircles(filepath.Join("..", "..", "ui"), "src/main.tsx"); err == nil && len(got) > 0 {
		t.Errorf("the page: %q", got)
	} else if err != nil {
		t.Error(err)
	}
}
