package uf2

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestMountTable(t *testing.T) {
	got := fatIn("proc /proc proc rw 0 0\n/dev/sda1 /run/media/ada/RPI-RP2 vfat rw,nosuid 0 0\n" +
		"nas:/x /mnt/nas nfs4 rw 0 0\n/dev/sdb1 /media/my\\040drive msdos rw 0 0\nbroken\n")
	if want := []string{"/run/media/ada/RPI-RP2", "/media/my drive"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q instead of %q", got, want)
	}
}

func TestUnmountedNamesTheDevice(t *testing.T) {
	dir := t.TempDir()
	labels := filepath.Join(dir, "by-label")
	os.Mkdir(labels, 0o755)
	if device, drive := unmountedIn(labels); device != "" || drive != "" {
		t.Error(device, drive)
	}
	device := filepath.Join(dir, "sdz1")
	os.WriteFile(device, nil, 0o644)
	os.Symlink("../sdz1", filepath.Join(labels, "RP2350"))
	if found, drive := unmountedIn(labels); found != device || drive != "RP2350" {
		t.Error(found, drive)
	}
}
