package project

import (
	"os"

	"golang.org/x/sys/unix"
)

// folderNumber is an open folder's inode, and when that was made.
func folderNumber(f *os.File) (number uint64, born int64, err error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return 0, 0, err
	}
	return st.Ino, st.Btim.Nano(), nil
}
