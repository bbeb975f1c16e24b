package port

import "io/fs"

// terminal: only files and folders have names that get here.
func terminal(string, fs.FileInfo) (tty, screen bool) { return true, false }
