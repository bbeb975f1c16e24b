package session

import (
	"strings"
	"time"

	"studioide/internal/api"
	"studioide/internal/devlink"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// state is what is known of the board's program. Its methods are the
// transitions, each from what was known and one new fact to what is known now;
// they do nothing else. A verdict holds until another fact comes: silence is
// never an end, and whoever answers is running, whatever was said of him before.
type state struct {
	is      api.BoardState
	text    string
	problem *problem.Problem
	lastEnd string        // see api.Board.LastEnd
	hello   devlink.Hello // what the program said, while it answers
	printed bool          // it has printed something since it started
	ours    bool          // it was made with Studio: it answers when it comes to board.Serve()
	lost    bool          // it has answered before, and then no more
}

// startTimeout is how long a program made with Studio counts as starting; after
// that it is said that it may never come to board.Serve(). It is waited for all the same.
const startTimeout = 30 * time.Second

func firstProgramState() state {
	return state{is: api.BoardConnecting, text: say.SessionLookingForBoard()}
}

// to is a state that keeps only whose program it is.
func (s state) to(is api.BoardState, text string, p *problem.Problem) state {
	return state{is: is, text: text, problem: p, ours: s.ours}
}

// opened: the port is open, and somebody is being asked.
func (s state) opened() state {
	return s.to(api.BoardConnecting, say.CliAskingBoardWhoIt(), nil)
}

// absent: the port cannot be opened, or is gone.
func (s state) absent(p *problem.Problem) state {
	if s.is == api.BoardAbsent && s.problem != nil && s.problem.Code == p.Code && s.problem.Text == p.Text {
		return s // known, and told
	}
	return s.to(api.BoardAbsent, p.Text, p)
}

// busy: an action has the board. What is known of its program stays.
func (s state) busy(text string) state {
	s.is, s.text, s.problem = api.BoardBusy, text, nil
	return s
}

// flashed: the program in flash is another one now.
func (s state) flashed(ours bool) state {
	s.ours = ours
	return s
}

// started: the chip was started just now.
func (s state) started() state {
	if s.is == api.BoardAbsent {
		return s
	}
	return s.to(api.BoardStarting, say.SessionTheProgramStarting(), nil)
}

// answered: the program came to board.Serve().
func (s state) answered(h devlink.Hello) state {
	now := s.to(api.BoardRunning, say.SessionTheProgramRunning(), nil)
	now.hello, now.lastEnd, now.ours = h, h.Why, true
	if h.Held {
		p := heldBack(h.Why)
		now.is, now.text, now.problem, now.lastEnd = api.BoardCrashed, p.Text, p, ""
	}
	return now
}

// prints: the program has printed something.
func (s state) prints() state {
	s.printed = true
	if s.is == api.BoardStarting && s.ours && s.text == waitingText(false) {
		s.text = waitingText(true)
	}
	return s
}

// unanswered: nobody has answered since the port was opened, the program started or was last heard, for that long.
func (s state) unanswered(since time.Duration) state {
	switch {
	case s.is != api.BoardConnecting && s.is != api.BoardStarting:
		return s // it is known why nobody answers, or an action has the board
	case s.ours && (s.lost || since >= startTimeout):
		now := s.to(api.BoardSilent, "", silent(s.lost, s.printed))
		now.text, now.printed, now.lost = now.problem.Text, s.printed, s.lost
		return now
	case s.ours:
		now := s.to(api.BoardStarting, waitingText(s.printed), nil)
		now.printed = s.printed
		return now
	}
	now := s.to(api.BoardForeign, say.SessionNoProgramMadeWithStudio(), nil)
	now.printed = s.printed
	return now
}

// lostContact: the program has answered, and does no more.
func (s state) lostContact() state {
	if s.hello.Build == "" && s.hello.Board == "" || s.is != api.BoardRunning && s.is != api.BoardCrashed {
		return s
	}
	now := s.to(api.BoardConnecting, say.SessionTheProgramHasStoppedAnswering(), nil)
	now.lost = true
	return now
}

// stopped: the chip waits in its bootloader; with empty, nothing is known to be in its flash.
func (s state) stopped(empty bool) state {
	if empty {
		return s.to(api.BoardEmpty, say.SessionTheBoardWaitsForProgram(), nil)
	}
	return s.to(api.BoardStopped, say.SessionTheProgramStoppedResetStarts(), nil)
}

// empty: there is nothing in flash that the chip starts; why is what it said about it, if anything.
func (s state) empty(why string) state {
	if why == "" {
		return s.to(api.BoardEmpty, say.SessionThereNoProgramOnBoard(), nil)
	}
	p := notStarted(why)
	return s.to(api.BoardEmpty, p.Text, p)
}

// off: the board has no power.
func (s state) off() state {
	return s.to(api.BoardConnecting, say.SessionTheBoardHasNoPower(), nil)
}

// ended: the program came to its end, with p.
func (s state) ended(p *problem.Problem) state {
	return s.to(api.BoardCrashed, p.Text, p)
}

// resumed: the chip has been started by somebody else than Studio.
func (s state) resumed() state {
	switch s.is {
	case api.BoardStopped, api.BoardEmpty, api.BoardCrashed:
		return s.started()
	}
	return s
}

// acted tells whether an action has the board, or nobody: then what can be seen of the chip is not news.
func (s state) acted() bool { return s.is == api.BoardBusy || s.is == api.BoardAbsent }

// settled tells whether it is known how a program that was started does: it answers, or does not, or nobody can know.
func (s state) settled() bool {
	return s.is != api.BoardConnecting && s.is != api.BoardStarting && s.is != api.BoardBusy
}

func waitingText(printed bool) string {
	if printed {
		return say.SessionTheProgramPrintsButHas()
	}
	return say.SessionWaitingForProgramToCome()
}

// silent is a program made with Studio that does not answer; lost says that it did before.
func silent(lost, printed bool) *problem.Problem {
	switch {
	case lost:
		return errNoAnswerNoLonger
	case printed:
		return errNoAnswerPrints
	}
	return errNoAnswerNotServing
}

// notStarted is a chip that does not start what is in its flash, and said why.
func notStarted(why string) *problem.Problem {
	return errNotStarted.With(strings.TrimSuffix(why, "."))
}

// keepsProgram tells whether what the program has told of itself still holds.
func (s state) keepsProgram() bool {
	switch s.is {
	case api.BoardBusy:
		return true
	case api.BoardRunning, api.BoardCrashed:
		return s.hello.Build != "" || s.hello.Board != ""
	}
	return false
}

// wire is the board as pages see it: known, with the state of its program. It is the only place where that is written.
func (s state) wire(known api.Board) api.Board {
	known.State, known.Text, known.Problem, known.LastEnd = s.is, s.text, s.problem, s.lastEnd
	return known
}

// Absent is what pages see of a port whose board could not be opened at all, because of err.
func Absent(port string, err error) api.Board {
	return firstProgramState().absent(problem.Of(err)).wire(api.Board{Port: port, Name: port, LED: -1, Button: -1, Clients: -1})
}
