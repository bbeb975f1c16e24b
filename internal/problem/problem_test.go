package problem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"strings"
	"testing"
)

var busy = &Problem{Code: "port.busy", Text: "screen is using the port.", Help: "Close it."}

// A problem is matched by its code, whatever it says and wherever it is wrapped.
func TestIs(t *testing.T) {
	cause := fmt.Errorf("open: %w", fs.ErrPermission)
	because := busy.Because(cause)
	said := &Problem{Code: "port.busy", Text: "minicom is using the port."}
	for name, c := range map[string]struct {
		err, target error
		is          bool
	}{
		"itself":                 {busy, busy, true},
		"with a cause":           {because, busy, true},
		"in other words":         {said, busy, true},
		"wrapped":                {fmt.Errorf("flash: %w", because), busy, true},
		"its cause":              {because, fs.ErrPermission, true},
		"another problem":        {&Problem{Code: "port.gone"}, busy, false},
		"an error":               {cause, busy, false},
		"no cause":               {busy, fs.ErrPermission, false},
		"the cause of a problem": {(&Problem{Code: "x"}).Because(because), busy, true},
		"of a kind":              {ErrNoProject.With("/x").Because(cause), ErrNoProject, true},
		"of no such kind":        {busy, ErrNoProject, false},
		"regarding a file":       {Cancelled.Regarding("a.go"), Cancelled, true},
	} {
		if errors.Is(c.err, c.target) != c.is {
			t.Errorf("%s: want %v", name, c.is)
		}
	}
	if busy.Cause != nil {
		t.Error("Because has changed the problem that it was called on")
	}
}

func TestError(t *testing.T) {
	if got := busy.Error(); got != "screen is using the port." {
		t.Error(got)
	}
	if got := busy.Because(fs.ErrPermission).Error(); got != "screen is using the port. (permission denied)" {
		t.Error(got)
	}
	if got := busy.Regarding("a.bin").Error(); got != "a.bin: screen is using the port." || busy.About != "" {
		t.Error(got)
	}
}

// Whatever goes wrong comes out as a problem with a code, words and a next step.
func TestOf(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"a problem":   {busy, "port.busy"},
		"wrapped":     {fmt.Errorf("run: %w", busy), "port.busy"},
		"the outer":   {(&Problem{Code: "outer", Help: "x"}).Because(busy), "outer"},
		"given up":    {context.Canceled, "cancelled"},
		"given up in": {fmt.Errorf("run: %w", context.Canceled), "cancelled"},
		"unexpected":  {fs.ErrPermission, "internal"},
		"too late":    {context.DeadlineExceeded, "internal"},
	} {
		p := Of(c.err)
		if p.Code != c.code || p.Help == "" {
			t.Errorf("%s: %+v", name, p)
		}
		if !errors.Is(p, c.err) && c.code != "port.busy" {
			t.Errorf("%s: what it was is lost", name)
		}
	}
	if p := Of(nil); p != nil {
		t.Errorf("%+v of nothing", p)
	}
	if !errors.Is(Of(context.Canceled), Cancelled) {
		t.Error("what was given up is not cancelled")
	}
}

// The class alone decides status and exit code.
func TestClass(t *testing.T) {
	for c, want := range map[Class]struct{ status, exit int }{
		BadUsage:     {422, 2},
		Malformed:    {400, 1},
		Unknown:      {404, 2},
		BadInput:     {422, 1},
		NotFound:     {404, 1},
		NotReady:     {422, 1},
		Conflict:     {409, 1},
		Busy:         {409, 1},
		TooLarge:     {413, 1},
		Unsupported:  {422, 1},
		Unauthorized: {401, 1},
		Forbidden:    {403, 1},
		Misdirected:  {421, 1},
		NotAllowed:   {405, 1},
		NoSpace:      {507, 1},
		TimedOut:     {408, 1},
		Aborted:      {409, 1},
		Unavailable:  {424, 1},
		Broken:       {500, 1},
		"":           {422, 1}, // another program's
	} {
		if c.Status() != want.status || c.ExitCode() != want.exit || http.StatusText(c.Status()) == "" {
			t.Errorf("%q: %d and %d, want %+v", c, c.Status(), c.ExitCode(), want)
		}
	}
}

// On its way to a page or through a running Studio a problem keeps its words and all that is needed to say it in others,
// and loses what is for the log only.
func TestJSON(t *testing.T) {
	type count uint32
	made := Kind3[string, count, string]{&Kind{code: "a.b", class: Busy, step: Wait, gaps: []string{"name", "n", "part"}}}
	made.entry.Text, made.entry.One = "{name} has {n} files.", "{name} has one file."
	for _, p := range []*Problem{busy, busy.Because(errors.New("secret")), {}, {Code: "a.b", Text: "„Quotes“ <b> \"x\"", Help: "line\nline"},
		ErrNoProject.With("/home/<b>").Because(errors.New("secret")), Cancelled.Regarding("x.bin"), made.With("x", 2, "y")} {
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back Problem
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if back.Code != p.Code || back.Class != p.Class || back.Step != p.Step || back.Text != p.Text || back.Help != p.Help || back.About != p.About ||
			back.Variant != p.Variant || !maps.Equal(back.Args, p.Args) || back.Cause != nil || strings.Contains(string(b), "secret") {
			t.Errorf("%s: %+v", b, back)
		}
		if want := p.CommandLine().Help; back.CommandLine().Help != want {
			t.Errorf("%s: the command line says %q, not %q", b, back.CommandLine().Help, want)
		}
	}
	if one, two := made.With("x", 1, "y").Text, made.With("x", 2, "y").Text; one != "x has one file." || two != "x has 2 files." {
		t.Error(one, two)
	}
	var p Problem
	for _, bad := range []string{`{"code":7}`, `{"args":[]}`, `[]`} {
		if json.Unmarshal([]byte(bad), &p) == nil {
			t.Errorf("%s is no problem", bad)
		}
	}
	if err := json.Unmarshal([]byte(`{"code":"cancelled","class":"broken","args":{"x":{"y":1},"z":1.5}}`), &p); err != nil || p.Class != Aborted {
		t.Errorf("%+v, %v", p, err) // what is defined here is not what another program says that it is
	}
}

// A code has one definition, and its words.
func TestDefineRefuses(t *testing.T) {
	for name, define := range map[string]func(){
		"twice":                func() { Define("cancelled", Broken, None) },
		"without words":        func() { Define("nothing.says-this", Broken, None) },
		"a variant of nothing": func() { Variant(busy, "x", None) },
		"a variant's variant":  func() { Variant(Kind1[string]{&Kind{code: "x", variant: "y"}}, "x", None) },
		"a variant unnamed":    func() { Variant(Cancelled, "", None) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: is defined", name)
				}
			}()
			define()
		}()
	}
}
