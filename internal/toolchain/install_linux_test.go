package toolchain

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A real full disk, where the test may mount one: it fills up in the middle, though there seemed to be room.
func TestInstallOnFullDisk(t *testing.T) {
	archive := tarOf(t, contents())
	for _, c := range []struct {
		name, size string
		fetched    bool
	}{{"while it is fetched", "size=512k", false}, {"while it is unpacked", "size=1500k", true}} {
		t.Run(c.name, func(t *testing.T) {
			in := newInstaller(t, serve(t, archive).URL, archive)
			if err := os.MkdirAll(in.dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := unix.Mount("tmpfs", in.dir, "tmpfs", 0, c.size); err != nil {
				t.Skip("cannot mount a small disk here: ", err)
			}
			defer unix.Unmount(in.dir, unix.MNT_DETACH)
			full := false
			in.free = func(dir string) int64 { // somebody else has filled it since
				if free := freeSpace(dir); full || free < 64<<10 {
					full = true
					return free
				}
				return 1 << 40
			}
			_, err := in.install(context.Background())
			wantProblem(t, err, "disk.full", in.dir)
			wantNothing(t, in)
			if _, err := os.Stat(filepath.Join(in.dir, "download", in.release.Name)); err != nil {
				t.Error("what has been fetched is lost: ", err)
			}
			if err := unix.Mount("tmpfs", in.dir, "tmpfs", unix.MS_REMOUNT, "size=8m"); err != nil {
				t.Fatal(err)
			}
			in.free = freeSpace
			m := serve(t, archive)
			if !c.fetched {
				in.from = m.URL // the other server's file is not taken up
			}
			path, err := in.install(context.Background())
			wantInstalled(t, in, path, err)
		})
	}
}
