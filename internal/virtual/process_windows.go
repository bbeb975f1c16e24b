package virtual

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// group is a job object: closing it, or the end of Studio, ends everything in it.
type group struct{ job windows.Handle }

func (p *process) start() error {
	p.cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil // the program ends with its control channel then
	}
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err == nil {
		var h windows.Handle
		if h, err = windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(p.cmd.Process.Pid)); err == nil {
			err = windows.AssignProcessToJobObject(job, h)
			windows.CloseHandle(h)
		}
	}
	if err != nil {
		windows.CloseHandle(job)
		return nil
	}
	p.group.job = job
	return nil
}

// kill ends the program and what it has started.
func (p *process) kill() {
	if p.group.job != 0 {
		windows.CloseHandle(p.group.job)
		p.group.job = 0
	}
	if p.cmd.Process != nil {
		p.cmd.Process.Kill()
	}
}

func fileBusy(err error) bool { return errors.Is(err, windows.ERROR_SHARING_VIOLATION) }

// privateDir is a folder for program files; a user's temporary folder is private on Windows.
func privateDir() (string, error) {
	dir := filepath.Join(os.TempDir(), "studio")
	return dir, os.MkdirAll(dir, 0o700)
}
