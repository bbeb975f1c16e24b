// Command tinygo is a made-up TinyGo for tests of Studio: it prints the version
// and the complaint that the files "version" and "complaint" beside it hold.
// With a file "slow" its builds never end; the numbers of its process and of
// one that it has started are in a file "busy" then.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

func main() {
	self, err := os.Executable()
	if err != nil {
		os.Exit(1)
	}
	dir := filepath.Dir(self)
	version, err := os.ReadFile(filepath.Join(dir, "version"))
	if err != nil || len(os.Args) < 2 {
		os.Exit(1) // a TinyGo that does not run
	}
	switch os.Args[1] {
	case "version":
		fmt.Printf("tinygo version %s linux/amd64 (using go version go1.26.8 and LLVM version 20.1.1)\n", version)
	case "env":
		fmt.Println(filepath.Dir(dir))
	case "sleep": // the one that it has started
		time.Sleep(time.Hour)
	default:
		if _, err := os.Stat(filepath.Join(dir, "slow")); err == nil && os.Args[1] == "build" {
			helper := exec.Command(self, "sleep")
			if helper.Start() == nil {
				os.WriteFile(filepath.Join(dir, "busy.new"), fmt.Appendf(nil, "%d %d", os.Getpid(), helper.Process.Pid), 0o600)
				os.Rename(filepath.Join(dir, "busy.new"), filepath.Join(dir, "busy"))
			}
			time.Sleep(time.Hour)
		}
		if complaint, err := os.ReadFile(filepath.Join(dir, "complaint")); err == nil {
			fmt.Fprintf(os.Stderr, "%s\n", complaint)
			os.Exit(1)
		}
	}
}
