package devlink_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"studio/link"
	"studioide/internal/devlink"
	"studioide/internal/port/porttest"
)

// onAir runs the boards' own code with a made-up radio, on a line.
func onAir(t *testing.T) *devlink.Conn {
	t.Helper()
	if testing.Short() {
		t.Skip("short: it compiles the runtime with Wi-Fi")
	}
	bin := filepath.Join(t.TempDir(), "board.exe")
	build := exec.Command("go", "test", "-c", "-tags", "wifi", "-modfile=wifi.mod", "-o", bin, "./board")
	build.Dir = "../../firmware-templates"
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(bin, "-test.run=^TestBoardOnAir$", "-test.timeout=2m")
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "STUDIO_AIR=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	host, far := porttest.Pair(porttest.Options{})
	var pumps sync.WaitGroup
	pumps.Go(func() { io.Copy(stdin, far) })
	pumps.Go(func() { io.Copy(far, stdout) })
	conn := devlink.Start(host, nil)
	t.Cleanup(func() {
		conn.Release()
		host.Unplug()
		cmd.Process.Kill()
		pumps.Wait()
		cmd.Wait()
	})
	return conn
}

// The whole way of a board into a network, with the code that runs on boards.
func TestBoardsOwnCodeJoins(t *testing.T) {
	conn := onAir(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for { // the process needs a moment to start
		if _, err := conn.Hello(ctx); err == nil {
			break
		} else if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	told := make(chan devlink.Network, 100)
	defer conn.WatchNetwork(func(n devlink.Network) { told <- n })()
	now, err := conn.Network(ctx)
	if err != nil {
		t.Fatal(err)
	}
	becomes := func(state byte) devlink.Network {
		t.Helper()
		for now.State != state {
			select {
			case now = <-told:
			case <-ctx.Done():
				t.Fatalf("never state %d: %+v", state, now)
			}
		}
		return now
	}
	if n := becomes(link.NetAccessPoint); n.AccessPoint != "Studio-1A2B" || n.Address.String() != "192.168.4.1" || n.Name != "studio-1a2b" {
		t.Fatalf("%+v", n)
	}
	seen, err := conn.Scan(ctx)
	if err != nil || len(seen) != 20 || seen[0] != (devlink.Seen{SSID: "near", RSSI: -40, Secure: link.NetSecure, Channel: 1}) ||
		!slices.IsSortedFunc(seen, func(a, b devlink.Seen) int { return b.RSSI - a.RSSI }) {
		t.Fatalf("%+v, %v", seen, err)
	}
	if err := conn.Join(ctx, "home", "not the one"); err != nil {
		t.Fatal(err)
	}
	if n := becomes(link.NetFailed); n.Reason != link.NetPassword || n.SSID != "home" || n.AccessPoint == "" {
		t.Fatalf("%+v", n)
	}
	if err := conn.Join(ctx, "home", "password"); err != nil {
		t.Fatal(err)
	}
	if n := becomes(link.NetJoined); !n.Address.Is4() || n.Address.As4()[0] != 10 || n.AccessPoint != "" {
		t.Fatalf("%+v", n)
	}
	if code(conn.Join(ctx, "home", "short")) != "wifi.bad-login" {
		t.Fatal("a password of five characters is taken")
	}
	if err := conn.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	if n := becomes(link.NetAccessPoint); n.SSID != "" {
		t.Fatalf("%+v", n)
	}
}
