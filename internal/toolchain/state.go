package toolchain

import (
	"context"

	"studioide/internal/api"
	"studioide/internal/problem"
)

// State is what the page and studio toolchain status say of TinyGo and gopls.
func (t *Tools) State(ctx context.Context) api.Toolchain {
	tiny, err := t.TinyGo(ctx)
	if err != nil {
		return api.Toolchain{Path: tiny.Path, Problem: problem.Of(err), Offer: Offer(), Gopls: t.GoplsState(ctx)}
	}
	return api.Toolchain{Version: tiny.Version, Path: tiny.Path, Offer: Offer(), Gopls: t.GoplsState(ctx)}
}
