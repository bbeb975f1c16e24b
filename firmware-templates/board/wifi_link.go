//go:build wifi

package board

import (
	"studio/board/chars"
	"studio/board/sizes"
	"studio/board/store"
	"studio/board/web"
	"studio/link"
)

// The link's section Network, and where the credentials are kept.

// netLink is what the link is to be told.
type netLink struct {
	watching bool // somebody has asked
	told     bool // the last state
	waits    bool // somebody waits for what a scan found
	status   uint8
	done     bool // the scan
}

// credentialsFile holds a network's name and password, each after its length.
// The link and the web server know no such file: its name begins with a dot.
var credentialsFile = []byte("/.wifi")

// load reads the credentials.
func (n *network) load(fs *web.Files) {
	n.known = credentials{}
	if !fs.Kept() {
		return
	}
	f, found := fs.OpenHidden(credentialsFile)
	if !found {
		return
	}
	defer f.Close()
	var b [2 + link.MaxSSID + link.MaxPassword]byte
	if size := f.ReadAt(b[:], 0); size > 0 {
		r := link.Reader{B: b[:size]}
		ssid, password := string(r.Str()), string(r.Str())
		if !r.Short {
			n.known = credentials{ssid, password}
		}
	}
}

// keep makes k what is known, also after a restart.
func (n *network) keep(s *server, k credentials) link.Status {
	if fs := &s.web.Files; fs.Kept() {
		if k.ssid == "" {
			if err := fs.DeleteHidden(credentialsFile); err != nil {
				return statusOf(err)
			}
		} else if err := saveHidden(fs, &s.link.sum, credentialsFile, k); err != nil {
			return statusOf(err)
		}
	}
	n.known, n.changed = k, true
	return link.StatusDone
}

func saveHidden(fs *web.Files, sum *link.SHA256, path []byte, k credentials) error {
	w := link.Writer{B: make([]byte, 0, 2+link.MaxSSID+link.MaxPassword)}
	w.Str(k.ssid)
	w.Str(k.password)
	sum.Reset()
	sum.Add(w.B)
	var hash [store.HashSize]byte
	sum.Sum(hash[:])
	at, err := fs.BeginHidden(path, uint32(len(w.B)), &hash)
	if err != nil {
		return err
	}
	if err := fs.Write(w.B[at:]); err != nil {
		return err
	}
	for {
		if done, _, err := fs.Commit(); done {
			return err
		}
	}
}

// request answers the ops of section Network.
func (n *network) request(s *server, op byte, r *link.Reader, w *answer) {
	if n.radio == nil {
		w.status(link.StatusUnsupported)
		return
	}
	switch op {
	case link.OpNetStatus:
		n.link.watching, n.link.told = true, true
		n.put(&w.Writer)
	case link.OpNetScan:
		if n.state == link.NetOff {
			w.status(link.StatusRefused)
			break
		}
		n.scanning, n.link.waits, n.link.done = true, true, false
	case link.OpNetJoin:
		ssid, password := r.Str(), r.Str()
		if r.Short || len(ssid) == 0 || len(ssid) > link.MaxSSID ||
			len(password) > link.MaxPassword || len(password) > 0 && len(password) < 8 {
			w.status(link.StatusBadArgument)
			break
		}
		w.status(n.keep(s, credentials{string(ssid), string(password)}))
	case link.OpNetForget:
		w.status(n.keep(s, credentials{}))
	}
}

// put writes how the network is.
func (n *network) put(w *link.Writer) {
	w.U8(n.state)
	w.U8(n.reason)
	w.U8(uint8(n.signal))
	w.Bytes(n.address[:])
	w.Str(n.known.ssid)
	w.Str(n.called())
	if n.state == link.NetAccessPoint || n.state == link.NetFailed {
		w.Str(chars.String(n.ap[:]))
	} else {
		w.Str("")
	}
}

// scanned is the end of a scan.
func (l *netLink) scanned(status uint8) { l.status, l.done = status, true }

// tell sends events, as soon as there is room.
func (n *network) tell(s *server) (busy bool) {
	l := &s.link
	if n.link.watching && !n.link.told && l.pipe.Room() >= 2*sizes.LinkReply {
		w := link.Writer{B: append(l.reply[:0], 0, link.EventNet)}
		n.put(&w)
		n.link.told = l.pipe.Send(link.ChannelCalls, w.B, nil)
		busy = true
	}
	if n.link.waits && n.link.done && l.pipe.Room() >= 2*sizes.LinkReply {
		w := link.Writer{B: append(l.reply[:0], 0, link.EventScanned, n.link.status)}
		for i := range n.found[:n.nfound] {
			f := &n.found[i]
			w.Str(chars.String(f.name[:f.n]))
			w.U8(uint8(f.rssi))
			w.U8(f.secure)
			w.U8(f.channel)
		}
		n.link.waits = !l.pipe.Send(link.ChannelCalls, w.B, nil)
		busy = true
	}
	return busy
}

// unwatched: the pipe that asked is no more.
func (n *network) unwatched() { n.link.watching, n.link.waits = false, false }

// called is the name under which the board is known in its network.
func (n *network) called() string {
	if n.name[0] == 0 {
		return ""
	}
	return chars.String(n.name[:])
}
