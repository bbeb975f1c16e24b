package gopls

import (
	"encoding/json"
	"go/format"
	"slices"
	"strings"
	"unicode/utf16"
)

// textEdit is one of LSP's.
type textEdit struct {
	Range   textRange `json:"range"`
	NewText string    `json:"newText"`
}

// tidy answers with the edits that add missing imports, remove unused ones and
// give the text gofmt's form; all are about the text as it is now. It may stay as it is when it is no Go.
func (se *session) tidy(id json.RawMessage, name, file string) {
	se.mu.Lock()
	text := se.docs[name].text
	se.mu.Unlock()
	uri := fileURI(file)
	whole := textRange{End: position{Line: strings.Count(string(text), "\n") + 1}}
	params := map[string]any{"textDocument": map[string]string{"uri": uri}, "range": whole,
		"context": map[string]any{"diagnostics": []any{}, "only": []string{organizeImports}}}
	se.call("textDocument/codeAction", params, id, func(result json.RawMessage, failed bool) {
		after := text
		var actions []struct {
			Kind string          `json:"kind"`
			Edit json.RawMessage `json:"edit"`
		}
		if !failed && json.Unmarshal(result, &actions) == nil {
			for _, a := range actions {
				if changes, plain := changesOf(a.Edit); plain && a.Kind == organizeImports && len(changes) == 1 {
					after = applied(after, changes[uri])
					break
				}
			}
		}
		if formatted, err := format.Source(after); err == nil {
			after = formatted
		} else {
			after = text
		}
		se.send(response{"2.0", id, difference(string(text), string(after))})
	})
}

// applied is a text with edits that do not overlap.
func applied(text []byte, edits []textEdit) []byte {
	type change struct {
		start, end int
		text       string
	}
	changes := make([]change, 0, len(edits))
	for _, e := range edits {
		changes = append(changes, change{offsetOf(text, e.Range.Start), offsetOf(text, e.Range.End), e.NewText})
	}
	slices.SortStableFunc(changes, func(a, b change) int { return a.start - b.start })
	var out []byte
	at := 0
	for _, c := range changes {
		if c.start < at || c.end < c.start {
			return text
		}
		out = append(append(out, text[at:c.start]...), c.text...)
		at = c.end
	}
	return append(out, text[at:]...)
}

func offsetOf(text []byte, p position) int {
	start, end := lineAt(text, p.Line)
	return start + offsetIn(text[start:end], p.Character)
}

// difference is what makes one text of another, line by line, and within a line
// only what differs: cursors stay where they are.
func difference(before, after string) []textEdit {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	edits := []textEdit{}
	for _, h := range hunks(a, b) {
		if h.aEnd-h.a == h.bEnd-h.b { // the same lines, each a little different
			for i := range h.aEnd - h.a {
				if a[h.a+i] != b[h.b+i] {
					edits = append(edits, inLine(h.a+i, a[h.a+i], b[h.b+i]))
				}
			}
			continue
		}
		edits = append(edits, textEdit{textRange{position{Line: h.a}, endOf(a, h.aEnd)}, strings.Join(b[h.b:h.bEnd], "")})
	}
	return edits
}

// endOf is the beginning of a line, or the end of the text when there are no more.
func endOf(lines []string, line int) position {
	if line < len(lines) {
		return position{Line: line}
	}
	return position{Line: len(lines) - 1, Character: units(lines[len(lines)-1])}
}

// inLine is the edit that makes one line of another.
func inLine(line int, before, after string) textEdit {
	x, y := []rune(before), []rune(after)
	start := 0
	for start < len(x) && start < len(y) && x[start] == y[start] {
		start++
	}
	end := 0
	for end < len(x)-start && end < len(y)-start && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	from := units(string(x[:start]))
	to := position{Line: line, Character: units(string(x[:len(x)-end]))}
	if end == 0 && strings.HasSuffix(before, "\n") {
		to = position{Line: line + 1}
	}
	return textEdit{textRange{position{line, from}, to}, string(y[start : len(y)-end])}
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// hunk is a piece of a that has to become a piece of b; ends are behind the last line.
type hunk struct{ a, aEnd, b, bEnd int }

// maxDifferent lines are compared one by one; what differs more is exchanged as a whole.
const maxDifferent = 2000

// hunks finds where two lists of lines differ, by their longest common part.
func hunks(a, b []string) []hunk {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	x, y := a[start:len(a)-end], b[start:len(b)-end]
	if len(x) == 0 && len(y) == 0 {
		return nil
	}
	if len(x) > maxDifferent || len(y) > maxDifferent || len(x) == len(y) {
		return []hunk{{start, start + len(x), start, start + len(y)}}
	}
	common := make([][]int32, len(x)+1) // the length of the longest common part of what follows
	for i := range common {
		common[i] = make([]int32, len(y)+1)
	}
	alike := func(i, j int) bool { return strings.TrimSpace(x[i]) == strings.TrimSpace(y[j]) }
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if alike(i, j) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var list []hunk
	add := func(i, iEnd, j, jEnd int) {
		if i < iEnd || j < jEnd {
			list = append(list, hunk{start + i, start + iEnd, start + j, start + jEnd})
		}
	}
	i, j, fromI, fromJ := 0, 0, 0, 0
	for i < len(x) && j < len(y) {
		switch {
		case alike(i, j):
			add(fromI, i, fromJ, j)
			if x[i] != y[j] {
				add(i, i+1, j, j+1)
			}
			i, j = i+1, j+1
			fromI, fromJ = i, j
		case common[i+1][j] >= common[i][j+1]:
			i++
		default:
			j++
		}
	}
	add(fromI, len(x), fromJ, len(y))
	return list
}
