package api

import "testing"

// What is left out is counted in lines, those that it stood for and one in part included.
func TestLinesOfConsole(t *testing.T) {
	for _, c := range []struct {
		is   Console
		want int64
	}{
		{Console{Text: "a\nb\n"}, 2},
		{Console{Text: "a\nb"}, 1},
		{Console{Text: "a"}, 1},
		{Console{Text: "a\nb\n", Lost: 5}, 7},
		{Console{Text: "a", Lost: 5}, 6},
	} {
		if got := c.is.Lines(); got != c.want {
			t.Errorf("%+v: %d instead of %d", c.is, got, c.want)
		}
	}
}
