package devfs_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand"
	"testing"
	"testing/synctest"
	"time"

	"studio/link"
	"studioide/internal/devfs"
	"studioide/internal/devfs/devfstest"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
)

func noise(n int) []byte {
	b := make([]byte, n)
	rand.New(rand.NewSource(int64(n))).Read(b)
	return b
}

// timed runs a test at 115200 baud with a virtual clock.
func timed(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, porttest.Options{Timing: true}, devfstest.BoardConfig{})
		defer r.close()
		test(t, r)
	})
}

func TestPushGoesOnWhereItWasInterrupted(t *testing.T) {
	timed(t, func(t *testing.T, r *rig) {
		content := noise(100_000)
		ctx, cancel := context.WithCancel(context.Background())
		_, err := r.fs.Write(ctx, "/www/big.bin", content, func(done, _ int64) {
			if done > 60_000 {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, problem.Cancelled) {
			t.Fatal(err)
		}
		if len(r.board.Files()) != 0 {
			t.Fatal("half a file is there")
		}
		result, err := r.fs.Write(context.Background(), "/www/big.bin", content, nil)
		if err != nil || result.Resumed < 60_000 || result.Resumed+result.Sent != 100_000 {
			t.Fatalf("%+v, %v", result, err)
		}
		if !bytes.Equal(r.board.Files()["/www/big.bin"], content) {
			t.Fatal("not what was sent")
		}
	})
}

func TestRestartInTheMiddleLeavesTheOldFile(t *testing.T) {
	timed(t, func(t *testing.T, r *rig) {
		old := noise(50_000)
		if _, err := r.fs.Write(context.Background(), "/www/f", old, nil); err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(2 * time.Second)
			r.board.Restart()
		}()
		_, err := devfs.Push(context.Background(), r.fs, []devfs.Local{{Path: "/www/f", Content: noise(50_001)}}, devfs.Options{})
		var p *problem.Problem
		if !errors.As(err, &p) || p.Code != "link.restarted" {
			t.Fatal(err)
		}
		if !bytes.Equal(r.board.Files()["/www/f"], old) {
			t.Fatal("the old file is gone")
		}
		if r.hello, err = r.conn.Hello(context.Background()); err != nil {
			t.Fatal(err)
		}
		again := devfs.New(r.conn, r.hello)
		if _, err := devfs.Push(context.Background(), again, []devfs.Local{{Path: "/www/f", Content: noise(50_001)}}, devfs.Options{}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestDamagedWriteIsRepeated(t *testing.T) {
	timed(t, func(t *testing.T, r *rig) {
		r.board.Fail(link.OpCommit, link.StatusBadHash)
		if _, err := r.fs.Write(context.Background(), "/www/f", noise(3000), nil); err != nil {
			t.Fatal(err)
		}
		r.board.Fail(link.OpCommit, link.StatusBadHash, link.StatusBadHash, link.StatusBadHash)
		_, err := r.fs.Write(context.Background(), "/www/g", noise(3000), nil)
		var p *problem.Problem
		if !errors.As(err, &p) || p.Code != "board.damaged" {
			t.Fatal(err)
		}
	})
}

// The board's file is not the one that Studio has listed: copies from it would make nonsense.
func TestFileChangedBehindStudiosBack(t *testing.T) {
	timed(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		old := noise(40_000)
		if _, err := r.fs.Write(ctx, "/www/f", old, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := r.fs.List(ctx); err != nil {
			t.Fatal(err)
		}
		r.board.Put("/www/f", noise(12_000))
		edited := bytes.Clone(old)
		edited[100]++
		if _, err := r.fs.Write(ctx, "/www/f", edited, nil); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(r.board.Files()["/www/f"], edited) {
			t.Fatal("not what was sent")
		}
	})
}

func TestFailedPushSaysWhatIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := &problem.Problem{Code: "board.flash-failed"}
		fs := &devfstest.Fake{Fault: func(act, path string) error {
			if act == "write" && path == "/www/b" {
				return broken
			}
			return nil
		}}
		local := []devfs.Local{{Path: "/www/a", Content: []byte("a")}, {Path: "/www/b", Content: []byte("b")}}
		r, err := devfs.Push(context.Background(), fs, local, devfs.Options{})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		files, _ := fs.List(context.Background())
		if len(files) != len(r.Sent) {
			t.Fatalf("%v told, %v there", r.Sent, files)
		}
		fs.Fault = nil
		if r, err = devfs.Push(context.Background(), fs, local, devfs.Options{}); err != nil || len(r.Sent)+r.Same != 2 {
			t.Fatalf("%+v, %v", r, err)
		}
	})
}

func TestPushProgressAddsUp(t *testing.T) {
	timed(t, func(t *testing.T, r *rig) {
		local := []devfs.Local{{Path: "/www/a", Content: noise(9000)}, {Path: "/www/b", Content: noise(20_000)}, {Path: "/www/c"}}
		var last devfs.Progress
		_, err := devfs.Push(context.Background(), r.fs, local, devfs.Options{Progress: func(p devfs.Progress) {
			if p.Done < last.Done || p.Total != 29_000 || p.Path == "" {
				t.Errorf("%+v after %+v", p, last)
			}
			last = p
		}})
		if err != nil || last.Done != 29_000 {
			t.Fatalf("%+v, %v", last, err)
		}
	})
}

// A content that is not in memory is read when it is sent, once, and not at all when the board has it.
func TestPushReadsOnlyWhatItSends(t *testing.T) {
	timed(t, func(t *testing.T, r *rig) {
		if _, err := r.fs.Write(t.Context(), "/www/same", noise(500), nil); err != nil {
			t.Fatal(err)
		}
		reads := map[string]int{}
		failed := errors.New("gone")
		later := func(path string, known, now []byte, err error) devfs.Local {
			return devfs.Local{Path: path, Later: &devfs.Later{Size: int64(len(known)), Hash: devfs.Hash(known), Read: func() ([]byte, error) { reads[path]++; return now, err }}}
		}
		local := []devfs.Local{later("/www/same", noise(500), nil, failed), later("/www/new", noise(600), noise(600), nil), later("/www/since", noise(700), noise(701), nil)}
		result, err := devfs.Push(t.Context(), r.fs, local, devfs.Options{})
		if err != nil || result.Same != 1 || len(result.Sent) != 2 {
			t.Fatalf("%+v, %v", result, err)
		}
		if reads["/www/same"] != 0 || reads["/www/new"] != 1 || reads["/www/since"] != 1 {
			t.Errorf("read %v", reads)
		}
		if !bytes.Equal(r.board.Files()["/www/since"], noise(701)) {
			t.Error("what was read is not what was sent")
		}
		if _, err := devfs.Push(t.Context(), r.fs, []devfs.Local{later("/www/lost", noise(10), nil, failed)}, devfs.Options{}); !errors.Is(err, failed) {
			t.Errorf("what could not be read: %v", err)
		}
		if _, there := r.board.Files()["/www/lost"]; there {
			t.Error("what could not be read was sent")
		}
	})
}
