package gopls

import (
	"encoding/json"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"studioide/internal/compile"
)

// Files as pages name them: one of the project's, or one of the libraries' (compile.View.Libraries).
const (
	projectURI = "studio:///project/"
	libraryURI = "studio:///lib/"
)

// projectPath is the path in the project that a page's URI names.
func projectPath(uri string) (string, bool) {
	rest, ok := strings.CutPrefix(uri, projectURI)
	if !ok {
		return "", false
	}
	name, err := url.PathUnescape(rest)
	return name, err == nil && isClean(name)
}

// isClean tells whether a relative path names something below where it starts, in its shortest form.
func isClean(name string) bool {
	return name != "" && name != "." && path.Clean("/"+name) == "/"+name && !strings.ContainsAny(name, "\\\x00")
}

// fileOf is the file on this computer that a page's URI stands for.
func fileOf(view *compile.View, uri string) (string, bool) {
	if name, ok := projectPath(uri); ok {
		return view.File(name), true
	}
	rest, ok := strings.CutPrefix(uri, libraryURI)
	if !ok {
		return "", false
	}
	name, err := url.PathUnescape(rest)
	if err != nil || !isClean(name) {
		return "", false
	}
	lib, rel, _ := strings.Cut(name, "/")
	for _, l := range view.Libraries() {
		if l.Name == lib && rel != "" && filepath.IsLocal(filepath.FromSlash(rel)) {
			dir := l.Dir
			if l.As != "" {
				if as := filepath.Join(l.As, filepath.FromSlash(rel)); exists(as) {
					return as, true
				}
			}
			return filepath.Join(dir, filepath.FromSlash(rel)), true
		}
	}
	return "", false
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// pageURI is what pages call a file on this computer; "" for one that they may not know of.
func pageURI(view *compile.View, file string) string {
	if name, ok := view.Path(file); ok {
		return projectURI + escaped(name)
	}
	for _, name := range []string{file, resolved(file)} {
		for _, l := range view.Libraries() {
			rel, err := filepath.Rel(l.Dir, name)
			if err != nil || !filepath.IsLocal(rel) || !l.Holds(filepath.ToSlash(rel)) {
				continue
			}
			return libraryURI + l.Name + "/" + escaped(filepath.ToSlash(rel))
		}
	}
	return ""
}

func resolved(file string) string {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		return real
	}
	return file
}

func escaped(name string) string { return (&url.URL{Path: name}).EscapedPath() }

// fileURI is a file's URI as the server writes it.
func fileURI(file string) string {
	name := filepath.ToSlash(file)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // C:/…
	}
	return (&url.URL{Scheme: "file", Path: name}).String()
}

// fileOfServer is the file that a URI of the server names.
func fileOfServer(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return "", false
	}
	name := u.Path
	if runtime.GOOS == "windows" {
		name = strings.TrimPrefix(name, "/")
	}
	return filepath.FromSlash(name), true
}

// toPage is an answer of the server as the page gets it: with its own names of
// files, and without orders for the server. Places in files that it may not know
// of are left out; ok is false for an edit of one of them.
func toPage(view *compile.View, method string, result json.RawMessage) (answer any, ok bool) {
	if json.Unmarshal(result, &answer) != nil {
		return nil, true
	}
	t := translator{view: view}
	switch method {
	case "textDocument/rename":
		changes, plain := changesOf(result)
		if !plain {
			return nil, false
		}
		edits := map[string]any{}
		for uri, list := range changes {
			own := t.uri(uri)
			if _, ok := projectPath(own); !ok {
				return nil, false
			}
			edits[own] = list
		}
		return map[string]any{"changes": edits}, true
	case "textDocument/completion":
		answer = withoutForeign(view, answer)
	}
	return t.value(answer), true
}

// changesOf are the edits of a WorkspaceEdit by the files' URIs. plain is false if it makes, renames or removes files as well.
func changesOf(edit json.RawMessage) (changes map[string][]textEdit, plain bool) {
	var in struct {
		Changes         map[string][]textEdit `json:"changes"`
		DocumentChanges []struct {
			Kind         string `json:"kind"`
			TextDocument struct {
				URI string `json:"uri"`
			} `json:"textDocument"`
			Edits []textEdit `json:"edits"`
		} `json:"documentChanges"`
	}
	if json.Unmarshal(edit, &in) != nil {
		return nil, false
	}
	if in.Changes == nil {
		in.Changes = map[string][]textEdit{}
	}
	for _, c := range in.DocumentChanges {
		if c.Kind != "" {
			return nil, false
		}
		in.Changes[c.TextDocument.URI] = append(in.Changes[c.TextDocument.URI], c.Edits...)
	}
	return in.Changes, true
}

// translator changes names of files in JSON.
type translator struct{ view *compile.View }

func (t *translator) value(v any) any {
	switch v := v.(type) {
	case string:
		return t.text(v)
	case []any:
		kept := make([]any, 0, len(v))
		for _, e := range v {
			if m, ok := e.(map[string]any); ok {
				uri, isPlace := m["uri"].(string)
				if isPlace && t.uri(uri) == "" {
					continue
				}
			}
			kept = append(kept, t.value(e))
		}
		return kept
	case map[string]any:
		changed := make(map[string]any, len(v))
		for key, e := range v {
			if key == "command" || key == "data" { // for the server only
				continue
			}
			if strings.HasPrefix(key, "file:") {
				if key = t.uri(key); key == "" {
					continue
				}
			}
			changed[key] = t.value(e)
		}
		return changed
	}
	return v
}

func (t *translator) uri(s string) string {
	file, ok := fileOfServer(s)
	if !ok {
		return ""
	}
	return pageURI(t.view, file)
}

// text is a string without this computer's paths.
func (t *translator) text(s string) string {
	if strings.HasPrefix(s, "file:") {
		return t.uri(s)
	}
	for _, l := range t.view.Libraries() {
		for _, dir := range []string{l.Dir, l.As} {
			if dir != "" && strings.Contains(s, dir) {
				s = strings.ReplaceAll(s, dir, l.Name)
			}
		}
	}
	return s
}

// withoutForeign leaves out proposals that would import what no board has.
func withoutForeign(view *compile.View, answer any) any {
	list, ok := answer.(map[string]any)
	if !ok {
		return answer
	}
	items, _ := list["items"].([]any)
	kept := make([]any, 0, len(items))
	for _, item := range items {
		m, _ := item.(map[string]any)
		edits, _ := m["additionalTextEdits"].([]any)
		fits := true
		for _, e := range edits {
			edit, _ := e.(map[string]any)
			text, _ := edit["newText"].(string)
			fits = fits && view.MayAdd(text)
		}
		if fits {
			kept = append(kept, item)
		}
	}
	list["items"] = kept
	return list
}
