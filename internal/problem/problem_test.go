package problem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

var busy = New("port.busy", "screen is using the port.", "Close it.")

// A problem is matched by its code, whatever it says and wherever it is wrapped.
func TestIs(t *testing.T) {
	cause := fmt.Errorf("open: %w", fs.ErrPermission)
	because := busy.Because(cause)
	said := New("port.busy", "minicom is using the port.", "Close that.")
	for name, c := range map[string]struct {
		err, target error
		is          bool
	}{
		"itself":                 {busy, busy, true},
		"with a cause":           {because, busy, true},
		"in other words":         {said, busy, true},
		"wrapped":                {fmt.Errorf("flash: %w", because), busy, true},
		"its cause":              {because, fs.ErrPermission, true},
		"another problem":        {New("port.gone", "", ""), busy, false},
		"an error":               {cause, busy, false},
		"no cause":               {busy, fs.ErrPermission, false},
		"the cause of a problem": {New("x", "", "").Because(because), busy, true},
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
}

// Whatever goes wrong comes out as a problem with a code, words and a next step.
func TestOf(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"a problem":   {busy, "port.busy"},
		"wrapped":     {fmt.Errorf("run: %w", busy), "port.busy"},
		"the outer":   {New("outer", "", "x").Because(busy), "outer"},
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

// On its way to a page or through a running Studio a problem keeps its words, and loses what is for the log only.
func TestJSON(t *testing.T) {
	for _, p := range []*Problem{busy, busy.Because(errors.New("secret")), New("", "", ""), New("a.b", "„Quotes“ <b> \"x\"", "line\nline")} {
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back Problem
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if back.Code != p.Code || back.Text != p.Text || back.Help != p.Help || back.Cause != nil {
			t.Errorf("%s: %+v", b, back)
		}
		var fields map[string]string
		if json.Unmarshal(b, &fields); len(fields) != 3 {
			t.Errorf("%s", b)
		}
	}
	var p Problem
	if json.Unmarshal([]byte(`{"code":7}`), &p) == nil {
		t.Error("a number is no code")
	}
}
