package flashertest

import (
	"testing"
	"time"

	"studioide/internal/problem"
)

func wantProblem(t *testing.T, err error, code string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error instead of %s", code)
	}
	p := problem.Of(err)
	if p.Code != code || p.Help == "" {
		t.Errorf("%s (%v) instead of %s", p.Code, err, code)
	}
}

// eventually waits for what another goroutine does.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
		time.Sleep(time.Millisecond)
	}
}
