package compile

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/toolchain"
)

// testTree is a project with folders, named as wanted.
func testTree(t testing.TB, name string, files map[string]string) string {
	dir := filepath.Join(t.TempDir(), name)
	for file, content := range files {
		to := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func buildVirtual(t testing.TB, b *Builder, dir string) (*Result, error) {
	return b.Build(t.Context(), Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
}

const callsArm = "package main\n\nfunc main() { moveArm(3) }\n"

// A file's name is a name, whatever Go takes from it; the compiler's and a trace's places have the user's names.
func TestFileNamesAreNoConditions(t *testing.T) {
	compiles(t)
	b := testBuilder(t)
	for _, name := range []string{"robot_arm.go", "robot_windows.go", "x_wasm.go", "a_plan9_mips.go", "robot_arm.v2.go", "my_test.v1.go", "größe_arm.go", "$arm.go", "-x.go", "+plan_windows.go", "${x}.go", "~.go"} {
		dir := testTree(t, "p", map[string]string{"main.go": callsArm, name: "package main\n\nfunc moveArm(n int) { println(\"arm\", n) }\n"})
		r, err := buildVirtual(t, b, dir)
		if err != nil || run(t, r) != "arm 3\n" {
			t.Errorf("%s: %v %+v", name, err, r)
		}
	}
	// Two names that differ only by what is added stay two files.
	dir := testTree(t, "p", map[string]string{"main.go": callsArm, "robot_arm.go": "package main\n\nfunc moveArm(n int) { more(n) }\n", "robot_arm_.go": "package main\n\nfunc more(n int) { println(n) }\n"})
	if r, err := buildVirtual(t, b, dir); err != nil || run(t, r) != "3\n" {
		t.Errorf("%v %+v", err, r)
	}
	// Places, with and without a byte order mark.
	for _, mark := range []string{"", "\ufeff"} {
		dir = testTree(t, "p", map[string]string{"main.go": callsArm, "robot_arm.go": mark + "package main\n\nfunc moveArm(n int) {\n\tprintln(n, lenght)\n}\n"})
		r, err := buildVirtual(t, b, dir)
		if !errors.Is(err, ErrFailed) || len(r.Problems) != 1 || r.Problems[0].Path != "robot_arm.go" || r.Problems[0].Line != 4 || r.Problems[0].Column != 13 {
			t.Errorf("%v %+v", err, r)
		}
	}
	dir = testTree(t, "p", map[string]string{"main.go": "package main\n\nfunc main() { moveArm(nil) }\n", "robot_arm.go": "package main\n\nfunc moveArm(n []int) {\n\tprintln(n[7])\n}\n"})
	r, err := buildVirtual(t, b, dir)
	if err != nil {
		t.Fatalf("%v %+v", err, r)
	}
	said := runAnyway(t, r)
	if p, ok := Panic(said); !ok || p.Path != "robot_arm.go" || p.Line != 4 {
		t.Errorf("%+v from\n%s", p, said)
	}
}

// The project's own packages build by the project's name, by any other one that it had, and by its go.mod's.
func TestOwnPackages(t *testing.T) {
	compiles(t)
	b := testBuilder(t)
	sensor := "package sensor\n\nfunc Read() int { return 7 }\n"
	imports := func(path string) string {
		return "package main\n\nimport \"" + path + "\"\n\nfunc main() { println(sensor.Read()) }\n"
	}
	for name, files := range map[string]map[string]string{
		"its name":     {"main.go": imports("lamp/sensor"), "sensor/sensor.go": sensor},
		"another name": {"main.go": imports("torch/sensor"), "sensor/sensor.go": sensor},
		"go.mod":       {"main.go": imports("example.com/me/lamp/sensor"), "go.mod": "// mine\nmodule example.com/me/lamp // here\n\ngo 1.30\n\nrequire example.com/x v1.0.0\n", "sensor/sensor.go": sensor},
		"nested": {"main.go": imports("lamp/parts/sensor"), "parts/sensor/sensor.go": "package sensor\n\nimport \"lamp/parts/internal/raw\"\n\nfunc Read() int { return raw.Value }\n",
			"parts/internal/raw/raw.go": "package raw\n\nconst Value = 7\n"},
		"internal":             {"main.go": imports("lamp/internal/sensor"), "internal/sensor/s.go": sensor},
		"a name of a standard": {"main.go": strings.ReplaceAll(imports("lamp/time"), "sensor.", "time."), "time/time.go": strings.ReplaceAll(sensor, "sensor", "time")},
		"several files":        {"main.go": imports("lamp/sensor"), "sensor/a_linux.go": "package sensor\n\nfunc Read() int { return value }\n", "sensor/b_arm.go": "package sensor\n\nconst value = 7\n", "sensor/b_test.go": "package nonsense"},
		"unicode":              {"main.go": imports("lamp/größe"), "größe/größe.go": sensor},
		"not imported": {"main.go": imports("lamp/sensor"), "sensor/sensor.go": sensor, "other/broken.go": "package main\n\nfunc {", "testdata/x.go": "nothing",
			"old/net.go": "package old\n\nimport \"net/http\"\n"},
		"same line": {"main.go": "package main\n\nimport (\"lamp/sensor\"; \"strconv\")\n\nfunc main() { println(strconv.Itoa(sensor.Read())) }\n", "sensor/sensor.go": sensor},
	} {
		r, err := buildVirtual(t, b, testTree(t, "lamp", files))
		if err != nil || run(t, r) != "7\n" {
			t.Errorf("%s: %v %+v", name, err, r)
		}
	}
	// What is imported belongs to the build; what is not, does not.
	files := map[string]string{"main.go": imports("lamp/sensor"), "sensor/sensor.go": sensor, "other/x.go": "package other\n"}
	id := func() string {
		id, err := b.ID(t.Context(), Request{Dir: testTree(t, "lamp", files), Program: "x", Board: virtualBoard, Pack: plain})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	was := id()
	files["other/x.go"] += "// more\n"
	if id() != was {
		t.Error("a folder that nobody imports changes the build")
	}
	files["sensor/sensor.go"] += "// more\n"
	if id() == was {
		t.Error("a change in a package changes nothing")
	}
	// Packages come and go, files become folders.
	dir := testTree(t, "lamp", map[string]string{"main.go": imports("lamp/sensor"), "sensor/sensor.go": sensor})
	for range 2 {
		if r, err := buildVirtual(t, b, dir); err != nil || run(t, r) != "7\n" {
			t.Fatalf("%v %+v", err, r)
		}
		os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n\nfunc main() { println(8) }\n"), 0o644)
		if r, err := buildVirtual(t, b, dir); err != nil || run(t, r) != "8\n" {
			t.Fatalf("%v %+v", err, r)
		}
		os.WriteFile(filepath.Join(dir, "main.go"), []byte(imports("lamp/sensor")), 0o644)
	}
}

// What is wrong with a package of one's own is told where it is, with what to write.
func TestOwnPackagesWrong(t *testing.T) {
	compiles(t)
	b := testBuilder(t)
	sensor := "package sensor\n\nfunc Read() int { return 7 }\n\nfunc hidden() int { return 8 }\n"
	uses := func(path string) string {
		return "package main\n\nimport \"" + path + "\"\n\nfunc main() { println(sensor.Read()) }\n"
	}
	for name, c := range map[string]struct {
		files map[string]string
		path  string
		line  int
		says  string // text and help
		fix   string
	}{
		"no project":   {map[string]string{"main.go": uses("sensor")}, "main.go", 3, `imported as "lamp/sensor", not as "sensor"`, `"lamp/sensor"`},
		"relative":     {map[string]string{"main.go": uses("./sensor")}, "main.go", 3, `Write: import "lamp/sensor"`, `"lamp/sensor"`},
		"internet":     {map[string]string{"main.go": uses("github.com/me/lamp/sensor")}, "main.go", 3, `Write: import "lamp/sensor"`, `"lamp/sensor"`},
		"spelling":     {map[string]string{"main.go": uses("lamp/sensro")}, "main.go", 3, `no folder sensro with Go files in it. Did you mean "lamp/sensor"?`, `"lamp/sensor"`},
		"not there":    {map[string]string{"main.go": uses("lamp/motors")}, "main.go", 3, `Make a file motors/motors.go that begins with package motors.`, ""},
		"go.mod":       {map[string]string{"main.go": uses("lamp/sensor"), "go.mod": "module torch\n"}, "main.go", 3, `Write: import "torch/sensor"`, `"torch/sensor"`},
		"two names":    {map[string]string{"main.go": uses("lamp/sensor"), "more.go": "package main\n\nimport _ \"torch/sensor\"\n"}, "more.go", 3, `as "lamp/…", this one as "torch/sensor"`, `"lamp/sensor"`},
		"main":         {map[string]string{"main.go": uses("lamp/sensor"), "sensor/sensor.go": "package main\n"}, "sensor/sensor.go", 1, "Write: package sensor", "sensor"},
		"two packages": {map[string]string{"main.go": uses("lamp/sensor"), "sensor/other.go": "package other\n"}, "sensor/sensor.go", 1, "other.go to other, sensor.go to sensor", "other"},
		"the program":  {map[string]string{"main.go": uses("lamp/sensor"), "sensor/sensor.go": "package sensor\n\nimport \"lamp\"\n"}, "sensor/sensor.go", 3, "is the program itself", ""},
		"a circle": {map[string]string{"main.go": uses("lamp/sensor"), "sensor/sensor.go": "package sensor\n\nimport _ \"lamp/b\"\n", "b/b.go": "package b\n\nimport _ \"lamp/sensor\"\n"},
			"sensor/sensor.go", 3, "in a circle: sensor → b → sensor", ""},
		"itself": {map[string]string{"main.go": uses("lamp/sensor"), "sensor/sensor.go": "package sensor\n\nimport _ \"lamp/sensor\"\n"}, "sensor/sensor.go", 3, "in a circle: sensor → sensor", ""},
		"inner":  {map[string]string{"main.go": uses("lamp/a/internal/sensor"), "a/internal/sensor/s.go": sensor}, "main.go", 3, "only packages in a/ may import it", ""},
		"small letter": {map[string]string{"main.go": strings.Replace(uses("lamp/sensor"), "Read", "hidden", 1)}, "main.go", 5,
			"hidden is not seen outside of package sensor", ""},
		"not used":      {map[string]string{"main.go": "package main\n\nimport \"lamp/sensor\"\n\nfunc main() {}\n"}, "main.go", 3, `"lamp/sensor" is imported but never used`, ""},
		"in it":         {map[string]string{"main.go": uses("lamp/sensor"), "sensor/sensor.go": "package sensor\n\nfunc Read() int { return x }\n"}, "sensor/sensor.go", 3, "Go does not know the name x", ""},
		"an escape":     {map[string]string{"main.go": uses("lamp/sensor"), "sensor/sensor.go": "package sensor\n\nimport _ \"net/http\"\n"}, "sensor/sensor.go", 3, "Boards have no net/http", ""},
		"assembler":     {map[string]string{"main.go": uses("lamp/sensor"), "sensor/x.s": "TEXT"}, "sensor/x.s", 1, "something else", ""},
		"nothing alike": {map[string]string{"main.go": uses("what/ever")}, "main.go", 3, `There is no package "what/ever"`, ""},
	} {
		files := map[string]string{"sensor/sensor.go": sensor}
		for file, content := range c.files {
			files[file] = content
		}
		r, err := buildVirtual(t, b, testTree(t, "lamp", files))
		if !errors.Is(err, ErrFailed) || len(r.Problems) == 0 {
			t.Errorf("%s: %v %+v", name, err, r)
			continue
		}
		p := r.Problems[0]
		fix := ""
		if p.Fix != nil {
			fix = p.Fix.Text
		}
		if p.Path != c.path || p.Line != c.line || !strings.Contains(p.Text+" "+p.Help, c.says) || c.fix != "" && fix != c.fix || p.Help == "" || strings.Contains(p.Text+p.Help+p.Raw, "studio/app") {
			t.Errorf("%s: %+v %+v", name, p, p.Fix)
		}
	}
	// Links lead out of a project.
	outside := testTree(t, "outside", map[string]string{"sensor.go": sensor})
	dir := testTree(t, "lamp", map[string]string{"main.go": uses("lamp/sensor")})
	if os.Symlink(outside, filepath.Join(dir, "sensor")) == nil {
		if r, err := buildVirtual(t, b, dir); !errors.Is(err, ErrFailed) {
			t.Errorf("through a link: %v %+v", err, r)
		}
		os.Remove(filepath.Join(dir, "sensor"))
		os.Mkdir(filepath.Join(dir, "sensor"), 0o755)
		os.Symlink(filepath.Join(outside, "sensor.go"), filepath.Join(dir, "sensor", "sensor.go"))
		_, err := buildVirtual(t, b, dir)
		if err == nil {
			t.Error("a linked file was built")
		}
	}
}

// A //go:build line means the same on every computer, and a name from a file that is left out is explained.
func TestConditions(t *testing.T) {
	compiles(t)
	b := testBuilder(t)
	arm := "package main\n\nfunc moveArm(n int) { println(\"arm\", n) }\n"
	for condition, in := range map[string]bool{
		"//go:build tinygo": true, "//go:build !linux && !windows && !darwin": true, "//go:build esp32c3": true, "//go:build virtual || rp2040": true, "// +build tinygo": true,
		"//go:build go1.20": true, "//go:build ignore": false, "//go:build rp2040": false, "//go:build linux || windows || darwin": false, "// +build rp2040": false,
	} {
		for _, name := range []string{"robot_arm.go"} {
			r, err := buildVirtual(t, b, testTree(t, "p", map[string]string{"main.go": callsArm, name: "// mine\n\n" + condition + "\n\n" + arm}))
			if in && (err != nil || run(t, r) != "arm 3\n") {
				t.Errorf("%s: %v %+v", condition, err, r)
			}
			if !in && (!errors.Is(err, ErrFailed) || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Text, "moveArm is in "+name+", which is not built for the virtual board: its line "+condition)) {
				t.Errorf("%s: %v %+v", condition, err, r)
			}
		}
	}
	for name, c := range map[string]struct {
		files map[string]string
		path  string
		says  string
	}{
		"a test":        {map[string]string{"main.go": callsArm, "arm_test.go": arm}, "main.go", "arm_test.go. A file whose name ends in _test.go holds tests"},
		"the program":   {map[string]string{"main.go": "//go:build rp2040\n\n" + callsArm, "arm.go": arm}, "main.go", "main.go is not built for the Virtual ESP32-C3"},
		"whole package": {map[string]string{"main.go": "package main\n\nimport _ \"p/arm\"\n\nfunc main() {}\n", "arm/arm.go": "//go:build rp2040\n\npackage arm\n"}, "arm/arm.go", "arm/arm.go is not built"},
	} {
		r, err := buildVirtual(t, b, testTree(t, "p", c.files))
		if !errors.Is(err, ErrFailed) || r.Problems[0].Path != c.path || !strings.Contains(r.Problems[0].Text, c.says) || r.Problems[0].Severity != api.SeverityError {
			t.Errorf("%s: %v %+v", name, err, r)
		}
	}
	// What is left out may use what a board has not; what is taken may not.
	if r, err := buildVirtual(t, b, testTree(t, "p", map[string]string{"main.go": callsArm, "robot.go": arm, "tool.go": "//go:build ignore\n\npackage other\n\nimport \"net/http\"\n"})); err != nil || run(t, r) != "arm 3\n" {
		t.Errorf("%v %+v", err, r)
	}
	r, err := buildVirtual(t, b, testTree(t, "p", map[string]string{"main.go": callsArm, "robot.go": arm, "tool.go": "//go:build tinygo\n\npackage main\n\nimport _ \"net/http\"\n"}))
	if !errors.Is(err, ErrFailed) || !strings.Contains(r.Problems[0].Text, "Boards have no net/http") {
		t.Errorf("%v %+v", err, r)
	}
}

const lines = `package main

import "p/arm"

/*line elsewhere.go:70:1*/ func main() {
//line other.go:5
	x := 3
	/*line third.go:9:9*/ y()
//line /etc/passwd:1
	println(` + "`" + `
//line four.go:1
` + "`" + `, "/*line five.go:3*/"); arm.Move(nothing)
}
`

// Places are those in the user's files, whatever a //line says: for both compilers, in all files, in what the compiler
// cannot read, and where a program's end is told. Texts are no comments.
func TestLinesNameNoOtherPlaces(t *testing.T) {
	compiles(t)
	b := testBuilder(t)
	arm := "package arm\n\n//line robot.go:3\nfunc Move(n int) {\n\tprintln(length)\n}\n"
	pico, _ := board.Find("pico")
	for _, to := range []board.Board{virtualBoard, pico} {
		if _, err := toolchain.New(t.TempDir()).TinyGo(t.Context()); err != nil && !to.Virtual {
			continue
		}
		places := func(main, arm string) string {
			r, err := b.Build(t.Context(), Request{Dir: testTree(t, "p", map[string]string{"main.go": main, "arm/arm_arm.go": arm}), Program: "x", Board: to, Pack: plain})
			if !errors.Is(err, ErrFailed) {
				t.Fatalf("%v %+v", err, r)
			}
			var all []string
			for _, p := range r.Problems {
				all = append(all, fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column))
			}
			return strings.Join(all, " ")
		}
		sound := strings.Replace(arm, "length", "n", 1)
		if got := places(lines, sound); got != "main.go:8:24 main.go:12:36 main.go:7:2" {
			t.Errorf("%s: %s", to.ID, got)
		}
		if !to.Virtual {
			continue
		}
		if got := places(lines, arm); got != "arm/arm_arm.go:5:10" {
			t.Errorf("%s: %s", to.ID, got)
		}
		if got := places(strings.Replace(lines, "y()", "y(", 1), sound); got != "main.go:8:25" {
			t.Errorf("%s: %s", to.ID, got)
		}
	}
	r, err := buildVirtual(t, b, testTree(t, "p", map[string]string{"main.go": strings.NewReplacer("x := 3", "", "y()", "", "nothing", "1").Replace(lines),
		"arm/arm.go": strings.Replace(arm, "length", "[]int{}[n]", 1)}))
	if err != nil {
		t.Fatalf("%v %+v", err, r)
	}
	path := filepath.Join(t.TempDir(), "program.exe")
	if err := os.WriteFile(path, r.Parts[0].Data, 0o755); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(path).CombinedOutput()
	for _, want := range []string{"\n//line four.go:1\n", "/*line five.go:3*/", "/arm/arm.go:5", "/main.go:12"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
	if strings.Contains(string(out), "other.go") || strings.Contains(string(out), "robot.go") {
		t.Errorf("%s", out)
	}
}
