package server

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"studioide/internal/httpbody"
	"studioide/internal/problem"
)

// fail answers with {"error":{code,text,help}}.
func fail(c echo.Context, status int, err error) error {
	if c.Response().Committed {
		return nil
	}
	return c.JSON(status, map[string]*problem.Problem{"error": problem.Of(err)})
}

// status chooses the HTTP status of a problem by its code.
func status(p *problem.Problem) int {
	switch p.Code {
	case "file.conflict", "file.exists", "project.other", "action.busy", "board.busy", "action.over":
		return http.StatusConflict
	case "file.too-large":
		return http.StatusRequestEntityTooLarge
	case "internal":
		return http.StatusInternalServerError
	}
	switch {
	case strings.HasSuffix(p.Code, "not-found"), strings.HasSuffix(p.Code, ".unknown"), strings.HasSuffix(p.Code, ".none"):
		return http.StatusNotFound
	case strings.HasPrefix(p.Code, "disk."), strings.HasPrefix(p.Code, "folder."):
		return http.StatusInsufficientStorage
	}
	return http.StatusUnprocessableEntity
}

var tooSlow = problem.New("http.slow", "The request did not come to its end.", "Try again.")

// onError is echo's last resort: whatever a handler returned becomes a problem.
func onError(log func(string, ...any)) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		var he *echo.HTTPError
		if errors.As(err, &he) {
			p := problem.New("http", http.StatusText(he.Code)+".", "Reload the page; if that does not help, restart Studio.").Because(err)
			switch he.Code {
			case http.StatusNotFound:
				p = problem.New("http.not-found", "There is nothing at "+c.Request().URL.Path+".", "Go back to the start page.")
			case http.StatusMethodNotAllowed:
				p = problem.New("http.method", c.Request().Method+" is not possible here.", "Update the program that made this request.")
			case http.StatusRequestEntityTooLarge:
				p = problem.New("http.too-large", "That is more than Studio takes at a time.", "Send less; a file may have 8 MB.")
			case http.StatusBadRequest:
				p = problem.New("http.bad-request", "Studio could not read that request.", "Reload the page and try again.")
			}
			fail(c, he.Code, p) // the connection is gone
			return
		}
		if errors.Is(err, httpbody.ErrSlow) {
			c.Response().Header().Set("Connection", "close")
			fail(c, http.StatusRequestTimeout, tooSlow)
			return
		}
		p := problem.Of(err)
		code := status(p)
		if code == http.StatusInternalServerError {
			log("request failed", "path", c.Request().URL.Path, "err", err)
		}
		fail(c, code, p) // the connection is gone
	}
}
