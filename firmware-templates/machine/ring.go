package machine

import "sync"

const ringSize = 128 // bytes, as in TinyGo

// RingBuffer holds bytes that have been received and not read. It may be used from several goroutines.
type RingBuffer struct {
	mu    sync.Mutex
	bytes [ringSize]byte
	first int
	used  int
}

// NewRingBuffer makes one.
func NewRingBuffer() *RingBuffer { return &RingBuffer{} }

// Used is how many bytes it holds.
func (r *RingBuffer) Used() uint8 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return uint8(r.used)
}

// Put adds a byte; false when it is full.
func (r *RingBuffer) Put(c byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.used == ringSize {
		return false
	}
	r.bytes[(r.first+r.used)%ringSize] = c
	r.used++
	return true
}

// Get takes the oldest byte; false when there is none.
func (r *RingBuffer) Get() (byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.used == 0 {
		return 0, false
	}
	c := r.bytes[r.first]
	r.first = (r.first + 1) % ringSize
	r.used--
	return c, true
}

// Clear forgets all bytes.
func (r *RingBuffer) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.first, r.used = 0, 0
}
