package sandbox

import "golang.org/x/sys/windows"

// lowerPriority lets others go first, without starving this process. That it cannot be done is no harm.
func lowerPriority() {
	_ = windows.SetPriorityClass(windows.CurrentProcess(), windows.BELOW_NORMAL_PRIORITY_CLASS)
}
