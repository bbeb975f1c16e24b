package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"studioide/internal/api"
	"studioide/internal/flasher"
	"studioide/internal/problem"
	"studioide/ui/src/words"
	"studioide/ui/src/words/say"
)

// output is what a subcommand says: words for people, or one JSON object per event.
type output struct {
	out, err io.Writer
	json     bool

	mu       sync.Mutex
	progress string // last progress line shown to people
	shown    time.Time
}

type fields map[string]any

// event prints a result: human for people, {"event":name, …fields} with --json. An empty human prints nothing for people.
func (o *output) event(name string, f fields, human string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.json {
		if human != "" {
			fmt.Fprintln(o.out, harmless(human))
		}
		return
	}
	f = maps.Clone(f)
	if f == nil {
		f = fields{}
	}
	f["event"] = name
	o.line(f)
}

func (o *output) line(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("studio: an event that cannot be encoded: " + err.Error()) // plain data: a bug in this program
	}
	o.out.Write(append(b, '\n'))
}

// problem prints a failure: to people on the error stream, with --json as {"error":{code,text,help}} on the output.
func (o *output) problem(p *problem.Problem) {
	p = p.CommandLine()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.json {
		o.line(map[string]*problem.Problem{"error": p})
		return
	}
	fmt.Fprintln(o.err, "studio: "+harmless(p.Text))
	if p.Help != "" {
		fmt.Fprintln(o.err, "        "+harmless(p.Help))
	}
}

// report prints progress: every event with --json, else a line per phase or text and at most one a second.
func (o *output) report(phase, text string, done, total int64) {
	if o.json {
		o.event("progress", fields{"phase": phase, "text": text, "done": done, "total": total}, "")
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	words := strings.TrimSuffix(text, ".")
	if words == o.progress && now.Sub(o.shown) < time.Second {
		return
	}
	o.progress, o.shown = words, now
	if total > 0 {
		percent := fmt.Sprintf("%d %%", done*100/total)
		if !strings.Contains(text, flasher.SizeText(total)) {
			percent += " of " + size(total)
		}
		fmt.Fprintf(o.err, "%s: %s\n", harmless(words), percent)
	} else {
		fmt.Fprintln(o.err, harmless(text))
	}
}

// problems prints what a build found.
func (o *output) problems(list []api.Diagnostic) {
	for _, p := range list {
		where := p.Path
		if p.Line > 0 {
			where = fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column)
		}
		human := where + ": " + p.Text
		if p.Help != "" {
			human += "\n        " + p.Help
		}
		if p.Raw != "" {
			human += "\n        (" + p.Raw + ")"
		}
		o.event("problem", fields{"problem": p}, human)
	}
}

// leftOut tells of a file that does not go along, as api.LeftOut does.
func (o *output) leftOut(path string, why *problem.Problem) {
	o.event("leftOut", fields{"path": path, "why": why.CommandLine()}, say.CliLeftOut(path, why.Text))
}

// harmless replaces what a terminal would obey rather than show: names and
// messages come from boards and projects of others. Only monitor passes on what
// a program prints as it is.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			return utf8.RuneError
		}
		return r
	}, text)
}

func size(n int64) string {
	switch {
	case n < 1<<10:
		return words.Count(n) + " B"
	case n < 1<<20:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// column is one of a list that is printed; it is as wide as the longest of its entries.
type column struct{ width int }

func (c *column) fit(s string) { c.width = max(c.width, utf8.RuneCountInString(s)+2) }

func (c column) pad(s string) string { return pad(s, c.width) }

func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s)))
}
