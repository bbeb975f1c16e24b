package devfs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"studioide/internal/devfs"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
)

// says checks a problem's code, and that its text names all of these.
func says(t *testing.T, err error, code string, names ...string) {
	t.Helper()
	var p *problem.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Fatalf("%v, want %s", err, code)
	}
	for _, name := range names {
		if !strings.Contains(p.Text, name) {
			t.Errorf("%q does not say %q", p.Text, name)
		}
	}
}

func icons(n int) (local []devfs.Local) {
	for i := range n {
		local = append(local, devfs.Local{Path: fmt.Sprintf("/www/icons/i%d.svg", i), Content: fmt.Appendf(nil, "<svg width=\"%d\"/>", i)})
	}
	return local
}

func TestManySmallFiles(t *testing.T) {
	ctx := context.Background()
	r := realRig(t, porttest.Options{})
	if r.hello.MaxFiles != 240 {
		t.Fatalf("the board keeps %d files", r.hello.MaxFiles)
	}
	if result, err := devfs.Push(ctx, r.fs, icons(141), devfs.Options{}); err != nil || len(result.Sent) != 141 {
		t.Fatalf("%d sent, %v", len(result.Sent), err)
	}
	// Too many are not begun with.
	other := devfs.Local{Path: "/www/other.html", Content: []byte("x")}
	result, err := devfs.Push(ctx, r.fs, append(icons(240), other), devfs.Options{})
	says(t, err, "board.too-many-files", "240 files", "241")
	if len(result.Sent) > 0 {
		t.Errorf("%d were sent all the same", len(result.Sent))
	}
	if _, err := devfs.Push(ctx, r.fs, icons(240), devfs.Options{}); err != nil {
		t.Fatal(err)
	}
	_, err = devfs.Push(ctx, r.fs, []devfs.Local{other}, devfs.Options{})
	says(t, err, "board.too-many-files", "240 files", "241", "240 of them not of this project")
	_, err = r.fs.Write(ctx, other.Path, other.Content, nil)
	says(t, err, "board.too-many-files", "240 files", "has 240", "www/other.html")
	// One that is there can still change.
	if _, err := r.fs.Write(ctx, "/www/icons/i7.svg", []byte("changed"), nil); err != nil {
		t.Fatal(err)
	}
}

func TestNoRoomSaysWhatFor(t *testing.T) {
	ctx := context.Background()
	r := realRig(t, porttest.Options{})
	_, free, err := r.fs.Usage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	small := devfs.Local{Path: "/www/a.html", Content: []byte("small")}
	result, err := devfs.Push(ctx, r.fs, []devfs.Local{small, {Path: "/www/film.mp4", Content: make([]byte, free+1)}}, devfs.Options{})
	says(t, err, "board.no-space", "www/film.mp4", "MB in all")
	if len(result.Sent) > 0 {
		t.Errorf("%q sent all the same", result.Sent)
	}
	if _, err := r.fs.Write(ctx, "/www/half.bin", make([]byte, free/2), nil); err != nil {
		t.Fatal(err)
	}
	_, err = r.fs.Write(ctx, "/www/more.bin", make([]byte, free/2+10_000), nil)
	says(t, err, "board.no-space", "www/more.bin", "are free")
	_, err = r.fs.Write(ctx, "/www/half.bin", make([]byte, free/2+10_000), nil)
	says(t, err, "board.no-space", "www/half.bin", "the old one stays")
}

func TestNamesAsMacsWriteThem(t *testing.T) {
	ctx := context.Background()
	r := realRig(t, porttest.Options{})
	mac := devfs.Local{Path: "/www/Zu\u0308rich.html", Content: []byte("city")}
	result, err := devfs.Push(ctx, r.fs, []devfs.Local{mac}, devfs.Options{})
	if err != nil || len(result.Sent) != 1 {
		t.Fatal(result, err)
	}
	files, err := r.fs.List(ctx)
	if err != nil || len(files) != 1 || files[0].Path != "/www/Z\u00fcrich.html" {
		t.Fatalf("%+v %v", files, err)
	}
	if result, err = devfs.Push(ctx, r.fs, []devfs.Local{mac}, devfs.Options{}); err != nil || result.Same != 1 || len(result.Sent)+len(result.Extra) > 0 {
		t.Fatalf("again: %+v %v", result, err)
	}
	_, err = devfs.Push(ctx, r.fs, []devfs.Local{mac, {Path: files[0].Path}}, devfs.Options{})
	says(t, err, "path.twice", "www/Z\u00fcrich.html")
}
