package server

import (
	"context"

	"studioide/internal/api"
)

// The board's page for other devices of the local network; the listener for them is another one (package lan).

func (h handlers) openToLAN(context.Context, nothing) (api.LAN, error) {
	return h.Workbench.OpenToLAN()
}

func (h handlers) newLANCode(context.Context, nothing) (api.LAN, error) {
	return h.Workbench.NewLANCode()
}

func (h handlers) closeToLAN(context.Context, nothing) error {
	h.Workbench.CloseToLAN()
	return nil
}
