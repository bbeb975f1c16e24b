//go:build unix

package home

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Whatever lies where a file of Studio's own should be is told, never waited for.
func TestNoFileIsWaitedFor(t *testing.T) {
	h := open(t)
	kinds := map[string]func(path string) error{
		"a named pipe": func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder":     func(path string) error { return os.Mkdir(path, 0o700) },
		"a device":     func(path string) error { return os.Symlink("/dev/zero", path) },
		"a link to a pipe": func(path string) error {
			to := path + "-pipe"
			os.Remove(to)
			if err := syscall.Mkfifo(to, 0o600); err != nil {
				return err
			}
			return os.Symlink(to, path)
		},
		"a socket": func(path string) error {
			fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
			if err != nil {
				return err
			}
			defer syscall.Close(fd)
			return syscall.Bind(fd, &syscall.SockaddrUnix{Name: path})
		},
	}
	for kind, put := range kinds {
		for file, read := range map[string]func() error{
			"settings.json": func() error { _, err := h.LoadSettings(); return err },
			"key":           func() error { _, err := h.Key(); return err },
			noteFile:        func() error { _, _, err := h.readNote(); return err },
			lockFile:        func() error { _, _, err := h.Claim(); return err },
			browsersFile: func() error {
				if n := len(h.Browsers(time.Now())); n > 0 {
					return nil
				}
				return errors.New("none are known")
			},
		} {
			path := filepath.Join(h.Config, file)
			os.RemoveAll(path)
			if err := put(path); err != nil {
				t.Fatal(kind, err)
			}
			ended := make(chan error, 1)
			go func() { ended <- read() }()
			select {
			case err := <-ended:
				if err == nil {
					t.Errorf("%s in place of %s is taken without a word", kind, file)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("%s in place of %s is waited for", kind, file)
			}
			os.RemoveAll(path)
		}
	}
	if _, err := h.Key(); err != nil {
		t.Errorf("with nothing in the way: %v", err)
	}
}
