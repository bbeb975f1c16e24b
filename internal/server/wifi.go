package server

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// scanWiFi answers when the board has looked; a request that is given up ends the waiting.
func (h handlers) scanWiFi(c echo.Context) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	networks, err := s.ScanWiFi(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"networks": networks})
}

// joinWiFi hands a network and its password to the board. Neither is kept here.
func (h handlers) joinWiFi(c echo.Context) error {
	var in struct {
		SSID     string `json:"ssid"`
		Password string `json:"password"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return done(c, s.JoinWiFi(c.Request().Context(), in.SSID, in.Password))
}

func (h handlers) forgetWiFi(c echo.Context) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return done(c, s.ForgetWiFi(c.Request().Context()))
}
