package server

import (
	_ "embed"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"studioide/internal/home"
)

// The way in, for those who are not in yet:
//
//	GET  /api/door/proof?nonce=…  {"proof"}: what listens here is the Studio whose token the asker knows (home.Proof)
//	POST /api/door/challenge      {"nonce"} for a browser that was let in before …
//	POST /api/door/resume         … which signs it with its key: {"key","nonce","signature"}, in base64; sets the cookie
//	GET  /door.js                 does both for the page that says that nobody comes in
//
// And for those who are:
//
//	PUT  /api/door/key            {"key"}: remember this browser
//	POST /api/door/code           {"url"}: an address that lets another browser in, once
//	POST /api/door/show           show the page in a browser on this computer
const doorScript = "/door.js"

//go:embed door.js
var doorJS []byte

// isPublic tells the requests that need no session. They still must not come from other pages.
func isPublic(r *http.Request) bool {
	switch r.Method + " " + r.URL.Path {
	case "GET /api/door/proof", "POST /api/door/challenge", "POST /api/door/resume", "GET " + doorScript:
		return true
	}
	return false
}

func (g *Guard) routes(e *echo.Echo) {
	e.GET("/api/door/proof", g.proof)
	e.POST("/api/door/challenge", g.challenge)
	e.POST("/api/door/resume", g.resume)
	e.PUT("/api/door/key", g.rememberKey)
	e.POST("/api/door/code", func(c echo.Context) error {
		return c.JSON(http.StatusOK, map[string]string{"url": g.CodeURL()})
	})
	e.POST("/api/door/show", func(c echo.Context) error {
		if err := g.show(); err != nil {
			return errNoBrowser.Because(err)
		}
		return c.NoContent(http.StatusNoContent)
	})
	e.GET(doorScript, func(c echo.Context) error {
		c.Response().Header().Set("Cache-Control", "no-cache")
		return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", doorJS)
	})
}

func (g *Guard) proof(c echo.Context) error {
	nonce := c.QueryParam("nonce")
	if len(nonce) < 16 || len(nonce) > 200 || strings.ContainsAny(nonce, "\n\r") {
		return errBadQuestion
	}
	return c.JSON(http.StatusOK, map[string]string{"proof": home.Proof(g.token, g.host, nonce)})
}

func (g *Guard) challenge(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]string{"nonce": g.sessions.newNonce()})
}

func (g *Guard) resume(c echo.Context) error {
	var in struct {
		Key       []byte `json:"key"`
		Nonce     string `json:"nonce"`
		Signature []byte `json:"signature"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if !g.sessions.isKnown(in.Key, in.Nonce, in.Signature) {
		return fail(c, errNoSession)
	}
	g.openSession(c)
	return c.NoContent(http.StatusNoContent)
}

func (g *Guard) rememberKey(c echo.Context) error {
	var in struct {
		Key []byte `json:"key"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	ok, err := g.sessions.remember(in.Key)
	if !ok {
		return errBadJSONKey
	}
	if err != nil {
		return errBrowser.Because(err)
	}
	return c.NoContent(http.StatusNoContent)
}
