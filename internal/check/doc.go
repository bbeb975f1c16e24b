// Package check looks for mistakes in a project's files while they are typed:
// JavaScript and CSS with esbuild's parser, pages with an HTML tokenizer (and
// the scripts and styles in them), Go with Go's parser. Nothing is run.
//
//	problems := check.File("www/led.html", content)
//
// PageError words what a browser says about a page that runs.
//
// Functions are pure, never panic on any input, need less than 100 ms for a
// file of 200 KB, and may be called from several goroutines.
package check

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
)

const (
	maxFile     = 512 << 10 // larger files are not looked at
	maxProblems = 20        // of a file
	maxScripts  = 50        // of a page
)

// File returns what is wrong with a file, in the order of its lines; nothing for kinds of files that it does not know.
func File(name string, content []byte) []api.Diagnostic { return FileIn(name, content, nil) }

// FileIn is File, and also finds links to files that are not there; project lists the paths of all files ("www/led.html").
func FileIn(name string, content []byte, project []string) []api.Diagnostic {
	if len(content) > maxFile || !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return nil
	}
	var found []api.Diagnostic
	switch strings.ToLower(path.Ext(name)) {
	case ".go":
		if p, deep := tooDeep(name, "go", content, 0, content); deep {
			return []api.Diagnostic{p}
		}
		found = explain.Syntax(name, content)
	case ".js", ".mjs":
		found = script(name, content, 0, content, false)
	case ".css":
		found = append(style(name, content, 0, content), styleLinks(name, content, 0, content, pathSet(project))...)
	case ".html", ".htm":
		found = page(name, content, project)
	}
	if library(name, content) { // advice is for those who write a file
		found = slices.DeleteFunc(found, func(p api.Diagnostic) bool { return p.Severity != api.SeverityError })
	}
	if project != nil && strings.HasPrefix(name, "www/") {
		found = append(found, Internet(name, content)...)
	}
	if len(found) > maxProblems {
		found = found[:maxProblems]
	}
	return found
}

// pathSet is a project's files; nil: not known.
func pathSet(project []string) map[string]bool {
	if project == nil {
		return nil
	}
	files := map[string]bool{}
	for _, f := range project {
		files[f] = true
	}
	return files
}

// at makes a problem that covers bytes of the file.
func at(name, source string, content []byte, start, end int) api.Diagnostic {
	p := explain.At(name, content, start, end)
	p.Source = source
	return p
}

func fix(content []byte, title string, start, end int, text string) *api.Fix {
	f := &api.Fix{Title: title, Text: text}
	f.Line, f.Column = explain.Position(content, start)
	f.EndLine, f.EndColumn = explain.Position(content, end)
	return f
}
