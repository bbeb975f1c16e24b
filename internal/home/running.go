package home

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// One Studio runs per home. While it does, it holds a lock on the file "lock",
// which ends with its process however that ends, and keeps a note for the
// command line in running.json. A note without the lock is left over: nobody
// may be sent what it says, since any program can listen at that address now.

const lockFile = "lock"

func (h Home) lockPath() (string, error) {
	path := filepath.Join(h.Config, lockFile)
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return "", errNotAFileLock.With(path).Because(ErrNotPlain)
	}
	return path, nil
}

// Claim makes this process the one Studio of this home until release is called
// or the process ends. ok is false while another one is.
func (h Home) Claim() (release func(), ok bool, err error) {
	path, err := h.lockPath()
	if err != nil {
		return nil, false, err
	}
	lock := flock.New(path)
	if ok, err = lock.TryLock(); err != nil || !ok {
		lock.Close()
		if err != nil {
			err = noFolder(h.Config, err)
		}
		return nil, false, err
	}
	os.Remove(filepath.Join(h.Config, noteFile)) // of a Studio that was killed
	os.Remove(filepath.Join(h.Config, "token"))  // of versions whose token never changed
	return func() { lock.Close() }, true, nil
}

// isClaimed reports whether some process is the Studio of this home.
func (h Home) isClaimed() bool {
	path, err := h.lockPath()
	if err != nil {
		return false
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	lock := flock.New(path)
	defer lock.Close()
	free, err := lock.TryRLock() // shared, so that those who look are not in each other's way
	return err == nil && !free
}

const noteFile = "running.json"

// Running is the note a running Studio leaves, so that the command line goes through it instead of fighting for the port.
type Running struct {
	URL   string `json:"url"`   // "http://127.0.0.1:8080"
	Token string `json:"token"` // sent as "Authorization: Bearer", once the other end has given its Proof; new at each start
	PID   int    `json:"pid"`
}

// NewToken makes the token of a Studio that starts.
func NewToken() string {
	var b [32]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// Proof is what only a Studio with that token answers to a nonce. It names the
// address, so that nobody elsewhere can pass the question on to the real Studio.
func Proof(token, host, nonce string) string {
	m := hmac.New(sha256.New, []byte(token))
	m.Write([]byte("studio proof\n" + host + "\n" + nonce))
	return hex.EncodeToString(m.Sum(nil))
}

// LeaveNote writes the note (readable by this user only); the returned func removes it again.
func (h Home) LeaveNote(r Running) (remove func(), err error) {
	path := filepath.Join(h.Config, noteFile)
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if err := writeWhole(path, b); err != nil { // CreateTemp makes files 0600
		return nil, noFolder(h.Config, err)
	}
	return func() {
		if now, ok, _ := h.readNote(); ok && now.Token == r.Token {
			os.Remove(path)
		}
	}, nil
}

// FindRunning reads the note of the Studio that runs; ok is false when none does.
// What listens at the URL has to prove itself before it is sent the token: the
// note may be the last Studio's while the next one is starting.
func (h Home) FindRunning() (r Running, ok bool, err error) {
	if !h.isClaimed() {
		return r, false, nil
	}
	return h.readNote()
}

func (h Home) readNote() (r Running, ok bool, err error) {
	b, err := ReadPlain(filepath.Join(h.Config, noteFile), 64<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	if json.Unmarshal(b, &r) != nil {
		return Running{}, false, nil
	}
	return r, r.URL != "" && r.Token != "", nil
}
