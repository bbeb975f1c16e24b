package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"studioide/test/opens"
)

// One save opens the file, its temporary, and the folders that have to be opened
// for it, and nothing else, while a page listens and the board runs the project.
// What is sent to the board is opened once more for that.
func TestOpensOfASave(t *testing.T) {
	home := newHome(t)
	s := start(t, home)
	s.run()
	led := filepath.Base(s.state.Project.Dir)
	count := opens.Count(t, filepath.Join(home, "config"), s.state.Project.Dir)
	for _, c := range []struct {
		path string
		push bool
		want map[string]int
	}{
		{"main.go", false, map[string]int{"/main.go": 1, "": 1 + 1}},                      // the folder: for the rename to last, and for the look when the system tells of it
		{"www/led.html", false, map[string]int{"/www/led.html": 1, "/www": 3 + 1}},        // to it, for the rename, for it to last; the look
		{"www/led.html", true, map[string]int{"/www/led.html": 1 + 1, "/www": 3 + 1 + 1}}, // and to send it
	} {
		s.ok(http.MethodPut, "/api/settings", map[string]any{"autoPush": c.push})
		a := s.ok(http.MethodGet, "/api/files/"+c.path, nil)
		want := map[string]int{led + "/.studio": 2, led + "/.studio/tmp": 2}
		for path, n := range c.want {
			want[led+path] = n
		}
		count.Reach(count.Take(), nil) // what is still opened by what was before
		s.ok(http.MethodPut, "/api/files/"+c.path, string(a.Body)+"\n", "If-Match", a.Header.Get("ETag"))
		got := map[string]int{}
		count.Reach(got, want)
		t.Logf("a save of %s, sent: %v\n%s", c.path, c.push, opens.Text(got))
		temps := 0
		for path, n := range got {
			switch {
			case strings.HasPrefix(path, led+"/.studio/tmp/"):
				temps += n
			case strings.HasPrefix(path, "config/virtual/"), path == "config/settings.json": // the virtual board's flash; the setting that was changed above
			case n > want[path]:
				t.Errorf("%s, sent: %v: %s is opened %d times, want %d", c.path, c.push, path, n, want[path])
			}
		}
		if temps != 1 || got[led+"/"+c.path] == 0 {
			t.Errorf("%s: the temporary is opened %d times, the file %d times", c.path, temps, got[led+"/"+c.path])
		}
	}
}
