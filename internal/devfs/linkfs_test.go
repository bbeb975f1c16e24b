package devfs_test

import (
	"context"
	"io"
	"testing"

	"studioide/internal/devfs"
	"studioide/internal/devfs/devfstest"
	"studioide/internal/devlink"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
)

// rig is Studio's end and a board at the two ends of a line.
type rig struct {
	conn  *devlink.Conn
	board *devfstest.Board
	host  *porttest.End
	far   *porttest.End
	hello devlink.Hello
	fs    devfs.FS
}

func newRig(t testing.TB, o porttest.Options, c devfstest.BoardConfig) *rig {
	t.Helper()
	r := &rig{}
	r.host, r.far = porttest.Pair(o)
	r.board = devfstest.StartBoard(r.far, c)
	r.conn = devlink.Start(r.host, nil)
	var err error
	for range 20 { // a bad line may need more than one try
		if r.hello, err = r.conn.Hello(context.Background()); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	r.fs = devfs.New(r.conn, r.hello)
	return r
}

func (r *rig) close() {
	r.conn.Release()
	r.host.Unplug()
	r.board.Stop()
}

func TestLinkPassesTheSuite(t *testing.T) {
	for _, c := range []struct {
		name  string
		board devfstest.BoardConfig
	}{
		{"virtual board", devfstest.BoardConfig{}},
		{"small board", devfstest.BoardConfig{Window: 1200, TxBuffer: 800, MaxBody: 256, BlockSize: 1024}},
		{"USB", devfstest.BoardConfig{Wire: 512}},
	} {
		t.Run(c.name, func(t *testing.T) {
			devfstest.Run(t, func(t *testing.T) devfs.FS {
				r := newRig(t, porttest.Options{}, c.board)
				t.Cleanup(r.close)
				return r.fs
			})
		})
	}
}

func TestFakePassesTheSuite(t *testing.T) {
	devfstest.Run(t, func(*testing.T) devfs.FS { return &devfstest.Fake{} })
}

// A board that has always more of a file to give does not fill the memory.
func TestReadEnds(t *testing.T) {
	r := newRig(t, porttest.Options{}, devfstest.BoardConfig{})
	defer r.close()
	r.board.Put("/www/endless", make([]byte, 16<<20+1))
	err := r.fs.Read(t.Context(), "/www/endless", io.Discard)
	if err == nil || problem.Of(err).Code != "link.strange-answer" {
		t.Errorf("more than any flash holds: %v", err)
	}
}
