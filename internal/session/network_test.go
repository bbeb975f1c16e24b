package session

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"studio/link"

	"studioide/internal/api"
	"studioide/internal/devfs/devfstest"
	"studioide/internal/flasher/esp"
	"studioide/internal/port"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
)

// wifiRig is a session with a board that has a radio; web is the board's own
// server, in the network.
func wifiRig(t *testing.T, w *devfstest.WiFi, web http.Handler) (*Session, *devfstest.Board, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(web)
	at := netip.MustParseAddrPort(server.Listener.Addr().String())
	was := webPort
	webPort = at.Port()
	if w != nil {
		w.Address = at.Addr().As4()
	}
	host, far := porttest.Pair(porttest.Options{})
	board := devfstest.StartBoard(far, devfstest.BoardConfig{WiFi: w})
	s, err := New(Config{Target: Target{Port: "line", Method: esp.New(), Close: func() error { return nil },
		Open: func(context.Context, string) (port.Port, error) { return host, nil }}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		host.Unplug()
		board.Stop()
		server.Close()
		webPort = was
	})
	return s, board, server
}

// named answers as a board does.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.studio" {
			w.Write([]byte(name))
			return
		}
		w.Write([]byte("page"))
	})
}

// becomes waits until the board's state is as wanted.
func becomes(t *testing.T, s *Session, what string, ok func(api.Board) bool) api.Board {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := s.wait(ctx, ok); err != nil {
		t.Fatalf("%s: %v; the board is %+v", what, err, s.State())
	}
	return s.State()
}

func problemCode(err error) string {
	var p *problem.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

func TestWiFiIsShownAndUsed(t *testing.T) {
	w := &devfstest.WiFi{Networks: map[string]string{"home": "password", "cafe": ""}, State: link.NetAccessPoint}
	s, board, _ := wifiRig(t, w, named("studio-1a2b"))
	ctx := context.Background()
	b := becomes(t, s, "access point", func(b api.Board) bool { return b.WiFi.State == "ap" })
	if want := (api.WiFi{State: "ap", Address: "192.168.4.1", Name: "studio-1a2b.local", AP: "Studio-1A2B"}); b.WiFi != want || b.Address != "" || b.Via != "cable" {
		t.Fatalf("%+v", b)
	}
	networks, err := s.ScanWiFi(ctx)
	if err != nil || len(networks) != 2 || networks[0] != (api.WiFiNetwork{SSID: "cafe", RSSI: -56, Channel: 6}) ||
		networks[1] != (api.WiFiNetwork{SSID: "home", RSSI: -56, Secure: true, Channel: 6}) {
		t.Fatalf("%+v, %v", networks, err)
	}
	if err := s.JoinWiFi(ctx, "home", "short"); problemCode(err) != "wifi.bad-login" {
		t.Fatal(err)
	}
	if err := s.JoinWiFi(ctx, "home", "not the one"); err != nil {
		t.Fatal(err)
	}
	if b := s.State(); b.WiFi.State != "failed" || b.WiFi.Reason != "password" || b.WiFi.SSID != "home" || b.Via != "cable" {
		t.Fatalf("%+v", b)
	}
	if err := s.JoinWiFi(ctx, "home", "password"); err != nil {
		t.Fatal(err)
	}
	b = becomes(t, s, "its address", func(b api.Board) bool { return b.Address != "" })
	if b.WiFi.State != "joined" || b.WiFi.RSSI != -56 || b.Address != net.JoinHostPort("127.0.0.1", b.Address[strings.LastIndex(b.Address, ":")+1:]) || b.Via != "network" {
		t.Fatalf("%+v", b)
	}
	c, err := s.Dial(ctx)
	if err != nil || c.RemoteAddr().String() != b.Address {
		t.Fatal(c, err)
	}
	c.Close()

	// The network is lost: the cable takes over.
	board.Do(func() { w.State, w.Reason = link.NetJoining, link.NetLost })
	board.NetworkChanged()
	b = becomes(t, s, "the loss", func(b api.Board) bool { return b.WiFi.Reason == "lost" })
	if b.Address != "" || b.Via != "cable" {
		t.Fatalf("%+v", b)
	}
	if err := s.ForgetWiFi(ctx); err != nil {
		t.Fatal(err)
	}
	if b := s.State(); b.WiFi.State != "ap" || b.WiFi.SSID != "" {
		t.Fatalf("%+v", b)
	}
}

// What answers at the board's address is somebody else: this computer is in another network.
func TestAddressOfSomebodyElse(t *testing.T) {
	asked := make(chan struct{}, 10)
	other := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("studio-9999"))
		asked <- struct{}{}
	})
	s, board, _ := wifiRig(t, &devfstest.WiFi{SSID: "home", State: link.NetJoined}, other)
	becomes(t, s, "joined", func(b api.Board) bool { return b.WiFi.State == "joined" })
	<-asked
	c, err := s.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b := s.State(); b.Address != "" || b.Via != "cable" || board.Calls(link.OpDial) != 1 {
		t.Fatalf("%+v, %d dials over the cable", b, board.Calls(link.OpDial))
	}
}

// An address that no longer answers costs one attempt.
func TestDeadAddress(t *testing.T) {
	s, board, server := wifiRig(t, &devfstest.WiFi{SSID: "home", State: link.NetJoined}, named("studio-1a2b"))
	becomes(t, s, "its address", func(b api.Board) bool { return b.Address != "" })
	server.Close()
	for range 3 {
		c, err := s.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	if b := s.State(); b.Address != "" || b.Via != "cable" || board.Calls(link.OpDial) != 3 {
		t.Fatalf("%+v", b)
	}
}

func TestBoardsWithoutWiFiAndWithoutEyes(t *testing.T) {
	s, _, _ := wifiRig(t, nil, named(""))
	b := becomes(t, s, "running", func(b api.Board) bool { return b.State == api.BoardRunning })
	if b.WiFi != (api.WiFi{State: "none"}) {
		t.Fatalf("%+v", b)
	}
	ctx := context.Background()
	_, err := s.ScanWiFi(ctx)
	if problemCode(err) != "wifi.none" || problemCode(s.JoinWiFi(ctx, "home", "password")) != "wifi.none" || problemCode(s.ForgetWiFi(ctx)) != "wifi.none" {
		t.Fatal(err)
	}
	s, _, _ = wifiRig(t, &devfstest.WiFi{Blind: true, State: link.NetAccessPoint}, named(""))
	becomes(t, s, "access point", func(b api.Board) bool { return b.WiFi.State == "ap" })
	if _, err := s.ScanWiFi(ctx); problemCode(err) != "wifi.no-scan" {
		t.Fatal(err)
	}
}
