package explain

import (
	"strconv"
	"strings"

	"studioide/internal/api"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

var (
	panicLine = lazyregexp.New(`(?m)^(panic: |fatal error: |runtime: goroutine stack exceeds)(.*)$`)
	frameLine = lazyregexp.New(`(?m)^\s+(?:\S*[/\\])?app[/\\]([^\n:]+\.go):(\d+)`)
	tinyPlace = lazyregexp.New(`at (0x[0-9a-f]+): `)
)

// crash is a rule about what a panic says.
type crash struct {
	match lazyregexp.Regexp
	words say.Rule
}

var crashes = []crash{
	{lazyregexp.New(`index out of range \[(-?\d+)\] with length (\d+)`), say.PanicTheProgramAskedFor},
	{lazyregexp.New(`index out of range`), say.PanicTheProgramAskedFor2},
	{lazyregexp.New(`slice bounds out of range|slice out of range|slice smaller than array`), say.PanicTheProgramAskedFor3},
	{lazyregexp.New(`nil pointer dereference|invalid memory address`), say.PanicTheProgramUsedSomething},
	{lazyregexp.New(`assignment to entry in nil map|nil map`), say.PanicTheProgramWroteInto},
	{lazyregexp.New(`integer divide by zero|divide by zero`), say.PanicTheProgramDividedBy},
	{lazyregexp.New(`all goroutines are asleep - deadlock!|deadlocked`), say.PanicTheProgramWaitsFor},
	{lazyregexp.New(`goroutine stack overflow`), say.PanicTheProgramRanOut},
	{lazyregexp.New(`stack overflow|stack exceeds`), say.PanicAFunctionCallsItself},
	{lazyregexp.New(`out of memory`), say.PanicTheProgramUsedUp},
	{lazyregexp.New(`concurrent map`), say.PanicTwoPartsProgramUsed},
	{lazyregexp.New(`interface conversion: (.+)`), say.PanicAValueAnotherType},
	{lazyregexp.New(`close of closed channel|close of nil channel|send on closed channel`), say.PanicTheProgramUsedChannel},
	{lazyregexp.New(`negative shift|makeslice|slice too big|len out of range|channel is too big`), say.PanicTheProgramAskedFor4},
	{lazyregexp.New(`unimplemented: (.+)`), say.PanicTheBoardCannotDo},
}

// Panic turns what a program printed when it crashed into a problem with the
// place in the user's files. It understands Go's traces and TinyGo's lines. ok
// is false when there is no panic in the text.
func Panic(text string) (p api.Diagnostic, ok bool) {
	if len(text) > 1<<20 {
		text = text[len(text)-1<<20:]
	}
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\ufffd")
	all := panicLine().FindAllStringIndex(text, -1)
	if len(all) == 0 {
		return p, false
	}
	// The last crash counts: its first line is the one that no other line of a crash is right above.
	first := all[len(all)-1][0]
	if at := strings.LastIndex(text[:first], "\nruntime: goroutine stack exceeds"); at >= 0 && first-at < 500 {
		first = at + 1
	}
	text = text[first:]
	said, trace, _ := strings.Cut(text, "\n")
	raw := strings.TrimSpace(said)
	if strings.HasPrefix(raw, "runtime: goroutine stack exceeds") {
		raw = "fatal error: stack overflow"
	}
	p = api.Diagnostic{Severity: api.SeverityError, Source: "board", Code: "program.panic"}
	what := strings.TrimPrefix(strings.TrimPrefix(raw, "panic: "), "fatal error: ")
	what = tinyPlace().ReplaceAllString(what, "")
	custom := strings.HasPrefix(raw, "panic: ") && !strings.Contains(raw, "runtime error") && !strings.Contains(raw, "interface conversion")
	p.Text = say.PanicTheProgramStoppedWithPanic(strings.TrimPrefix(what, "runtime error: "))
	p.Help = say.PanicTheProgramItselfAskedFor()
	if strings.HasPrefix(raw, "fatal error: ") {
		p.Help = say.PanicReadWhatItSaysAnd()
	}
	if !custom || strings.Contains(what, "nil map") || strings.Contains(what, "channel") || strings.Contains(what, "out of memory") || strings.Contains(what, "unimplemented") {
		for _, c := range crashes {
			if m := c.match().FindStringSubmatch(what); m != nil {
				p.Text, p.Help = c.words.Words(m)
				break
			}
		}
	}
	if m := frameLine().FindStringSubmatch(trace); m != nil {
		line, _ := strconv.Atoi(m[2])
		p = Placed(p, m[1], line)
	}
	p.Text, p.Help = clean(p.Text), clean(p.Help)
	p.Raw = clean(strings.TrimSpace(text))
	return p, true
}

// Placed is p, which happened in a line of a file.
func Placed(p api.Diagnostic, path string, line int) api.Diagnostic {
	p.Path, p.Line, p.EndLine = path, line, line
	p.Column, p.EndColumn = 1, 1
	p.Text = say.PanicLine(strings.TrimSuffix(p.Text, "."), path, line)
	return p
}

// PlacedIn adds to p that it is in the function that begins at a line.
func PlacedIn(p api.Diagnostic, path string, line int) api.Diagnostic {
	text := strings.TrimSuffix(p.Text, ".")
	p = Placed(p, path, line)
	p.Text = say.PanicInFunctionThatBeginsIn(text, path, line)
	return p
}

// Address is where in the program's code TinyGo says that it stopped.
func Address(p api.Diagnostic) (uint64, bool) {
	said, _, _ := strings.Cut(p.Raw, "\n")
	m := tinyPlace().FindStringSubmatch(said)
	if m == nil || p.Code != "program.panic" || p.Path != "" {
		return 0, false
	}
	address, err := strconv.ParseUint(m[1], 0, 64)
	return address, err == nil
}
