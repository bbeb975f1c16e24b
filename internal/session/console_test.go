package session

import (
	"strings"
	"testing"

	"studioide/internal/api"
)

// What a page and "studio monitor" get has gone through the filter, also when it
// came in pieces, and a program that starts finds the terminal as it should be.
func TestConsoleIsFiltered(t *testing.T) {
	var got strings.Builder
	c := &console{emit: func(m api.Console) { got.WriteString(m.Text) }}
	for _, s := range []string{"a\x1b[9999", "99999M", "\x1b[31mb\x1b]52;c;", "ZXZpbA==\a", "\x1b]open"} {
		c.write([]byte(s))
	}
	c.fresh()
	c.write([]byte("next"))
	c.flush()
	const want = "a\x1b[31mbopen\x1b[0m\x1b[999;1H\r\nnext"
	if got.String() != want {
		t.Errorf("emitted %q, want %q", got.String(), want)
	}
	if kept, _ := c.text(); kept != want {
		t.Errorf("kept %q, want %q", kept, want)
	}
}
