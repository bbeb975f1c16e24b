package server

import (
	"context"

	"studioide/internal/api"
)

// scanWiFi answers when the board has looked; a request that is given up ends the waiting.
func (h handlers) scanWiFi(ctx context.Context, _ nothing) (found api.FoundNetworks, err error) {
	s, err := h.Workbench.Session()
	if err != nil {
		return found, err
	}
	found.Networks, err = s.ScanWiFi(ctx)
	return found, err
}

// joinWiFi hands a network and its password to the board. Neither is kept here.
func (h handlers) joinWiFi(ctx context.Context, in api.JoinWiFi) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return s.JoinWiFi(ctx, in.SSID, in.Password)
}

func (h handlers) forgetWiFi(ctx context.Context, _ nothing) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return s.ForgetWiFi(ctx)
}
