package main

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"studioide/internal/problem"
)

// A server that speaks TLS is reached when its certificate is trusted, by the console and by sets of messages.
func TestWss(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		for {
			kind, text, err := conn.ReadMessage()
			if err != nil || conn.WriteMessage(kind, append([]byte("echo "), text...)) != nil {
				return
			}
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	its := file("its.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	other, err := x509.MarshalPKIXPublicKey(s.Certificate().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	key := file("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: other}))
	set := file("echo.json", []byte(`{"steps":[{"send":"hi"},{"expect":"echo hi"}]}`))
	to := "wss" + strings.TrimPrefix(s.URL, "https") + "/ws"
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	free.Close()
	for _, c := range []struct {
		args []string
		code string
		says string
	}{
		{[]string{to, "--send", "hi", "--for", "1s", "--ca", its}, "", "echo hi"},
		{[]string{"--to", to, "--ca", its, "--test", set}, "", "1 test"},
		{[]string{to, "--send", "hi", "--for", "1s"}, "server.nobody", "--ca"},
		{[]string{"--to", to, "--test", set}, "test.some-failed", "--ca"},
		{[]string{to + "o", "--send", "hi", "--for", "1s", "--ca", its}, "", "echo hi"},
		{[]string{"--to", "ws://" + nobody + "/ws", "--test", set}, "test.some-failed", "Nothing takes connections at " + nobody},
		{[]string{"ws://" + nobody + "/ws", "--send", "hi", "--for", "1s"}, "server.nobody", "Nothing takes connections at " + nobody},
		{[]string{to, "--send", "hi", "--ca", key}, "ws.no-certificate", ""},
		{[]string{to, "--send", "hi", "--ca", its + "x"}, "files.unreadable", ""},
	} {
		var said strings.Builder
		cmd := wsCommand(&output{out: &said, err: io.Discard})
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(c.args)
		err := cmd.ExecuteContext(t.Context())
		code := ""
		if err != nil {
			p := problem.Of(err).CommandLine()
			code = p.Code
			said.WriteString(p.Text + " " + p.Help)
		}
		if code != c.code || !strings.Contains(said.String(), c.says) {
			t.Errorf("%v: %v (%s)\n%s", c.args, err, code, said.String())
		}
	}
}
