package project

import (
	"os"

	"golang.org/x/sys/unix"
)

// folderNumber is an open folder's inode, and when that was made.
func folderNumber(f *os.File) (number uint64, born int64, err error) {
	var st unix.Statx_t
	if err := unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH, unix.STATX_INO|unix.STATX_BTIME, &st); err != nil {
		return 0, 0, err
	}
	if st.Mask&unix.STATX_BTIME != 0 {
		born = st.Btime.Sec*1e9 + int64(st.Btime.Nsec)
	}
	return st.Ino, born, nil
}
