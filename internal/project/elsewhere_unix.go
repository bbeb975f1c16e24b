//go:build !windows

package project

import "os"

func linkFolder(target, name string) error { return os.Symlink(target, name) }
