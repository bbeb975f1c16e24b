package explain

import "studioide/ui/src/words/say"

import "strings"

// typeFirst: func f(int n), whose n Go takes for a type.
func typeFirst(f *finding) bool {
	words := tokens(f.content)
	at := -1
	for i, w := range words {
		if w.start == f.start {
			at = i
		}
	}
	open := at
	for open >= 0 && words[open].text != "(" && words[open].text != "{" && words[open].text != ")" {
		open--
	}
	if at < 0 || open < 1 || words[open].text != "(" || words[open-1].text != "func" && (open < 2 || words[open-2].text != "func") {
		return false
	}
	closing := at
	for closing < len(words) && words[closing].text != ")" {
		closing++
	}
	if closing == len(words) {
		return false
	}
	inside := string(f.content[words[open].end:words[closing].start])
	if !strings.Contains(inside, " ") { // a name alone, or several
		f.code = "go.parameter"
		f.text = say.GoEachValueThatFunctionTakes()
		f.help = say.GoWriteWhatItBehindName(clipped(f.m[1]))
		return true
	}
	turned, ok := goParameters(inside)
	if !ok {
		return false
	}
	f.code = "go.parameter"
	f.text = say.GoInGoNameComesFirst()
	f.help = "Write: (" + turned + ")"
	f.start, f.end = words[open].end, words[closing].start
	f.change(turned)
	return true
}

// calledWithBraces: from.SendText{msg}, which Go takes for a value of a type SendText.
func calledWithBraces(f *finding) {
	l := layOut(f.content)
	for i, w := range l.words {
		if w.start < f.start || w.text != "{" {
			continue
		}
		closing, ok := l.partner(i)
		if ok && l.rowOf[closing] == l.rowOf[i] && l.rowOf[i] == l.rowAt(f.start) {
			inside := string(f.content[w.end:l.words[closing].start])
			f.text, f.help = say.GoAFunctionCalledWithNot(), say.GoWrite(f.m[1]+"("+clipped(inside)+")")
			f.fix = &edit{say.FixChangeTo("( )"), w.start, l.words[closing].end, "(" + inside + ")"}
			return
		}
		break
	}
	f.code = "go.not-a-type"
}
