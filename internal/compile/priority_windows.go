package compile

import (
	"os"

	"golang.org/x/sys/windows"
)

// lowerPriority lets a process, and what it starts, run when no other wants to. That it cannot be done is no harm.
func lowerPriority(pid int) {
	h, err := windows.OpenProcess(windows.PROCESS_SET_INFORMATION, false, uint32(pid))
	if err != nil {
		return
	}
	defer windows.CloseHandle(h)
	_ = windows.SetPriorityClass(h, windows.IDLE_PRIORITY_CLASS)
}

// peakMemory is not known: the system does not tell it of processes that have ended.
func peakMemory(*os.ProcessState) int64 { return 0 }
