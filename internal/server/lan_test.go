package server

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"studioide/internal/api"
)

// The listener for other devices serves the board's page. Nothing of Studio is behind it, however it is asked for and whatever
// else the device knows; another project ends it.
func TestOtherDevicesDoNotReachStudio(t *testing.T) {
	d := newDesk(t)
	var lan api.LAN
	_, _, content, _ := d.ask("POST", "/api/lan/open", "{}")
	if err := json.Unmarshal(content, &lan); err != nil || !lan.On || len(lan.Addresses) != 1 {
		t.Fatalf("%s: %v", content, err)
	}
	base := strings.TrimSuffix(lan.Addresses[0], "/")
	host := strings.TrimPrefix(base, "https://")
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, // package lan's tests look at the certificate
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	send := func(method, path, body string, header ...string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequest(method, base+"/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Opaque = path // as it is written
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(b)
	}
	res, body := send("POST", "/.studio/code", url.Values{"code": {lan.Code}}.Encode(), "Origin", base, "Content-Type", "application/x-www-form-urlencoded")
	if len(res.Cookies()) != 1 {
		t.Fatalf("the code: %s %s", res.Status, body)
	}
	cookie := res.Cookies()[0].Name + "=" + res.Cookies()[0].Value
	forms := []string{"GET /api/state", "GET //api/state", "GET /%61pi/state", "GET /./api/state", "GET /x/../api/state", "GET /api%2fstate", "GET /api/state/", "GET /API/STATE", "GET /.studio/../api/state",
		"GET http://" + d.addr + "/api/state", "GET //" + d.addr + "/api/state", "GET /", "GET /door.js", "GET /index.html", "GET /.studio/api/state"}
	if len(d.routes) < 80 {
		t.Fatalf("only %d routes", len(d.routes))
	}
	for _, form := range append(forms, d.routes...) {
		method, path, _ := strings.Cut(form, " ")
		if method == "echo_route_not_found" {
			continue
		}
		res, body := send(method, strings.NewReplacer(":name", "LED-over-WebSocket", ":id", "1", ":seq", "1", ":form", "csv", "*", "main.go").Replace(path), "{}",
			"Cookie", cookie, "Origin", base, "Authorization", "Bearer "+d.token, "Sec-Fetch-Site", "same-origin")
		if res.StatusCode < 300 || res.Header.Get("Cross-Origin-Opener-Policy") != "" || strings.Contains(body, `"version"`) || strings.Contains(body, "package main") {
			t.Errorf("%s: %s %v %.200s", form, res.Status, res.Header, body)
		}
	}
	// Studio's own door knows nothing of that cookie, and does not answer to that host.
	for _, header := range [][]string{{"Cookie", cookie}, {"Cookie", "studio-" + d.addr[strings.LastIndexByte(d.addr, ':')+1:] + cookie[strings.IndexByte(cookie, '='):]}, {"Host", host}} {
		r, _ := http.NewRequest("GET", "http://"+d.addr+"/api/state", nil)
		r.Header.Set(header[0], header[1])
		if header[0] == "Host" {
			r.Host = header[1]
		}
		if res, err := http.DefaultTransport.RoundTrip(r); err != nil || res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("Studio, with %v: %v, %v", header, res, err)
		}
	}
	client.CloseIdleConnections()
	if status, _, content, _ := d.ask("POST", "/api/projects", `{"template":"echo","title":"Another"}`); status != http.StatusCreated {
		t.Fatalf("%s", content)
	}
	if _, _, content, _ := d.ask("GET", "/api/state", ""); !strings.Contains(string(content), `"lan":{"on":false`) {
		t.Error("with another project the page is still open to other devices")
	}
	if c, err := net.Dial("tcp", host); err == nil {
		c.Close()
		t.Error("with another project somebody still listens")
	}
}
