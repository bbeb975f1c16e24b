package workbench

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"studioide/internal/devfs"
	"studioide/internal/message"
)

func TestCompare(t *testing.T) {
	local := []message.File{{Path: "main.go", Hash: "m"}, {Path: "www/a.html", Hash: "1"}, {Path: "www/b.html", Hash: "2"}, {Path: "www/c.html", Hash: "3"}}
	for _, c := range []struct {
		name    string
		board   []devfs.File
		sending map[string]bool
		want    []message.FileState
	}{
		{"nobody knows", nil, nil, []message.FileState{{Path: "www/a.html", State: message.SyncUnknown}, {Path: "www/b.html", State: message.SyncUnknown}, {Path: "www/c.html", State: message.SyncUnknown}}},
		{"an empty board", []devfs.File{}, nil, []message.FileState{{Path: "www/a.html", State: message.SyncMissing}, {Path: "www/b.html", State: message.SyncMissing}, {Path: "www/c.html", State: message.SyncMissing}}},
		{"one of each", []devfs.File{{Path: "/www/z.html", Size: 9, Hash: "9"}, {Path: "/www/a.html", Size: 5, Hash: "1"}, {Path: "/www/b.html", Size: 6, Hash: "old"}, {Path: "/data.txt", Size: 1}}, nil,
			[]message.FileState{{Path: "www/a.html", State: message.SyncSame, Size: 5}, {Path: "www/b.html", State: message.SyncChanged, Size: 6}, {Path: "www/c.html", State: message.SyncMissing},
				{Path: "data.txt", State: message.SyncBoardOnly, Size: 1}, {Path: "www/z.html", State: message.SyncBoardOnly, Size: 9}}},
		{"on their way", []devfs.File{{Path: "/www/a.html", Hash: "1"}, {Path: "/www/b.html", Hash: "old"}}, map[string]bool{"www/a.html": true, "www/b.html": true, "www/c.html": true},
			[]message.FileState{{Path: "www/a.html", State: message.SyncSame}, {Path: "www/b.html", State: message.SyncSending}, {Path: "www/c.html", State: message.SyncSending}}},
	} {
		if diff := cmp.Diff(c.want, compare(local, c.board, c.sending)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
