package compile

import (
	"context"
)

// gentleKey marks a context whose compilers take only what nobody else wants.
type gentleKey struct{}

// Warm builds the program of r before anybody has asked for it, so that the
// first Run finds everything compiled that does not change. It takes one
// processor at the lowest priority. Whoever wants to build ends ctx; what is
// compiled by then stays in the compiler's cache. What is wrong with the program
// is not told.
func (b *Builder) Warm(ctx context.Context, r Request) {
	r.Progress = nil
	b.Build(context.WithValue(ctx, gentleKey{}, true), r)
}

func isGentle(ctx context.Context) bool { return ctx.Value(gentleKey{}) != nil }

// frugal makes the go command and TinyGo use one processor.
func frugal(env []string) []string { return append(env, "GOMAXPROCS=1", "GOFLAGS=-p=1") }
