package project

import (
	"errors"
	"os"
	"os/exec"
	"strings"
)

// linkFolder makes a symbolic link, or a junction where a user may not make those.
func linkFolder(target, name string) error {
	err := os.Symlink(target, name)
	if err == nil || strings.ContainsAny(target+name, `"%&|<>^`) {
		return err // cmd would read such names its own way
	}
	if e := exec.Command("cmd", "/c", "mklink", "/J", name, target).Run(); e != nil {
		return errors.Join(err, e)
	}
	return nil
}
