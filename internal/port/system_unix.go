//go:build unix

package port

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"

	"go.bug.st/serial"
	"golang.org/x/sys/unix"

	"studioide/internal/problem"
)

// resolve finds the device behind a name: "ttyUSB0" is /dev/ttyUSB0, and links such as /dev/serial/by-id/… are followed.
func resolve(name string) (string, error) {
	if name == "" || strings.ContainsRune(name, 0) {
		return "", os.ErrNotExist
	}
	if !strings.Contains(name, "/") {
		name = "/dev/" + name
	}
	return filepath.EvalSymlinks(name)
}

// setLines sets both lines in one step. Set one after the other, each takes a
// USB transfer of a millisecond, and in between both are released: the chip's
// reset ends with BOOT not held, and it starts the program instead of the
// bootloader.
func setLines(p serial.Port, dtr, rts bool) error {
	handle := reflect.Indirect(reflect.ValueOf(p)).FieldByName("handle")
	if !handle.IsValid() || !handle.CanInt() { // another version of the library
		if err := p.SetDTR(dtr); err != nil {
			return err
		}
		return p.SetRTS(rts)
	}
	fd := int(handle.Int())
	bits, err := unix.IoctlGetInt(fd, unix.TIOCMGET)
	if err != nil {
		return err
	}
	set := func(bit int, on bool) {
		if on {
			bits |= bit
		} else {
			bits &^= bit
		}
	}
	set(unix.TIOCM_DTR, dtr)
	set(unix.TIOCM_RTS, rts)
	return unix.IoctlSetPointerInt(fd, unix.TIOCMSET, bits)
}

func isNoLines(err error) bool {
	return errors.Is(err, unix.ENOTTY) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS)
}

func isTemporary(err error) bool { return errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN) }

func isGone(err error) bool {
	return errors.Is(err, unix.EIO) || errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ENODEV) ||
		errors.Is(err, unix.EBADF) || hasCode(err, serial.PortClosed)
}

// denied says how to get the right to use device: on most systems by joining the group that owns it.
func denied(name, device string) *problem.Problem {
	var group string
	if info, err := os.Stat(device); err == nil {
		if s, ok := info.Sys().(*syscall.Stat_t); ok && s.Gid != 0 {
			if g, err := user.LookupGroupId(strconv.Itoa(int(s.Gid))); err == nil {
				group = g.Name
			}
		}
	}
	if group == "" {
		return errDeniedAsk.With(name)
	}
	me, err := user.Current()
	if err != nil {
		me = &user.User{Username: "$USER"}
	}
	return joinGroup(name, group, me.Username, isMember(me, group))
}

// joinGroup says how an account comes to use a port that belongs to a group.
func joinGroup(name, group, account string, member bool) *problem.Problem {
	if member {
		return errDeniedLogin.With(name, group)
	}
	return errDeniedGroup.With(name, group, account)
}

func isMember(u *user.User, group string) bool {
	g, err := user.LookupGroup(group)
	if err != nil {
		return false
	}
	ids, err := u.GroupIds()
	if err != nil {
		return false
	}
	for _, id := range ids {
		if id == g.Gid {
			return true
		}
	}
	return false
}
