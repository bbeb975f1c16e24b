package terminal_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"studioide/internal/terminal"
)

func filtered(pieces ...string) string {
	var f terminal.Filter
	var out []byte
	for _, p := range pieces {
		out = f.Append(out, []byte(p))
	}
	return string(out)
}

func TestFilter(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"text", "23 °C 🙂\r\nnext\tone\b\n", "23 °C 🙂\r\nnext\tone\b\n"},
		{"colours", "\x1b[1;31mhot\x1b[0m \x1b[38;5;208mo\x1b[38;2;1;2;3m\x1b[4:3mu\x1b[m", "\x1b[1;31mhot\x1b[0m \x1b[38;5;208mo\x1b[38;2;1;2;3m\x1b[4:3mu\x1b[m"},
		{"a progress line", "\r\x1b[K 10 %\r\x1b[2K 20 %\x1b[3D\x1b[1A", "\r\x1b[K 10 %\r\x1b[2K 20 %\x1b[3D\x1b[1A"},
		{"a screen", "\x1b[2J\x1b[H\x1b[3;10Hx\x1b7\x1b8\x1b[s\x1b[u\x1b[J", "\x1b[2J\x1b[H\x1b[3;10Hx\x1b7\x1b8\x1b[s\x1b[u\x1b[J"},
		{"huge moves", "\x1b[999999999A\x1b[99999999999999999999;5H\x1b[1000@", "\x1b[999A\x1b[999;5H\x1b[999@"},
		{"huge colours", "\x1b[99999999999m", "\x1b[255m"},
		{"lines deleted, inserted, scrolled, repeated", "a\x1b[999999999M\x1b[5L\x1b[9S\x1b[9T\x1b[999999999b\x1b[9^b", "ab"},
		{"scroll regions, modes, tabs", "a\x1b[3;9r\x1b[?1049h\x1b[?1000h\x1b[?25l\x1b[4h\x1b[99999I\x1b[3g\x1bH\x1bM\x1bD\x1bEb", "ab"},
		{"questions that a terminal answers", "a\x1b[c\x1b[>c\x1b[=c\x1b[6n\x1b[?6n\x1b[x\x1b[21t\x1b[14t\x1bZ\x05\x1b[>q\x1b[?1$p\x1b[?u\x1bP$qm\x1b\\\x1bP+q544e\x1b\\b", "ab"},
		{"title, clipboard, hyperlink, colours of the terminal", "a\x1b]0;title\x07b\x1b]52;c;ZXZpbA==\x1b\\c\x1b]8;;http://x/\x1b\\d\x1b]10;?\x07e", "abcde"},
		{"pictures and other strings", "a\x1bPq#0;2;0;0;0~~\x1b\\b\x1b_G...\x1b\\c\x1b^pm\x1b\\d\x1bXsos\x1b\\e", "abcde"},
		{"in one byte", "a\u009b999999999Mb\u009d0;t\u009cc\u0090q\u009cd\u009b31me", "abcd\x1b[31me"},
		{"the scrollback", "\x1b[3J\x1b[22J", ""},
		{"a whole reset", "\x1bc", "\x1b[0m\x1b[H\x1b[2J"},
		{"character sets", "\x1b(0\x0e\x0fq\x1b#8\x1b%@x", "qx"},
		{"a bell and other controls", "a\a\x00\x11\x13\x7fb", "ab"},
		{"an open string ends with its line", "a\x1b]hello\nworld", "ahello\nworld"},
		{"an open string ends where another begins", "\x1b]one\x1b[31mtwo\x1b]three\n", "one\x1b[31mtwothree\n"},
		{"a newline within a sequence", "\x1b[31\nx", "\nx"},
		{"text within a sequence", "\x1b[3é", "é"},
		{"escape within a sequence", "\x1b[3\x1b[32mx", "\x1b[32mx"},
		{"many numbers", "\x1b[" + strings.Repeat("1;", 100) + "mx", "x"},
		{"very many numbers", "\x1b[" + strings.Repeat("1;", 100000) + "Hx", "x"},
		{"broken characters", "\xc3(\x80\xff\xe2\x82x", "\uFFFD(\uFFFD\uFFFD\uFFFDx"},
		{"what is left out joins nothing", "\xc2\x1b[5n\x9b31m", "\uFFFD\uFFFD31m"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := filtered(c.in); got != c.want {
				t.Errorf("%q became %q, want %q", c.in, got, c.want)
			}
			if got := filtered(strings.Split(c.in, "")...); c.name != "broken characters" && c.name != "what is left out joins nothing" && got != c.want {
				t.Errorf("in pieces %q became %q, want %q", c.in, got, c.want)
			}
		})
	}
}

// TestFilterOpenString: a stray ESC ] swallows neither for ever nor much.
func TestFilterOpenString(t *testing.T) {
	long := strings.Repeat("x", 5000)
	if got := filtered("\x1b]", long); got != long {
		t.Errorf("of %d characters %d came", len(long), len(got))
	}
}

func TestFilterReset(t *testing.T) {
	var f terminal.Filter
	if got := string(f.Reset(f.Append(nil, []byte("plain\n")))); got != "plain\n" {
		t.Errorf("after plain text: %q", got)
	}
	if got := string(f.Reset(f.Append(nil, []byte("\x1b[31mred\x1b[1")))); got != "\x1b[31mred\x1b[0m\x1b[999;1H\r\n" {
		t.Errorf("after a colour and half a sequence: %q", got)
	}
	if got := string(f.Append(f.Reset(f.Append(nil, []byte("\x1b]0;open"))), []byte("next"))); got != "0;opennext" {
		t.Errorf("after an open string: %q", got)
	}
}

var allowed = regexp.MustCompile(`^\x1b(?:[78]|\[[0-9;:]*[A-HJKPXa-fmsu@` + "`" + `])`)

func FuzzFilter(f *testing.F) {
	for _, s := range []string{"\x1b[999999999M", "\x1b]open", "\x1bPq\x1b\\", "\x9b31m", "\u009b5n", "\xc2\x1b[5n\x9b", "\x1b[1;2;3m\x1b7", "🙂\x1b[38:2::1:2:3m"} {
		f.Add([]byte(s), 1)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		var one, two terminal.Filter
		out := one.Append(nil, in)
		if cut < 0 || cut > len(in) {
			cut = len(in) / 2
		}
		if in2 := two.Append(two.Append(nil, in[:cut]), in[cut:]); string(in2) != string(out) {
			t.Fatalf("%q in two pieces: %q, in one: %q", in, in2, out)
		}
		out = one.Reset(out)
		if !utf8.Valid(out) {
			t.Fatalf("%q became %q", in, out)
		}
		if len(out) > 4*len(in)+64 {
			t.Fatalf("%d bytes became %d", len(in), len(out))
		}
		for i, r := range string(out) {
			switch {
			case r == 0x1b:
				seq := allowed.Find(out[i:])
				if seq == nil {
					t.Fatalf("%q became %q", in, out)
				}
				for _, n := range regexp.MustCompile(`\d+`).FindAllString(string(seq), -1) {
					if v, err := strconv.Atoi(n); err != nil || v > 999 {
						t.Fatalf("%q became %q", in, out)
					}
				}
			case r < 0x20 && r != '\n' && r != '\r' && r != '\t' && r != '\b' && r != '\v' && r != '\f', r >= 0x7f && r <= 0x9f:
				t.Fatalf("%q became %q with %U", in, out, r)
			}
		}
	})
}
