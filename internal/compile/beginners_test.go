package compile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
)

// beginner is a program with a mistake that people bring along from Python, Arduino or JavaScript.
type beginner struct{ name, place, says, source string }

// beginners are those of testdata/beginners.txt: "== name line:column", what is said for certain, if that hangs on the
// real packages, and the program.
func beginners(t *testing.T) (list []beginner) {
	t.Helper()
	b, err := os.ReadFile("testdata/beginners.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split("\n"+string(b), "\n== ")[1:] {
		head, source, _ := strings.Cut(part, "\n")
		name, place, ok := strings.Cut(head, " ")
		if !ok {
			t.Fatalf("%s has no place", name)
		}
		place, says, _ := strings.Cut(place, " ")
		list = append(list, beginner{name, place, says, source + "\n"})
	}
	return list
}

// The first marked place of beginners' programs is where the mistake is: while typing, if the mistake is one that can be
// seen then, and after Run, from the compiler itself. No program is left to what is said when nothing better is known.
func TestBeginnersPrograms(t *testing.T) {
	compiles(t)
	programs := beginners(t)
	if len(programs) < 40 {
		t.Errorf("only %d programs", len(programs))
	}
	b := realBuilder(t)
	dir := t.TempDir()
	seen := 0 // while typing
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			typing := explain.Syntax("main.go", []byte(p.source))
			if len(typing) > 0 && typing[0].Severity == api.SeverityError {
				right(t, p, typing[0])
				if seen++; seen%3 != 0 { // the compiler, which takes its time, sees the same
					return
				}
			}
			if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(p.source), 0o644); err != nil {
				t.Fatal(err)
			}
			result, err := b.Build(context.Background(), Request{Dir: dir, Program: p.name, Board: virtualBoard, Pack: plain})
			if result == nil || len(result.Problems) == 0 {
				t.Fatalf("it is built, or no place is known: %v", err)
			}
			right(t, p, result.Problems[0])
		})
	}
	if seen < 20 || len(programs)-seen < 20 {
		t.Errorf("%d of %d programs have a mistake that is seen while typing", seen, len(programs))
	}
}

func right(t *testing.T, p beginner, first api.Diagnostic) {
	t.Helper()
	if got := fmt.Sprintf("%d:%d", first.Line, first.Column); first.Path != "main.go" || got != p.place {
		t.Errorf("it is %s:%s, want %s: %s %s (%s)", first.Path, got, p.place, first.Text, first.Help, first.Raw)
	}
	if said := first.Text + " " + first.Help; !strings.Contains(said, p.says) {
		t.Errorf("it is said %q, want %q in it", said, p.says)
	}
	if first.Code == "go.other" || first.Code == "go.syntax" {
		t.Errorf("nothing better is known than %s: %s %s", first.Code, first.Text, first.Help)
	}
}
