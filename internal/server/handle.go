package server

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
)

// nothing is asked for, or answered.
type nothing = struct{}

// handle makes a route of a function from what is asked to what is answered. In is decoded as package api says, a value
// of Out is sent as JSON with the status, and what fails is answered by onError.
//
// Routes that answer with bytes (files, the messages' record, the event socket) or set a cookie have a form of their own,
// and decode what is asked in the same way.
func handle[In, Out any](status int, do func(context.Context, In) (Out, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		in, err := decode[In](c)
		if err != nil {
			return err
		}
		out, err := do(c.Request().Context(), in)
		if err != nil {
			return err
		}
		return answer(c, status, out)
	}
}

// done makes a route of a function that has nothing to answer.
func done[In any](do func(context.Context, In) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		in, err := decode[In](c)
		if err != nil {
			return err
		}
		if err := do(c.Request().Context(), in); err != nil {
			return err
		}
		return c.NoContent(http.StatusNoContent)
	}
}

func answer(c echo.Context, status int, v any) error {
	b, err := api.Marshal(v)
	if err != nil {
		return err
	}
	return c.JSONBlob(status, append(b, '\n'))
}

// decode reads what is asked: first the address and the headers, then the body. Where nothing is expected in the body,
// it is not looked at.
func decode[In any](c echo.Context) (In, error) {
	var in In
	body, err := decodeFields(c, reflect.ValueOf(&in).Elem())
	if err == nil && body {
		err = decodeJSON(c, &in)
	}
	return in, err
}

// decodeJSON reads the body strictly: a field nobody knows is a mistake worth telling.
func decodeJSON(c echo.Context, v any) error {
	d := json.NewDecoder(c.Request().Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil && err != io.EOF {
		return errBadJSON.Because(err)
	}
	return nil
}

// decodeFields sets the fields of a request's type that are not in a JSON body, and reports whether others are.
func decodeFields(c echo.Context, in reflect.Value) (inJSON bool, err error) {
	for i := range in.NumField() {
		f, v := in.Type().Field(i), in.Field(i)
		switch key, kind := sourceOf(f.Tag); kind {
		case "path":
			var s string
			if s, err = pathPart(c, key); err == nil {
				v.SetString(s)
			}
		case "query":
			v.SetString(c.QueryParam(key))
		case "header":
			v.SetString(header(c, key))
		case "body":
			var b []byte
			if b, err = io.ReadAll(c.Request().Body); err == nil {
				v.SetBytes(b)
			}
		default:
			if f.Anonymous {
				_, err = decodeFields(c, v)
			} else {
				inJSON = true
			}
		}
		if err != nil {
			return false, err
		}
	}
	return inJSON, nil
}

// sourceOf says where a field comes from; kind is empty for one of the JSON body.
func sourceOf(tag reflect.StructTag) (key, kind string) {
	for _, kind := range []string{"path", "query", "header", "body"} {
		if key, ok := tag.Lookup(kind); ok {
			return key, kind
		}
	}
	return "", ""
}

// pathPart is a part of the URL's path, unescaped. "*" names a file, which is a text. echo cuts it out of RawPath, which
// is escaped, or, where that is empty, out of Path, which is not any more.
func pathPart(c echo.Context, key string) (string, error) {
	part, err := c.Param(key), error(nil)
	if c.Request().URL.RawPath != "" {
		part, err = url.PathUnescape(part)
	}
	if err != nil || key == "*" && !utf8.ValidString(part) {
		return "", errBadEncoding
	}
	return part, nil
}

// header is a header's value; one that is not encoded as it should be is taken as it came.
func header(c echo.Context, key string) string {
	name, escaped := strings.CutSuffix(key, ",escaped")
	value := c.Request().Header.Get(name)
	if plain, err := url.PathUnescape(value); escaped && err == nil {
		return plain
	}
	return value
}
