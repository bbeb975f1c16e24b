package server

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
	"studioide/internal/httpbody"
	"studioide/internal/problem"
)

// fail answers with an api.Failure; the problem's class says with which status.
func fail(c echo.Context, err error) error {
	if c.Response().Committed {
		return nil
	}
	p := problem.Of(err)
	return answer(c, p.Class.Status(), api.Failure{Error: p})
}

// onError is echo's last resort: whatever a handler returned becomes a problem.
func onError(log func(string, ...any)) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		p := ofRequest(err, c.Request())
		if p.Class == problem.TimedOut {
			c.Response().Header().Set("Connection", "close") // the rest of the request may still come
		}
		if p.Class == problem.Broken {
			log("request failed", "path", c.Request().URL.Path, "err", err)
		}
		fail(c, p) // the connection is gone
	}
}

// ofRequest puts into words what the server itself says of a request, before any handler has seen it.
func ofRequest(err error, r *http.Request) *problem.Problem {
	var he *echo.HTTPError
	switch {
	case errors.Is(err, httpbody.ErrSlow):
		return errSlow.Because(err)
	case !errors.As(err, &he):
		return problem.Of(err)
	}
	switch he.Code {
	case http.StatusNotFound:
		return errNotFound.With(r.URL.Path)
	case http.StatusMethodNotAllowed:
		return errMethod.With(r.Method)
	case http.StatusRequestEntityTooLarge:
		return errTooLarge
	case http.StatusBadRequest:
		return errBadRequest
	}
	return errHTTP.With(http.StatusText(he.Code)).Because(err)
}
