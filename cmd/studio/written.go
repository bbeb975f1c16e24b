package main

import (
	"io"
	"os"
	"path/filepath"

	"studioide/internal/project"
)

// writeOutput makes file what write writes, as a whole or not at all: a full disk leaves what was there before.
// What is no plain file, such as /dev/stdout or a pipe, is written to and never replaced.
func writeOutput(file string, write func(io.Writer) error) error {
	if to, err := filepath.EvalSymlinks(file); err == nil { // a link goes on leading where it led
		file = to
	}
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			return noOutput(file, err)
		}
		return finishOutput(file, f, write)
	}
	mode := os.FileMode(0o644)
	if err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".studio-*")
	if err != nil {
		return noOutput(file, err)
	}
	defer os.Remove(f.Name())
	if err := finishOutput(file, f, write); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), mode); err != nil {
		return noOutput(file, err)
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return noOutput(file, err)
	}
	return nil
}

// whole writes b.
func whole(b []byte) func(io.Writer) error {
	return func(to io.Writer) error {
		_, err := to.Write(b)
		return err
	}
}

// finishOutput lets write write to f and closes it.
func finishOutput(file string, f *os.File, write func(io.Writer) error) error {
	to := &noted{to: f}
	err := write(to)
	closed := f.Close()
	switch {
	case to.failed != nil:
		return noOutput(file, to.failed)
	case err != nil:
		return err
	case closed != nil:
		return noOutput(file, closed)
	}
	return nil
}

// noted remembers that writing failed: what was to be written may have had faults of its own.
type noted struct {
	to     io.Writer
	failed error
}

func (n *noted) Write(b []byte) (int, error) {
	c, err := n.to.Write(b)
	if err != nil {
		n.failed = err
	}
	return c, err
}

func noOutput(file string, err error) error {
	if project.DiskFull(err) {
		return errNoOutputFull.With(file).Because(err)
	}
	return errNoOutput.With(file).Because(err)
}
