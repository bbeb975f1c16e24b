package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/outgoing"
	"studioide/internal/problem"
)

// asker is a program that asks for some addresses, each when it has been looked for a few times.
type asker struct {
	asks    map[string]int // how often it is looked for in vain
	broken  error
	allowed []string
}

func (a *asker) AllowDial(_ context.Context, address string) error {
	if a.broken != nil {
		return a.broken
	}
	left, ok := a.asks[address]
	if !ok || left > 0 {
		a.asks[address] = left - 1
		if !ok {
			delete(a.asks, address)
		}
		return outgoing.ErrNotAsked.With(address)
	}
	a.allowed = append(a.allowed, address)
	return nil
}

// A program that is on the board and asks for nothing is no failure; each address is allowed once it is asked for, and no other.
func TestFlashedProgramsDial(t *testing.T) {
	for _, c := range []struct {
		name    string
		dials   dialing
		a       asker
		within  time.Duration
		allowed string
		says    string
		err     error
	}{
		{"nothing to allow", nil, asker{broken: errNoStudio}, time.Hour, "", "", nil},
		{"both", dialing{"a:1", "b:2"}, asker{asks: map[string]int{"a:1": 2, "b:2": 0, "c:3": 0}}, time.Hour, "b:2 a:1", `"phase":"dial"`, nil},
		{"one never", dialing{"a:1", "b:2"}, asker{asks: map[string]int{"a:1": 0}}, 1, "a:1", `{"address":"b:2","event":"notAsked"}`, nil},
		{"the board has gone", dialing{"a:1"}, asker{broken: errNoStudio}, time.Hour, "", "", errNoStudio},
	} {
		var b strings.Builder
		err := c.dials.allowStarted(t.Context(), &c.a, &output{out: &b, json: true}, c.within)
		if !errors.Is(err, c.err) || strings.Join(c.a.allowed, " ") != c.allowed || !strings.Contains(b.String(), c.says) {
			t.Errorf("%s: %v, %v\n%s", c.name, err, c.a.allowed, b.String())
		}
		if asked := strings.Contains(b.String(), "notAsked"); asked != strings.Contains(c.says, "notAsked") {
			t.Errorf("%s: %s", c.name, b.String())
		}
		if len(c.dials) == 0 && b.Len() > 0 {
			t.Errorf("%s: %s", c.name, b.String())
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (dialing{"a:1"}).allowStarted(ctx, &asker{asks: map[string]int{}}, &output{out: &strings.Builder{}, json: true}, time.Hour); err == nil {
		t.Error("who has stopped it is told that all went well")
	}
}

// Where nobody is asked, --dial is a mistake, which is told first.
func TestDialIsForTheVirtualBoard(t *testing.T) {
	t.Setenv("STUDIO_HOME", t.TempDir())
	for _, args := range [][]string{
		{"flash", "--port", "/dev/studio-test-none"}, {"monitor", "--port", "COM99"}, {"ws", "ws://127.0.0.1:1/"},
	} {
		var wanted []string
		for _, address := range []string{"127.0.0.1:1", "nonsense"} {
			wanted = append(wanted, failure(t, slices.Concat(args, []string{"--dial", address, "--json"})))
		}
		if got := strings.Join(wanted, " "); got != "usage/dial outgoing.address" {
			t.Errorf("%v: %s", args, got)
		}
	}
}

// What was given at --port and is none gets another next step than to give one.
func TestAPortThatIsNoneWasGiven(t *testing.T) {
	t.Setenv("STUDIO_HOME", t.TempDir())
	for _, name := range []string{os.DevNull, t.TempDir()} {
		var said strings.Builder
		cmd := commands(&output{out: &strings.Builder{}, err: &said})
		cmd.SetArgs([]string{"files", "ls", "--port", name})
		err := cmd.ExecuteContext(t.Context())
		help := problem.Of(err).CommandLine().Help
		if err == nil || strings.HasPrefix(help, "Add") || !strings.Contains(help, "--port") {
			t.Errorf("%s: %v %q", name, err, help)
		}
	}
}

// A list of ports says each one's name once.
func TestAPortsNameIsListedOnce(t *testing.T) {
	for title, want := range map[string]string{"Serial port (/dev/ttyS0)": "Serial port", "Virtual ESP32-C3": "Virtual ESP32-C3"} {
		if got := titleAlone(api.Port{Name: "/dev/ttyS0", Title: title}); got != want {
			t.Errorf("%s is listed as %q", title, got)
		}
	}
}

// failure is the code of the problem that a command ends with.
func failure(t *testing.T, args []string) string {
	t.Helper()
	cmd := commands(&output{out: &strings.Builder{}, err: &strings.Builder{}, json: true})
	cmd.SetArgs(args)
	p := problem.Of(cmd.ExecuteContext(t.Context()))
	if p == nil {
		return ""
	}
	if p.Variant != "" {
		return p.Code + "/" + p.Variant
	}
	return p.Code
}
