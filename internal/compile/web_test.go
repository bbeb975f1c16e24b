package compile

import (
	"errors"
	"strings"
	"testing"

	"studio/board/store"

	"studioide/internal/board"
)

// The web files of a board without a file store become one that its program
// carries: no longer than needed, the same for the same files.
func TestWebImage(t *testing.T) {
	small := board.Board{ID: "small", Name: "Small board", Target: "small", FlashSize: 256 << 10}
	files := map[string][]byte{"/www/index.html": []byte("<title>hello</title>"), "/www/long.txt": []byte(strings.Repeat("abc", 9000)), "/www/empty.txt": {}}
	request := Request{Board: small, Web: func() (map[string][]byte, error) { return files, nil }}
	image, err := webImage(request)
	if err != nil {
		t.Fatal(err)
	}
	if len(image) < 27_000 || len(image) > 27_000+8*store.SectorSize || len(image)%store.SectorSize != 0 {
		t.Errorf("an image of %d bytes for 27 KB", len(image))
	}
	s, err := store.Mount(memory(image), 64)
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range files {
		f, found := s.Open([]byte(path))
		got := make([]byte, f.Size())
		if !found || f.ReadAt(got, 0) != len(content) || string(got) != string(content) {
			t.Errorf("%s: %v, %d bytes", path, found, len(got))
		}
	}
	if again, err := webImage(request); err != nil || string(again) != string(image) {
		t.Errorf("another image for the same files: %v", err)
	}
	files["/www/index.html"] = []byte("<title>other</title>")
	if other, err := webImage(request); err != nil || string(other) == string(image) {
		t.Errorf("the same image for other files: %v", err)
	}

	files["/www/large.bin"] = make([]byte, small.FlashSize)
	_, err = webImage(request)
	wantCode(t, err, "build.web")
	if !strings.HasPrefix(err.Error(), "www/large.bin does not fit") {
		t.Errorf("%v", err)
	}
	broken := errors.New("broken")
	request.Web = func() (map[string][]byte, error) { return nil, broken }
	if _, err := webImage(request); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	request.Web = nil
	if none, err := webImage(request); err != nil || len(none) == 0 {
		t.Errorf("a program without pages: %d bytes, %v", len(none), err)
	}
	request.Board.FilesSize = 1 << 20
	if none, err := webImage(request); err != nil || none != nil {
		t.Errorf("a board with a store: %d bytes, %v", len(none), err)
	}
}
