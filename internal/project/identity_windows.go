package project

import (
	"os"

	"golang.org/x/sys/windows"
)

// folderNumber is an open folder's file index, and when it was made.
func folderNumber(f *os.File) (number uint64, born int64, err error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return 0, 0, err
	}
	return uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow), info.CreationTime.Nanoseconds(), nil
}
