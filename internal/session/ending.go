package session

import (
	"strings"

	"studio/link"

	"studioide/internal/api"
	"studioide/internal/compile"
	"studioide/internal/devlink"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// A board restarts a program that panics or hangs, and the next one tells why.
// On the virtual board a program may also end otherwise: see programExited.

// heldBack is a board that does not run its program, because that ended too often.
func heldBack(why string) *problem.Problem {
	return errHeld.With(why)
}

// reportLastEnd says what a board tells about the end of its last program.
func (s *Session) reportLastEnd(h devlink.Hello) {
	if h.Why == "" {
		return
	}
	found := api.Diagnostic{Severity: api.SeverityError, Source: "board", Code: "program.hung", Raw: h.Why,
		Text: say.SessionTheProgramDidNotAnswer(),
		Help: say.SessionWhileCallbackRunsNothingElse()}
	if rest, ok := strings.CutPrefix(h.Why, "the callback of "); ok {
		name, _, _ := strings.Cut(rest, " ")
		found.Text = say.SessionCallbackTooLong(name)
	}
	if h.Reset == link.ResetPanic {
		var ok bool
		if found, ok = s.explainPanic(h.Why); !ok {
			return
		}
	}
	s.send(api.Event{Problems: &[]api.Diagnostic{found}})
}

// explainPanic puts a panic into words. On the virtual board the console has what followed it, which tells the place.
func (s *Session) explainPanic(why string) (api.Diagnostic, bool) {
	text := ""
	if s.target.Virtual != nil {
		text = s.console.tail(32 << 10)
	}
	for at := strings.LastIndex(text, why); at >= 0; at = strings.LastIndex(text[:at], why) {
		if strings.HasSuffix(text[:at], "(") {
			continue // the next program told it
		}
		said, _, _ := strings.Cut(text[at:], "\nESP-ROM:")
		if found, ok := compile.Panic(said); ok {
			return found, true
		}
	}
	return compile.Panic(why)
}
