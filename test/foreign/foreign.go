// Package foreign runs tools that others wrote as referees of ours. They have
// timeouts of their own, which a busy computer lets run out: such an end is told
// apart from a failure of ours by what the tool says, and by trying once more,
// which the test's log says.
//
//	out, err := foreign.Run(t, foreign.EsptoolJS, func() *exec.Cmd { return exec.Command("node", "flash.mjs") })
package foreign

import (
	"os/exec"
	"regexp"
	"testing"
)

// Tool is a tool of others.
type Tool struct {
	Name string
	Late *regexp.Regexp // what it says when one of its own timeouts has run out; nil: it has none
}

var (
	// EsptoolJS: its transport and its loader give up by themselves.
	EsptoolJS = Tool{"esptool-js", regexp.MustCompile(`(?i)timeout|timed out|serial data stream stopped|no serial data received|failed to connect`)}
	// Espflasher: every command has a timeout.
	Espflasher = Tool{"espflasher", regexp.MustCompile(`(?i)timeout|timed out|deadline exceeded|failed to sync|no response`)}
	// Chromium, started by playwright: it waits for half a minute.
	Chromium = Tool{"Chromium", regexp.MustCompile(`browserType\.launch: Timeout|Failed to launch|Target page, context or browser has been closed`)}
	// NpmWS has no timeouts of its own: what it does not get is lost.
	NpmWS = Tool{Name: "npm ws"}
)

// Browser is the program of the Chromium that there is, the one without windows
// first; "": there is none.
func Browser() string {
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// tries is how often a tool may be late before its lateness is our failure.
const tries = 3

// Run runs what make gives, anew for each try, and gives what it printed.
func Run(t testing.TB, tool Tool, make func() *exec.Cmd) (out []byte, err error) {
	t.Helper()
	err = tool.Retry(t, func() (string, error) {
		out, err = make().CombinedOutput()
		return string(out), err
	})
	return out, err
}

// Retry is Run for a tool that is no process. do gives what the tool said, besides the error.
func (tool Tool) Retry(t testing.TB, do func() (said string, err error)) error {
	t.Helper()
	for try := 1; ; try++ {
		said, err := do()
		if err == nil || tool.Late == nil || !tool.Late.MatchString(said+" "+err.Error()) {
			return err
		}
		if try == tries {
			t.Logf("%s has given up %d times by its own clock: that is a failure of ours", tool.Name, tries)
			return err
		}
		t.Logf("RETRY: %s has given up by its own clock (%q), which says nothing of us yet", tool.Name, tool.Late.FindString(said+" "+err.Error()))
	}
}
