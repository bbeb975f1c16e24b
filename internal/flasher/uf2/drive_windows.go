package uf2

import "golang.org/x/sys/windows"

// mounted lists the removable drives from C: on; A: and B: would wait for a floppy disk.
func mounted() (dirs []string) {
	letters, err := windows.GetLogicalDrives()
	if err != nil {
		return nil
	}
	for i := 2; i < 26; i++ {
		root := string(rune('A'+i)) + `:\`
		name, err := windows.UTF16PtrFromString(root)
		if letters>>i&1 != 0 && err == nil && windows.GetDriveType(name) == windows.DRIVE_REMOVABLE {
			dirs = append(dirs, root)
		}
	}
	return dirs
}

func unmounted() (device, drive string) { return "", "" }
