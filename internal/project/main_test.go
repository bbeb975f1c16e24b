package project

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"studioide/internal/problem"
)

// TestMain lets the test binary be its own child, see kill_test.go.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PROJECT_TEST_SAVE_LOOP"); dir != "" {
		saveForEver(dir)
	}
	if dir := os.Getenv("PROJECT_TEST_RESTORE_LOOP"); dir != "" {
		restoreForEver(dir)
	}
	if dir := os.Getenv("PROJECT_TEST_IMPORT_LOOP"); dir != "" {
		importForEver(dir)
	}
	os.Exit(m.Run())
}

var testTemplates = fstest.MapFS{
	"led/main.go":               {Data: []byte("package main\n\nfunc main() {}\n")},
	"led/main_test.go":          {Data: []byte("package main\n")},
	"led/template.json":         {Data: []byte(`{"title":"LED over WebSocket","about":"Buttons switch the LED.","order":1}`)},
	"led/transcript.txt":        {Data: []byte("x")},
	"led/www/led.html":          {Data: []byte("<!DOCTYPE html>\n<title>LED</title>\n")},
	"led/www/img/dot.png":       {Data: []byte("\x89PNG\r\n\x1a\n\x00")},
	"blink/main.go":             {Data: []byte("package main\n\nfunc main() { println() }\n")},
	"blink/template.json":       {Data: []byte(`{"title":"Blink","about":"No network.","order":3}`)},
	"board/board.go":            {Data: []byte("package board\n")},
	"echo/template.json":        {Data: []byte(`{"title":"Echo","about":"Says what you say.","order":2}`)},
	"echo/main.go":              {Data: []byte("package main\n\nfunc main() {}\n")},
	"echo/testdata/session.txt": {Data: []byte("x")},
}

func testStore(t *testing.T) *Store {
	t.Helper()
	s, err := OpenStore(t.TempDir(), testTemplates)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func testProject(t *testing.T) *Project {
	t.Helper()
	p, err := testStore(t).Create("led", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// wantCode fails unless err is a Problem of that code with text and help.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var p *problem.Problem
	if !errors.As(err, &p) {
		t.Fatalf("got error %v, want problem %s", err, code)
	}
	if p.Code != code || p.Text == "" || p.Help == "" {
		t.Fatalf("got problem %q, text %q, help %q; want code %s with text and help", p.Code, p.Text, p.Help, code)
	}
}

// version n of a file: content that can be told whole from broken.
func version(n int) []byte {
	line := fmt.Sprintf("version %d\n", n)
	return bytes.Repeat([]byte(line), 2000+n%500)
}

func whole(content []byte) error {
	line, _, ok := strings.Cut(string(content), "\n")
	var n int
	if _, err := fmt.Sscanf(line, "version %d", &n); err != nil || !ok {
		return fmt.Errorf("starts with %.40q", content)
	}
	if want := version(n); !bytes.Equal(content, want) {
		return fmt.Errorf("version %d has %d bytes, want %d", n, len(content), len(want))
	}
	return nil
}
