package check

import (
	"strings"

	"studioide/internal/api"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// What is meant by a line of a script that cannot be read, as people write it in Python, C, Go or in a hurry.

var (
	elseIf      = lazyregexp.New(`^\s*(?:\}\s*)?(elif|elseif|elsif)\b`)
	forRange    = lazyregexp.New(`^\s*(for\s+(\w+)\s+in\s+range\s*\(\s*([\w.]+)\s*\)\s*:?)`)
	forCommas   = lazyregexp.New(`\bfor\s*\(\s*((?:let\s+|var\s+)?\w+\s*=\s*[^,;()]+),(\s*[^,;()]*[<>][^,;()]*),(\s*[^,;()]+)\)`)
	forBare     = lazyregexp.New(`^\s*for\s+((?:let\s+|var\s+)?\w+\s*=[^;()]*;[^;]*;[^;{]*?)\s*(?:\{|$)`)
	wordSign    = lazyregexp.New(`\b(and|or|not)\b\s?`)
	defLine     = lazyregexp.New(`^\s*(?:(?:async\s+)?def|func|fn|fun|void|int|String|bool|float)\s+(\w+)\s*\(([^()]*)\)`)
	fstringJS   = lazyregexp.New("\\b[fF](\"[^\"`]*\"|'[^'`]*')")
	filledIn    = lazyregexp.New(`\{([^{}]+)\}`)
	hashComment = lazyregexp.New(`^\s*(#)(?:\s|$)`)
	typedLine   = lazyregexp.New(`^\s*(?:const\s+)?(int|float|double|String|string|bool|boolean|char|byte|long|auto|unsigned int|uint8_t|dim|local|my)\s+\w+\s*(?:=|;|$)`)
	colonEquals = lazyregexp.New(`^\s*(\w+\s*:=\s*)`)
	arrowSign   = lazyregexp.New(`\)\s*(->|=\s+>)`)
	bigKeyword  = lazyregexp.New(`^\s*(?:\}\s*)?(Let|Const|Var|Function|Return|If|Else|For|While|Class|Switch|Case|Break|Import|LET|CONST|VAR|IF|ELSE|FOR|RETURN|FUNCTION)\b`)
	bareFn      = lazyregexp.New(`^\s*(function)\s*\(`)
	objectEqual = lazyregexp.New(`\{\s*\w+\s*=`)
	equalsSign  = lazyregexp.New(`([\w"'])\s*=\s*`)
	bareText    = lazyregexp.New(`\(\s*([A-Za-z]\w*(?: [A-Za-z]+)+[!.?]?)\s*\)`)
	apostrophe  = lazyregexp.New(`'([^'"\n]*[a-zA-Z]'[a-z]{1,2}\b[^'"\n]*)'`)
	styleDash   = lazyregexp.New(`\.style\.([a-z]+(?:-[a-z]+)+)`)
	nextColon   = lazyregexp.New(`^(?:\w+|"[^"]*"|'[^']*')\s*:`)
	styleInJS   = lazyregexp.New(`^\s*[.#@]?[A-Za-z][\w.# -]*\{(?:\s*[a-z-]+\s*:[^;{}]*;|\s*$)`)
)

// masks is a line of a script with x in place of what is in its texts.
func masks(line string) string {
	return quotedValue().ReplaceAllStringFunc(line, func(v string) string { return v[:1] + strings.Repeat("x", len(v)-2) + v[:1] })
}

// scriptHabit puts what was meant in place of what the parser says of a line.
func scriptHabit(p *api.Diagnostic, file []byte, base int, code []byte, start int) {
	begin, end := lineAround(file, start)
	if begin, end = max(begin, base), min(end, base+len(code)); end-begin > 1000 || end < begin {
		return
	}
	line := string(file[begin:end])
	bare := masks(line)
	here := start - begin
	tell := func(from, to int, text, help string) {
		*p = withRange(*p, file, begin+from, begin+to)
		p.Text, p.Help = text, help
	}
	change := func(from, to int, text, instead string) {
		tell(from, to, text, say.GoWrite(clip(strings.TrimSpace(instead))))
		p.Fix = fix(file, say.FixChangeTo(clip(strings.TrimSpace(instead))), begin+from, begin+to, instead)
	}
	if m := elseIf().FindStringSubmatchIndex(bare); m != nil {
		change(m[2], m[3], say.JsBorrowed(line[m[2]:m[3]]), "else if")
	} else if m := forRange().FindStringSubmatchIndex(bare); m != nil {
		name := line[m[4]:m[5]]
		tell(m[2], m[3], say.JsForRange(), say.GoWrite("for (let "+name+" = 0; "+name+" < "+line[m[6]:m[7]]+"; "+name+"++) { … }"))
	} else if m := forCommas().FindStringSubmatchIndex(bare); m != nil {
		change(m[2], m[7], say.JsForSemicolons(), line[m[2]:m[3]]+";"+line[m[4]:m[5]]+";"+line[m[6]:m[7]])
	} else if m := forBare().FindStringSubmatchIndex(bare); m != nil {
		change(m[2], m[3], say.JsForBrackets(), "("+line[m[2]:m[3]]+")")
	} else if m := hashComment().FindStringSubmatchIndex(bare); m != nil {
		change(m[2], m[3], say.JsHash(), "//")
	} else if m := fstringJS().FindStringSubmatchIndex(line); m != nil {
		change(m[0], m[1], say.JsFstring(), "`"+filledIn().ReplaceAllString(line[m[2]+1:m[3]-1], "$${$1}")+"`")
	} else if m := defLine().FindStringSubmatchIndex(bare); m != nil {
		word := strings.Fields(line)[0]
		from := strings.Index(line, word)
		tell(from, from+len(word), say.JsBorrowed(word), say.GoWrite("function "+line[m[2]:m[3]]+"("+clip(line[m[4]:m[5]])+") {"))
	} else if m := typedLine().FindStringSubmatchIndex(bare); m != nil {
		if strings.HasPrefix(strings.TrimSpace(line), "const ") {
			m[3]++ // with the blank behind it
			change(m[2], m[3], say.JsNoType(), "")
			p.Help = say.GoRemoveIt()
		} else {
			change(m[2], m[3], say.JsNoType(), "let")
		}
	} else if m := colonEquals().FindStringSubmatchIndex(bare); m != nil {
		name, _, _ := strings.Cut(line[m[2]:m[3]], ":")
		change(m[2], m[3], say.JsColonEquals(), "let "+strings.TrimSpace(name)+" = ")
	} else if m := arrowSign().FindStringSubmatchIndex(bare); m != nil {
		change(m[2], m[3], say.JsArrowSign(), "=>")
	} else if m := bigKeyword().FindStringSubmatchIndex(bare); m != nil {
		word := line[m[2]:m[3]]
		change(m[2], m[3], say.JsKeyword(word, strings.ToLower(word)), strings.ToLower(word))
	} else if m := bareFn().FindStringSubmatchIndex(bare); m != nil && strings.HasPrefix(p.Raw, "Expected identifier") {
		tell(m[2], m[3], say.JsFunctionName(), say.GoWrite("function name() { … }"))
	} else if m := styleDash().FindStringSubmatchIndex(bare); m != nil {
		parts := strings.Split(line[m[2]:m[3]], "-")
		for i, part := range parts[1:] {
			parts[i+1] = strings.ToUpper(part[:1]) + part[1:]
		}
		change(m[2], m[3], say.JsStyleName(), strings.Join(parts, ""))
	} else if m := apostrophe().FindStringSubmatchIndex(line); m != nil && m[0] <= here {
		change(m[0], m[1], say.JsApostrophe(), `"`+line[m[2]:m[3]]+`"`)
	} else if m := wordSign().FindStringSubmatchIndex(bare); m != nil && strings.ContainsAny(bare[:m[0]], "(=") {
		word := line[m[2]:m[3]]
		if word == "not" {
			change(m[0], m[1], say.JsBorrowed(word), "!")
		} else {
			change(m[2], m[3], say.JsBorrowed(word), map[string]string{"and": "&&", "or": "||"}[word])
		}
	} else if m := bareText().FindStringSubmatchIndex(bare); m != nil && m[2] <= here && here <= m[3] {
		change(m[2], m[3], say.JsTextQuotes(), `"`+line[m[2]:m[3]]+`"`)
	} else if strings.HasPrefix(p.Raw, `Expected "}" but found ";"`) && here < len(line) && line[here] == ';' {
		change(here, here+1, say.JsObjectComma(), ",")
	} else if strings.HasPrefix(p.Raw, `Expected "}" but found`) && nextColon().MatchString(line[min(here, len(line)):]) {
		at := len(strings.TrimRight(line[:here], " \t"))
		tell(here, here+p.EndColumn-p.Column, say.JsObjectComma(), say.FixAdd(","))
		if at > 0 {
			p.Fix = fix(file, say.FixAdd(","), begin+at, begin+at, ",")
		}
	} else if m := objectEqual().FindStringIndex(bare); m != nil && strings.HasPrefix(p.Raw, `Unexpected "="`) && m[0] < here {
		closing := strings.IndexByte(bare[m[0]:], '}')
		if closing < 0 {
			return
		}
		inner := line[m[0] : m[0]+closing]
		change(m[0], m[0]+closing, say.JsObjectColon(), equalsSign().ReplaceAllString(inner, "$1: "))
	} else if strings.HasPrefix(p.Raw, `Expected ")" but found "{"`) && here < len(line) {
		at := begin + len(strings.TrimRight(line[:here], " \t"))
		p.Fix = fix(file, say.FixAdd(")"), at, at, ")")
	} else if strings.Contains(p.Raw, "JSX syntax") {
		tell(here, len(strings.TrimRight(line, " \t\r")), say.JsHtmlInScript(), say.JsHtmlInScriptHelp())
	} else if styleInJS().MatchString(line) && !strings.Contains(line, "function") && cssName(line) {
		tell(len(line)-len(strings.TrimLeft(line, " \t")), len(strings.TrimRight(line, " \t\r")), say.CssInScript(), say.CssInScriptHelp())
	} else if strings.HasPrefix(p.Raw, "Unterminated string") {
		open := strings.LastIndexAny(line, `"'`)
		closing := len(strings.TrimRight(line, " \t\r);,{}"))
		if open >= 0 && closing > open && here > open {
			p.Fix = fix(file, say.FixAdd(line[open:open+1]), begin+closing, begin+closing, line[open:open+1])
		}
	}
}

// cssName tells whether a line begins with what a rule of CSS is for.
func cssName(line string) bool {
	word := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == '{' || r == ':' })
	return len(word) > 0 && (strings.ContainsAny(word[0][:1], ".#@") || known[strings.ToLower(word[0])])
}

// openBlock tells a { that has no } before a bracket of another kind.
func openBlock(p *api.Diagnostic, code []byte, at int) {
	if p.Raw != `Unexpected ")"` && p.Raw != `Unexpected "]"` {
		return
	}
	if open, ok := unclosed(code[:min(at, len(code))]); ok && code[open] == '{' {
		p.Text, p.Help = say.JsAMissingBefore.Words([]string{"", "}", p.Raw[len(p.Raw)-2 : len(p.Raw)-1]})
	}
}
