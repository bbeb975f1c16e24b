// Package quiet stands in for log/slog in the libraries of boards with Wi-Fi:
// a board has nobody to log to, and the real one brings 100 KB of JSON, formats
// and sorting into a program that never logs. The builder has those libraries
// import it instead (see internal/compile).
package quiet

import (
	"context"
	"time"
)

// Level is how much somebody has to care.
type Level int

// The levels of log/slog.
const (
	LevelDebug Level = -4
	LevelInfo  Level = 0
	LevelWarn  Level = 4
	LevelError Level = 8
)

func (Level) String() string { return "" }

// Logger is nobody.
type Logger struct{}

func (*Logger) LogAttrs(context.Context, Level, string, ...Attr) {}
func (*Logger) Handler() Handler                                 { return Handler{} }

// Handler handles nothing.
type Handler struct{}

func (Handler) Enabled(context.Context, Level) bool { return false }

// Attr is a name and a value, both forgotten.
type Attr struct {
	Key   string
	Value Value
}

// Value is nothing, whatever it was made of.
type Value struct{}

// Kind is a value's kind.
type Kind int

// The kinds that libraries ask for.
const (
	KindString Kind = iota + 1
	KindInt64
	KindUint64
	KindBool
)

func (Value) Kind() Kind     { return 0 }
func (Value) String() string { return "" }
func (Value) Int64() int64   { return 0 }
func (Value) Uint64() uint64 { return 0 }
func (Value) Bool() bool     { return false }

func String(string, string) Attr          { return Attr{} }
func Int(string, int) Attr                { return Attr{} }
func Int64(string, int64) Attr            { return Attr{} }
func Uint64(string, uint64) Attr          { return Attr{} }
func Bool(string, bool) Attr              { return Attr{} }
func Duration(string, time.Duration) Attr { return Attr{} }
func Any(string, any) Attr                { return Attr{} }
