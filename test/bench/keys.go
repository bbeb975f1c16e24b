package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// longProgram is one of about 2,000 lines.
func longProgram() []byte {
	var b strings.Builder
	b.WriteString("package main\n\nimport \"studio/board\"\n\nfunc main() {\n\tboard.Serve()\n}\n\n// Here somebody writes.\n//\n//\n//\n// \n\n")
	for n := 0; n < 248; n++ {
		fmt.Fprintf(&b, "// blink%d blinks.\nfunc blink%[1]d(times int) {\n\tfor i := 0; i < times; i++ {\n\t\tboard.LED.Set(i%%2 == %d)\n\t\tprintln(\"blink\", i, times)\n\t}\n}\n\n", n, n%2)
	}
	return []byte(b.String())
}

// benchKeys measures the time from a key to the paint that shows it, in a long program, next to a bare editor.
func benchKeys() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	bare, err := bareServer(longProgram())
	if err != nil {
		return err
	}
	defer bare.Close()
	dir, err := browserFolder()
	if err != nil {
		return err
	}
	cmd := exec.Command("node", "keys-time.mjs", s.base, bare.URL+"/", fmt.Sprint(2*rounds+1))
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "STUDIO_TOKEN="+s.token)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("keys-time.mjs: %w", err)
	}
	var m struct {
		Studio, Bare []float64 // ms
		Lines        int
	}
	if err := json.Unmarshal(out, &m); err != nil {
		return err
	}
	a, b := median(m.Studio), median(m.Bare)
	row(fmt.Sprintf("key → paint with %d lines, Studio", m.Lines), fmt.Sprintf("%.1f ms", a), "goal ≤ 16 ms")
	row(fmt.Sprintf("key → paint with %d lines, bare CodeMirror 6", m.Lines), fmt.Sprintf("%.1f ms", b), "")
	row("Studio / bare", fmt.Sprintf("%.2f", a/b), "goal ≤ 1.3")
	return nil
}
