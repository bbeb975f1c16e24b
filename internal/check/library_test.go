package check

import (
	"strings"
	"testing"
)

// Advice is for those who write a file: of libraries, which programs have packed, only what cannot be read is told.
func TestLibraries(t *testing.T) {
	script := "if (a = b) c(); if (ws.readyState === 'OPEN') ws.onMessage = c;"
	packed := strings.Repeat("function x(e){return e}", 400) + script
	sheet := ".a{colour:red}"
	for name, content := range map[string]string{
		"lib.js":     packed,
		"lib.min.js": script,
		"lib.css":    strings.Repeat(".b{color:red}", 500) + sheet,
	} {
		for _, p := range File(name, []byte(content)) {
			t.Errorf("%s: %s %s", name, p.Code, p.Text)
		}
	}
	for name, content := range map[string]string{"own.js": script, "own.css": sheet, "broken.min.js": "let a = (1;", "broken.js": packed + "("} {
		if len(File(name, []byte(content))) == 0 {
			t.Errorf("nothing is said of %s", name)
		}
	}
}
