package lan

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"studioide/internal/home"
	"studioide/internal/problem"
)

func addrs(list ...string) (out []netip.Addr) {
	for _, a := range list {
		out = append(out, netip.MustParseAddr(a))
	}
	return out
}

// The certificate that is made here stays as long as it fits, in a file for this user only, and is made anew when it does not.
func TestLocalCertificate(t *testing.T) {
	t.Setenv("STUDIO_HOME", t.TempDir())
	h, err := home.Open()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	get := func(now time.Time, at ...string) string {
		t.Helper()
		c, err := localCertificate(h, addrs(at...), now)
		if err != nil {
			t.Fatal(err)
		}
		if c.own {
			t.Error("it is said to be the user's")
		}
		return c.fingerprint()
	}
	first := get(now, "192.168.1.5", "fd00::5")
	file := filepath.Join(h.Config, "lan.pem")
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v; want mode 0600", info.Mode(), err)
	}
	for what, again := range map[string]string{"the next day": get(now.Add(24*time.Hour), "192.168.1.5", "fd00::5"), "with fewer addresses": get(now, "192.168.1.5")} {
		if again != first {
			t.Errorf("%s there is another certificate", what)
		}
	}
	last := first
	for _, c := range []struct {
		what string
		do   func() string
	}{
		{"with another address", func() string { return get(now, "192.168.1.5", "10.0.0.5") }},
		{"shortly before its end", func() string { return get(now.Add(certLife-certRenew), "10.0.0.5") }},
		{"long before it was made", func() string { return get(now.Add(-48*time.Hour), "10.0.0.5") }},
		{"when it is damaged", func() string { os.WriteFile(file, []byte("-----BEGIN"), 0o600); return get(now, "10.0.0.5") }},
		{"when it is gone", func() string { os.Remove(file); return get(now, "10.0.0.5") }},
		{"when others could have read its key", func() string {
			if runtime.GOOS == "windows" {
				os.Remove(file)
			} else {
				os.Chmod(file, 0o644)
			}
			return get(now, "10.0.0.5")
		}},
	} {
		next := c.do()
		if next == last {
			t.Errorf("%s it stays the same", c.what)
		}
		if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s the key's file: %v, %v", c.what, info.Mode(), err)
		}
		last = next
	}
	// It is for a server at these addresses, and can vouch for no other certificate.
	made, err := makeCertificate(addrs("10.0.0.5"), now)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(made, made)
	if err != nil {
		t.Fatal(err)
	}
	leaf := pair.Leaf
	if key, ok := leaf.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != elliptic.P256() || leaf.IsCA || leaf.KeyUsage != x509.KeyUsageDigitalSignature ||
		!slices.Equal(leaf.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}) || leaf.VerifyHostname("10.0.0.6") == nil || leaf.NotAfter.Sub(leaf.NotBefore) > 398*24*time.Hour {
		t.Errorf("the certificate is %+v", leaf)
	}
}

// The fingerprint that the user compares is that of the certificate that a device gets.
func TestFingerprint(t *testing.T) {
	v := open(t)
	c, err := tls.Dial("tcp", v.host, v.secure)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := (certificate{tls.Certificate{Leaf: c.ConnectionState().PeerCertificates[0]}, false}).fingerprint(); got != v.s.State().Fingerprint || len(got) != 32*3-1 {
		t.Errorf("the device gets %s, the user is shown %s", got, v.s.State().Fingerprint)
	}
	if v := c.ConnectionState().Version; v < tls.VersionTLS12 {
		t.Errorf("TLS version %x", v)
	}
	old := v.secure.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if c, err := tls.Dial("tcp", v.host, old); err == nil {
		c.Close()
		t.Error("TLS 1.1 is spoken")
	}
}

