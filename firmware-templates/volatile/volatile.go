// Package volatile stands in for TinyGo's runtime/volatile in drivers that are
// built for the virtual board (see internal/compile). A register is a variable
// that goroutines may share.
package volatile

import "sync/atomic"

// Register32 is 32 bits.
type Register32 struct {
	Reg uint32
}

// Get reads it.
func (r *Register32) Get() uint32 { return atomic.LoadUint32(&r.Reg) }

// Set writes it.
func (r *Register32) Set(value uint32) { atomic.StoreUint32(&r.Reg, value) }

// SetBits sets the bits of value.
func (r *Register32) SetBits(value uint32) { atomic.OrUint32(&r.Reg, value) }

// ClearBits clears the bits of value.
func (r *Register32) ClearBits(value uint32) { atomic.AndUint32(&r.Reg, ^value) }

// HasBits tells whether any bit of value is set.
func (r *Register32) HasBits(value uint32) bool { return r.Get()&value != 0 }
