package lan

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// mostDevices are let in at a time.
const mostDevices = 64

// device is one that has typed the code: a browser with its cookie.
type device struct {
	sum         [sha256.Size]byte // of the cookie's value
	name        string            // what kind it is
	addr        netip.Addr
	since, seen time.Time
	open        int // connections
}

// devices are those that are in. It is not safe for concurrent use.
type devices []*device

// add lets one in and returns its cookie's value, which nobody else is told. When
// there are too many, the one that was not seen for the longest time goes, if it
// is not connected. "" is that nobody more comes in.
func (d *devices) add(name string, addr netip.Addr, now time.Time) (value string, in *device) {
	if len(*d) >= mostDevices {
		oldest := -1
		for i, one := range *d {
			if one.open == 0 && (oldest < 0 || one.seen.Before((*d)[oldest].seen)) {
				oldest = i
			}
		}
		if oldest < 0 {
			return "", nil
		}
		*d = slices.Delete(*d, oldest, oldest+1)
	}
	var b [24]byte
	rand.Read(b[:])
	value = base64.RawURLEncoding.EncodeToString(b[:])
	in = &device{sum: sha256.Sum256([]byte(value)), name: name, addr: addr, since: now, seen: now}
	*d = append(*d, in)
	return value, in
}

// find knows a device by its cookie. Hashes are compared, so the time it takes tells nothing of the value.
func (d devices) find(value string) *device {
	sum := sha256.Sum256([]byte(value))
	i := slices.IndexFunc(d, func(one *device) bool { return one.sum == sum })
	if i < 0 {
		return nil
	}
	return d[i]
}

// What a browser says of itself, and what people call it. The first that fits counts; nothing else of the text is shown.
var (
	systems  = [][2]string{{"iPad", "iPad"}, {"iPhone", "iPhone"}, {"Android", "Android"}, {"CrOS", "Chromebook"}, {"Windows", "Windows"}, {"Macintosh", "Mac / iPad"}, {"Linux", "Linux"}}
	browsers = [][2]string{{"SamsungBrowser/", "Samsung Internet"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
)

// kindOf names a device by its browser's User-Agent: "Android, Chrome"; "" when it is none that is known.
func kindOf(agent string) string {
	var found []string
	for _, list := range [][][2]string{systems, browsers} {
		if i := slices.IndexFunc(list, func(k [2]string) bool { return strings.Contains(agent, k[0]) }); i >= 0 {
			found = append(found, list[i][1])
		}
	}
	return strings.Join(found, ", ")
}
