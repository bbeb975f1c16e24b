package board

import (
	"strings"
	"studio/board/web"
)

// Request is one request of a page (or of another program) for OnRequest. It
// is answered inside of the callback, with one of the Send methods or Redirect;
// a callback that sends nothing has answered "done" (204), at which a page stays
// as it is. Strings that it gives belong to the program.
type Request struct{ x *web.Exchange }

// OnRequest sets what is called for requests to a path: fetch, XMLHttpRequest,
// links, forms, and programs such as curl.
//
//	board.OnRequest("/led", func(r *board.Request) {
//		board.LED.Set(r.Value("state") == "on") // /led?state=on, or sent by a form
//		r.SendText("The LED is " + r.Value("state"))
//	})
//
// A path can have a method before it: "POST /save" is for POST alone, "/save"
// for GET, POST, PUT, PATCH and DELETE; what is for none is answered 405, HEAD
// and OPTIONS are answered as they should be. OnRequest wins over a file of the
// same name below www/. A path with a slash at its end, such as "/api/", is for
// everything below it as well, unless that is a file or has an OnRequest of
// its own.
//
// Query and body may each have Limits.MaxRequest bytes; a longer one is answered
// 414 or 413, in words that say so.
//
// Limits: query and body may each have Limits.MaxRequest bytes (1024), a path
// 256. The answer may be as long as the board has memory for.
func OnRequest(path string, f func(r *Request)) {
	std.onRequest(path, f)
}

func (s *server) onRequest(path string, f func(r *Request)) {
	s.web.OnRequest(path, func(x *web.Exchange) { f(&Request{x}) })
}

// AllowOrigin lets pages that are not on this board read the answers of
// OnRequest: those of one origin, such as "http://192.168.1.20:8000", or all
// ("*"). Without it browsers keep the answers from them.
//
// Limits: one origin, or all; the one that is set last counts.
func AllowOrigin(origin string) { std.web.AllowOrigin(origin) }

// Method is "GET", "POST", "PUT", "PATCH" or "DELETE".
//
// Limits: costs nothing.
func (r *Request) Method() string { return r.x.Method() }

// Path is what was asked for, without the query: "/led".
//
// Limits: costs nothing; at most 256 bytes.
func (r *Request) Path() string { return r.x.Path }

// Body is what was sent with the request, as it is.
//
// Limits: at most Limits.MaxRequest bytes (1024); it takes that memory until the
// answer is sent.
func (r *Request) Body() string { return r.x.Body }

// Value gives a value by its name: from the query (/led?state=on), from a form,
// or from a small JSON object ({"state": "on"}). "": there is none, or it is empty.
//
// Limits: looks through query and body each time; keep what is needed twice in a
// variable.
func (r *Request) Value(name string) string {
	value, _ := r.find(name)
	return value
}

// Has reports whether there is a value of that name, maybe an empty one.
//
// Limits: looks through query and body each time.
func (r *Request) Has(name string) bool {
	_, found := r.find(name)
	return found
}

func (r *Request) find(name string) (value string, found bool) {
	if value, found = web.Pair(r.x.Query, name); found {
		return value, true
	}
	if strings.HasPrefix(r.x.ContentType, "multipart/") {
		return web.Part(r.x.Body, r.x.ContentType, name)
	}
	if text := strings.TrimLeft(r.x.Body, " \t\r\n"); strings.HasPrefix(text, "{") {
		return web.Field(text, name)
	}
	return web.Pair(r.x.Body, name)
}

// Query gives a value of the query alone.
//
// Limits: at most Limits.MaxRequest bytes (1024) of query.
func (r *Request) Query(name string) string {
	value, _ := web.Pair(r.x.Query, name)
	return value
}

// Form gives a value of the form that was sent as the body: by <form
// method="post">, new FormData or new URLSearchParams.
//
// Limits: at most Limits.MaxRequest bytes (1024) of form; a file that is sent
// with it counts.
func (r *Request) Form(name string) string {
	if strings.HasPrefix(r.x.ContentType, "multipart/") {
		value, _ := web.Part(r.x.Body, r.x.ContentType, name)
		return value
	}
	value, _ := web.Pair(r.x.Body, name)
	return value
}

// JSON gives a value of the JSON object that was sent as the body, as text:
// "on" for {"state": "on"}, "12" for {"state": 12}, "true" for {"state": true}.
// An object or array in it is given as it was written.
//
// Limits: the outermost object's values only; at most Limits.MaxRequest bytes
// (1024).
func (r *Request) JSON(name string) string {
	value, _ := web.Field(r.x.Body, name)
	return value
}

// SetStatus sets the answer's status, such as 404, before it is sent; else it is 200.
//
// Limits: 200 to 599; others are left out of account.
func (r *Request) SetStatus(code int) {
	if code >= 200 && code <= 599 {
		r.x.Status = code
	}
}

// SendText answers with plain text.
//
// Limits: the text stays in memory until it is sent.
func (r *Request) SendText(text string) { r.Send("text/plain; charset=utf-8", text) }

// SendHTML answers with a page.
//
// Limits: the text stays in memory until it is sent. Pages that stay as they are
// belong into www/, where they take none.
func (r *Request) SendHTML(page string) { r.Send("text/html; charset=utf-8", page) }

// SendJSON answers with JSON, such as what the function JSON makes.
//
// Limits: the text stays in memory until it is sent. What it says is not looked
// at.
func (r *Request) SendJSON(text string) { r.Send("application/json", text) }

// Send answers with a body of any kind: a Content-Type such as "text/csv".
// When it is called again, the last one counts.
//
// Limits: the body stays in memory until it is sent: as long as the board has
// memory for.
func (r *Request) Send(contentType, body string) {
	r.x.Replied, r.x.AnswerType, r.x.Answer = true, contentType, body
}

// Redirect sends the browser on to another page, such as "/": what a form's
// callback does after it has taken the form.
//
// Limits: costs nothing.
func (r *Request) Redirect(to string) {
	r.x.Replied, r.x.Location = true, to
	if r.x.Status == 0 {
		r.x.Status = 303
	}
}
