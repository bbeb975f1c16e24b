package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	es "github.com/evanw/esbuild/pkg/api"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
)

// maxNesting keeps esbuild's recursive parser from using up time and stack on nonsense.
const maxNesting = 500

// script checks JavaScript that begins at offset base of the file.
func script(name string, file []byte, base int, code []byte, inPage bool) []api.Diagnostic {
	if p, deep := tooDeep(name, "js", file, base, code); deep {
		return []api.Diagnostic{p}
	}
	if p, found := goCode(name, file, base, code); found {
		return []api.Diagnostic{p}
	}
	return esbuild(name, "js", file, base, code, es.LoaderJS)
}

func style(name string, file []byte, base int, code []byte) []api.Diagnostic {
	if p, deep := tooDeep(name, "css", file, base, code); deep {
		return []api.Diagnostic{p}
	}
	found := esbuild(name, "css", file, base, code, es.LoaderCSS)
	found = slices.DeleteFunc(found, func(p api.Diagnostic) bool { return p.Code == "css.unsupported-css-property" }) // styleValues knows more
	if slices.ContainsFunc(found, func(p api.Diagnostic) bool { return p.Code == "css.syntax" || p.Code == "css.css-syntax-error" }) {
		return found // with its shape broken, the rest would be guesswork
	}
	return append(found, styleValues(name, file, base, code, false)...)
}

// tooDeep counts brackets, and operators or words in a row, without
// understanding strings: real code stays far below the limits.
func tooDeep(name, source string, file []byte, base int, code []byte) (api.Diagnostic, bool) {
	depth, chain, words := 0, 0, 0
	var before byte = ' ' // what was last, but for blanks
	inWord := false
	for i, c := range code {
		letter := c == '_' || c == '$' || c >= '0' && c <= '9' || isLetter(c) || c >= 0x80
		if letter && !inWord {
			words++
		}
		inWord = letter
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		}
		switch c {
		case '!', '~', '-', '+', '?', '=', '>', '*', '&', '<', '`', ':', '|', '^':
			chain++
		case ';', ',', '}':
			chain, words = 0, 0
		case '\n':
			words = 0
			if wordEnd(before) {
				chain = 0
			}
		}
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			before = c
		}
		if depth > maxNesting || chain > 4*maxNesting || words > 4*maxNesting {
			p := at(name, source, file, base+i, base+i+1)
			p.Code, p.Text, p.Help = source+".nesting", "There are too many things inside each other here to check this file.", "Split it into simpler parts."
			p.Severity = api.SeverityWarning
			return p, true
		}
	}
	return api.Diagnostic{}, false
}

func wordEnd(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || isLetter(c) || c == ')' || c == ']' || c == '"' || c == '\''
}

func esbuild(name, source string, file []byte, base int, code []byte, loader es.Loader) []api.Diagnostic {
	result := es.Transform(string(code), es.TransformOptions{Loader: loader, Sourcefile: name, LogLevel: es.LogLevelSilent, LogLimit: maxProblems, Target: es.ESNext})
	var found []api.Diagnostic
	add := func(m es.Message, severity api.Severity) {
		if m.Location == nil {
			return
		}
		start := base + min(lineOffset(code, m.Location.Line)+m.Location.Column, len(code))
		end := min(start+m.Location.Length, base+len(code))
		if end == start { // something to mark
			if start < base+len(code) && file[start] != '\n' && file[start] != '\r' {
				_, n := utf8.DecodeRune(file[start:])
				end += n
			} else if start > base {
				_, n := utf8.DecodeLastRune(file[base:start])
				start -= n
			}
		}
		p := at(name, source, file, start, end)
		p.Severity, p.Raw, p.Code = severity, m.Text, source+".syntax"
		if severity == api.SeverityWarning {
			p.Code = source + "." + m.ID
			if m.ID == "" {
				p.Code = source + ".warning"
			}
		}
		say(&p, file, base, code, start, end)
		found = append(found, p)
	}
	for _, m := range result.Errors {
		add(m, api.SeverityError)
	}
	for _, m := range result.Warnings {
		severity := api.SeverityWarning
		if m.ID == "css-syntax-error" {
			severity = api.SeverityError
		}
		add(m, severity)
	}
	return found
}

// lineOffset is where a line begins as JavaScript counts lines: \r and U+2028, too, end one.
func lineOffset(code []byte, line int) int {
	for i := 0; i < len(code) && line > 1; i++ {
		switch {
		case code[i] == '\n', code[i] == '\r' && (i+1 == len(code) || code[i+1] != '\n'):
			line--
		case code[i] == 0xe2 && i+2 < len(code) && code[i+1] == 0x80 && (code[i+2] == 0xa8 || code[i+2] == 0xa9):
			i += 2
			line--
		}
		if line == 1 {
			return i + 1
		}
	}
	if line > 1 {
		return len(code)
	}
	return 0
}

