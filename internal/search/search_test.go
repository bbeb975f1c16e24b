package search_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"studioide/internal/api"
	"studioide/internal/problem"
	"studioide/internal/search"
)

func compile(t *testing.T, q api.Query) *search.Expression {
	t.Helper()
	e, err := search.Compile(q)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestFind tells where things are as "line:column-endLine:endColumn text".
func TestFind(t *testing.T) {
	for name, c := range map[string]struct {
		query api.Query
		text  string
		want  string
	}{
		"plain":                             {api.Query{Text: "led"}, "led Led\nxled", "1:1-1:4 led, 1:5-1:8 Led, 2:2-2:5 led"},
		"capital letters count":             {api.Query{Text: "Led", Case: true}, "led Led LED", "1:5-1:8 Led"},
		"other letters, too":                {api.Query{Text: "ÄRGER"}, "ärger", "1:1-1:6 ärger"},
		"signs are signs":                   {api.Query{Text: "a.b*(["}, "a.b*([ axb*([", "1:1-1:7 a.b*(["},
		"whole words":                       {api.Query{Text: "led", Word: true}, "led leds _led led2 LED.", "1:1-1:4 led, 1:20-1:23 LED"},
		"whole words of any language":       {api.Query{Text: "grün", Word: true}, "grün grüne ungrün e\u0301grün", "1:1-1:5 grün"},
		"a word that begins with no letter": {api.Query{Text: ".led", Word: true}, "a.led a.leds", "1:2-1:6 .led"},
		"an expression":                     {api.Query{Text: `\bL\w+$`, Regexp: true}, "x Led\nLed x", "1:3-1:6 Led"},
		"ends are those of lines":           {api.Query{Text: "^a|z$", Regexp: true}, "a z\r\na z", "1:1-1:2 a, 1:3-1:4 z, 2:1-2:2 a, 2:3-2:4 z"},
		"a dot stays in its line":           {api.Query{Text: "a.*", Regexp: true}, "ab\r\nc\rab", "1:1-1:3 ab, 3:1-3:3 ab"},
		"several lines":                     {api.Query{Text: `a\nb`, Regexp: true}, "xa\r\nb\na\nb", "1:2-2:2 a\nb, 3:1-4:2 a\nb"},
		"several lines, as they are":        {api.Query{Text: "a\nb"}, "a\r\nb", "1:1-2:2 a\nb"},
		"nothing is nowhere":                {api.Query{Text: "x*", Regexp: true}, "aab", ""},
		"columns of UTF-16":                 {api.Query{Text: "led"}, "💡led ä led", "1:3-1:6 led, 1:9-1:12 led"},
		"what looks at the beginning of a line after a place": {api.Query{Text: "^a", Regexp: true}, "aaa", "1:1-1:2 a"},
		"a mark at the beginning counts as the editor counts": {api.Query{Text: "a"}, "\ufeffa", "1:2-1:3 a"},
	} {
		places, more := compile(t, c.query).Find(t.Context(), c.text, 100)
		var got []string
		for _, p := range places {
			got = append(got, fmt.Sprintf("%d:%d-%d:%d %s", p.Line, p.Column, p.EndLine, p.EndColumn, p.Text))
		}
		if strings.Join(got, ", ") != c.want || more {
			t.Errorf("%s: got %q, %v; want %q", name, strings.Join(got, ", "), more, c.want)
		}
	}
}

func TestAroundAPlaceAndHowMany(t *testing.T) {
	e := compile(t, api.Query{Text: "led"})
	places, more := e.Find(t.Context(), strings.Repeat("ä", 50)+"led"+strings.Repeat("ö", 200)+"\nled led", 2)
	if len(places) != 2 || !more {
		t.Fatalf("%d places, %v", len(places), more)
	}
	if p := places[0]; p.Before != "…"+strings.Repeat("ä", 40) || p.After != strings.Repeat("ö", 120)+"…" || p.Column != 51 {
		t.Errorf("%+v", p)
	}
	if p := places[1]; p.Before != "" || p.After != " led" {
		t.Errorf("%+v", p)
	}
	for n, want := range map[int]string{120: strings.Repeat("💡", 120), 121: strings.Repeat("💡", 120) + "…"} {
		if places, _ := e.Find(t.Context(), "led"+strings.Repeat("💡", n), 2); places[0].After != want {
			t.Errorf("%d letters after a place: %q", n, places[0].After)
		}
	}
	if places, more := e.Find(t.Context(), "led led", 2); len(places) != 2 || more {
		t.Errorf("%d places, %v", len(places), more)
	}
	if places, more := e.Find(t.Context(), "led led", -1); len(places) != 0 || !more {
		t.Errorf("fewer than none: %d places, %v", len(places), more)
	}
}

// A very long line has the places that a short one has, each once.
func TestVeryLongLine(t *testing.T) {
	e := compile(t, api.Query{Text: `\bled\b|^x`, Regexp: true, With: "on"})
	text := "x" + strings.Repeat(" led leds", 1000)
	places, more := e.Find(t.Context(), text, 10_000)
	if len(places) != 1001 || more {
		t.Fatalf("%d places, %v", len(places), more)
	}
	for i, p := range places[1:] {
		if want := 3 + 9*i; p.Column != want {
			t.Fatalf("place %d is at %d, not at %d", i, p.Column, want)
		}
	}
	if got, n, _ := e.Replace(t.Context(), text); n != 1001 || got != "on"+strings.Repeat(" on leds", 1000) {
		t.Errorf("%d replaced: %.60q", n, got)
	}
}

func TestReplace(t *testing.T) {
	for name, c := range map[string]struct {
		query      api.Query
		text, want string
		places     int
	}{
		"plain":                          {api.Query{Text: "led", With: "$1 \\n"}, "led\nLED", "$1 \\n\n$1 \\n", 2},
		"taken out":                      {api.Query{Text: "led"}, "a led b", "a  b", 1},
		"ends of lines stay as they are": {api.Query{Text: "a", With: "b"}, "a\r\na\na\ra", "b\r\nb\nb\rb", 4},
		"and are put in as they are":     {api.Query{Text: ";", With: `;\n\t`, Regexp: true}, "a;b\r\n", "a;\r\n\tb\r\n", 1},
		"across lines":                   {api.Query{Text: `a\n\s*b`, With: "ab", Regexp: true}, "1\r\na\r\n  b\r\n2", "1\r\nab\r\n2", 1},
		"groups":                         {api.Query{Text: `(\w+)=(\w+)`, With: "$2=$1 $& $$ $3 $0", Regexp: true}, "a=b", "b=a a=b $ $3 a=b", 1},
		"a group and a digit":            {api.Query{Text: `(a)`, With: "$12", Regexp: true}, "a", "a2", 1},
		"groups with names":              {api.Query{Text: `(?P<first>a)(b)?`, With: "${first}-$<first>-${2}-${none}-${", Regexp: true}, "ac", "a-a--${none}-${c", 1},
		"whole words":                    {api.Query{Text: "on", With: "off", Word: true}, "on only on", "off only off", 2},
		"nothing found":                  {api.Query{Text: "x", With: "y"}, "abc\r\n", "abc\r\n", 0},
		"no letter is lost":              {api.Query{Text: "ö", With: "oe"}, "\ufeffschön 💡\r\nschön", "\ufeffschoen 💡\r\nschoen", 2},
	} {
		got, places, err := compile(t, c.query).Replace(t.Context(), c.text)
		if err != nil || got != c.want || places != c.places {
			t.Errorf("%s: got %q, %d; want %q, %d", name, got, places, c.want, c.places)
		}
	}
}

// FuzzReplace: what Find tells and what Replace does is the same, and each place is where it is told to be.
func FuzzReplace(f *testing.F) {
	f.Add("a\r\nb\rc\n💡", "b", "x", false)
	f.Add("aXa\r\n\r\n", `a(.)`, "$1\\n", true)
	f.Add("a\nb", `a\nb`, "", true)
	f.Fuzz(func(t *testing.T, text, what, with string, isRegexp bool) {
		e, err := search.Compile(api.Query{Text: what, With: with, Regexp: isRegexp, Case: true})
		if err != nil {
			var p *problem.Problem
			if !errors.As(err, &p) {
				t.Fatalf("not in words: %v", err)
			}
			return
		}
		places, more := e.Find(t.Context(), text, 1<<20)
		got, n, err := e.Replace(t.Context(), text)
		if more || err != nil {
			return // there is too much of it
		}
		if n != len(places) {
			t.Fatalf("%d places found, %d replaced", len(places), n)
		}
		flat := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
		lines := strings.Split(flat, "\n")
		var want strings.Builder
		done := 0
		offset := func(line, column int) int {
			at := line - 1
			for _, l := range lines[:line-1] {
				at += len(l)
			}
			units := 0
			for _, r := range lines[line-1] {
				if units == column-1 {
					break
				}
				units += utf16.RuneLen(r)
				at += len(string(r))
			}
			return at
		}
		if strings.ToValidUTF8(text, "") != text || strings.ToValidUTF8(with, "") != with {
			return // no text
		}
		for _, p := range places {
			want.WriteString(flat[done:offset(p.Line, p.Column)])
			want.WriteString(p.With)
			done = offset(p.EndLine, p.EndColumn)
		}
		want.WriteString(flat[done:])
		flatten := func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n") }
		if flatten(got) != flatten(want.String()) {
			t.Fatalf("got %q, want %q", got, want.String())
		}
	})
}

func TestWhatIsNoExpression(t *testing.T) {
	for text, want := range map[string]string{
		"(a":                      "search.expression/open",
		"a)":                      "search.expression/close",
		"[a":                      "search.expression/bracket",
		"*a":                      "search.expression/repeat *",
		"a|+":                     "search.expression/repeat +",
		"a**":                     "search.expression/twice **",
		"[z-a]":                   "search.expression/range z-a",
		`a\`:                      "search.expression/backslash",
		`\q`:                      `search.expression \q`,
		`[[:nope:]]`:              "search.expression [:nope:]",
		"(?=a)":                   "search.expression/around (?=",
		"(?!a)":                   "search.expression/around (?!",
		"(?<=a)b":                 "search.expression/around (?<=",
		"(?<!a)b":                 "search.expression/around (?<!",
		"a{1,9999}":               "search.expression/big",
		"((a{99}){99}){99}":       "search.expression/big",
		"(a|b|c|d){900}":          "search.expression/big",
		strings.Repeat("(", 1001): "search.long",
		"":                        "search.nothing",
	} {
		_, err := search.Compile(api.Query{Text: text, Regexp: true})
		var p *problem.Problem
		if !errors.As(err, &p) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got := p.Code
		if p.Variant != "" {
			got += "/" + p.Variant
		}
		if part, ok := p.Args["part"]; ok {
			got += fmt.Sprint(" ", part)
		}
		if got != want || p.Text == "" || p.Help == "" || strings.Contains(p.Text, "{") && !strings.Contains(text, "{") {
			t.Errorf("%q: got %s (%s %s), want %s", text, got, p.Text, p.Help, want)
		}
	}
}

// TestEnds: what would take for ever elsewhere does not here, and a context ends what takes long.
func TestEnds(t *testing.T) {
	e := compile(t, api.Query{Text: `(a+)+$|(.*)*x`, Regexp: true})
	places, _ := e.Find(t.Context(), strings.Repeat("a", 20_000)+"b", 10)
	if len(places) != 0 {
		t.Errorf("%d places", len(places))
	}
	// Each of these places is looked for to the end of the line, so that all of them would take hours.
	e = compile(t, api.Query{Text: `(a.*b)|a`, Regexp: true})
	long := strings.Repeat("a", 1<<20)
	if places, more := e.Find(t.Context(), long, 20); len(places) != 20 || !more {
		t.Errorf("%d places of a long line, %v", len(places), more)
	}
	soon, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	if got, n, _ := e.Replace(soon, long); got != long || n != 0 {
		t.Errorf("%d replaced after the end", n)
	}
	stop()
	over, stop := context.WithCancel(t.Context())
	stop()
	if places, _ := e.Find(over, "aaa", 10); len(places) != 0 {
		t.Errorf("%d places after the end", len(places))
	}
	if got, n, _ := e.Replace(over, "aaa"); got != "aaa" || n != 0 {
		t.Errorf("%q, %d after the end", got, n)
	}
}

// What a small text could become is bounded.
func TestGrows(t *testing.T) {
	e := compile(t, api.Query{Text: ".", Regexp: true, With: strings.Repeat("$&", 5000)})
	text := strings.Repeat("a", 1<<20)
	if got, n, err := e.Replace(t.Context(), text); got != text || n != 0 || problem.Of(err).Code != "search.grown" {
		t.Errorf("%d replaced, %v", n, err)
	}
	if places, more := e.Find(t.Context(), text, 10_000); len(places) > 1000 || !more {
		t.Errorf("%d places are told with what would be there instead", len(places))
	}
	if _, err := search.Compile(api.Query{Text: "a", With: strings.Repeat("x", 10_001)}); problem.Of(err).Code != "search.long" {
		t.Error(err)
	}
	e = compile(t, api.Query{Text: "a", With: strings.Repeat("x", 10)})
	if _, n, err := e.Replace(t.Context(), strings.Repeat("a", 1000)); n != 1000 || err != nil {
		t.Errorf("%d replaced, %v", n, err)
	}
}

func BenchmarkFind(b *testing.B) {
	line := "\tboard.LED.Set(msg == \"LEDon\") // and what follows it\n"
	text := strings.Repeat(line, (2<<20)/len(line))
	for name, q := range map[string]api.Query{
		"plain": {Text: "LEDon", Case: true}, "any case": {Text: "ledoff"}, "expression": {Text: `L\w+\.Set\(.*"X`, Regexp: true},
	} {
		b.Run(name, func(b *testing.B) {
			e, err := search.Compile(q)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				e.Find(context.Background(), text, 1000)
			}
		})
	}
}
