package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The page's types are those of the Go code: fails after a change in internal/api until they are made again.
func TestUpToDate(t *testing.T) {
	root := filepath.Join("..", "..")
	want, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(target)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), want) {
		t.Errorf("%s is stale: run `go run ./ui/generate`", target)
	}
}

func TestGenerate(t *testing.T) {
	root := t.TempDir()
	write := func(path, text string) {
		full := filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("internal/problem/p.go", "package problem\n// Problem is told.\ntype Problem struct {\n\tCode string\n\tCause error\n}\ntype other struct{}\n")
	write("internal/api/m.go", "package api\nimport \"x/problem\"\n"+
		"type Mode string\nconst (\n\tOn Mode = \"on\"\n\tOff Mode = \"off\"\n)\n"+
		"type A struct {\n\tM Mode `json:\"m\"`\n\tP *problem.Problem `json:\"p,omitempty\"`\n\tB *B `json:\"b\"`\n\tN map[string]int `json:\"n\"` // sizes\n\tL *[]int64 `json:\"l,omitempty\"`\n}\ntype B struct{}\n")
	got, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	want := `// Made by ` + "`go run ./ui/generate`" + ` from internal/api and internal/problem. Do not edit.

// Problem is told.
export interface Problem {
  code: string
}

export type Mode = "on" | "off"

export interface A {
  m: Mode
  p?: Problem
  b: B | null
  n: Record<string, number> // sizes
  l?: number[]
}

export interface B {
}
`
	if string(got) != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	write("internal/api/m.go", "package api\ntype A struct {\n\tC chan int `json:\"c\"`\n}\n")
	if _, err := generate(root); err == nil {
		t.Error("a field that JSON cannot carry is accepted")
	}
}