// pair makes the files of a user's own certificate.
func pair(t *testing.T, from, to time.Time, names ...string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "own"}, NotBefore: from, NotAfter: to, DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// What is wrong with the user's certificate is said in words, by a problem for each kind.
func TestOwnCertificate(t *testing.T) {
	now := time.Now()
	cert, key := pair(t, now.Add(-time.Hour), now.Add(time.Hour), "board.example.org", "*.example.org", "localhost")
	otherCert, otherKey := pair(t, now.Add(-time.Hour), now.Add(time.Hour))
	oldCert, oldKey := pair(t, now.Add(-2*time.Hour), now.Add(-time.Hour))
	earlyCert, earlyKey := pair(t, now.Add(time.Hour), now.Add(2*time.Hour))
	dir := t.TempDir()
	write := func(name, content string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	junk := write("junk.pem", "hello")
	damaged := write("damaged.pem", "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n")
	locked := write("locked.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\naGVsbG8=\n-----END ENCRYPTED PRIVATE KEY-----\n")
	for _, c := range []struct{ cert, key, code, variant string }{
		{cert, key, "", ""},
		{cert, "", "lan.cert-pair", ""}, {"", key, "lan.cert-pair", ""},
		{filepath.Join(dir, "none"), key, "lan.cert", "none"}, {cert, filepath.Join(dir, "none"), "lan.cert", "none"},
		{dir, key, "lan.cert", ""}, {cert, dir, "lan.cert", ""}, {junk, key, "lan.cert", ""}, {cert, junk, "lan.cert", ""}, {damaged, key, "lan.cert", ""}, {key, cert, "lan.cert", ""},
		{cert, locked, "lan.cert", "locked"}, {cert, otherKey, "lan.cert", "mismatch"}, {otherCert, key, "lan.cert", "mismatch"},
		{oldCert, oldKey, "lan.cert", "expired"}, {earlyCert, earlyKey, "lan.cert", "early"},
	} {
		err := Options{Cert: c.cert, Key: c.key}.Check()
		var p *problem.Problem
		if c.code == "" && err == nil {
			continue
		}
		if !errors.As(err, &p) || p.Code != c.code || p.Variant != c.variant {
			t.Errorf("%s with %s: %v, want %s/%s", filepath.Base(c.cert), filepath.Base(c.key), err, c.code, c.variant)
		}
	}
	store := &memory{}
	s, err := Start(Config{Options: Options{Addresses: loopback, Cert: cert, Key: key}, Store: store})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	state := s.State()
	if port := s.listening[0].Port(); !state.OwnCertificate || !slices.Equal(state.Addresses, []string{"https://" + hostOf("board.example.org", port) + "/", "https://" + hostOf("127.0.0.1", port) + "/"}) || store.made != 0 {
		t.Errorf("with the user's certificate: %+v, %d made", state, store.made)
	}
	if !s.isOwn("Board.example.org:"+state.Addresses[0][len("https://board.example.org:"):len(state.Addresses[0])-1]) || s.isOwn("www.example.org:1") {
		t.Error("the certificate's names are not those that may be asked for")
	}
}

func TestAddresses(t *testing.T) {
	const up = net.FlagUp | net.FlagBroadcast
	list := []network{
		{"lo", up | net.FlagLoopback, addrs("127.0.0.1", "::1")},
		{"eth0", up, addrs("203.0.113.9", "2001:db8::9", "10.1.2.3", "fd00::3", "fe80::3")},
		{"wlan0", up, addrs("192.168.1.5")},
		{"usb0", up, addrs("169.254.3.4")},
		{"eth1", net.FlagBroadcast, addrs("192.168.7.7")}, // it is down
		{"tun0", up | net.FlagPointToPoint, addrs("10.8.0.2")},
		{"docker0", up, addrs("172.17.0.1")}, {"vEthernet (WSL)", up, addrs("172.20.0.1")},
	}
	if got, want := local(list, netip.MustParseAddr("192.168.1.5")), addrs("192.168.1.5", "10.1.2.3", "169.254.3.4", "fd00::3"); !slices.Equal(got, want) {
		t.Errorf("devices are let in at %v, want %v", got, want)
	}
	if got := local(list[:1], netip.Addr{}); len(got) != 0 {
		t.Errorf("without a network: %v", got)
	}
	at := []netip.AddrPort{netip.MustParseAddrPort("192.168.1.5:1"), netip.MustParseAddrPort("10.1.2.3:1")}
	if gone(at, list) || !gone(at, list[:2]) || gone([]netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1")}, nil) {
		t.Error("it is not seen whether this computer has left a network")
	}
	for in, want := range map[string]string{
		"192.168.1.5": "192.168.1.5:0", "192.168.1.5:8443": "192.168.1.5:8443", "[fd00::5]:8443": "[fd00::5]:8443", "fd00::5": "[fd00::5]:0", "::ffff:10.0.0.1": "10.0.0.1:0", "203.0.113.9": "203.0.113.9:0",
		"0.0.0.0": "all", "0.0.0.0:8443": "all", "::": "all", "[::]:1": "all", "::ffff:0.0.0.0": "all",
		"": "bad", "localhost": "bad", "192.168.1.5:99999": "bad", "192.168.1": "bad", "fe80::1%eth0": "bad", "224.0.0.1": "bad",
	} {
		got, err := ParseAddress(in)
		says := got.String()
		if p := (*problem.Problem)(nil); errors.As(err, &p) {
			says = map[string]string{"": "bad", "all": "all"}[p.Variant]
		}
		if says != want {
			t.Errorf("%q is %s (%v), want %s", in, says, err, want)
		}
	}
}

// When this computer leaves the network it ends: the people of the next one were not asked about.
func TestLeavingTheNetwork(t *testing.T) {
	ended := make(chan error, 1)
	s, err := Start(Config{Options: Options{Addresses: loopback}, Store: &memory{}, Ended: func(s *Server, why error) { s.Close(); ended <- why }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.look(nil) {
		t.Error("loopback is said to be gone")
	}
	s.listening = append(s.listening, netip.MustParseAddrPort("192.168.1.5:1"))
	if !s.look([]network{{"wlan0", net.FlagUp, addrs("192.168.1.6")}}) {
		t.Fatal("it goes on")
	}
	if err := <-ended; !errors.Is(err, errEnded) {
		t.Error(err)
	}
	if bytes.Contains([]byte(errEnded.Text), []byte("{")) {
		t.Error(errEnded.Text)
	}
}
