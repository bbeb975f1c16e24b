package toolchain

import (
	"context"

	"studioide/internal/message"
	"studioide/internal/problem"
)

// State is what the page and studio toolchain status say of TinyGo.
func (t *Tools) State(ctx context.Context) message.Toolchain {
	tiny, err := t.TinyGo(ctx)
	if err != nil {
		return message.Toolchain{Path: tiny.Path, Problem: problem.Of(err), Offer: Offer()}
	}
	return message.Toolchain{Version: tiny.Version, Path: tiny.Path, Offer: Offer()}
}
