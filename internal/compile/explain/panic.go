package explain

import (
	"strconv"
	"strings"

	"studioide/internal/api"
	"studioide/internal/lazyregexp"
)

var (
	panicLine = lazyregexp.New(`(?m)^(panic: |fatal error: |runtime: goroutine stack exceeds)(.*)$`)
	frameLine = lazyregexp.New(`(?m)^\s+(?:\S*[/\\])?app[/\\]([^\n:]+\.go):(\d+)`)
	tinyPlace = lazyregexp.New(`at (0x[0-9a-f]+): `)
)

// crash is a rule about what a panic says.
type crash struct {
	match lazyregexp.Regexp
	text  string
	help  string
}

var crashes = []crash{
	{lazyregexp.New(`index out of range \[(-?\d+)\] with length (\d+)`), "The program asked for element number $1 of a list that has $2.", "Counting starts at 0; check the number against len(…) first."},
	{lazyregexp.New(`index out of range`), "The program asked for an element that a list does not have.", "Counting starts at 0; check the number against len(…) first."},
	{lazyregexp.New(`slice bounds out of range|slice out of range|slice smaller than array`), "The program asked for a part of a text or list that is longer than the whole.", "Check len(…) first."},
	{lazyregexp.New(`nil pointer dereference|invalid memory address`), "The program used something that is nil: it was never made.", "Give the variable a value before it is used, or check it: if x != nil { … }"},
	{lazyregexp.New(`assignment to entry in nil map|nil map`), "The program wrote into a map that was never made.", "Make it first: m := map[string]int{}"},
	{lazyregexp.New(`integer divide by zero|divide by zero`), "The program divided by zero.", "Check the number before dividing: if n != 0 { … }"},
	{lazyregexp.New(`all goroutines are asleep - deadlock!|deadlocked`), "The program waits for something that can never come.", "A channel or lock waits for ever; end main with board.Serve()."},
	{lazyregexp.New(`goroutine stack overflow`), "The program ran out of stack: a function calls itself again and again, or has large arrays of its own.", "Let it stop at some point; put large arrays outside of functions."},
	{lazyregexp.New(`stack overflow|stack exceeds`), "A function calls itself again and again until memory is used up.", "Let it stop at some point."},
	{lazyregexp.New(`out of memory`), "The program used up the board's memory.", "Keep less: lists and texts that grow for ever fill it."},
	{lazyregexp.New(`concurrent map`), "Two parts of the program used the same map at the same time.", "Use it from one place only, or protect it with a sync.Mutex."},
	{lazyregexp.New(`interface conversion: (.+)`), "A value is of another type than the program took it for: $1.", "Check the type first: v, ok := x.(string)"},
	{lazyregexp.New(`close of closed channel|close of nil channel|send on closed channel`), "The program used a channel that is closed.", "Close a channel once, when nothing is sent any more."},
	{lazyregexp.New(`negative shift|makeslice|slice too big|len out of range|channel is too big`), "The program asked for a list or channel of an impossible size.", "Check the number before make(…)."},
	{lazyregexp.New(`unimplemented: (.+)`), "The board cannot do this: $1.", "Do without it."},
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
	p.Text = "The program stopped with a panic: " + strings.TrimPrefix(what, "runtime error: ") + "."
	p.Help = "The program itself asked for this with panic(…), or a package did; read what it says."
	if strings.HasPrefix(raw, "fatal error: ") {
		p.Help = "Read what it says, and look at the marked line."
	}
	if !custom || strings.Contains(what, "nil map") || strings.Contains(what, "channel") || strings.Contains(what, "out of memory") || strings.Contains(what, "unimplemented") {
		for _, c := range crashes {
			if m := c.match().FindStringSubmatchIndex(what); m != nil {
				p.Text = string(c.match().ExpandString(nil, braced(c.text), what, m))
				p.Help = string(c.match().ExpandString(nil, braced(c.help), what, m))
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
	p.Text = strings.TrimSuffix(p.Text, ".") + " (" + path + ", line " + strconv.Itoa(line) + ")."
	return p
}

// PlacedIn adds to p that it is in the function that begins at a line.
func PlacedIn(p api.Diagnostic, path string, line int) api.Diagnostic {
	text := strings.TrimSuffix(p.Text, ".")
	p = Placed(p, path, line)
	p.Text = text + " (" + path + ", in the function that begins in line " + strconv.Itoa(line) + ")."
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
