package foreign

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// log is a test's log that somebody reads.
type log struct {
	testing.TB
	lines []string
}

func (l *log) Helper()                      {}
func (l *log) Logf(format string, a ...any) { l.lines = append(l.lines, fmt.Sprintf(format, a...)) }
func (l *log) said(word string) (count int) { return strings.Count(strings.Join(l.lines, "\n"), word) }

// A tool that is late is tried again, and the log says so; one that finds a
// mistake of ours is not, and one that is always late is believed in the end.
func TestRetry(t *testing.T) {
	late, wrong := errors.New("exit status 1: Timeout"), errors.New("exit status 1: the hash differs")
	for name, c := range map[string]struct {
		ends    []error
		runs    int
		retries int
		err     error
	}{
		"well":          {[]error{nil}, 1, 0, nil},
		"late once":     {[]error{late, nil}, 2, 1, nil},
		"wrong":         {[]error{wrong, nil}, 1, 0, wrong},
		"late, wrong":   {[]error{late, wrong, nil}, 2, 1, wrong},
		"late for ever": {[]error{late, late, late, nil}, 3, 2, late},
	} {
		l, runs := &log{TB: t}, 0
		err := EsptoolJS.Retry(l, func() (string, error) { runs++; return "", c.ends[runs-1] })
		if !errors.Is(err, c.err) || runs != c.runs || l.said("RETRY") != c.retries {
			t.Errorf("%s: %v after %d runs: %q", name, err, runs, l.lines)
		}
	}
}

// What tools say when they are late, in their words; and what is no lateness.
func TestLate(t *testing.T) {
	for said, tool := range map[string]Tool{
		"Error: Serial data stream stopped: Possible serial noise or corruption.": EsptoolJS,
		"Error: No serial data received.":                                         EsptoolJS,
		"Error: Failed to connect with the device":                                EsptoolJS,
		"browserType.launch: Timeout 180000ms exceeded.":                          Chromium,
	} {
		if !tool.Late.MatchString(said) {
			t.Errorf("%s: %q is not taken for lateness", tool.Name, said)
		}
	}
	for said, tool := range map[string]Tool{
		"Error: MD5 of file does not match data in flash!": EsptoolJS,
		"the page fails: WebSocket closed with 1006":       Chromium,
		"MD5 mismatch: expected 00, got 01":                Espflasher,
	} {
		if tool.Late.MatchString(said) {
			t.Errorf("%s: %q is taken for lateness", tool.Name, said)
		}
	}
}
