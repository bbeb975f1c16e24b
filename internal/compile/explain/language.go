package explain

import (
	"strings"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// language is what a file in another language looks like: single lines tell little, several of them much.
type language struct {
	name  func() string       // "a Python program"
	lines []lazyregexp.Regexp // of lines without the blanks around them; each kind counts once for each line
	sure  lazyregexp.Regexp   // one such line is enough; may be nil
	help  func() string
}

var languages = []language{
	{say.GoAPage, []lazyregexp.Regexp{lazyregexp.New(`^</?[a-zA-Z][\w-]*[^;{}]*>`), lazyregexp.New(`^<!--`)}, lazyregexp.New(`(?i)^<!doctype\s+html|^<html\b`),
		say.GoItBelongsIntoFileWww},
	{say.GoAPythonProgram, []lazyregexp.Regexp{
		lazyregexp.New(`^(?:import\s+[\w., ]+|from\s+[\w.]+\s+import\s+.+)$`), lazyregexp.New(`^(?:async\s+)?def\s+\w+\s*\(.*:$`), lazyregexp.New(`^(?:if|elif|while|for|class|with|try|except|else)\b.*:$`),
		lazyregexp.New(`^print\s*\(.*\)$`), lazyregexp.New(`^\w+\s*=\s*(?:Pin|machine\.\w+|network\.\w+|ADC|PWM)\s*\(`), lazyregexp.New(`^(?:pass|@\w+.*|#.*|"""|'''.*|\w+\.(?:on|off|value|sleep|sleep_ms)\(.*\))$`), lazyregexp.New(`^global\s+\w+`), lazyregexp.New(`\bself\.`),
	}, nil, say.GoBoardsRunGoHereMake},
	{say.GoAnArduinoProgram, []lazyregexp.Regexp{
		lazyregexp.New(`^void\s+(?:setup|loop)\s*\(`), lazyregexp.New(`^#(?:include|define)\b`), lazyregexp.New(`^(?:pinMode|digitalWrite|analogWrite|analogRead|delay|Serial\.\w+)\s*\(.*;`), lazyregexp.New(`^(?:const\s+)?(?:int|float|bool|String|char|unsigned\s+\w+|uint8_t|long|byte)\s+\w+\s*(?:=.*)?;`),
		lazyregexp.New(`^(?:void|int|float|bool|String)\s+\w+\s*\(.*\)\s*\{?$`),
	}, lazyregexp.New(`^void\s+(?:setup|loop)\s*\(`), say.GoBoardsRunGoHereMake2},
	{say.GoACProgram, []lazyregexp.Regexp{
		lazyregexp.New(`^#(?:include|define)\b`), lazyregexp.New(`^(?:int|void)\s+main\s*\(`), lazyregexp.New(`^printf\s*\(.*;`), lazyregexp.New(`^(?:const\s+)?(?:int|float|double|char|unsigned\s+\w+|uint8_t|long)\s+\**\w+(?:\[\w*\])?\s*(?:=.*)?;`), lazyregexp.New(`^return\s.*;$`),
	}, lazyregexp.New(`^int\s+main\s*\(`), say.GoBoardsRunGoHereMake3},
	{say.GoAJavascriptProgram, []lazyregexp.Regexp{
		lazyregexp.New(`^(?:const|let|var)\s+[\w{[][^:]*=(?:[^=].*)?$`), lazyregexp.New(`^(?:async\s+)?function\b`), lazyregexp.New(`=>`), lazyregexp.New(`\b(?:console\.log|document\.|window\.|require\(|addEventListener|setTimeout|setInterval|new WebSocket|websocket\.on\w+)`), lazyregexp.New(`^(?:import\s.*\bfrom\s+['"]|export\s)`), lazyregexp.New(`^\}\s*\)?\s*;$`), lazyregexp.New(`[^=!]===?[^=]`),
	}, nil, say.GoItBelongsIntoPageInto},
}

var goLine = lazyregexp.New(`^(?:package\s+\w+$|func\s+(?:\([^)]*\)\s*)?\w+\s*\(|import\s+(?:\(|"|\w+\s+")|var\s+\w+\s+[\w\[\]*.]+|type\s+\w+\s+\w+|.*:=|switch\b.*\{$|case\b.*:$)`)

// ForeignProgram recognises a whole file that is written in another language, and says in which.
// Mistakes in a program that is Go are not meant.
func ForeignProgram(content []byte) (name, help string, ok bool) {
	lines := strings.Split(string(content[:min(len(content), 64<<10)]), "\n")
	seen, ours := 0, 0
	counts := make([]int, len(languages))
	kinds := make([]map[int]bool, len(languages))
	certain := make([]bool, len(languages))
	for i := range kinds {
		kinds[i] = map[int]bool{}
	}
	packaged := false
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "*") {
			continue
		}
		if seen++; seen > 400 {
			break
		}
		if goLine().MatchString(line) {
			ours++
			packaged = packaged || strings.HasPrefix(line, "package ")
			continue
		}
		for i, l := range languages {
			hit := false
			for k, m := range l.lines {
				if m().MatchString(line) {
					hit, kinds[i][k] = true, true
				}
			}
			if l.sure != nil && l.sure().MatchString(line) {
				hit, certain[i] = true, true
			}
			if hit {
				counts[i]++
			}
		}
	}
	best := -1
	for i := range languages {
		if best < 0 || score(counts[i], len(kinds[i]), certain[i]) > score(counts[best], len(kinds[best]), certain[best]) {
			best = i
		}
	}
	n := counts[best]
	switch {
	case n == 0 || ours > 1 && n < 2*ours: // Go with some lines of another language
		return "", "", false
	case packaged && n*3 < seen:
		return "", "", false
	case !certain[best] && (n*4 < seen || n < 2 || len(kinds[best]) < 2 && n < 3):
		return "", "", false
	}
	return languages[best].name(), languages[best].help(), true
}

func score(count, kinds int, certain bool) int {
	if certain {
		count += 1000
	}
	return count*4 + kinds
}

// foreignFinding is the one problem of a file with mistakes in its shape when it is in another language; nil: it is Go, or meant to be.
func foreignFinding(path string, content []byte) *finding {
	if !strings.HasSuffix(path, ".go") {
		return nil
	}
	name, help, ok := ForeignProgram(content)
	if !ok {
		return nil
	}
	f := newFinding(path, content, "", nil)
	start := 0
	for at := 0; at < len(content); at = lineEnd(content, at) + 1 { // the first line that is not Go
		if content[at] == '\n' {
			continue
		}
		if line := strings.TrimSpace(lineAt(content, at)); line != "" && !strings.HasPrefix(line, "//") && !goLine().MatchString(line) {
			start = at
			break
		}
	}
	f.start, f.end = lineText(content, start)
	f.code, f.shape = "go.other-language", true
	f.text, f.help = say.GoThisNotGoProgram(name), help
	return f
}
