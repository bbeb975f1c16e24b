package compile

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"studio"

	"studioide/internal/toolchain"
)

// emptyCache makes the test's Go begin with no libraries at all.
func emptyCache(t *testing.T, tool toolchain.Go) {
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Cleanup(func() { // its folders cannot be written
		if out, err := exec.Command(tool.Path, "clean", "-modcache").CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

// mirror serves the libraries that this computer has as a module proxy does.
// before is called for every request.
func mirror(t *testing.T, tool toolchain.Go, before func(*http.Request)) *httptest.Server {
	cache, err := moduleCache(t.Context(), tool)
	if err != nil {
		t.Fatal(err)
	}
	files := http.FileServer(http.Dir(filepath.Join(cache, "cache", "download")))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before(r)
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// wifiRuntime is what says which libraries programs with Wi-Fi need, and a Go
// that has all of them in its cache.
func wifiRuntime(t *testing.T) (tool toolchain.Go, mod, sum []byte) {
	mod, err := fs.ReadFile(studio.Runtime(), "wifi.mod")
	if err != nil {
		t.Fatal(err)
	}
	if sum, err = fs.ReadFile(studio.Runtime(), "wifi.sum"); err != nil {
		t.Fatal(err)
	}
	if tool, err = New(t.TempDir()).Tools.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := testWorkspace(t, t.TempDir()).modules(t.Context(), tool, "the Wi-Fi library", mod, sum, func(string) {}); err != nil {
		t.Fatal(err)
	}
	return tool, mod, sum
}

// The first time, libraries come from where the user's settings say, and he is
// told; after that nobody is asked for them, for other projects neither.
func TestModulesAreFetchedOnce(t *testing.T) {
	compiles(t)
	tool, mod, sum := wifiRuntime(t)
	var asked atomic.Int32
	s := mirror(t, tool, func(*http.Request) { asked.Add(1) })
	emptyCache(t, tool)
	t.Setenv("GOPROXY", s.URL)
	t.Setenv("GONOSUMDB", "*")
	var said []string
	say := func(text string) { said = append(said, text) }
	if err := testWorkspace(t, t.TempDir()).libraries(t.Context(), tool, "the Wi-Fi library", mod, sum, say); err != nil {
		t.Fatal(err)
	}
	if asked.Load() == 0 || !slices.Equal(said, []string{"Fetching the Wi-Fi library (first time only)."}) {
		t.Fatalf("%d questions, told %q", asked.Load(), said)
	}
	for _, proxy := range []string{s.URL, "off"} {
		asked.Store(0)
		said = nil
		t.Setenv("GOPROXY", proxy)
		w := testWorkspace(t, t.TempDir())
		if err := w.libraries(t.Context(), tool, "the Wi-Fi library", mod, sum, say); err != nil {
			t.Fatal(err)
		}
		if asked.Load() != 0 || said != nil || w.moduleCache != os.Getenv("GOMODCACHE") {
			t.Errorf("again: %d questions, told %q, cache %s", asked.Load(), said, w.moduleCache)
		}
	}
}

// Fetching can be cancelled while a server does not answer, and works another time.
func TestFetchingIsCancelled(t *testing.T) {
	compiles(t)
	tool, mod, sum := wifiRuntime(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var answers atomic.Bool
	s := mirror(t, tool, func(r *http.Request) {
		if !answers.Load() {
			cancel()
			<-r.Context().Done()
		}
	})
	emptyCache(t, tool)
	t.Setenv("GOPROXY", s.URL)
	w := testWorkspace(t, t.TempDir())
	if err := w.libraries(ctx, tool, "the Wi-Fi library", mod, sum, func(string) {}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	answers.Store(true)
	if err := w.libraries(t.Context(), tool, "the Wi-Fi library", mod, sum, func(string) {}); err != nil {
		t.Fatal(err)
	}
}
