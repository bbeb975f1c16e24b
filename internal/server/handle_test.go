package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
)

// What is asked comes from where its type says, and only from there.
func TestDecode(t *testing.T) {
	type all struct {
		api.Change `json:"-"`
		ID         string `path:"id" json:"-"`
		Path       string `path:"*" json:"-"`
		Offset     string `query:"offset" json:"-"`
		Match      string `header:"If-Match" json:"-"`
		Text       string `json:"text"`
		Value      *int   `json:"value,omitempty"`
	}
	type raw struct {
		Content []byte `body:"raw" json:"-"`
	}
	var got any
	e := echo.New()
	e.HTTPErrorHandler = onError(func(string, ...any) {})
	keep := func(v any, _ error) (api.Address, error) { got = v; return api.Address{URL: "<&>"}, nil }
	e.POST("/all/:id/*", handle(http.StatusCreated, func(_ context.Context, in all) (api.Address, error) { return keep(in, nil) }))
	e.POST("/raw", handle(http.StatusOK, func(_ context.Context, in raw) (api.Address, error) { return keep(string(in.Content), nil) }))
	e.POST("/one/:id", done(func(_ context.Context, in api.OneTrust) error { got = in.ID; return nil }))
	e.POST("/fails", done(func(context.Context, nothing) error { return errors.New("a secret") }))
	seven := 7
	for _, c := range []struct {
		path, body, header string
		want               any
		status             int
		answer             string
	}{
		{"/all/a%20b/www/x%2520%2Fy.html?offset=0x1&id=other", `{"text":"t","value":7}`, "X-Studio-Project: gr%C3%B6%C3%9Fe, X-Studio-Client: 50%25, If-Match: \"h\"",
			all{api.Change{Client: "50%25", Project: "größe"}, "a b", "www/x%20/y.html", "0x1", `"h"`, "t", &seven}, 201, `{"url":"\u003c\u0026\u003e"}` + "\n"},
		{"/all/a/b", ``, "X-Studio-Project: 50%", all{Change: api.Change{Project: "50%"}, ID: "a", Path: "b"}, 201, ""},
		{"/all/a/%ff", `{}`, "", nil, 422, `"code":"name.bad"`},
		{"/all/a/b", `{"id":"x"}`, "", nil, 422, `"code":"http.bad-json"`}, // what the address says is not said again
		{"/all/a/b", `{"Path":"x"}`, "", nil, 422, `"code":"http.bad-json"`},
		{"/all/a/b", `{"Change":{}}`, "", nil, 422, `"code":"http.bad-json"`},
		{"/all/a/b", `{"text":7}`, "", nil, 422, `"code":"http.bad-json"`},
		{"/raw", `{"text":`, "", `{"text":`, 200, ""},
		{"/one/%61", `no JSON`, "", "a", 204, ""}, // nothing is expected there
		{"/fails", ``, "", nil, 500, `"code":"internal"`},
	} {
		got = nil
		r := httptest.NewRequest("POST", c.path, strings.NewReader(c.body))
		for _, h := range strings.Split(c.header, ", ") {
			if name, value, ok := strings.Cut(h, ": "); ok {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(c.want)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.answer) || string(a) != string(b) {
			t.Errorf("%s %s: %d %s %s, want %d %s %s", c.path, c.body, w.Code, w.Body, a, c.status, c.answer, b)
		}
		in, _ := got.(all)
		want, _ := c.want.(all) // JSON does not show what came by the address and the headers
		in.Value, want.Value = nil, nil
		if in != want {
			t.Errorf("%s %s: %+v, want %+v", c.path, c.body, in, want)
		}
		if kind := w.Header().Get("Content-Type"); w.Code != 204 && kind != "application/json" {
			t.Errorf("%s: %s", c.path, kind)
		}
	}
}
