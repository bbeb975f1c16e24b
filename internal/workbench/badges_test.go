package workbench

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"studioide/internal/api"
	"studioide/internal/devfs"
)

func TestCompare(t *testing.T) {
	local := []api.File{{Path: "main.go", Hash: "m"}, {Path: "www/a.html", Hash: "1"}, {Path: "www/b.html", Hash: "2"}, {Path: "www/c.html", Hash: "3"}}
	for _, c := range []struct {
		name    string
		board   []devfs.File
		sending map[string]bool
		want    []api.FileState
	}{
		{"nobody knows", nil, nil, []api.FileState{{Path: "www/a.html", State: api.SyncUnknown}, {Path: "www/b.html", State: api.SyncUnknown}, {Path: "www/c.html", State: api.SyncUnknown}}},
		{"an empty board", []devfs.File{}, nil, []api.FileState{{Path: "www/a.html", State: api.SyncMissing}, {Path: "www/b.html", State: api.SyncMissing}, {Path: "www/c.html", State: api.SyncMissing}}},
		{"one of each", []devfs.File{{Path: "/www/z.html", Size: 9, Hash: "9"}, {Path: "/www/a.html", Size: 5, Hash: "1"}, {Path: "/www/b.html", Size: 6, Hash: "old"}, {Path: "/data.txt", Size: 1}}, nil,
			[]api.FileState{{Path: "www/a.html", State: api.SyncSame, Size: 5}, {Path: "www/b.html", State: api.SyncChanged, Size: 6}, {Path: "www/c.html", State: api.SyncMissing},
				{Path: "data.txt", State: api.SyncBoardOnly, Size: 1}, {Path: "www/z.html", State: api.SyncBoardOnly, Size: 9}}},
		{"on their way", []devfs.File{{Path: "/www/a.html", Hash: "1"}, {Path: "/www/b.html", Hash: "old"}}, map[string]bool{"www/a.html": true, "www/b.html": true, "www/c.html": true},
			[]api.FileState{{Path: "www/a.html", State: api.SyncSame}, {Path: "www/b.html", State: api.SyncSending}, {Path: "www/c.html", State: api.SyncSending}}},
	} {
		if diff := cmp.Diff(c.want, compare(local, c.board, c.sending)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
