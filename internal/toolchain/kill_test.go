package toolchain

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// installForEver is the child: it says each phase that it is in, and waits to be killed in the one that is asked for.
func installForEver(at string) {
	in := &installer{dir: os.Getenv("TOOLCHAIN_TEST_DIR"), from: os.Getenv("TOOLCHAIN_TEST_FROM"), free: freeSpace, silence: toolTimeout,
		release: Release{Version: "9.9.9", Name: "tinygo9.9.9.test.tar.gz", SHA256: os.Getenv("TOOLCHAIN_TEST_HASH")},
		works:   func(context.Context, string) error { return nil }}
	in.report = func(phase, text string, done, total int64) {
		if phase == at && (phase == "unpack" || done > 0) {
			fmt.Println("there")
			select {}
		}
	}
	_, err := in.install(context.Background())
	fmt.Println(err)
}

// Studio is killed while it installs, and installs again.
func TestKillDuringInstall(t *testing.T) {
	archive := tarOf(t, contents())
	for _, at := range []string{"download", "unpack"} {
		t.Run(at, func(t *testing.T) {
			m := serve(t, archive)
			m.mu.Lock()
			m.instead = func(w http.ResponseWriter, r *http.Request) bool {
				if at == "download" { // half of it, and then nothing more
					w.Header().Set("ETag", m.tag)
					w.Header().Set("Content-Length", fmt.Sprint(len(archive)))
					w.Write(archive[:len(archive)/2])
					w.(http.Flusher).Flush()
					<-r.Context().Done()
					return true
				}
				return false
			}
			m.mu.Unlock()
			in := newInstaller(t, m.URL, archive)
			cmd := exec.Command(self(t))
			cmd.Env = append(os.Environ(), "TOOLCHAIN_TEST_AT="+at, "TOOLCHAIN_TEST_DIR="+in.dir, "TOOLCHAIN_TEST_FROM="+m.URL, "TOOLCHAIN_TEST_HASH="+in.release.SHA256)
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(out).ReadString('\n'); line != "there\n" {
				t.Fatalf("the child says %q, %v", line, err)
			}
			cmd.Process.Kill()
			cmd.Wait()
			m.mu.Lock()
			m.instead, m.requests = nil, nil
			m.mu.Unlock()
			path, err := in.install(context.Background())
			wantInstalled(t, in, path, err)
			asked := m.asked()
			if at == "download" && (len(asked) != 1 || !strings.HasPrefix(asked[0], "bytes=")) || at == "unpack" && !slices.Equal(asked, nil) {
				t.Errorf("requests after the kill: %q", asked)
			}
		})
	}
}
