package gopls

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"studioide/internal/api"
	"studioide/internal/compile"
)

// How long to wait for more before what was found is put into words: after news of the server, and after a change, of which there may be none.
const (
	judgeAfterNews   = 20 * time.Millisecond
	judgeAfterChange = 400 * time.Millisecond
)

type (
	position struct {
		Line      int `json:"line"`
		Character int `json:"character"` // UTF-16 units
	}
	textRange struct {
		Start position `json:"start"`
		End   position `json:"end"`
	}
	// diagnostic is one of the server's.
	diagnostic struct {
		Range    textRange `json:"range"`
		Severity int       `json:"severity"`
		Source   string    `json:"source"`
		Message  string    `json:"message"`
		Related  []struct {
			Location struct {
				URI   string    `json:"uri"`
				Range textRange `json:"range"`
			} `json:"location"`
			Message string `json:"message"`
		} `json:"relatedInformation"`
	}
)

// publish takes what the server has found in one file.
func (se *session) publish(params json.RawMessage) {
	var in struct {
		URI         string       `json:"uri"`
		Diagnostics []diagnostic `json:"diagnostics"`
	}
	view := se.view.Load()
	if json.Unmarshal(params, &in) != nil {
		return
	}
	file, ok := fileOfServer(in.URI)
	if !ok {
		return
	}
	name, ok := view.Path(file)
	if !ok {
		return
	}
	se.mu.Lock()
	defer se.mu.Unlock()
	// What is of an older text counts, too: gopls says nothing new if it finds the same in the newer one.
	se.found[name] = slices.DeleteFunc(in.Diagnostics, func(d diagnostic) bool {
		return d.Severity != 1 || d.Source != "compiler" && d.Source != "go list" // others are no compiler's
	})
	se.judgeSoonLocked(judgeAfterNews)
}

// judgeSoonLocked has what was found put into words a moment later, once for all that comes meanwhile.
func (se *session) judgeSoonLocked(after time.Duration) {
	if se.judge {
		se.again = true
		return
	}
	se.judge = true
	time.AfterFunc(after, se.judgeNow)
}

func (se *session) judgeNow() {
	select {
	case <-se.done:
		return
	default:
	}
	se.mu.Lock()
	se.again = false
	found := make(map[string][]diagnostic, len(se.found))
	for name, list := range se.found {
		found[name] = list
	}
	se.mu.Unlock()
	if tree, versions := se.tree(); tree != nil {
		view := se.view.Load()
		list, err := view.Problems(tree, said(view, tree, found))
		if err != nil {
			list = nil // there is no program, which Run says
		}
		if list == nil {
			list = []api.Diagnostic{}
		}
		se.send(notification{"2.0", "studio/problems", problems{list, versions}})
	}
	se.mu.Lock()
	defer se.mu.Unlock()
	se.judge = false
	if se.again {
		se.again = false
		se.judgeSoonLocked(judgeAfterNews)
	}
}

// problems are all that is wrong in the project's Go files, but for their syntax.
type problems struct {
	Problems []api.Diagnostic `json:"problems"`
	Versions map[string]int   `json:"versions"` // of the texts that they are about
}

// said is what was found as a compiler would print it.
func said(view *compile.View, tree compile.Tree, found map[string][]diagnostic) string {
	var out strings.Builder
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	contents := map[string][]byte{}
	at := func(name string, p position) string {
		text, ok := contents[name]
		if !ok {
			text, _ = tree.ReadFile(name)
			contents[name] = text
		}
		return fmt.Sprintf("app/%s:%d:%d: ", name, p.Line+1, byteColumn(text, p))
	}
	for _, name := range names {
		list := slices.Clone(found[name])
		slices.SortStableFunc(list, func(a, b diagnostic) int {
			if a.Range.Start.Line != b.Range.Start.Line {
				return a.Range.Start.Line - b.Range.Start.Line
			}
			return a.Range.Start.Character - b.Range.Start.Character
		})
		for _, d := range list {
			fmt.Fprintf(&out, "%s%s\n", at(name, d.Range.Start), indented(d.Message))
			for _, r := range d.Related {
				if file, ok := fileOfServer(r.Location.URI); ok {
					if other, ok := view.Path(file); ok {
						fmt.Fprintf(&out, "\t%s%s\n", at(other, r.Location.Range.Start), indented(r.Message))
					}
				}
			}
		}
	}
	return out.String()
}

// indented has the further lines of a message begin with a tab, as a compiler's do.
func indented(message string) string {
	first, rest, more := strings.Cut(strings.TrimSpace(message), "\n")
	for more {
		var line string
		line, rest, more = strings.Cut(rest, "\n")
		first += "\n\t" + strings.TrimSpace(line)
	}
	return first
}

// lineAt is the text of a line, counted from 0, with its end.
func lineAt(text []byte, line int) (start, end int) {
	for ; line > 0; line-- {
		n := bytes.IndexByte(text[start:], '\n')
		if n < 0 {
			return len(text), len(text)
		}
		start += n + 1
	}
	if n := bytes.IndexByte(text[start:], '\n'); n >= 0 {
		return start, start + n
	}
	return start, len(text)
}

// byteColumn is a position's column as compilers count it.
func byteColumn(text []byte, p position) int {
	start, end := lineAt(text, p.Line)
	return 1 + offsetIn(text[start:end], p.Character)
}

// offsetIn is the place of a UTF-16 unit in a line.
func offsetIn(line []byte, units int) int {
	at := 0
	for at < len(line) && units > 0 {
		r, size := utf8.DecodeRune(line[at:])
		if units--; r > 0xffff {
			units--
		}
		at += size
	}
	return at
}
