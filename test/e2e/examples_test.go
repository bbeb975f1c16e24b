package e2e

import (
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	firmware "studio"

	"studioide/internal/api"
	"studioide/test/transcript"
)

// Every example becomes a project, runs on the virtual board, and does what its transcript says.
func TestExamples(t *testing.T) {
	server := shared(t).server
	names, err := fs.Glob(firmware.Templates(), "_examples/*/transcript.json")
	if err != nil || len(names) < 14 {
		t.Fatalf("%d examples, %v", len(names), err)
	}
	for _, name := range names {
		folder := path.Dir(name)
		id := path.Base(folder)
		t.Run(id, func(t *testing.T) {
			s := &studio{t, server}
			s.ok(http.MethodPost, "/api/projects", map[string]string{"template": id, "title": "Example " + id})
			n := s.run()
			u, err := url.Parse(n.Board.PageURL)
			if err != nil {
				t.Fatal(err)
			}
			if code, page, _ := get(t, u.String()); code != http.StatusOK || !strings.Contains(page, "<main>") {
				t.Fatalf("its page is %d %.200s", code, page)
			}
			transcript.Play(t, folder, transcript.Board{
				Host:   u.Host,
				Others: true, // Studio's own console
				Drive: func(pin int, high bool) {
					s.ok(http.MethodPost, "/api/board/pins", map[string]any{"pin": pin, "level": high})
				},
				Pin: func(pin int, high bool) {
					s.until("the pin's level", func(n api.Snapshot) bool { return level(n, pin) == high })
				},
				Console: func(lines []string) {
					for _, line := range lines {
						s.until("the console", func(n api.Snapshot) bool { return strings.Contains(n.Console, line) })
					}
				},
			})
		})
	}
}
