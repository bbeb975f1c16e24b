package board

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// programServer has what the program under test answers.
func programServer(t testing.TB, l Limits) *server {
	s := testServer(t, l, webFiles)
	s.Unlock()
	defer s.Lock()
	all := func(r *Request) {
		r.SendText(r.Method() + " " + r.Path() + " state=" + r.Value("state") + " body=" + r.Body())
	}
	s.onRequest("/led", all)
	s.onRequest("POST /save", func(r *Request) { r.Redirect("/?saved=" + r.Form("v")) })
	s.onRequest("GET /both", func(r *Request) { r.SendJSON(JSON("get", true)) })
	s.onRequest("PUT /both", func(r *Request) { r.SetStatus(201); r.SendHTML("<p>made") })
	s.onRequest("POST /form", func(r *Request) { r.SendText("never") })
	s.onRequest("POST /form", func(r *Request) { // takes the place of the one before
		r.SendText("form=" + r.Form("state") + " value=" + r.Value("state"))
	})
	s.onRequest("/quiet", func(r *Request) {})
	s.onRequest("/none", func(r *Request) { r.SetStatus(404); r.SendText("No such lamp") })
	s.onRequest("/style.css", func(r *Request) { r.Send("text/css", "p{}") })
	s.onRequest("/sub/", func(r *Request) { r.SendText("below " + r.Path()) })
	s.onRequest("/sub/own", func(r *Request) { r.SendText("own") })
	s.onRequest("/api/", func(r *Request) { r.SendText("api") })
	s.onRequest("/api/deep/", func(r *Request) { r.SendText("deep") })
	s.onRequest("POST /index.html", func(r *Request) { r.SendText("posted") })
	s.onRequest("/long", func(r *Request) { r.SendText(strings.Repeat("long ", 10000)) })
	s.onRequest("/bad", func(r *Request) { r.Send("text/plain\r\nX-Evil: 1", "x") })
	s.onRequest("/away", func(r *Request) { r.Redirect("/" + strings.Repeat("x", 20000)) })
	return s
}

