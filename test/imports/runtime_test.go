package main

import (
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
)

// An arrow that leads up or aside is found in a file for whichever chip.
func TestRuntimeArrows(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	got, err := runtimeArrows(fstest.MapFS{
		"embed.go":                 file("package studio"),
		"led/main.go":              file("package main\nimport (\n\"fmt\"\n\"studio/board\"\n)"),
		"echo/main.go":             file("package main\nimport \"studio/board/chip\""),
		"board/board.go":           file("package board\nimport \"studio/board/chip\""),
		"board/board_test.go":      file("package board\nimport \"studio/led\""),
		"board/chip/flash_rp2.go":  file("//go:build tinygo && rp2040\n\npackage chip\nimport (\n\"machine\"\n\"studio/board/store\"\n\"studio/board\"\n)"),
		"board/store/store.go":     file("package store\nimport \"studio/board/chars\""),
		"board/elsewhere/where.go": file("package elsewhere\nimport \"studio/link\""),
		"link/pipe.go":             file("package link\nimport \"studio/util\""),
	})
	want := []string{
		"board/chip/flash_rp2.go imports studio/board, which does not lie below it",
		"board/elsewhere has no layer: add it to test/imports",
		"board/store/store.go imports studio/board/chars, which does not lie below it",
		"echo/main.go imports studio/board/chip: programs see package board alone",
		"link/pipe.go imports studio/util, which has no layer: add it to test/imports",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%q\nwant\n%q", err, got, want)
	}
	got, err = runtimeComplaints(filepath.Join("..", "..", "firmware-templates"))
	if err != nil || len(got) > 0 {
		t.Errorf("the runtime: %v %q", err, got)
	}
}
