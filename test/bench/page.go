package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// bareEditor is the least that shows a CodeMirror 6 editor for the same file.
const bareEditor = `
import { EditorState } from '@codemirror/state'
import { EditorView, lineNumbers, keymap } from '@codemirror/view'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { go } from '@codemirror/lang-go'
import { syntaxHighlighting, defaultHighlightStyle } from '@codemirror/language'
fetch('/main.go').then((r) => r.text()).then((doc) => new EditorView({ parent: document.body, state: EditorState.create({ doc,
  extensions: [lineNumbers(), history(), syntaxHighlighting(defaultHighlightStyle), keymap.of([...defaultKeymap, ...historyKeymap]), go()] }) }))
`

// benchPage measures the time from opening the address to a line of the program in an editor that takes keys, in a new browser context.
func benchPage() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	var source []byte
	if err := s.do(http.MethodGet, "/api/files/main.go", nil, &source); err != nil {
		return err
	}
	bare, err := bareServer(source)
	if err != nil {
		return err
	}
	defer bare.Close()

	dir, err := browserFolder()
	if err != nil {
		return err
	}
	cmd := exec.Command("node", "editor-time.mjs", s.base, bare.URL+"/", fmt.Sprint(2*rounds+1)) // browsers scatter more than compilers
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "STUDIO_TOKEN="+s.token)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("editor-time.mjs: %w", err)
	}
	var m struct {
		Studio, Bare []float64 // ms
		Script       float64   // compressed bytes of JavaScript before the editor is usable
	}
	if err := json.Unmarshal(out, &m); err != nil {
		return err
	}
	a, b := median(m.Studio), median(m.Bare)
	var ratios []float64 // pair by pair: a slow moment of the machine hits both
	for i := range min(len(m.Studio), len(m.Bare)) {
		ratios = append(ratios, m.Studio[i]/m.Bare[i])
	}
	row("compressed JavaScript before the editor is usable", fmt.Sprintf("%.0f KB", m.Script/1024), "goal ≤ 300 KB")
	row("address → editor, Studio", fmt.Sprintf("%.0f ms", a), "")
	row("address → editor, bare CodeMirror 6 page", fmt.Sprintf("%.0f ms", b), "")
	row("Studio / bare", fmt.Sprintf("%.2f", median(ratios)), "goal ≤ 1.5")
	return nil
}

// bareServer serves bareEditor for a program.
func bareServer(source []byte) (*httptest.Server, error) {
	bundle := api.Build(api.BuildOptions{Stdin: &api.StdinOptions{Contents: bareEditor, ResolveDir: "ui", Loader: api.LoaderJS},
		Bundle: true, Format: api.FormatESModule, MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, Target: api.ES2022})
	if len(bundle.Errors) > 0 {
		return nil, fmt.Errorf("the bare page: %s", bundle.Errors[0].Text)
	}
	mux := http.NewServeMux()
	serve := func(path, kind string, body []byte) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Write(body)
		})
	}
	serve("/bare.js", "text/javascript", bundle.OutputFiles[0].Contents)
	serve("/main.go", "text/plain", source)
	serve("/", "text/html", []byte(`<!doctype html><meta charset="utf-8"><title>Bare</title><body><script type="module" src="/bare.js"></script>`))
	return httptest.NewServer(mux), nil
}

// browserFolder is where the browser tests are, with what they need installed.
func browserFolder() (string, error) {
	dir, err := filepath.Abs("test/browser")
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--silent")
		install.Dir = dir
		if out, err := install.CombinedOutput(); err != nil {
			return "", fmt.Errorf("npm ci: %w\n%s", err, out)
		}
	}
	return dir, nil
}
