package wstest

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"studioide/ui/src/words/say"
)

const longestShown = 200 // bytes of a text that is told

// describe says what a step does, in the words of the list.
func (s *Set) describe(step *Step) string {
	same := func(text string) string { return text }
	text := ""
	switch step.do {
	case doSend:
		text = say.WstestSend(step.content.describe())
	case doExpect:
		text = say.WstestExpect(step.match.describe(same), timeText(step.time))
	case doWaitFor:
		text = say.WstestWaitFor(step.match.describe(same), timeText(step.time))
	case doNothing:
		if text = say.WstestExpectNothing(timeText(step.time)); step.match != nil {
			text = say.WstestExpectNothingLike(step.match.describe(same), timeText(step.time))
		}
	case doWait:
		text = say.WstestWait(timeText(step.time))
	case doOpen:
		return say.WstestOpen(step.on)
	case doClose:
		text = say.WstestClose(step.code)
	case doExpectClose:
		text = say.WstestExpectClose(codeText(step.code), timeText(step.time))
	case doRepeat:
		if text = say.WstestRepeat(step.rounds); step.every > 0 {
			text = say.WstestRepeatEvery(step.rounds, timeText(step.every))
		}
		return text
	case doForEach:
		return say.WstestForEach(cut(strings.Join(step.items, ", ")))
	}
	if len(s.paths) > 1 && step.do != doWait {
		text = say.WstestOn(step.on, text)
	}
	return text
}

func (c content) describe() string {
	if c.name != "" {
		return c.name
	}
	return shown(c.written(nil), c.binary)
}

// written is the content as it stands in the file; bytes as hex.
func (c content) written(change func(string) string) string {
	if change == nil {
		change = func(text string) string { return text }
	}
	if c.binary {
		return hex.EncodeToString(c.bytes)
	}
	if c.json != nil {
		var b strings.Builder
		c.json.plain(&b, change)
		return b.String()
	}
	return change(c.text)
}

// describe says what a message has to be.
func (m *matcher) describe(fill func(string) string) string {
	switch {
	case m == nil:
	case m.binary:
		return shown(hex.EncodeToString(m.bytes), true)
	case m.equals != nil:
		return shown(fill(*m.equals), false)
	case m.contains != nil:
		return say.WstestContaining(shown(fill(*m.contains), false))
	case m.matches != nil:
		return "/" + cut(m.matches.String()) + "/"
	case m.json != nil:
		parts := make([]string, len(m.json))
		for i, p := range m.json {
			value := ""
			if p.matches != nil {
				value = "/" + p.matches.String() + "/"
			} else {
				var b strings.Builder
				p.value.plain(&b, fill)
				value = b.String()
			}
			if parts[i] = value; p.path != "" {
				parts[i] = p.path + " = " + value
			}
		}
		return say.WstestJson(cut(strings.Join(parts, ", ")))
	}
	return say.WstestAnything()
}

// String is what came, as it is told.
func (a arrival) String() string {
	if a.binary || !utf8.Valid(a.data) {
		return shown(hex.EncodeToString(a.data), true)
	}
	return shown(string(a.data), false)
}

// shown puts a text into quotes, and bytes into groups.
func shown(text string, binary bool) string {
	if !binary {
		return say.WstestQuoted(cut(text))
	}
	var b strings.Builder
	for i := 0; i+1 < len(text) && i < longestShown; i += 2 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(text[i : i+2])
	}
	if len(text) > longestShown {
		b.WriteString(" …")
	}
	return say.WstestBytes(len(text)/2, b.String())
}

func cut(text string) string {
	if len(text) <= longestShown {
		return text
	}
	end := longestShown
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

func codeText(code int) string {
	if code == 0 {
		return say.WstestAnyCode()
	}
	return strconv.Itoa(code)
}

// timeText writes a time as files do.
func timeText(d time.Duration) string {
	switch {
	case d < time.Second:
		return say.WstestMilliseconds(number(d, time.Millisecond))
	case d < 2*time.Minute:
		return say.WstestSeconds(number(d, time.Second))
	}
	return say.WstestMinutes(number(d, time.Minute))
}

func number(d, unit time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(unit), 'f', -1, 64)
}

func sizeText(n int) string { return fmt.Sprintf("%d KB", (n+1023)>>10) }
