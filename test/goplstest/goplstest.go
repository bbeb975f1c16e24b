// Package goplstest gives tests the real gopls, from the cache of whoever runs them.
package goplstest

import (
	"os"
	"path/filepath"
	"testing"

	"studioide/internal/toolchain"
)

// Path is where gopls is. Where it is missing, test/run, for which everything
// has to hold, builds it, and fails if it cannot; on a developer's computer the test is left out.
func Path(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("short: it drives the real gopls")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	tools := toolchain.New(filepath.Join(cache, "studio"))
	path, err := tools.Gopls(t.Context())
	if err != nil && os.Getenv("STUDIO_TEST_ALL") != "" {
		path, err = tools.InstallGopls(t.Context(), func(_, text string, _, _ int64) { t.Log(text) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if err != nil {
		t.Skip("gopls is not installed: studio toolchain install gopls")
	}
	return path
}
