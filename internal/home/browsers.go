package home

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"time"
)

// Browser is one that Studio has let in before. Its page has made a key pair
// that cannot leave that browser; the public half is all that is kept here, so
// whoever reads this file has learned nothing that opens a door.
type Browser struct {
	Key  []byte    `json:"key"`  // P-256 public key, uncompressed point of 65 bytes
	Host string    `json:"host"` // the address at which it was let in; it is good for no other
	Seen time.Time `json:"seen"` // it is forgotten BrowserMemory later
}

// BrowserMemory is how long a browser that does not come back is known, and maxBrowsers how many are.
const (
	BrowserMemory = 30 * 24 * time.Hour
	maxBrowsers   = 30
)

const browsersFile = "browsers.json"

// Browsers are those that may come in again at now.
func (h Home) Browsers(now time.Time) []Browser {
	var list []Browser
	b, err := ReadPlain(filepath.Join(h.Config, browsersFile), 1<<20)
	if err != nil || json.Unmarshal(b, &list) != nil {
		return nil // they need a new address, that is all
	}
	return slices.DeleteFunc(list, func(b Browser) bool { return now.Sub(b.Seen) > BrowserMemory || b.Seen.Sub(now) > time.Hour })
}

// Remember keeps a browser, or that it was here again. It is for the one Studio of this home.
func (h Home) Remember(seen Browser) error {
	list := slices.DeleteFunc(h.Browsers(seen.Seen), func(b Browser) bool { return b.Host == seen.Host && slices.Equal(b.Key, seen.Key) })
	list = append(list, seen)
	list = list[max(0, len(list)-maxBrowsers):] // the latest are last
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(h.Config, browsersFile), b)
}
