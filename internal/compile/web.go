package compile

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"slices"

	"studio/board/store"
)

// webImage makes the file store that goes into the program of a board without
// flash for files: the same store, with the project's web files. nil for other boards.
func webImage(r Request) ([]byte, error) {
	if r.Board.Virtual || r.Board.FilesSize > 0 {
		return nil, nil
	}
	var files map[string][]byte
	if r.Web != nil {
		var err error
		if files, err = r.Web(); err != nil {
			return nil, err
		}
	}
	most := r.Board.ProgramMax()
	flash := memory(bytes.Repeat([]byte{0xFF}, int(most-most%store.SectorSize)))
	if len(files) > mostBuiltIn {
		return nil, errWebFiles.With(len(files), r.Board.Name, mostBuiltIn)
	}
	s, err := store.Mount(flash, len(files)+1)
	if err != nil {
		return nil, err
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if err := put(s, path, files[path]); err != nil {
			return nil, errWeb.With(path[1:], r.Board.Name).Because(err)
		}
	}
	used := len(flash)
	for used > 2*store.SectorSize && blank(flash[used-store.SectorSize:used]) {
		used -= store.SectorSize
	}
	return flash[:used], nil
}

// mostBuiltIn is how many files the smallest board serves from its program
// (sizes.Files in firmware-templates/board/sizes/sizes_small.go).
const mostBuiltIn = 100

func put(s *store.Store, path string, content []byte) error {
	sum := sha256.Sum256(content)
	if _, err := s.Begin([]byte(path), uint32(len(content)), (*[store.HashSize]byte)(sum[:])); err != nil {
		return err
	}
	if err := s.Write(content); err != nil {
		return err
	}
	for {
		if done, _, err := s.Commit(); done || err != nil {
			return err
		}
	}
}

func blank(p []byte) bool { return len(bytes.TrimLeft(p, "\xff")) == 0 }

// memory is flash while a program is built.
type memory []byte

func (m memory) Size() int64 { return int64(len(m)) }

func (m memory) Block() int64 { return store.SectorSize }

func (m memory) Read(p []byte, off int64) error { copy(p, m[off:]); return nil }

func (m memory) Program(p []byte, off int64) error {
	for i, b := range p {
		m[off+int64(i)] &= b
	}
	return nil
}

func (m memory) Erase(off, n int64) error {
	copy(m[off:off+n], bytes.Repeat([]byte{0xFF}, int(n)))
	return nil
}
