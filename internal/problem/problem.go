// Package problem holds the one error type that people see.
//
// Whatever can go wrong in front of a user is defined once, in the problems.go of the package in which it goes wrong: a
// stable code, a class that decides HTTP status and exit code, the next step, and the names of the gaps in its sentences.
// The sentences themselves are in the words file (package words), which the page has, too.
//
//	var errBusy = problem.Define2[string, string]("port.busy", problem.Busy, problem.CloseOther, "program", "port")
//
//	return errBusy.With("screen (process 4711)", "/dev/ttyACM0").Because(err)
//
// Problems travel unchanged to the page (JSON) and to the command line. Cause is for the log only.
package problem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"studioide/ui/src/words"
)

// Problem is a failure worth showing. It is never changed.
type Problem struct {
	Code    string         `json:"code"`              // stable, dotted, lower case: "flash.no-answer"
	Class   Class          `json:"class"`             // what kind of trouble it is
	Step    Step           `json:"step"`              // what to do next, for programs
	Text    string         `json:"text"`              // one or two sentences: what happened
	Help    string         `json:"help"`              // one or two sentences: what to do next
	Variant string         `json:"variant,omitempty"` // which of the code's sentences; with Args all that is needed to say them in another language
	Args    map[string]any `json:"args,omitempty"`    // what stands in their gaps: strings, integers (int64)
	About   string         `json:"about,omitempty"`   // the file that it is about, which Text begins with
	Cause   error          `json:"-"`                 // for the log; never shown by itself
}

// kind is how p is defined; nil: by another program, whose words are not known here.
func (p *Problem) kind() *Kind { return registry[wordsKey(p.Code, p.Variant)] }

// Because returns a copy of p that wraps cause.
func (p *Problem) Because(cause error) *Problem {
	q := *p
	q.Cause = cause
	return &q
}

// Regarding returns a copy of p whose text begins with the name of what it is about.
func (p *Problem) Regarding(name string) *Problem {
	q := *p
	about, _ := words.Find("part.regarding")
	q.About, q.Text = name, fill(about.Text, map[string]any{"about": name, "text": p.Text})
	return &q
}

// CommandLine returns a copy of p whose help is for who has no page.
func (p *Problem) CommandLine() *Problem {
	q := *p
	if k := p.kind(); k != nil {
		q.Help = k.sayCommand(q.Args)
	}
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

// Is matches another Problem, or a Kind, by its code, so that errors.Is(err, ErrBusy) works for every variant of ErrBusy.
func (p *Problem) Is(target error) bool {
	switch q := target.(type) {
	case *Problem:
		return q.Code == p.Code
	case Defined:
		return q.kind().code == p.Code
	}
	return false
}

// UnmarshalJSON reads what a running Studio, maybe of another version, says.
func (p *Problem) UnmarshalJSON(b []byte) error {
	type plain Problem
	var v plain
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	for name, a := range v.Args {
		v.Args[name] = received(a)
	}
	*p = Problem(v)
	if k := p.kind(); k != nil {
		p.Class, p.Step = k.class, k.step
	}
	return nil
}

// argument brings a value into the form in which Args has it.
func argument(v any) any {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return int64(v)
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return r.String()
	case reflect.Uint32:
		return int64(r.Uint())
	default:
		return r.Int()
	}
}

// received is argument for what JSON has made of it.
func received(v any) any {
	switch v := v.(type) {
	case float64:
		return int64(v)
	case string:
		return v
	}
	return ""
}

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
	return errInternal.With(err.Error()).Because(err)
}
