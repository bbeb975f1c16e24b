package devfs_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/devfs"
	"studioide/internal/devfs/devfstest"
	"studioide/internal/port/porttest"
)

// TestSoak sends 10 MB of files over a line that loses one byte in a hundred
// and flips a bit in another, in both directions, and reads them back. The
// clock is virtual. STUDIO_SOAK=1 (make soak) does the full amount also with -short or -race.
func TestSoak(t *testing.T) {
	total := 10 << 20
	if (testing.Short() || raceDetector) && os.Getenv("STUDIO_SOAK") == "" {
		total = 512 << 10
	}
	bad := porttest.Direction{Loss: 0.01, Flip: 0.01}
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		begin := time.Now()
		r := newRig(t, porttest.Options{ToBoard: bad, ToHost: bad, Seed: 7}, devfstest.BoardConfig{Capacity: 32 << 20})
		defer r.close()
		rnd := rand.New(rand.NewSource(7))
		var local []devfs.Local
		for left := total; left > 0; {
			content := make([]byte, min(left, 1+rnd.Intn(600<<10)))
			if rnd.Intn(3) == 0 {
				for i := range content {
					content[i] = "the LED is on\n"[rnd.Intn(14)]
				}
			} else {
				rnd.Read(content)
			}
			left -= len(content)
			local = append(local, devfs.Local{Path: fmt.Sprintf("/www/%03d.bin", len(local)), Content: content})
		}
		for {
			result, err := devfs.Push(ctx, r.fs, local, devfs.Options{})
			if err == nil {
				t.Logf("%d bytes in %d files, %d on the line, %v of line time", total, len(result.Sent), result.Wire, time.Since(begin).Round(time.Second))
				break
			}
			t.Fatal(err)
		}
		stored := r.board.Files()
		for _, l := range local {
			if !bytes.Equal(stored[l.Path], l.Content) {
				t.Fatalf("%s is not what was sent", l.Path)
			}
		}
		for _, l := range local[:min(len(local), 4)] {
			var b bytes.Buffer
			if err := r.fs.Read(ctx, l.Path, &b); err != nil || !bytes.Equal(b.Bytes(), l.Content) {
				t.Fatalf("%s reads back as %d other bytes, %v", l.Path, b.Len(), err)
			}
		}
		if calls := r.board.Calls(0x16); calls != len(local) {
			t.Fatalf("%d commits for %d files", calls, len(local))
		}
	})
}
