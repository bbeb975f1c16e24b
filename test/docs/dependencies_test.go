package docs

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// withoutManifest are documented and stand in no manifest: each is had in its own way, which its line says.
var withoutManifest = map[string]bool{"mdn-data": true, "@biomejs/biome 2.6.8": true, "esp-flasher-stub v0.5.1": true, "Debian's python3-unicorn 2.0.1": true}

var (
	requirement = regexp.MustCompile(`(?m)^(?:require )?\s*([a-z][\w.-]*\.[\w./-]+) v\S+$`) // what is needed only by others ends in "// indirect"
	remark      = regexp.MustCompile(`\s*\(.*`)
)

// TestDependenciesAreDocumented holds docs/dependencies.md to what go.mod and the package.json files ask for, both ways.
func TestDependenciesAreDocumented(t *testing.T) {
	needed := map[string]string{} // module or package → its manifest
	for _, name := range []string{"go.mod", "firmware-templates/go.mod", "firmware-templates/wifi.mod", "firmware-templates/drivers.mod"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range requirement.FindAllStringSubmatch(string(text), -1) {
			needed[m[1]] = name
		}
	}
	manifests, err := filepath.Glob("../../test/*/package.json")
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob("../../test/*/*/package.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(append(manifests, deeper...), "../../ui/package.json") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var m struct{ Dependencies, DevDependencies map[string]string }
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(name, err)
		}
		for _, list := range []map[string]string{m.Dependencies, m.DevDependencies} {
			for dependency, version := range list {
				needed[dependency] = name
				if !regexp.MustCompile(`^(?:npm:[\w@/.-]+@)?\d+\.\d+\.\d+$`).MatchString(version) {
					t.Errorf("%s: %s %s is not an exact version", name, dependency, version)
				}
			}
		}
	}
	if len(needed) < 40 {
		t.Fatalf("only %d dependencies were found: %v", len(needed), needed)
	}
	documented := documentedDependencies(t)
	for dependency, manifest := range needed {
		if !slices.ContainsFunc(documented, func(name string) bool { return covers(name, dependency) }) {
			t.Errorf("%s of %s is not in docs/dependencies.md", dependency, manifest)
		}
	}
	for _, name := range documented {
		has := withoutManifest[name]
		for dependency := range needed {
			has = has || covers(name, dependency)
		}
		if !has {
			t.Errorf("docs/dependencies.md has %q, and nothing asks for it", name)
		}
	}
}

// covers tells whether a documented name is a dependency: by itself, as one of its packages, or by "@scope/*".
func covers(name, dependency string) bool {
	if match, err := path.Match(name, dependency); err == nil && match {
		return true
	}
	return strings.HasPrefix(name, dependency+"/")
}

// documentedDependencies are the names in the first column of the tables.
func documentedDependencies(t *testing.T) (names []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || strings.HasPrefix(cells[1], "---") {
			continue
		}
		first := strings.TrimSpace(remark.ReplaceAllString(cells[1], ""))
		if first == "module" || first == "npm package" || first == "program" {
			continue
		}
		names = append(names, strings.Split(first, ", ")...)
	}
	return names
}