// sentence is what esbuild says and how a beginner understands it.
type sentence struct {
	match lazyregexp.Regexp
	text  string
	help  string
}

func says(pattern, text, help string) sentence {
	return sentence{lazyregexp.New(`(?s)^` + pattern + `$`), text, help}
}

var jsSentences = []sentence{
	says(`Unterminated string literal`, "This text has no quote at its end.", "Add the same quote that it begins with."),
	says(`Unterminated template literal`, "A text begins with ` here, and its end is missing.", "Add ` where the text ends."),
	says(`Unterminated regular expression`, "A / begins a search pattern here, and its end is missing.", "Add / where it ends; for a comment write //."),
	says(`Expected "\*/" to terminate.*`, "A comment begins with /* here, and its end is missing.", "Add */ where the comment ends."),
	says(`Unexpected end of file.*`, "The script ends too early.", "Something is missing: a }, a ) or a quote."),
	says(`Expected "([)\]}])" (?:to go with "(.)" )?but found end of file`, "A $1 is missing before the script ends.", "Add $1 where it belongs."),
	says(`Expected "([)\]}])" but found "(.*)"`, "A $1 is missing before $2.", "Add $1, or a comma when more values follow."),
	says(`Expected "\(" but found "(.*)"`, "A ( is missing before $1.", "Conditions stand between ( and ), as in if (x == 1) {"),
	says(`Expected "\{" but found "(.*)"`, "A { is missing before $1.", "What belongs together stands between { and }."),
	says(`Expected ":" but found "(.*)"`, "A : is missing before $1.", "Inside { } write name: value, with commas between."),
	says(`Expected ";" but found "(.*)"`, "$1 is not expected here: the command before it is complete.", "Something is missing before it, such as an operator, a comma, a ( or a new line."),
	says(`Expected identifier but found end of file`, "A name is missing at the end.", "Complete the line."),
	says(`Expected identifier but found "(.*)"`, "A name is expected here, not $1.", "Names begin with a letter; words such as if, class and new cannot be names."),
	says(`Expected (.+) but found "(.*)"`, "$1 is expected here, not $2.", "Look at what stands before it: is something missing?"),
	says(`Expected (.+) but found end of file`, "$1 is missing at the end.", "Complete the script."),
	says(`Unexpected "(.*)"`, "$1 is not expected here.", "Look at what stands before it: a bracket, a quote or a comma too many or too few?"),
	says(`Syntax error "(.*)"`, "$1 has no meaning here.", "Remove it, or put it into a text between quotes."),
	says(`The symbol "(.*)" has already been declared`, "There are two things named $1.", "Give one of them another name; to change it, leave out let or const."),
	says(`Cannot assign to "(.*)" because it is a constant`, "$1 was made with const and cannot change.", "Make it with let instead."),
	says(`This assignment will throw because "(.*)" is a constant`, "$1 was made with const and cannot change.", "Make it with let instead."),
	says(`Invalid assignment target`, "This cannot get a value.", "Only names can stand to the left of =; to compare, write ==."),
	says(`"await" can only be used inside an "async" function`, "await works in async functions only.", "Write async before function."),
	says(`Top-level await is .*`, "await works in async functions only.", "Put it into an async function."),
	says(`The constant "(.*)" must be initialized`, "const $1 needs a value.", "Write const $1 = …, or use let."),
	says(`Cannot use "(break|continue)" here:?.*`, "$1 stands outside of a loop.", "Remove it, or use return."),
	says(`A return statement cannot be used here.*`, "return stands outside of a function.", "Remove it."),
	says(`Invalid character "(.*)"`, "$1 has no meaning here.", "Remove it."),
	says(`Duplicate key "(.*)" in object literal`, "The name $1 is there twice; the last one counts.", "Remove one of them."),
	says(`Comparison with NaN using.*`, "Nothing equals NaN, not even NaN.", "Write Number.isNaN(x)."),
	says(`Comparison with -0.*`, "-0 and 0 are equal.", "Compare with 0."),
	says(`Comparison using the "(.*)" operator here is always (.*)`, "This comparison is always $2.", "Compare other things."),
	says(`This "(if|while)" .*`, "This $1 always goes the same way.", "Check its condition."),
}

