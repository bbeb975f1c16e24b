package devfs_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"studioide/internal/devfs"
	"studioide/internal/devfs/devfstest"
	"studioide/internal/devlink"
	"studioide/internal/port/porttest"
)

// buildFirmware builds the LED template for this computer, once.
var buildFirmware = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "studio-firmware")
	if err != nil {
		return "", err
	}
	firmwareDir = dir
	bin := filepath.Join(dir, "led")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	cmd := exec.Command("go", "build", "-o", bin, "./led")
	cmd.Dir = "../../firmware-templates"
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return bin, nil
})

// firmwareDir is where buildFirmware has put it.
var firmwareDir string

func TestMain(m *testing.M) {
	code := m.Run()
	if firmwareDir != "" {
		os.RemoveAll(firmwareDir)
	}
	os.Exit(code)
}

// realRig runs the firmware as a process whose standard input and output are the serial line.
func realRig(t *testing.T, o porttest.Options) *rig {
	t.Helper()
	bin, err := buildFirmware()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin)
	cmd.Dir = t.TempDir()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := &rig{}
	r.host, r.far = porttest.Pair(o)
	var pumps sync.WaitGroup
	pumps.Go(func() { io.Copy(stdin, r.far) })
	pumps.Go(func() { io.Copy(r.far, stdout) })
	r.conn = devlink.Start(r.host, nil)
	t.Cleanup(func() {
		r.conn.Release()
		r.host.Unplug()
		cmd.Process.Kill()
		pumps.Wait()
		cmd.Wait()
	})
	for range 20 {
		if r.hello, err = r.conn.Hello(context.Background()); err == nil {
			r.fs = devfs.New(r.conn, r.hello)
			return r
		}
	}
	t.Fatal(err)
	return nil
}

func TestFirmwarePassesTheSuite(t *testing.T) {
	devfstest.Run(t, func(t *testing.T) devfs.FS { return realRig(t, porttest.Options{}).fs })
}

// TestFirmwareOnABadLine is the soak test with the firmware itself, as much as its flash holds.
func TestFirmwareOnABadLine(t *testing.T) {
	total := 512 << 10
	switch {
	case os.Getenv("STUDIO_SOAK") != "":
		total = 10 << 20
	case testing.Short() || raceDetector:
		total = 64 << 10
	}
	bad := porttest.Direction{Loss: 0.01, Flip: 0.01}
	r := realRig(t, porttest.Options{ToBoard: bad, ToHost: bad, Seed: 11})
	ctx := context.Background()
	rnd := rand.New(rand.NewSource(11))
	for round := 0; total > 0; round++ {
		var local []devfs.Local
		for i := range 8 { // at most 1 MB at a time
			content := make([]byte, min(total, 1+rnd.Intn(256<<10)))
			rnd.Read(content)
			total -= len(content)
			local = append(local, devfs.Local{Path: fmt.Sprintf("/www/%d.bin", i), Content: content})
		}
		begin := time.Now()
		if _, err := devfs.Push(ctx, r.fs, local, devfs.Options{}); err != nil {
			t.Fatal(err)
		}
		t.Logf("pushed in %v", time.Since(begin))
		for _, l := range local {
			var b bytes.Buffer
			if err := r.fs.Read(ctx, l.Path, &b); err != nil || !bytes.Equal(b.Bytes(), l.Content) {
				t.Fatalf("round %d: %s of %d bytes reads back as %d others, %v", round, l.Path, len(l.Content), b.Len(), err)
			}
		}
	}
}
