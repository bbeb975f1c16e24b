package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"slices"
	"sync"
	"time"

	"studioide/internal/home"
)

// Remembered are the browsers that were let in before; home.Home is one.
type Remembered interface {
	Browsers(now time.Time) []home.Browser
	Remember(home.Browser) error
}

const (
	codeLife  = 60 * time.Second
	nonceLife = 60 * time.Second
	// What is kept at most; the oldest goes first. Each is 40 bytes, and nobody needs so many.
	maxCodes, maxNonces, maxSessions = 32, 64, 64
)

// sessions are the browsers that are in, the codes that let new ones in, and the
// questions that known ones are answering. Nothing of it outlives this process.
// Values are kept as hashes, so that looking one up tells nothing by the time it takes.
type sessions struct {
	host       string
	remembered Remembered
	now        func() time.Time
	redeemed   func(code string) // called after each that was used

	mu     sync.Mutex
	codes  limited
	nonces limited
	opened limited
}

func newSessions(host string, remembered Remembered) *sessions {
	return &sessions{host: host, remembered: remembered, now: time.Now, redeemed: func(string) {},
		codes: limited{most: maxCodes, life: codeLife}, nonces: limited{most: maxNonces, life: nonceLife}, opened: limited{most: maxSessions}}
}

// limited is a list of values, each with its time; life 0: they do not grow old.
type limited struct {
	most int
	life time.Duration
	list []entry
}

type entry struct {
	sum [sha256.Size]byte
	at  time.Time
}

func (l *limited) add(value string, now time.Time) {
	l.list = append(l.list, entry{sha256.Sum256([]byte(value)), now})
	l.list = l.list[max(0, len(l.list)-l.most):]
}

// find is the place of a value that is not too old, or -1.
func (l *limited) find(value string, now time.Time) int {
	if l.life > 0 {
		l.list = slices.DeleteFunc(l.list, func(e entry) bool { return now.Sub(e.at) >= l.life })
	}
	sum := sha256.Sum256([]byte(value))
	return slices.IndexFunc(l.list, func(e entry) bool { return e.sum == sum })
}

// take removes a value; false: there was none.
func (l *limited) take(value string, now time.Time) bool {
	i := l.find(value, now)
	if i < 0 {
		return false
	}
	l.list = slices.Delete(l.list, i, i+1)
	return true
}

func randomValue() string {
	var b [24]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (s *sessions) newCode() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := randomValue()
	s.codes.add(code, s.now())
	return code
}

// redeem uses a code up.
func (s *sessions) redeem(code string) bool {
	s.mu.Lock()
	ok := s.codes.take(code, s.now())
	s.mu.Unlock()
	if ok {
		s.redeemed(code)
	}
	return ok
}

// open makes a session and returns its value, which nobody else is told.
func (s *sessions) open() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	value := randomValue()
	s.opened.add(value, s.now())
	return value
}

// isOpen reports whether there is such a session; those that are in use are the last to go when there are too many.
func (s *sessions) isOpen(value string) bool {
	if value == "" {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.opened.find(value, s.now())
	if i < 0 {
		return false
	}
	e := s.opened.list[i]
	s.opened.list = append(slices.Delete(s.opened.list, i, i+1), e)
	return true
}

// newNonce begins the way in of a browser that was here before.
func (s *sessions) newNonce() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	nonce := randomValue()
	s.nonces.add(nonce, s.now())
	return nonce
}

// signedText is what such a browser signs: the address keeps whoever listens
// elsewhere from passing the question on.
func signedText(host, nonce string) []byte { return []byte("studio resume\n" + host + "\n" + nonce) }

// isKnown reports whether the answer to a nonce is that of a browser that was
// let in at this address before; the nonce is used up.
func (s *sessions) isKnown(key []byte, nonce string, signature []byte) bool {
	now := s.now()
	s.mu.Lock()
	fresh := s.nonces.take(nonce, now)
	s.mu.Unlock()
	known := func(b home.Browser) bool { return b.Host == s.host && slices.Equal(b.Key, key) }
	if !fresh || !slices.ContainsFunc(s.remembered.Browsers(now), known) || !isSigned(key, signedText(s.host, nonce), signature) {
		return false
	}
	s.remembered.Remember(home.Browser{Key: key, Host: s.host, Seen: now}) // else it is forgotten a little sooner
	return true
}

// remember makes a browser that is in known to Studios to come. It reports whether the key is one.
func (s *sessions) remember(key []byte) (bool, error) {
	if publicKey(key) == nil {
		return false, nil
	}
	return true, s.remembered.Remember(home.Browser{Key: key, Host: s.host, Seen: s.now()})
}

// publicKey reads what WebCrypto exports as "raw": an uncompressed P-256 point. nil: it is none.
func publicKey(raw []byte) *ecdsa.PublicKey {
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
	if err != nil {
		return nil
	}
	return key
}

// isSigned checks a signature as WebCrypto makes it: r and s, 32 bytes each, over SHA-256.
func isSigned(key, text, signature []byte) bool {
	public := publicKey(key)
	if public == nil || len(signature) != 64 {
		return false
	}
	sum := sha256.Sum256(text)
	return ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}
