package compile

import (
	"slices"
	"strings"
	"testing"

	"studioide/internal/board"
)

// shellWords splits as TinyGo does (google/shlex): in double quotes a backslash takes the next character as it is.
func shellWords(s string) (words []string, ok bool) {
	var word strings.Builder
	in, quoted, escaped := false, false, false
	for _, r := range s {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\':
			in, escaped = true, true
		case r == '"':
			in, quoted = true, !quoted
		case r == ' ' && !quoted:
			if in {
				words = append(words, word.String())
			}
			word.Reset()
			in = false
		default:
			in = true
			word.WriteRune(r)
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words, !quoted && !escaped
}

// Whatever a title is made of reaches the program, and nothing else of the command.
func TestTitlesReachTinyGo(t *testing.T) {
	for _, title := range []string{`a\b`, `a\`, `\`, `\\`, `a "b"`, `it's`, "$x `y` %s", "-X main.x=y", `" -X studio/board.build=evil`, "日本 🍳", strings.Repeat(`\`, 200), "two\nlines", " "} {
		args := tinygoArguments(board.Board{Target: "pico"}, programName(title), "0123456789abcdef", "out.uf2")
		i := slices.Index(args, "-ldflags")
		words, ok := shellWords(args[i+1])
		want := []string{"-X", "studio/board.program=" + programName(title), "-X", "studio/board.build=0123456789abcdef"}
		if !ok || !slices.Equal(words, want) {
			t.Errorf("title %q: TinyGo sees %q, %v; want %q", title, words, ok, want)
		}
		if name := programName(title); len(name) > 64 || strings.ContainsAny(name, "\n\"") {
			t.Errorf("title %q is called %q", title, name)
		}
	}
}