var cssSentences = []sentence{
	says(`Expected "\}" to go with "\{"`, "A } is missing.", "Every { needs a } where its rules end."),
	says(`Expected "(.)" to go with "(.)"`, "A $1 is missing.", "Every $2 needs a $1."),
	says(`Expected ":"(?: but found "(.*)")?`, "A : is missing.", "Write property: value; as in color: red;"),
	says(`Expected "\{" but found (.*)`, "A { is missing before $1.", "Write what it is for, then { and the rules, then }."),
	says(`Unexpected "\}"`, "There is one } too many.", "Remove it, or look above for a } that comes too early."),
	says(`Unexpected (.*)`, "$1 is not expected here.", "Look at what stands before it: a ; or a } missing?"),
	says(`Unterminated string token`, "This text has no quote at its end.", "Add the same quote that it begins with."),
	says(`Expected "\*/" to terminate.*`, "A comment begins with /* here, and its end is missing.", "Add */ where the comment ends."),
	says(`Comments in CSS use "/\*.*`, "// makes no comment in CSS.", "Write /* … */."),
	says(`Expected identifier.*`, "A name is expected here.", "Look at what stands before it."),
}

var quotedWord = lazyregexp.New(`\$(\d)`)

func say(p *api.Diagnostic, file []byte, base int, code []byte, start, end int) {
	table := jsSentences
	if p.Source == "css" {
		table = cssSentences
	}
	for _, s := range table {
		if m := s.match().FindStringSubmatchIndex(p.Raw); m != nil {
			p.Text = string(s.match().ExpandString(nil, quotedWord().ReplaceAllString(s.text, "$${$1}"), p.Raw, m))
			p.Help = string(s.match().ExpandString(nil, quotedWord().ReplaceAllString(s.help, "$${$1}"), p.Raw, m))
			break
		}
	}
	if p.Text == "" {
		p.Text = strings.TrimSuffix(p.Raw, ".") + "."
		p.Help = "Compare the line with one that works."
	}
	if p.Source == "js" && strings.Contains(p.Raw, "end of file") {
		if open, ok := unclosed(code); ok {
			line, _ := explain.Position(file, base+open)
			closing := map[byte]string{'{': "}", '(': ")", '[': "]"}[code[open]]
			*p = withRange(*p, file, base+open, base+open+1)
			p.Text = "The " + string(code[open]) + " in line " + itoa(line) + " is never closed."
			p.Help = "Add " + closing + " where it ends."
		}
	}
	if p.Severity == api.SeverityError { // document quotes and dashes
		lineStart := strings.LastIndexByte(string(file[:start]), '\n') + 1
		lineEnd := len(file)
		if n := strings.IndexByte(string(file[start:]), '\n'); n >= 0 {
			lineEnd = start + n
		}
		if r, n := utf8.DecodeRune(file[start:]); r >= 0x80 && lineEnd-lineStart < 2000 && explain.Straight(string(r)) != string(r) {
			*p = withRange(*p, file, start, start+n)
			p.Code = p.Source + ".character"
			p.Text = string(r) + " is not the character that is needed here. Copied from a document?"
			p.Help = "Type it on the keyboard: " + explain.Straight(string(r))
			line := string(file[lineStart:lineEnd])
			p.Fix = fix(file, "Use plain characters in this line", lineStart, lineEnd, explain.Straight(line))
		}
	}
}

func withRange(p api.Diagnostic, file []byte, start, end int) api.Diagnostic {
	p.Line, p.Column = explain.Position(file, start)
	p.EndLine, p.EndColumn = explain.Position(file, end)
	return p
}

// unclosed finds the bracket to blame for an early end: the one whose closing
// one stands further left than it, else the last one left open. Strings and comments are skipped roughly.
func unclosed(code []byte) (int, bool) {
	type bracket struct{ at, indent int }
	var open []bracket
	suspect := -1
	indent, atStart := 0, true
	for i := 0; i < len(code); i++ {
		c := code[i]
		if c == '\n' {
			indent, atStart = 0, true
			continue
		}
		if atStart && (c == ' ' || c == '\t') {
			indent++
			continue
		}
		atStart = false
		switch c {
		case '"', '\'', '`':
			for i++; i < len(code) && code[i] != c && (code[i] != '\n' || c == '`'); i++ {
				if code[i] == '\\' {
					i++
				}
			}
		case '/':
			if i+1 < len(code) && code[i+1] == '/' {
				for i+1 < len(code) && code[i+1] != '\n' {
					i++
				}
			} else if i+1 < len(code) && code[i+1] == '*' {
				if n := strings.Index(string(code[i:]), "*/"); n > 0 {
					i += n + 1
				}
			}
		case '{', '(', '[':
			open = append(open, bracket{i, indent})
		case '}', ')', ']':
			if len(open) > 0 {
				last := open[len(open)-1]
				open = open[:len(open)-1]
				if suspect < 0 && c == '}' && code[last.at] == '{' && indent < last.indent {
					suspect = last.at
				}
			}
		}
	}
	if len(open) == 0 {
		return 0, false
	}
	if suspect >= 0 && code[open[len(open)-1].at] == '{' {
		return suspect, true
	}
	return open[len(open)-1].at, true
}
