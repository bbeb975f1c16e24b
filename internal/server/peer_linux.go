package server

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
)

// ofAnotherUser looks for the client's end of a loopback connection in the
// kernel's tables and tells whether another user has it. An end that nobody has
// any more is refused as well: it may have been anybody's. Where there are no
// tables, or they do not hold this computer's connections, nothing is known.
func ofAnotherUser(peer, own net.Addr) bool {
	p, ok := peer.(*net.TCPAddr)
	o, ok2 := own.(*net.TCPAddr)
	if !ok || !ok2 || !p.IP.IsLoopback() {
		return false
	}
	looked := false
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} { // an IPv6 socket can have an IPv4 connection
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		uid, inode, found := ownerOf(f, p, o)
		f.Close()
		looked = true
		if found {
			return inode == 0 || uid != 0 && uid != os.Geteuid()
		}
	}
	return looked && !isWSL()
}

// isWSL: there, a browser of the Windows side comes in through a connection that the tables do not show.
func isWSL() bool {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	return err == nil && strings.Contains(strings.ToLower(string(b)), "microsoft")
}

// ownerOf reads a table of /proc/net/tcp's format (proc_net_tcp.txt of the
// kernel's documentation) up to the socket that is bound to local and connected to remote.
func ownerOf(table io.Reader, local, remote *net.TCPAddr) (uid, inode int, found bool) {
	s := bufio.NewScanner(table)
	locals, remotes := written(local), written(remote)
	for s.Scan() {
		f := strings.Fields(s.Text()) // sl local rem st queues timer retransmits uid timeout inode …
		if len(f) < 10 || !slices.Contains(locals, f[1]) || !slices.Contains(remotes, f[2]) {
			continue
		}
		uid, err := strconv.Atoi(f[7])
		inode, err2 := strconv.Atoi(f[9])
		if err == nil && err2 == nil {
			return uid, inode, true
		}
	}
	return 0, 0, false
}

// written are the ways in which the tables write an address: 32-bit words in
// the byte order of the processor, as IPv4 and as IPv4 in IPv6.
func written(a *net.TCPAddr) []string {
	port := fmt.Sprintf(":%04X", a.Port)
	words := func(ip net.IP) string {
		var b strings.Builder
		for i := 0; i < len(ip); i += 4 {
			b.WriteString(strings.ToUpper(hex.EncodeToString(nativeWord(ip[i : i+4]))))
		}
		return b.String() + port
	}
	if v4 := a.IP.To4(); v4 != nil {
		return []string{words(v4), words(a.IP.To16())}
	}
	return []string{words(a.IP.To16())}
}

// nativeWord turns 4 bytes in network order into the digits of the number that this processor reads from them.
func nativeWord(b []byte) []byte {
	var out [4]byte
	n := binary.NativeEndian.Uint32(b)
	out[0], out[1], out[2], out[3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
	return out[:]
}
