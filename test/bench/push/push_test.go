package push

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/devfs"
	"studioide/internal/devfs/devfstest"
	"studioide/internal/devlink"
	"studioide/internal/port/porttest"
)

const (
	baud     = 115200
	lineRate = baud / 10 // bytes per second
)

// measured is one push.
type measured struct {
	took time.Duration
	wire int64 // bytes on the line, both directions
}

// push brings before to a board, unmeasured, and then measures how long after takes.
func push(t *testing.T, turnaround time.Duration, c devfstest.BoardConfig, before, after []devfs.Local) (m measured) {
	if raceDetector {
		t.Skip("numbers, not races")
	}
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		host, far := porttest.Pair(porttest.Options{Baud: baud, Timing: true, ToHost: porttest.Direction{Delay: turnaround}})
		board := devfstest.StartBoard(far, c)
		conn := devlink.Start(host, nil)
		defer func() {
			conn.Release()
			host.Unplug()
			board.Stop()
		}()
		hello, err := conn.Hello(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if before != nil {
			if _, err := devfs.Push(ctx, devfs.New(conn, hello), before, devfs.Options{}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(5 * time.Second)
		files := devfs.New(conn, hello) // knows nothing of the board
		begin, in, out := time.Now(), far.Sent(), host.Sent()
		if _, err := devfs.Push(ctx, files, after, devfs.Options{}); err != nil {
			t.Fatal(err)
		}
		m = measured{time.Since(begin), far.Sent() - in + host.Sent() - out}
		stored := board.Files()
		for _, f := range after {
			if !bytes.Equal(stored[f.Path], f.Content) {
				t.Fatalf("%s is not what was sent", f.Path)
			}
		}
	})
	return m
}

func size(files []devfs.Local) (n int) {
	for _, f := range files {
		n += len(f.Content)
	}
	return n
}

func noise(n int) []byte {
	b := make([]byte, n)
	rand.New(rand.NewSource(1)).Read(b)
	return b
}

// template reads a template's web files.
func template(t *testing.T, name string) []devfs.Local {
	root := os.DirFS("../../../firmware-templates/" + name + "/www")
	var files []devfs.Local
	err := fs.WalkDir(root, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, path)
		files = append(files, devfs.Local{Path: "/www/" + path, Content: content})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func report(t *testing.T, what string, value float64, unit, sign string, goal float64) {
	t.Helper()
	t.Logf("%-58s %7.3f %s (goal %s %g)", what, value, unit, sign, goal)
	if sign == "≥" && value < goal || sign == "≤" && value > goal {
		t.Errorf("%s: %.3f misses the goal %s %g", what, value, sign, goal)
	}
}

func TestPushUsesTheWholeLine(t *testing.T) {
	for _, c := range []struct {
		name  string
		board devfstest.BoardConfig
	}{
		{"virtual board", devfstest.BoardConfig{FlashTime: 51 * time.Millisecond}},
		{"window 4096, blocks of 2048", devfstest.BoardConfig{Window: 4096, TxBuffer: 2048, BlockSize: 2048, FlashTime: 26 * time.Millisecond}},
	} {
		for _, turnaround := range []time.Duration{0, 2 * time.Millisecond, 16 * time.Millisecond} {
			files := []devfs.Local{{Path: "/www/noise.bin", Content: noise(128 << 10)}}
			m := push(t, turnaround, c.board, nil, files)
			report(t, fmt.Sprintf("incompressible, turn-around %v, %s", turnaround, c.name),
				float64(size(files))/m.took.Seconds()/lineRate, "of the line rate", "≥", 0.95)
		}
	}
}

func TestPushCompressesText(t *testing.T) {
	for _, name := range []string{"led", "echo"} {
		files := template(t, name)
		m := push(t, 2*time.Millisecond, devfstest.BoardConfig{}, nil, files)
		report(t, fmt.Sprintf("text of template %s (%d bytes)", name, size(files)),
			float64(size(files))/m.took.Seconds()/lineRate, "of the line rate", "≥", 2.2)
	}
}

func TestPushOfUnchangedFilesIsNothing(t *testing.T) {
	for _, name := range []string{"led", "echo"} {
		files := template(t, name)
		m := push(t, 0, devfstest.BoardConfig{}, files, files)
		report(t, fmt.Sprintf("unchanged files of template %s, %d bytes on the line", name, m.wire),
			float64(m.wire)/float64(size(files)), "of their bytes", "≤", 0.02)
	}
}

func TestPushOfOneByteChanged(t *testing.T) {
	old := noise(128 << 10)
	for _, c := range []struct {
		name string
		edit func([]byte) []byte
	}{
		{"changed", func(b []byte) []byte { b[70_000] ^= 1; return b }},
		{"inserted", func(b []byte) []byte { return append(b[:70_000:70_000], append([]byte{'x'}, b[70_000:]...)...) }},
		{"removed", func(b []byte) []byte { return append(b[:70_000:70_000], b[70_001:]...) }},
	} {
		for _, block := range []int{1024, 4096} {
			before := []devfs.Local{{Path: "/www/a.bin", Content: old}}
			after := []devfs.Local{{Path: "/www/a.bin", Content: c.edit(bytes.Clone(old))}}
			m := push(t, 0, devfstest.BoardConfig{BlockSize: block}, before, after)
			report(t, fmt.Sprintf("one byte %s in 128 KB, blocks of %d", c.name, block),
				float64(m.wire)/float64(len(old)), "of its bytes", "≤", 0.05)
		}
	}
}
