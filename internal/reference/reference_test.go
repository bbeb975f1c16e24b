package reference

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const boardDir = "../../firmware-templates/board"

func entries(t *testing.T) map[string]Entry {
	t.Helper()
	r, err := Of(boardDir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Entry{}
	for _, g := range r.Groups {
		for _, e := range g.Entries {
			all[e.Name] = e
		}
	}
	return all
}

// All that a program can write is explained, with what it costs and an example that can go into any program.
func TestReference(t *testing.T) {
	all := entries(t)
	if len(all) < 60 {
		t.Errorf("only %d names", len(all))
	}
	for name, e := range all {
		if strings.Contains(e.Signature, "{\n\tstd.") || e.Signature == "" || strings.Contains(e.Sentence, "Limits:") {
			t.Errorf("%s: %q, %q", name, e.Signature, e.Sentence)
		}
		if (e.Kind == "function" || e.Kind == "method") && len(strings.Fields(e.Limits)) < 2 {
			t.Errorf("%s: what it costs is %q", name, e.Limits)
		}
		x := e.Example
		file, err := parser.ParseFile(token.NewFileSet(), "main.go", x.Program, parser.ParseComments)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, x.Program)
			continue
		}
		if file.Name.Name != "main" || len(file.Comments) == 0 || !strings.Contains(x.Program, "\nfunc main() {\n\t") || strings.Contains(x.Program, "\n\t\n") {
			t.Errorf("%s: the program is\n%s", name, x.Program)
		}
		for _, part := range x.Parts {
			if !strings.Contains(x.Code, part.Text) || strings.HasPrefix(part.Text, "\t") || strings.HasPrefix(part.Body, "\t") {
				t.Errorf("%s: a part is\n%s\nwith\n%s", name, part.Text, part.Body)
			}
			if strings.Contains(part.Body, "return") {
				t.Errorf("%s: its function returns before what a program has in it already", name)
			}
		}
		if len(x.Parts) == 0 || !x.Ends && strings.Contains(x.Code, "board.Serve") {
			t.Errorf("%s: %q", name, x.Code)
		}
	}
	use := all["Pin.High"].Example.Code + all["OnText"].Example.Code
	for _, want := range []string{"board.LED.High()", "board.OnText(func(from *board.Client, msg string) {\n\tswitch board.Fold(msg) {\n\tcase \"ledon\":\n\t\t"} {
		if !strings.Contains(use, want) {
			t.Errorf("no %q in\n%s", want, use)
		}
	}
}

func TestEntries(t *testing.T) {
	all := entries(t)
	for name, want := range map[string]Entry{
		"OnText":   {Kind: "function", Signature: "func board.OnText(f func(from *board.Client, msg string))", Sentence: "OnText sets what is called for every text message."},
		"Pin.High": {Kind: "method", Signature: "func (p board.Pin) High()", Sentence: "High switches the pin on."},
		"LED":      {Kind: "constant", Signature: "const board.LED board.Pin", Sentence: "The board's own LED"},
		"Version":  {Kind: "constant", Signature: `const board.Version = "0.1.0"`, Sentence: "Version of the runtime."},
		"NoPin":    {Kind: "constant", Signature: "const board.NoPin board.Pin", Sentence: "NoPin is what LED or Button is on a board that has none."},
		"println":  {Kind: "function", Signature: "func println(values ...any)", Sentence: "The builtin println writes values to the console, with spaces between them and a new line at the end."},
	} {
		e := all[name]
		if e.Kind != want.Kind || e.Signature != want.Signature || e.Sentence != want.Sentence {
			t.Errorf("%s: %s, %q, %q", name, e.Kind, e.Signature, e.Sentence)
		}
	}
	for name, also := range map[string]string{"Pull": "PullUp", "CloseNormal": "CloseTooLong", "Limits": "Limits.MaxMessage", "Client": "Client.Value"} {
		if !slices.Contains(all[name].Also, also) {
			t.Errorf("%s explains %q, not %s", name, all[name].Also, also)
		}
	}
	if got := all["OnRequest"].More; len(got) < 3 || !slices.ContainsFunc(got, func(b Block) bool { return b.Code && strings.HasPrefix(b.Text, "board.OnRequest") }) {
		t.Errorf("OnRequest: %+v", got)
	}
}

func TestParts(t *testing.T) {
	all := entries(t)
	x := all["Pin.Input"].Example
	if len(x.Parts) != 3 || !slices.Equal(x.Names, []string{"button"}) || x.Parts[0].Setup || !x.Parts[2].Setup || x.Parts[2].Setter != "" || x.Ends ||
		!slices.Equal(x.Imports, []string{"studio/board", "time"}) {
		t.Errorf("%+v", x)
	}
	x = all["OnRequest"].Example
	p := x.Parts[0]
	if p.Setter != `board.OnRequest("/led", ` || !slices.Equal(p.Params, []string{"r"}) || p.Body != "board.LED.Set(r.Value(\"state\") == \"on\")\nr.SendText(\"The LED is \" + r.Value(\"state\"))" {
		t.Errorf("%+v", p)
	}
	if x := all["Start"].Example; !x.Ends || !strings.HasPrefix(x.Code, "board.Start()\nfor {\n\tboard.LED.Toggle()") {
		t.Errorf("%+v", x)
	}
	if x := all["Serve"].Example; !x.Ends || x.Code != "board.Serve()" {
		t.Errorf("%+v", x)
	}
}

// What has no comment, no group, no costs or no example is said, with all that are missing.
func TestMissing(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"board.go":   "package board\n\nfunc Bare() {}\n\n// Told says it.\nfunc Told() {}\n",
		examplesFile: "package board_test\n\nimport \"studio/board\"\n\n// It is told.\nfunc ExampleTold() {\n\tboard.Told()\n\tboard.Serve()\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Of(dir)
	if err == nil || !strings.Contains(err.Error(), "Bare is in no group") || !strings.Contains(err.Error(), "OnText is in a group, but not in the package") || !strings.Contains(err.Error(), "time.Sleep has no comment") {
		t.Error(err)
	}
}
