package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"studioide/internal/httpbody"
	"studioide/internal/outgoing"
	"studioide/internal/workbench"
)

// Config of a Server.
type Config struct {
	Workbench *workbench.Workbench
	Guard     *Guard
	Page      http.Handler // Studio's own page: everything that is not /api/
	Log       *slog.Logger
}

// Server answers HTTP on one listener.
type Server struct {
	http *http.Server
	ln   net.Listener
	echo *echo.Echo
}

// csp keeps Studio's page to itself: scripts only from here, board pages only in frames, and nobody frames Studio.
const csp = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; " +
	"frame-src http://localhost:* http://127.0.0.1:*; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"

// maxHeader has room for as many cookies as browsers send: a board's page on this host may set them all.
const maxHeader = 1 << 20

// How long a request's body may stand still, and take in all: pages and programs are on this computer, or at the other
// end of a tunnel to it. Event sockets have no such limits.
var (
	bodyStall = 20 * time.Second
	bodyTotal = 2 * time.Minute
)

// limitBody bounds the bodies of some requests.
func limitBody(limit string, of func(echo.Context) bool) echo.MiddlewareFunc {
	return middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{Limit: limit, Skipper: func(c echo.Context) bool { return !of(c) }})
}

// isBundle tells requests that bring a whole project.
func isBundle(c echo.Context) bool {
	path := c.Request().URL.Path
	return path == "/api/import" || path == "/api/import/look"
}

// isRecording tells requests that bring a recording, which is read as it comes.
func isRecording(c echo.Context) bool { return c.Request().URL.Path == "/api/recordings/import" }

// New prepares a server on ln. Serve runs it.
func New(ln net.Listener, c Config) *Server {
	outgoing.Own(ln)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = onError(c.Log.Error)
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: func(_ echo.Context, err error, stack []byte) error {
		c.Log.Error("a handler panicked", "err", err, "stack", string(stack))
		return errors.New("a part of Studio failed")
	}}))
	e.Use(headers, c.Guard.Middleware, limitBody("9M", func(c echo.Context) bool { return !isBundle(c) && !isRecording(c) }), limitBody("33M", isBundle), limitBody("513M", isRecording))
	c.Guard.routes(e)
	routes(e.Group("/api"), c)
	e.GET("/*", echo.WrapHandler(c.Page))
	s := &Server{ln: ln, echo: e}
	s.http = &http.Server{Handler: httpbody.Limit(e, bodyStall, bodyTotal), WriteTimeout: 10 * time.Minute, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader, ConnContext: withPeer,
		DisableGeneralOptionsHandler: true, // nothing is answered before the guard was asked
		ErrorLog:                     slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug)}
	return s
}

func headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Origin-Agent-Cluster", "?1") // a process without the board's pages, also where they are on this host
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		return next(c)
	}
}

// Routes are all that the server answers, as the router has them: "PUT /api/files/*".
func (s *Server) Routes() (list []string) {
	for _, r := range s.echo.Routes() {
		list = append(list, r.Method+" "+r.Path)
	}
	slices.Sort(list)
	return list
}

// Serve answers until Shutdown; then it returns nil.
func (s *Server) Serve() error {
	if err := s.http.Serve(s.ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Shutdown lets running requests end within ctx; event sockets are cut.
func (s *Server) Shutdown(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		return s.http.Close()
	}
	return nil
}
