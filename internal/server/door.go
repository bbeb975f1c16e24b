package server

import (
	"context"
	_ "embed"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
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
	e.GET("/api/door/proof", handle(http.StatusOK, g.proof))
	e.POST("/api/door/challenge", handle(http.StatusOK, g.challenge))
	e.POST("/api/door/resume", g.resume)
	e.PUT("/api/door/key", done(g.rememberKey))
	e.POST("/api/door/code", handle(http.StatusOK, g.code))
	e.POST("/api/door/show", done(g.showPage))
	e.GET(doorScript, func(c echo.Context) error {
		c.Response().Header().Set("Cache-Control", "no-cache")
		return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", doorJS)
	})
}

func (g *Guard) proof(_ context.Context, in api.AskProof) (api.Proof, error) {
	if len(in.Nonce) < 16 || len(in.Nonce) > 200 || strings.ContainsAny(in.Nonce, "\n\r") {
		return api.Proof{}, errBadQuestion
	}
	return api.Proof{Proof: home.Proof(g.token, g.host, in.Nonce)}, nil
}

func (g *Guard) challenge(context.Context, nothing) (api.Challenge, error) {
	return api.Challenge{Nonce: g.sessions.newNonce()}, nil
}

func (g *Guard) resume(c echo.Context) error {
	in, err := decode[api.Resume](c)
	if err != nil {
		return err
	}
	if !g.sessions.isKnown(in.Key, in.Nonce, in.Signature) {
		return fail(c, errNoSession)
	}
	g.openSession(c)
	return c.NoContent(http.StatusNoContent)
}

func (g *Guard) rememberKey(_ context.Context, in api.RememberKey) error {
	ok, err := g.sessions.remember(in.Key)
	if !ok {
		return errBadJSONKey
	}
	if err != nil {
		return errBrowser.Because(err)
	}
	return nil
}

func (g *Guard) code(context.Context, nothing) (api.Address, error) {
	return api.Address{URL: g.CodeURL()}, nil
}

func (g *Guard) showPage(context.Context, nothing) error {
	if err := g.show(); err != nil {
		return errNoBrowser.Because(err)
	}
	return nil
}
