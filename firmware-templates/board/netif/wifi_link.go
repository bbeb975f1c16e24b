//go:build wifi

package netif

import (
	"studio/board/chars"
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
func (n *Network) load(fs *web.Files) {
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
func (n *Network) keep(k credentials) error {
	if fs := &n.server.Files; fs.Kept() {
		if k.ssid == "" {
			if err := fs.DeleteHidden(credentialsFile); err != nil {
				return err
			}
		} else if err := saveHidden(fs, credentialsFile, k); err != nil {
			return err
		}
	}
	n.known, n.changed = k, true
	return nil
}

func saveHidden(fs *web.Files, path []byte, k credentials) error {
	var sum link.SHA256
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

// RequestLocked answers an op of the link's section Network: w gets the result,
// unless the status is another one than StatusDone. err is the file store's.
func (n *Network) RequestLocked(op byte, r *link.Reader, w *link.Writer) (status link.Status, err error) {
	if n.radio == nil {
		return link.StatusUnsupported, nil
	}
	switch op {
	case link.OpNetStatus:
		n.link.watching, n.link.told = true, true
		n.putLocked(w)
	case link.OpNetScan:
		if n.State == link.NetOff {
			return link.StatusRefused, nil
		}
		n.scanning, n.link.waits, n.link.done = true, true, false
	case link.OpNetJoin:
		ssid, password := r.Str(), r.Str()
		if r.Short || len(ssid) == 0 || len(ssid) > link.MaxSSID ||
			len(password) > link.MaxPassword || len(password) > 0 && len(password) < 8 {
			return link.StatusBadArgument, nil
		}
		err = n.keep(credentials{string(ssid), string(password)})
	case link.OpNetForget:
		err = n.keep(credentials{})
	}
	return link.StatusDone, err
}

// putLocked writes how the network is.
func (n *Network) putLocked(w *link.Writer) {
	w.U8(n.State)
	w.U8(n.Reason)
	w.U8(uint8(n.Signal))
	w.Bytes(n.Address[:])
	w.Str(n.known.ssid)
	w.Str(n.NameLocked())
	if n.State == link.NetAccessPoint || n.State == link.NetFailed {
		w.Str(chars.String(n.ap[:]))
	} else {
		w.Str("")
	}
}

// scanned is the end of a scan.
func (l *netLink) scanned(status uint8) { l.status, l.done = status, true }

// EventLocked appends to b an event of which the link has not been told yet;
// nil: there is none. ToldLocked says that it is on its way.
func (n *Network) EventLocked(b []byte) []byte {
	switch {
	case n.link.watching && !n.link.told:
		w := link.Writer{B: append(b, 0, link.EventNet)}
		n.putLocked(&w)
		return w.B
	case n.link.waits && n.link.done:
		w := link.Writer{B: append(b, 0, link.EventScanned, n.link.status)}
		for i := range n.found[:n.nfound] {
			f := &n.found[i]
			w.Str(chars.String(f.name[:f.n]))
			w.U8(uint8(f.rssi))
			w.U8(f.secure)
			w.U8(f.channel)
		}
		return w.B
	}
	return nil
}

// ToldLocked notes that an event of that kind, link.Event…, has been sent.
func (n *Network) ToldLocked(event byte) {
	if event == link.EventNet {
		n.link.told = true
	} else {
		n.link.waits = false
	}
}

// UnwatchedLocked: the pipe that asked is no more.
func (n *Network) UnwatchedLocked() { n.link.watching, n.link.waits = false, false }

// NameLocked is the name under which the board is known in its network; "": none.
func (n *Network) NameLocked() string {
	if n.name[0] == 0 {
		return ""
	}
	return chars.String(n.name[:])
}
