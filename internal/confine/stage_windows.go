package confine

import (
	"errors"
	"os"
)

const possible = false // a job object of package child limits memory and processes instead

func executable() (string, error) { return os.Executable() }

// Look: a program that may write files where its user may has no walls here.
func Look() Support { return Support{} }

func execute(order, string, []string) error {
	return errors.New("this system has no stage")
}
