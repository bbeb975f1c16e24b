package session

import (
	"strings"

	"studio/link"

	"studioide/internal/api"
	"studioide/internal/compile"
	"studioide/internal/devlink"
	"studioide/internal/problem"
)

// A microcontroller restarts a program that panics or hangs, and the next one
// tells why. A virtual board's program simply ends: see exited.

// heldBack is a board that does not run its program, because that ended too often.
func heldBack(why string) *problem.Problem {
	return problem.New("program.held", "The program ended three times right after its start ("+why+"), so the board does not run it any more.",
		"Mend main.go and press Run; Reset tries the program again as it is.")
}

// reportLastEnd says what a board tells about the end of its last program.
func (s *Session) reportLastEnd(h devlink.Hello) {
	if h.Why == "" {
		return
	}
	found := api.Diagnostic{Severity: api.SeverityError, Source: "board", Code: "program.hung", Raw: h.Why,
		Text: "The program did not answer for 8 s and was started again.",
		Help: "While a callback runs nothing else does: let it return soon, and use board.Every or a goroutine for what takes long."}
	if strings.HasPrefix(h.Why, "the callback of ") {
		found.Text = "T" + h.Why[1:] + ", so the board was started again."
	}
	if h.Reset == link.ResetPanic {
		var ok bool
		if found, ok = compile.Panic(h.Why); !ok {
			return
		}
	}
	s.send(api.Event{Problems: &[]api.Diagnostic{found}})
}
