package server

import (
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// connectAs connects to a loopback port as another user, by the system calls
// themselves: the user is that of this thread alone, which then is thrown away.
func connectAs(t *testing.T, uid int, to *net.TCPAddr) (fd int) {
	t.Helper()
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked
		if _, _, e := syscall.RawSyscall(syscall.SYS_SETRESUID, ^uintptr(0), uintptr(uid), ^uintptr(0)); e != 0 {
			result <- e
			return
		}
		var err error
		if fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0); err == nil {
			err = syscall.Connect(fd, &syscall.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())})
		}
		result <- err
	}()
	if err := <-result; err != nil {
		t.Fatal(err)
	}
	return fd
}

// Only this user's connections, and the administrator's, are answered.
func TestConnectionsOfAnotherUser(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	accepted := func() net.Conn {
		c, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	mine, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	if c := accepted(); ofAnotherUser(c.RemoteAddr(), c.LocalAddr()) {
		t.Error("this user's connection is taken for another's")
	}
	mapped, err := net.Dial("tcp6", "[::ffff:127.0.0.1]:"+strings.TrimPrefix(ln.Addr().String(), "127.0.0.1:"))
	if err == nil {
		defer mapped.Close()
		if c := accepted(); ofAnotherUser(c.RemoteAddr(), c.LocalAddr()) {
			t.Error("this user's connection from an IPv6 socket is taken for another's")
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can be another user")
	}
	fd := connectAs(t, 65534, ln.Addr().(*net.TCPAddr))
	c := accepted()
	if !ofAnotherUser(c.RemoteAddr(), c.LocalAddr()) {
		t.Error("another user's connection is taken for this user's")
	}
	syscall.Close(fd) // and it is still not ours when nobody has it any more
	if !ofAnotherUser(c.RemoteAddr(), c.LocalAddr()) {
		t.Error("an abandoned connection is taken for this user's")
	}
}

func TestOwnerOf(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0000000000000000 100 0 0 10 0
   1: 0100007F:C001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 77 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 78 1 0000000000000000 20 4 30 10 -1
   3: 0000000000000000FFFF00000100007F:C002 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000  1002        0 79 1 0000000000000000 20 4 30 10 -1
   4: 00000000000000000000000001000000:C003 00000000000000000000000001000000:1F90 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0000000000000000
`
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" && runtime.GOARCH != "riscv64" {
		t.Skip("the table is that of a little-endian processor")
	}
	for _, c := range []struct {
		local, remote string
		uid, inode    int
		found         bool
	}{
		{"127.0.0.1:49153", "127.0.0.1:8080", 1001, 77, true},
		{"127.0.0.1:49154", "127.0.0.1:8080", 1002, 79, true},
		{"[::1]:49155", "[::1]:8080", 0, 0, true},
		{"127.0.0.1:49156", "127.0.0.1:8080", 0, 0, false},
		{"127.0.0.1:49153", "127.0.0.1:8081", 0, 0, false},
	} {
		local, _ := net.ResolveTCPAddr("tcp", c.local)
		remote, _ := net.ResolveTCPAddr("tcp", c.remote)
		uid, inode, found := ownerOf(strings.NewReader(table), local, remote)
		if uid != c.uid || inode != c.inode || found != c.found {
			t.Errorf("%s → %s: user %d, inode %d, %v; want %d, %d, %v", c.local, c.remote, uid, inode, found, c.uid, c.inode, c.found)
		}
	}
}
