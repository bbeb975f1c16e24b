package session

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/project"
)

// What a project's state knows gives the same build id, or the same refusal, as its folder.
func TestStateBuildsAsTheFolder(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("Go is not installed")
	}
	virtual, _ := board.Find("virtual")
	builder := compile.New(t.TempDir())
	ids := map[string]string{}
	for name, files := range map[string]map[string]string{
		"one file":             {},
		"another file":         {"more.go": "package main\n"},
		"a package":            {"main.go": "package main\n\nimport _ \"p/sensor\"\n\nfunc main() {}\n", "go.mod": "module p\n", "sensor/sensor.go": "package sensor\n"},
		"its other version":    {"main.go": "package main\n\nimport _ \"p/sensor\"\n\nfunc main() {}\n", "go.mod": "module p\n", "sensor/sensor.go": "package sensor // 2\n"},
		"an odd folder":        {"main.go": "package main\n\nimport _ \"p/a+b\"\n\nfunc main() {}\n", "go.mod": "module p\n", "a+b/x.go": "package x\n"},
		"assembly":             {"fast.s": "TEXT x\n"},
		"a large file":         {"big.go": "package main // " + strings.Repeat("x", 3<<20)},
		"a link":               {"link.go": "→main.go"},
		"no program":           {"main.go": ""},
		"another title":        {"studio.json": `{"title":"Other"}`},
		"a name in no letters": {"\xff.go": "package main\n"},
		"hidden":               {"_skip.go": "package x\n", ".x.go": "package y\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "p")
			os.Mkdir(dir, 0o755)
			all := map[string]string{"main.go": "package main\n\nfunc main() {}\n", "studio.json": `{"title":"P"}`, "www/a.html": "a"}
			for path, content := range files {
				all[path] = content
			}
			for path, content := range all {
				full := filepath.Join(dir, path)
				os.MkdirAll(filepath.Dir(full), 0o755)
				if to, link := strings.CutPrefix(content, "→"); link {
					if os.Symlink(to, full) != nil {
						t.Skip("no symbolic links here")
					}
				} else if content != "" {
					if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
						t.Skip("this disk keeps no such name: ", err)
					}
				}
			}
			p, err := project.OpenDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			onDisk, errDisk := builder.ID(t.Context(), Described(p, virtual, Building{}))
			known, errKnown := builder.ID(t.Context(), Described(p, virtual, Building{State: p.State()}))
			if onDisk != known || (errDisk == nil) != (errKnown == nil) || errDisk != nil && errDisk.Error() != errKnown.Error() {
				t.Errorf("the folder gives %s %v, the state %s %v", onDisk, errDisk, known, errKnown)
			}
			ids[name] = known
		})
	}
	if id, there := ids["a name in no letters"]; there && (id == "" || id == ids["one file"]) {
		t.Errorf("a file whose name is no UTF-8 is no part of the program: %s", id)
	}
	if ids["one file"] == "" || ids["one file"] == ids["another file"] || ids["a package"] == ids["its other version"] || ids["one file"] == ids["another title"] || ids["a link"] != "" {
		t.Errorf("%v", ids)
	}
}
