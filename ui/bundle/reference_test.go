package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// programs are what examples are put into; ¦ is where the cursor is.
var programs = map[string]string{
	"the template LED": `// A comment.
package main

import "studio/board"

func main() {
	¦board.OnText(func(from *board.Client, msg string) {
		switch board.Fold(msg) {
		case "ledon":
			board.LED.High()¦
			¦
		case "ledoff":
			board.LED.Low()
		}
		¦from.SendText("Reply for " + msg)
	})
	¦
	board.Serve()¦
}
¦`,
	"names that are taken": `package main

import (
	"strconv"
	"time"

	b "studio/board"
)

var start, count, text, number, presses, button, sensor, lamp, limits = time.Now(), 0, "", 1, 2, 3, 4, 5, 6

func main() {
	b.OnText(answer)
	b.OnRequest("/time", func(request *b.Request) { request.SendText(strconv.Itoa(count)) })
	b.Button.OnChange(func(level bool) {})
	b.OnAccept(func(page *b.Client) {
		page.SendText("from who?") // a text
	})
	for {
		println(start.String(), count, text, number, presses, button, sensor, lamp, limits)¦
		time.Sleep(time.Second)
	}
}

func answer(page *b.Client, words string) {
	if words == "" {¦
		return
	}
	¦page.SendText(words)
}
`,
	"little":  "package main\n\nfunc main() {¦}\n",
	"no main": "package main\n\n// Nothing yet.¦\n",
	"nothing": "",
	"a loop of its own": `package main

import "studio/board"
import "time"

func main() {
	board.Start()
	for i := 0; ; i++ {
		board.Broadcast("x")
		¦time.Sleep(time.Second)
	}
}
`,
}

// A program stays one that compiles, and has the form that gofmt gives it, whichever example goes into it and wherever the cursor is.
func TestExamplesFitIntoPrograms(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("NOT TESTED: there is no node to run the page's own code with")
	}
	script := filepath.Join(t.TempDir(), "put.mjs")
	r := api.Build(api.BuildOptions{EntryPoints: []string{"testdata/put.ts"}, Bundle: true, Format: api.FormatESModule, Platform: api.PlatformNode,
		Target: api.ES2022, Outfile: script, Write: true, LogLevel: api.LogLevelError, Plugins: []api.Plugin{goReference(templatesDir), goNames(templatesDir)}})
	if len(r.Errors) > 0 {
		t.Fatal("it does not compile")
	}
	in, err := json.Marshal(programs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, script)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var results []struct {
		Name, Text string
		Already    bool
	}
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatal(err)
	}
	if len(results) < 600 {
		t.Fatalf("only %d results", len(results))
	}
	check := typeChecker(t)
	wrong := 0
	for _, r := range results {
		if r.Already {
			if !strings.Contains(r.Text, "Serve()") && !strings.Contains(r.Text, "Start()") {
				t.Errorf("%s: it is not there yet", r.Name)
			}
			continue
		}
		err := check(r.Text)
		if err == nil {
			text := blank.ReplaceAllString(r.Text, "\n\n") // lines that are empty but for the cursor
			if formatted, _ := format.Source([]byte(text)); string(formatted) != text {
				err = errors.New("gofmt would change it")
			}
		}
		if err != nil {
			if wrong++; wrong < 4 {
				t.Errorf("%s: %v\n%s", r.Name, err, r.Text)
			}
		}
	}
	if wrong > 3 {
		t.Errorf("and %d more", wrong-3)
	}
}

var blank = regexp.MustCompile(`\n[ \t]+\n`)

const templatesDir = "../../firmware-templates"

// typeChecker checks programs for the virtual board: against what the compiler has found out of the packages that they import.
func typeChecker(t *testing.T) func(source string) error {
	t.Helper()
	list := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", "studio/board", "strconv", "time")
	out, err := list.Output()
	if err != nil {
		t.Skipf("NOT TESTED: go list: %v", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		files[name] = file
	}
	if files["studio/board"] == "" {
		t.Fatal("there is no studio/board")
	}
	fset := token.NewFileSet()
	from := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
	return func(source string) error {
		file, err := parser.ParseFile(fset, "main.go", source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		conf := types.Config{Importer: from}
		_, err = conf.Check("main", fset, []*ast.File{file}, nil)
		return err
	}
}
