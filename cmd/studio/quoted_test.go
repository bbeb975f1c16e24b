package main

import (
	"os/exec"
	"testing"
)

// What Studio says to type is typed as it stands: a shell reads the path back.
func TestQuoted(t *testing.T) {
	paths := []string{"my-led", "my led", "$HOME/x", "it's", `a"b`, "Jürgen (1) & Co", "a;b*?[c]~!#", "~", "-rf", "100%", `back\slash`, "日本/é"}
	for _, path := range paths {
		typed := quoted("linux", path)
		out, err := exec.Command("sh", "-c", "printf %s "+typed).Output()
		if err != nil {
			t.Skip("no shell here: ", err)
		}
		if got := string(out); got != path && got != "./"+path {
			t.Errorf("%s typed as %s is %s", path, typed, got)
		}
	}
	for path, want := range map[string]string{`C:\my led`: `"C:\my led"`, `C:\led`: `C:\led`, `a&b`: `"a&b"`, "(keiner)": `"(keiner)"`} {
		if got := quoted("windows", path); got != want {
			t.Errorf("%s typed as %s, want %s", path, got, want)
		}
	}
}