func requestCases() []httpCase {
	host := "Host: board"
	body := func(s string) string { return fmt.Sprintf("Content-Length: %d", len(s)) }
	post := func(path, kind, text string) string {
		return ask("POST "+path+" HTTP/1.1", host, "Content-Type: "+kind, body(text)) + text
	}
	return []httpCase{
		{"GET", ask("GET /led?state=on HTTP/1.1", host), 200, "GET /led state=on body=", []string{"Content-Type: text/plain; charset=utf-8", "Cache-Control: no-store"}, false},
		{"GET without a query", ask("GET /led HTTP/1.1", host), 200, "GET /led state= body=", nil, false},
		{"GET with escapes", ask("GET /l%65d?x&%73tate=a%2Bb+%C3%A9%zz&state=2 HTTP/1.1", host), 200, "GET /led state=a+b é%zz body=", nil, false},
		{"HEAD", ask("HEAD /led HTTP/1.1", host), 200, "-", []string{"Content-Length: 21"}, false},
		{"POST of a form", post("/led", "application/x-www-form-urlencoded", "a=1&state=off"), 200, "POST /led state=off body=a=1&state=off", nil, false},
		{"POST of JSON", post("/led", "application/json", `{"state": "on"}`), 200, `POST /led state=on body={"state": "on"}`, nil, false},
		{"POST of JSON that is not called so", post("/led", "text/plain;charset=UTF-8", ` {"state":7}`), 200, `POST /led state=7 body= {"state":7}`, nil, false},
		{"POST of FormData", post("/led", `multipart/form-data; boundary=xx`, "--xx\r\nContent-Disposition: form-data; name=\"state\"\r\n\r\nblue\r\n--xx--\r\n"), 200, "", nil, false},
		{"POST of a form with a query", post("/form?state=query", "application/x-www-form-urlencoded", "state=off"), 200, "form=off value=query", nil, false},
		{"POST of FormData to a form", post("/form", `multipart/form-data; boundary=xx`, "--xx\r\nContent-Disposition: form-data; name=\"state\"\r\n\r\nblue\r\n--xx--\r\n"), 200, "form=blue value=blue", nil, false},
		{"POST without a body", ask("POST /led HTTP/1.1", host, "Content-Length: 0"), 200, "POST /led state= body=", nil, false},
		{"POST without a length", ask("POST /led HTTP/1.1", host), 200, "POST /led state= body=", nil, false},
		{"PUT", ask("PUT /led HTTP/1.1", host, body("x")) + "x", 200, "PUT /led state= body=x", nil, false},
		{"PATCH", ask("PATCH /led HTTP/1.1", host, body("x")) + "x", 200, "PATCH /led state= body=x", nil, false},
		{"DELETE", ask("DELETE /led HTTP/1.1", host), 200, "DELETE /led state= body=", nil, false},
		{"other methods", ask("BREW /led HTTP/1.1", host), 405, "", []string{"Allow: OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE"}, true},
		{"OPTIONS", ask("OPTIONS /led HTTP/1.1", host), 204, "-", []string{"Allow: OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE"}, false},
		{"OPTIONS of one method", ask("OPTIONS /save HTTP/1.1", host), 204, "-", []string{"Allow: OPTIONS, POST"}, false},
		{"OPTIONS of a file with a method", ask("OPTIONS /index.html HTTP/1.1", host), 204, "-", []string{"Allow: OPTIONS, GET, HEAD, POST"}, false},
		{"redirect", post("/save", "application/x-www-form-urlencoded", "v=a"), 303, "-", []string{"Location: /?saved=a", "Content-Length: 0"}, false},
		{"only another method", ask("GET /save HTTP/1.1", host), 405, "This program answers other methods here: look at its board.OnRequest.\n", []string{"Allow: OPTIONS, POST"}, true},
		{"one of two methods", ask("GET /both HTTP/1.1", host), 200, `{"get":true}`, []string{"Content-Type: application/json"}, false},
		{"the other one", ask("PUT /both HTTP/1.1", host, body("abc")) + "abc", 201, "<p>made", []string{"Content-Type: text/html; charset=utf-8"}, false},
		{"neither of them", ask("DELETE /both HTTP/1.1", host), 405, "", []string{"Allow: OPTIONS, GET, HEAD, PUT"}, true},
		{"nothing is sent", ask("GET /quiet HTTP/1.1", host), 204, "-", nil, false},
		{"own status", ask("GET /none HTTP/1.1", host), 404, "No such lamp", nil, false},
		{"wins over a file", ask("GET /style.css HTTP/1.1", host), 200, "p{}", []string{"Content-Type: text/css"}, false},
		{"below a path", ask("GET /api/x/y HTTP/1.1", host), 200, "api", nil, false},
		{"the path itself", ask("GET /api/ HTTP/1.1", host), 200, "api", nil, false},
		{"further below", ask("GET /api/deep/x HTTP/1.1", host), 200, "deep", nil, false},
		{"not below", ask("GET /apix HTTP/1.1", host), 404, "", nil, false},
		{"a file wins over what is below", ask("GET /sub/index.html HTTP/1.1", host), 200, webFiles["/www/sub/index.html"], nil, false},
		{"but not over the path itself", ask("GET /sub/ HTTP/1.1", host), 200, "below /sub/", nil, false},
		{"own below a path", ask("GET /sub/own HTTP/1.1", host), 200, "own", nil, false},
		{"a file, and a callback for another method", ask("GET /index.html HTTP/1.1", host), 200, webFiles["/www/index.html"], nil, false},
		{"the other method", ask("POST /index.html HTTP/1.1", host, body("")), 200, "posted", nil, false},
		{"long answer", ask("GET /long HTTP/1.1", host), 200, strings.Repeat("long ", 10000), []string{"Content-Length: 50000"}, false},
		{"header in a header", ask("GET /bad HTTP/1.1", host), 200, "x", []string{"Content-Type: text/plainX-Evil: 1"}, false},
		{"endless address", ask("GET /away HTTP/1.1", host), 500, "", nil, true},
		{"query of the longest", ask("GET /led?state="+letters(1018)+" HTTP/1.1", host), 200, "GET /led state=" + letters(1018) + " body=", nil, false},
		{"query too long", ask("GET /led?state="+letters(1019)+" HTTP/1.1", host), 414, "The request's query has 1025 bytes; this program takes 1024. For more: board.Configure(board.Limits{MaxRequest: 1025})\n", nil, true},
		{"body of the longest", post("/led", "text/plain", letters(1024)), 200, "POST /led state= body=" + letters(1024), nil, false},
		{"body too long", post("/led", "text/plain", letters(1025)), 413, "The request's body has 1025 bytes; this program takes 1024. For more: board.Configure(board.Limits{MaxRequest: 1025})\n", nil, true},
		{"body much too long", ask("POST /led HTTP/1.1", host, "Content-Length: 99999999999"), 413, "", nil, true},
		{"body in chunks", ask("POST /led HTTP/1.1", host, "Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\n\r\n", 411, "", nil, true},
		{"POST to a file", ask("POST /big.bin HTTP/1.1", host), 405, "", []string{"Allow: GET, HEAD, OPTIONS"}, true},
		{"not there", ask("GET /no HTTP/1.1", host), 404, "", nil, false},
	}
}

func TestRequests(t *testing.T) {
	for _, c := range requestCases() {
		t.Run(c.name, func(t *testing.T) {
			for _, chunk := range []int{0, 1, 7} {
				s := programServer(t, Limits{})
				m := s.connect(t, c.in, chunk)
				out := s.talk(t, m, "")
				checkAnswer(t, c, out)
				if m.finished != c.close {
					t.Fatalf("finished is %v", m.finished)
				}
				if !c.close {
					if next := s.talk(t, m, ask("GET /empty.txt HTTP/1.1", "Host: b")); !strings.HasPrefix(next, "HTTP/1.1 200 ") {
						t.Fatalf("next answer: %s", next)
					}
				}
				s.Unlock()
				s.Lock()
			}
		})
	}
	t.Logf("%d cases", len(requestCases()))
}

// A browser sends several requests in a row, and reads slowly.
func TestRequestsInARow(t *testing.T) {
	s := programServer(t, Limits{})
	var in, want string
	for _, c := range requestCases() {
		if c.close {
			continue
		}
		in += c.in
		want += s.talk(t, s.connect(t, c.in, 0), "")
		s.pass(time.Second)
	}
	for _, chunk := range []int{0, 1, 333} {
		m := s.connect(t, in, chunk)
		m.room = 0
		var out strings.Builder
		for range 2000 {
			m.room += 100
			out.WriteString(s.talk(t, m, ""))
		}
		if out.String() != want {
			t.Fatalf("in pieces of %d: %d bytes, want %d", chunk, out.Len(), len(want))
		}
	}
}

func TestExpectContinue(t *testing.T) {
	s := programServer(t, Limits{})
	m := s.connect(t, ask("POST /led HTTP/1.1", "Host: b", "Content-Length: 3", "Expect: 100-continue"), 0)
	if out := s.talk(t, m, ""); out != "HTTP/1.1 100 Continue\r\n\r\n" {
		t.Fatalf("%q", out)
	}
	if out := s.talk(t, m, "abc"); !strings.HasSuffix(out, "body=abc") {
		t.Fatalf("%q", out)
	}
	m = s.connect(t, ask("POST /led HTTP/1.1", "Host: b", "Content-Length: 9999", "Expect: 100-continue"), 0)
	if out := s.talk(t, m, ""); !strings.HasPrefix(out, "HTTP/1.1 413 ") {
		t.Fatalf("%q", out)
	}
}

// What a program keeps of a request stays what it is.
func TestRequestIsKept(t *testing.T) {
	s := testServer(t, Limits{}, webFiles)
	var kept, want []string
	s.Unlock()
	s.onRequest("/keep/", func(r *Request) {
		kept = append(kept, r.Path(), r.Query("q"), r.Form("f"), r.Body(), r.Method())
	})
	s.Lock()
	m := s.connect(t, "", 0)
	for i := range 50 {
		q, f := letters(i), fmt.Sprint(i*i)
		want = append(want, fmt.Sprint("/keep/", i), q, f, "f="+f, "POST")
		s.talk(t, m, ask(fmt.Sprintf("POST /keep/%d?q=%s HTTP/1.1", i, q), "Host: b", fmt.Sprintf("Content-Length: %d", 2+len(f)))+"f="+f)
	}
	if strings.Join(kept, "|") != strings.Join(want, "|") {
		t.Fatalf("%q", kept)
	}
}

// A client that says how long its body is and then sends nothing, or goes.
func TestUnfinishedBody(t *testing.T) {
	s := programServer(t, Limits{})
	in := ask("POST /led HTTP/1.1", "Host: b", "Content-Length: 9") + "abc"
	m := s.connect(t, in, 0)
	s.settle(t)
	s.pass(11 * time.Second)
	s.settle(t)
	if !m.closed || len(m.out) > 0 {
		t.Fatalf("closed %v, %q", m.closed, m.out)
	}
	m = s.connect(t, in, 0)
	m.eof = true
	s.settle(t)
	if !m.closed || len(m.out) > 0 {
		t.Fatalf("closed %v, %q", m.closed, m.out)
	}
}

func TestOrigin(t *testing.T) {
	s := programServer(t, Limits{})
	preflight := ask("OPTIONS /led HTTP/1.1", "Host: b", "Origin: http://x", "Access-Control-Request-Method: PUT")
	get := ask("GET /led HTTP/1.1", "Host: b", "Origin: http://x")
	for _, in := range []string{preflight, get} {
		if out := s.talk(t, s.connect(t, in, 0), ""); strings.Contains(out, "Access-Control") {
			t.Fatalf("without being asked to: %s", out)
		}
	}
	s.Unlock()
	s.web.AllowOrigin("*")
	s.Lock()
	if out := s.talk(t, s.connect(t, preflight, 0), ""); !strings.Contains(out, "Access-Control-Allow-Origin: *\r\n") || !strings.Contains(out, "Access-Control-Allow-Methods: GET, POST, PUT, PATCH, DELETE\r\n") {
		t.Fatal(out)
	}
	if out := s.talk(t, s.connect(t, get, 0), ""); !strings.Contains(out, "Access-Control-Allow-Origin: *\r\n") {
		t.Fatal(out)
	}
	if out := s.talk(t, s.connect(t, ask("GET / HTTP/1.1", "Host: b"), 0), ""); strings.Contains(out, "Access-Control") {
		t.Fatal("a file, too: " + out)
	}
}

// net/http is the referee: it must understand what it is answered, and send
// what is understood.
func TestRequestsOfNetHTTP(t *testing.T) {
	s := programServer(t, Limits{})
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	w.WriteField("other", "1")
	w.WriteField("state", "two\r\nlines --x")
	part, _ := w.CreateFormFile("file", "a.txt")
	part.Write([]byte("content"))
	w.Close()
	for _, c := range []struct{ kind, body, want string }{
		{w.FormDataContentType(), form.String(), "two\r\nlines --x"},
		{"application/x-www-form-urlencoded", url.Values{"state": {"ä&=+ %"}}.Encode(), "ä&=+ %"},
		{"application/json", `{"a":[{"state":"x"}],"state":"\u00e4\n\"\ud83d\ude00"}`, "ä\n\"😀"},
	} {
		var in bytes.Buffer
		r, _ := http.NewRequest("POST", "http://board/led", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		r.Write(&in)
		out := s.talk(t, s.connect(t, in.String(), 5), "")
		answer, err := http.ReadResponse(bufio.NewReader(strings.NewReader(out)), r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		if want := "POST /led state=" + c.want + " body=" + c.body; string(text) != want {
			t.Errorf("%s: %q, want %q", c.kind, text, want)
		}
	}
}

func TestJSON(t *testing.T) {
	got := JSON("t", 21.5, "on", true, "name", "a\"\\\n\x01é", "n", -7, "f", float32(0.1), "z", 0.0, "big", 1e21, "small", 1e-9, "odd", 1/zero, "nothing", nil, "u", uint8(200), "last")
	if want := `{"t":21.5,"on":true,"name":"a\"\\\n\u0001é","n":-7,"f":0.1,"z":0,"big":1e+21,"small":1e-09,"odd":null,"nothing":null,"u":200,"last":null}`; got != want {
		t.Errorf("%s", got)
	}
	if !json.Valid([]byte(got)) || JSON() != "{}" {
		t.Error("not JSON")
	}
}

var zero float64

func TestSocketRoutes(t *testing.T) {
	s := testServer(t, Limits{}, webFiles)
	var got []string
	s.onText = func(from *Client, msg string) { got = append(got, "text "+from.Path()+" "+msg) }
	s.onAccept = func(who *Client) { got = append(got, "accept "+who.Path()+" "+who.Protocol()) }
	s.Unlock()
	s.onSocket("/chat", func(from *Client, msg string) { got = append(got, "chat "+from.Path()+" "+msg) })
	s.web.Protocols([]string{"v2", "v1"})
	s.Lock()
	open := func(path, protocols string) (string, *memory) {
		in := strings.Replace(handshake, "GET /ws ", "GET "+path+" ", 1)
		if protocols != "" {
			in = strings.Replace(in, "\r\n\r\n", "\r\nSec-WebSocket-Protocol: "+protocols+"\r\n\r\n", 1)
		}
		m := s.connect(t, in, 0)
		return s.talk(t, m, ""), m
	}
	for _, c := range []struct{ path, protocols, want string }{
		{"/", "", ""}, {"/ws", "x, v1,v2", "v1"}, {"/chat", "v2", "v2"}, {"/chat?room=1", "other", ""}, {"/chat", "V1", ""},
	} {
		out, m := open(c.path, c.protocols)
		answer, err := http.ReadResponse(bufio.NewReader(strings.NewReader(out)), nil)
		if err != nil || answer.StatusCode != 101 || answer.Header.Get("Sec-Websocket-Protocol") != c.want {
			t.Fatalf("%s: %v %s", c.path, err, out)
		}
		s.talk(t, m, string(masked(0x81, [4]byte{1, 2, 3, 4}, []byte("hi"))))
		m.eof = true
		s.settle(t)
	}
	if want := "accept / |text / hi|accept /ws v1|text /ws hi|accept /chat v2|chat /chat hi|accept /chat |chat /chat hi|accept /chat |chat /chat hi"; strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
	if out, _ := open("/no", ""); !strings.HasPrefix(out, "HTTP/1.1 404 ") || !strings.Contains(out, `board.OnSocket("/no", …)`) {
		t.Error(out)
	}
}
