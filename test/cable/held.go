package cable

import (
	"strings"
	"testing"
	"time"

	"studio/link"
)

// Held wants of a board whose program has panicked right after its start, three
// times in a row, that it holds the program, says so, and goes on with files and
// pages. why is how the panic's line ends.
func (k *Talk) Held(t testing.TB, why string) {
	t.Helper()
	if !k.Hello.Held || k.Hello.Reset != link.ResetPanic || !strings.HasPrefix(k.Hello.Why, "panic: ") || !strings.HasSuffix(k.Hello.Why, why) {
		t.Fatalf("the board is not held: %+v; it has printed %q", k.Hello, k.Printed())
	}
	said := "Restarted (" + k.Hello.Why + ")\nThe program does not run, because it ended so three times right after its start. Reset starts it again.\n"
	for late := time.Now().Add(Patience); !strings.Contains(strings.ReplaceAll(k.Printed(), "\r\n", "\n"), said); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("it has printed %q, not %q", k.Printed(), said)
		}
	}
	local := Web(t, "led")
	k.Push(t, local)
	k.Has(t, local)
	if page := Fetch(t, k.Proxy(t).URL()); len(page) < len(local[0].Content) {
		t.Errorf("the page has %d bytes", len(page))
	}
}
