package board

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A callback that a real board would be restarted for ends the program here,
// too, and the console says which one and what to do.
func TestHungCallback(t *testing.T) {
	t.Parallel()
	p := start(t, "hung", false)
	c := dial(t, p, "/ws")
	say(t, c, "before")
	time.Sleep(30 * time.Millisecond) // the server has gone to sleep again, and fed the watchdog a moment ago
	say(t, c, "sleep")
	if p.cmd.Wait(); p.cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("%v", p.cmd.ProcessState)
	}
	p.find(t, regexp.MustCompile(`The board restarts: the callback of OnText took longer than 8 s\. .*board\.Every`))
}

// Limits that cannot be are said when the server starts.
func TestLimitsAreTold(t *testing.T) {
	p := start(t, "hung", false)
	p.find(t, regexp.MustCompile(`board\.Configure: MaxMessage cannot be 5000000\. It is 1048576\.`))
	p.find(t, regexp.MustCompile(`board\.Configure: Line cannot be -3\. It is 256\.`))
}

// A message that is too long is cut off with what to change, for the page and
// on the console.
func TestTooLongIsTold(t *testing.T) {
	p := start(t, "echo", false)
	c := dial(t, p, "/ws")
	say(t, c, strings.Repeat("x", 300))
	_, _, err := c.ReadMessage()
	var closed *websocket.CloseError
	const want = "A message is longer than 256 bytes. Allow more: board.Configure(board.Limits{MaxMessage: 300})"
	if !errors.As(err, &closed) || closed.Code != 1009 || closed.Text != want {
		t.Errorf("%v", err)
	}
	p.find(t, regexp.MustCompile(regexp.QuoteMeta(want)))
}
