package session

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/devlink"
	"studioide/internal/problem"
)

// Every transition from every state: what is shown, and that whoever answers runs.
func TestTransitions(t *testing.T) {
	hello := devlink.Hello{Board: "pico", Build: "b1"}
	gone := &problem.Problem{Code: "board.unplugged", Text: "The board is gone."}
	first := firstProgramState()
	ours := first.flashed(true)
	states := map[string]state{
		"first":     first,
		"connected": first.opened(),
		"starting":  ours.started(),
		"foreign":   first.opened().unanswered(time.Second),
		"waiting":   ours.started().unanswered(2 * time.Second),
		"silent":    ours.started().unanswered(startTimeout),
		"running":   first.answered(hello),
		"held":      first.answered(devlink.Hello{Board: "pico", Build: "b1", Held: true, Why: "panic: no"}),
		"lost":      first.answered(hello).lostContact(),
		"gone dumb": first.answered(hello).lostContact().unanswered(2 * time.Second),
		"crashed":   ours.ended(gone),
		"stopped":   ours.stopped(false),
		"empty":     first.empty(""),
		"unfit":     first.empty("invalid header"),
		"busy":      first.answered(hello).busy("Writing."),
		"absent":    ours.absent(gone),
	}
	const (
		connecting, starting, foreign, silent = api.BoardConnecting, api.BoardStarting, api.BoardForeign, api.BoardSilent
		running, crashed, stopped, empty      = api.BoardRunning, api.BoardCrashed, api.BoardStopped, api.BoardEmpty
		busy, absent                          = api.BoardBusy, api.BoardAbsent
	)
	facts := []struct {
		name string
		f    func(state) state
	}{
		{"opened", state.opened},
		{"started", state.started},
		{"resumed", state.resumed},
		{"2 s", func(s state) state { return s.unanswered(2 * time.Second) }},
		{"30 s", func(s state) state { return s.unanswered(startTimeout) }},
		{"prints", state.prints},
		{"lost", state.lostContact},
		{"absent", func(s state) state { return s.absent(gone) }},
	}
	table := map[string][8]api.BoardState{
		//           opened      started   resumed     2 s         30 s     prints      lost        absent
		"first":     {connecting, starting, connecting, foreign, foreign, connecting, connecting, absent},
		"connected": {connecting, starting, connecting, foreign, foreign, connecting, connecting, absent},
		"starting":  {connecting, starting, starting, starting, silent, starting, starting, absent},
		"foreign":   {connecting, starting, foreign, foreign, foreign, foreign, foreign, absent},
		"waiting":   {connecting, starting, starting, starting, silent, starting, starting, absent},
		"silent":    {connecting, starting, silent, silent, silent, silent, silent, absent},
		"running":   {connecting, starting, running, running, running, running, connecting, absent},
		"held":      {connecting, starting, starting, crashed, crashed, crashed, connecting, absent},
		"lost":      {connecting, starting, connecting, silent, silent, connecting, connecting, absent},
		"gone dumb": {connecting, starting, silent, silent, silent, silent, silent, absent},
		"crashed":   {connecting, starting, starting, crashed, crashed, crashed, crashed, absent},
		"stopped":   {connecting, starting, starting, stopped, stopped, stopped, stopped, absent},
		"empty":     {connecting, starting, starting, empty, empty, empty, empty, absent},
		"unfit":     {connecting, starting, starting, empty, empty, empty, empty, absent},
		"busy":      {connecting, starting, busy, busy, busy, busy, busy, absent},
		"absent":    {connecting, absent, absent, absent, absent, absent, absent, absent},
	}
	for name, s := range states {
		for i, fact := range facts {
			if now := fact.f(s); now.is != table[name][i] {
				t.Errorf("%s, then %s: %s, want %s", name, fact.name, now.is, table[name][i])
			}
		}
		for what, now := range map[string]state{"answers": s.answered(hello), "held": s.answered(devlink.Hello{Held: true}), "stopped": s.stopped(false),
			"waits": s.stopped(true), "empty": s.empty(""), "off": s.off(), "ended": s.ended(gone), "busy": s.busy("x")} {
			want := map[string]api.BoardState{"answers": running, "held": crashed, "stopped": stopped, "waits": empty, "empty": empty, "off": connecting, "ended": crashed, "busy": busy}[what]
			if now.is != want {
				t.Errorf("%s, then %s: %s, want %s", name, what, now.is, want)
			}
			if ours := s.ours || what == "answers" || what == "held"; now.ours != ours {
				t.Errorf("%s, then %s: made with Studio %v, want %v", name, what, now.ours, ours)
			}
		}
		// On the wire: nothing of a program that does not run, and a problem only with its own text.
		b := api.Board{Program: "led", BuildID: "b0", Link: true, PageURL: "http://x", FilesCap: 9, Clients: 3, WiFi: api.WiFi{State: "joined"}}
		if !s.keepsProgram() {
			clearProgram(&b)
		}
		b = s.wire(b)
		if alive := name == "running" || name == "held" || name == "busy"; b.Link != alive {
			t.Errorf("%s: link %v", name, b.Link)
		}
		if b.Problem != nil && b.Text != b.Problem.Text || b.Text == "" {
			t.Errorf("%s: the text is %q, the problem %v", name, b.Text, b.Problem)
		}
	}
	if text := states["waiting"].prints().text; text != waitingText(true) {
		t.Errorf("a program that prints and is waited for: %q", text)
	}
	if s := states["absent"].absent(gone); s != states["absent"] {
		t.Error("an absence is told twice")
	}
}

// Nobody but state.wire says how a board is: elsewhere the JSON type's state is read and never written.
func TestStateIsWrittenInOnePlace(t *testing.T) {
	states := map[string]bool{"State": true, "Text": true, "Problem": true, "LastEnd": true}
	for _, dir := range []string{".", "../workbench", "../server"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || name == "state.go" {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					for _, to := range n.Lhs {
						if at, ok := to.(*ast.SelectorExpr); ok && isBoard(at.X) && states[at.Sel.Name] {
							t.Errorf("%s writes the state", fset.Position(n.Pos()))
						}
					}
				case *ast.CompositeLit:
					if kind, ok := n.Type.(*ast.SelectorExpr); !ok || kind.Sel.Name != "Board" {
						return true
					}
					for _, e := range n.Elts {
						if kv, ok := e.(*ast.KeyValueExpr); ok && states[fmt.Sprint(kv.Key)] {
							t.Errorf("%s writes the state", fset.Position(e.Pos()))
						}
					}
				}
				return true
			})
		}
	}
}

// isBoard tells whether an expression is named as boards are here.
func isBoard(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return slices.Contains([]string{"b", "board", "now", "known", "absent"}, x.Name)
	case *ast.SelectorExpr:
		return x.Sel.Name == "known" || x.Sel.Name == "absent"
	}
	return false
}
