package project

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCheckPath(t *testing.T) {
	good := []string{"main.go", "www/led.html", "www/a b.html", "www/grün.html", "www/日本.txt", "www/a.b.c", "www/console.html", "www/comet.js", "www/com10", strings.Repeat("a", 95)}
	bad := []string{"", "../x", "www/../x", "..", ".", "./x", "/etc/passwd", `\x`, `a\b`, "C:/x", "c:x", "www//x", "www/", ".git/x", ".studio/tmp/x",
		"www/.hidden", strings.Repeat("a", 300), strings.Repeat("é", 60), "a\xff.txt", "a\x00b", "a\nb", "a\x7fb", "a\u202eb", "a\u200bb", "CON", "con.txt", "www/nul", "NUL.tar.gz",
		"com1", "LPT9.txt", "COM¹", "conin$", "a.", "www/a./b", " a", "a ", "a<b", "a:b", `a"b`, "a|b", "a?b", "a*b", "a/b/c/d/e/f/g/h/i"}
	for _, name := range good {
		if err := CheckPath(name); err != nil {
			t.Errorf("%q refused: %v", name, err)
		}
	}
	for _, name := range bad {
		err := CheckPath(name)
		if err == nil {
			t.Errorf("%q accepted", name)
			continue
		}
		wantCode(t, err, "name.bad")
		if !utf8.ValidString(err.Error()) {
			t.Errorf("%q: the text is not valid UTF-8", name)
		}
	}
	if err := CheckFolder("a/b"); err == nil {
		t.Error("a project name with a slash was accepted")
	}
}

func TestFolderFor(t *testing.T) {
	for title, want := range map[string]string{
		"LED over WebSocket": "LED-over-WebSocket", "  a / b  ": "a-b", "../../x": "x", "": "project", "???": "project", "CON": "project-CON",
		"Grüße!": "Grüße", ".hidden": "hidden", "a.": "a", "nul.txt": "project-nul.txt",
	} {
		if got := folderFor(title); got != want {
			t.Errorf("%q: got %q, want %q", title, got, want)
		}
	}
}

func FuzzFolderFor(f *testing.F) {
	for _, s := range []string{"LED", "../x", "CON", strings.Repeat("é", 400), "a\xff", "…", "com1.", "\u0301\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		if err := CheckFolder(folderFor(title)); err != nil {
			t.Errorf("%q became %q: %v", title, folderFor(title), err)
		}
	})
}
