// Command mutants switches off one defence after the other, each by a small edit of the
// source that only the compiler sees (go build -overlay), and runs the test that
// has to notice. A test that stays green is a wall that nobody watches: the
// command fails, and so it does when an edit does not fit the source any more.
//
//	go run ./test/mutants             all of them
//	go run ./test/mutants code Host   those whose names have one of these words
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// mutant is a defence and how to switch it off.
type mutant struct {
	name     string
	file     string
	old, new string // old stands in the file exactly once
	pkg      string // of the test that notices, and its name
	test     string
}

func main() {
	top, err := os.MkdirTemp("", "studio-mutants-")
	if err != nil {
		fail(err)
	}
	defer os.RemoveAll(top)
	chosen := mutants
	if words := os.Args[1:]; len(words) > 0 {
		chosen = nil
		for _, m := range mutants {
			for _, w := range words {
				if strings.Contains(m.name, w) {
					chosen = append(chosen, m)
					break
				}
			}
		}
	}
	type result struct {
		killed bool
		text   string
	}
	results := make([]result, len(chosen))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 2) // compilers take the rest
	for i, m := range chosen {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			start := time.Now()
			killed, text := m.run(filepath.Join(top, fmt.Sprint(i)))
			results[i] = result{killed, text}
			word := "red     "
			if !killed {
				word = "SURVIVES"
			}
			fmt.Printf("%s %5.1f s  %-58s %s %s\n", word, time.Since(start).Seconds(), m.name, m.pkg, m.test)
			if !killed {
				fmt.Println(text)
			}
		})
	}
	wg.Wait()
	red := 0
	for _, r := range results {
		if r.killed {
			red++
		}
	}
	fmt.Printf("%d of %d defences are watched\n", red, len(chosen))
	if red < len(chosen) || len(chosen) == 0 {
		os.RemoveAll(top)
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "mutants:", err)
	os.Exit(1)
}

// edit is the changed source; an error says why there is none.
func (m mutant) edit(top string) (string, error) {
	source, err := os.ReadFile(filepath.Join(top, m.file))
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), m.old); n != 1 {
		return "", fmt.Errorf("the edit does not fit: %q stands %d times in %s", m.old, n, m.file)
	}
	return strings.Replace(string(source), m.old, m.new, 1), nil
}

// run tells whether the test goes red for the right reason: it ran, and failed.
func (m mutant) run(dir string) (killed bool, text string) {
	source, err := m.edit(".")
	if err != nil {
		return false, err.Error()
	}
	changed := filepath.Join(dir, filepath.Base(m.file))
	overlay := filepath.Join(dir, "overlay.json")
	original, err := filepath.Abs(m.file)
	if err != nil {
		return false, err.Error()
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(changed, []byte(source), 0o644)
	}
	if err == nil {
		err = os.WriteFile(overlay, list, 0o644)
	}
	if err != nil {
		return false, err.Error()
	}
	cmd := exec.Command("go", "test", "-vet=off", "-count=1", "-failfast", "-timeout=5m", "-run", "^("+m.test+")$", "./"+m.pkg)
	cmd.Env = append(os.Environ(), "GOFLAGS=-overlay="+overlay) // tests that build the program build the changed one
	out, err := cmd.CombinedOutput()
	text = string(out)
	if err == nil {
		return false, text
	}
	if strings.Contains(text, "[build failed]") || strings.Contains(text, "[setup failed]") || strings.Contains(text, "no tests to run") || !strings.Contains(text, "--- FAIL") && !strings.Contains(text, "panic: ") {
		return false, "the test did not come to fail:\n" + text
	}
	return true, text
}
