// Package problem holds the one error type that people see.
//
// Whatever can go wrong in front of a user becomes a Problem: Code is stable
// and for programs, Text says what happened in the user's words, Help names
// the next physical action, and Cause is for the log only. Problems travel
// unchanged to the page (JSON) and to the command line.
//
//	return problem.New("port.busy", "screen (process 4711) is using /dev/ttyACM0.",
//		"Close that program, then press Run again.").Because(err)
package problem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Problem is a failure worth showing. It is immutable after Because.
type Problem struct {
	Code  string // stable, dotted, lower case: "flash.no-answer"
	Text  string // one or two sentences: what happened
	Help  string // one or two sentences: what to do next
	Cause error  // for the log; never shown by itself
}

// New returns a Problem without a cause.
func New(code, text, help string) *Problem { return &Problem{Code: code, Text: text, Help: help} }

// Because returns a copy of p that wraps cause.
func (p *Problem) Because(cause error) *Problem {
	q := *p
	q.Cause = cause
	return &q
}

// Error implements error; the text is what a log line wants to read.
func (p *Problem) Error() string {
	if p.Cause == nil {
		return p.Text
	}
	return fmt.Sprintf("%s (%v)", p.Text, p.Cause)
}

// Unwrap gives errors.Is and errors.As the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// Is matches another Problem by its code, so that errors.Is(err, ErrBusy) works for every copy of ErrBusy.
func (p *Problem) Is(target error) bool {
	q, ok := target.(*Problem)
	return ok && q.Code == p.Code
}

// MarshalJSON writes {"code","text","help"}; the cause stays in the log.
func (p *Problem) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code string `json:"code"`
		Text string `json:"text"`
		Help string `json:"help"`
	}{p.Code, p.Text, p.Help})
}

// UnmarshalJSON reads what MarshalJSON wrote, so that a Problem survives the way through a running Studio.
func (p *Problem) UnmarshalJSON(b []byte) error {
	var v struct{ Code, Text, Help string }
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	p.Code, p.Text, p.Help = v.Code, v.Text, v.Help
	return nil
}

// Cancelled is what an action reports that the user stopped.
var Cancelled = New("cancelled", "Cancelled.", "Nothing else to do; press the button again when you are ready.")

// Of returns the Problem inside err, or wraps err in an apology. It returns nil for nil.
func Of(err error) *Problem {
	if err == nil {
		return nil
	}
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if errors.Is(err, context.Canceled) {
		return Cancelled.Because(err)
	}
	return New("internal", "Something unexpected went wrong: "+err.Error()+".",
		"Try again. If it happens twice, restart Studio; your files are saved.").Because(err)
}
