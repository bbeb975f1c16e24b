package main

import (
	"os"
	"slices"
	"testing"
	"testing/fstest"
)

func TestUnlocked(t *testing.T) {
	got, err := unlocked(fstest.MapFS{
		"a/a.go": {Data: []byte(`package a
func (s *s) addLocked() { s.n++ }
func (s *s) Add() { s.Lock(); defer s.Unlock(); s.addLocked() }
func (s *s) twice() { s.addLocked(); s.addLocked() }
func (s *s) twiceLocked() { s.addLocked(); loop.Without(s, f, s) }
func (s *s) idle() { loop.Without[int](s, f, 1) }
func sweep() { unlock := gate(); defer unlock(); addLocked() }
`)},
		"a/a_test.go":          {Data: []byte("package a\nfunc test() { addLocked() }")},
		"a/testdata/x/main.go": {Data: []byte("package a\nfunc test() { addLocked() }")},
	}, "a")
	want := []string{
		"a/a.go:4: twice calls addLocked without a lock: take it, or end its name in Locked",
		"a/a.go:6: idle calls Without without a lock: take it, or end its name in Locked",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%q\nwant\n%q", err, got, want)
	}
	got, err = unlocked(os.DirFS("../.."), lockedFolders...)
	if err != nil || len(got) > 0 {
		t.Errorf("%v %q", err, got)
	}
}
