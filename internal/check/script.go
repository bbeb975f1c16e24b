package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	es "github.com/evanw/esbuild/pkg/api"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
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
	found := esbuild(name, "js", file, base, code, es.LoaderJS)
	if slices.ContainsFunc(found, func(p api.Diagnostic) bool { return p.Severity == api.SeverityError }) {
		return found
	}
	return append(found, meant(name, file, base, code)...)
}

func style(name string, file []byte, base int, code []byte) []api.Diagnostic {
	if p, deep := tooDeep(name, "css", file, base, code); deep {
		return []api.Diagnostic{p}
	}
	found := esbuild(name, "css", file, base, code, es.LoaderCSS)
	found = slices.DeleteFunc(found, func(p api.Diagnostic) bool {
		return p.Code == "css.unsupported-css-property" || p.Code == "css.unsupported-@namespace"
	}) // styleValues knows more, and bundling is not meant
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
			p.Code, p.Text, p.Help = source+".nesting", say.JsThereTooManyThingsInside(), say.JsSplitItIntoSimplerParts()
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
		explainRaw(&p, file, base, code, start, end)
		if n := len(found); n > 0 && found[n-1].Line == p.Line && found[n-1].Text == p.Text && found[n-1].Column == p.Column {
			return
		}
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
	words say.Rule
}

func says(pattern string, words say.Rule) sentence {
	return sentence{lazyregexp.New(`(?s)^` + pattern + `$`), words}
}

var jsSentences = []sentence{
	says(`Unterminated string literal`, say.JsThisTextHasNo),
	says(`Unterminated template literal`, say.JsATextBeginsWith),
	says(`Unterminated regular expression`, say.JsABeginsSearchPattern),
	says(`Expected "\*/" to terminate.*`, say.JsACommentBeginsWith),
	says(`Unexpected end of file.*`, say.JsTheScriptEndsToo),
	says(`Expected "([)\]}])" (?:to go with "(.)" )?but found end of file`, say.JsAMissingBeforeScript),
	says(`Expected "([)\]}])" but found "(.*)"`, say.JsAMissingBefore),
	says(`Expected "\(" but found "(.*)"`, say.JsAMissingBefore2),
	says(`Expected "\{" but found "(.*)"`, say.JsAMissingBefore3),
	says(`Expected ":" but found "(.*)"`, say.JsAMissingBefore4),
	says(`Expected ";" but found "(.*)"`, say.JsIsNotExpectedHere),
	says(`Expected identifier but found end of file`, say.JsANameMissingAt),
	says(`Expected identifier but found "(.*)"`, say.JsANameExpectedHere),
	says(`Expected (.+) but found "(.*)"`, say.JsIsExpectedHereNot),
	says(`Expected (.+) but found end of file`, say.JsIsMissingAtEnd),
	says(`Unexpected "(.*)"`, say.JsIsNotExpectedHere2),
	says(`Syntax error "(.*)"`, say.JsHasNoMeaningHere),
	says(`The symbol "(.*)" has already been declared`, say.JsThereTwoThingsNamed),
	says(`Cannot assign to "(.*)" because it is a constant`, say.JsWasMadeWithConst),
	says(`This assignment will throw because "(.*)" is a constant`, say.JsWasMadeWithConst),
	says(`Invalid assignment target`, say.JsThisCannotGetValue),
	says(`"await" can only be used inside an "async" function`, say.JsAwaitWorksAsyncFunctions),
	says(`Top-level await is .*`, say.JsAwaitWorksAsyncFunctions2),
	says(`The constant "(.*)" must be initialized`, say.JsConstNeedsValue),
	says(`Cannot use "(break|continue)" here:?.*`, say.JsStandsOutsideLoop),
	says(`The following expression is not returned.*`, say.JsReturnLine),
	says(`A return statement cannot be used here.*`, say.JsReturnStandsOutsideFunction),
	says(`Invalid character "(.*)"`, say.JsHasNoMeaningHere2),
	says(`Duplicate key "(.*)" in object literal`, say.JsTheNameThereTwice),
	says(`Comparison with NaN using.*`, say.JsNothingEqualsNanNot),
	says(`Comparison with -0.*`, say.JsN0And0Equal),
	says(`Comparison using the "(.*)" operator here is always (.*)`, say.JsThisComparisonAlways),
	says(`This "(if|while)" .*`, say.JsThisAlwaysGoesSame),
}

var cssSentences = []sentence{
	says(`Expected "\}" to go with "\{"`, say.CssAMissing),
	says(`Expected "(.)" to go with "(.)"`, say.CssAMissing2),
	says(`Expected ":"(?: but found "(.*)")?`, say.CssAMissing3),
	says(`Expected "\{" but found (.*)`, say.CssAMissingBefore),
	says(`Unexpected "\}"`, say.CssThereOneTooMany),
	says(`Unexpected (.*)`, say.CssIsNotExpectedHere),
	says(`Unterminated string token`, say.CssThisTextHasNo),
	says(`Expected "\*/" to terminate.*`, say.CssACommentBeginsWith),
	says(`Comments in CSS use "/\*.*`, say.CssMakesNoCommentCss),
	says(`Expected identifier.*`, say.CssANameExpectedHere),
}

func explainRaw(p *api.Diagnostic, file []byte, base int, code []byte, start, end int) {
	table := jsSentences
	if p.Source == "css" {
		table = cssSentences
	}
	for _, s := range table {
		if m := s.match().FindStringSubmatch(p.Raw); m != nil {
			p.Text, p.Help = s.words.Words(m)
			break
		}
	}
	if p.Text == "" {
		p.Text = strings.TrimSuffix(p.Raw, ".") + "."
		p.Help = say.JsCompareLineWithOneThat()
	}
	if p.Source == "js" && strings.Contains(p.Raw, "end of file") {
		if open, ok := unclosed(code); ok {
			line, _ := explain.Position(file, base+open)
			closing := map[byte]string{'{': "}", '(': ")", '[': "]"}[code[open]]
			*p = withRange(*p, file, base+open, base+open+1)
			p.Text = say.JsTheInLineNeverClosed(string(code[open]), line)
			p.Help = say.JsAddWhereItEnds(closing)
		}
	}
	if p.Source == "js" && p.Severity == api.SeverityError {
		openBlock(p, code, start-base)
		scriptHabit(p, file, base, code, start)
	}
	if p.Source == "css" && p.Severity == api.SeverityError {
		styleHabit(p, file, base, code, start)
	}
	if p.Severity == api.SeverityError && p.Fix == nil { // document quotes and dashes
		lineStart := strings.LastIndexByte(string(file[:start]), '\n') + 1
		lineEnd := len(file)
		if n := strings.IndexByte(string(file[start:]), '\n'); n >= 0 {
			lineEnd = start + n
		}
		if r, n := utf8.DecodeRune(file[start:]); r >= 0x80 && lineEnd-lineStart < 2000 && explain.Straight(string(r)) != string(r) {
			*p = withRange(*p, file, start, start+n)
			p.Code = p.Source + ".character"
			p.Text = say.JsIsNotCharacterThatNeeded(string(r))
			p.Help = say.JsTypeItOnKeyboard(explain.Straight(string(r)))
			line := string(file[lineStart:lineEnd])
			p.Fix = fix(file, say.JsUsePlainCharactersInThis(), lineStart, lineEnd, explain.Straight(line))
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
func unclosed(code []byte) (int, bool) { return unclosedIn(code, true) }

// unclosedIn is unclosed for CSS, too, where // is no comment.
func unclosedIn(code []byte, slashes bool) (int, bool) {
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
			if i+1 < len(code) && code[i+1] == '/' && slashes {
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
