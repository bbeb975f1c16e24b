package lan

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"studioide/internal/home"
)

// Store keeps the certificate that is made here, with its key; home.Home is one.
type Store interface {
	LANCertificate() ([]byte, error) // nil: there is none that could be used
	KeepLANCertificate(pem []byte) error
}

// How long a certificate made here is good (Apple's systems take no longer ones), and how long before its end the next one is made.
const (
	certLife  = 397 * 24 * time.Hour
	certRenew = 7 * 24 * time.Hour
)

// certificate is what the listeners show.
type certificate struct {
	tls.Certificate
	own bool // the user's
}

// fingerprint is the SHA-256 of the certificate, as browsers show it: "3F:A2:…".
func (c certificate) fingerprint() string {
	sum := sha256.Sum256(c.Leaf.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
}

// names are those of the certificate that a browser can be sent to.
func (c certificate) names() []string {
	var out []string
	for _, name := range c.Leaf.DNSNames {
		name = strings.ToLower(name)
		if !strings.Contains(name, "*") && name != "localhost" && !strings.HasSuffix(name, ".localhost") && name != "" {
			out = append(out, name)
		}
	}
	return out
}

// loadCertificate reads the user's own.
func loadCertificate(certFile, keyFile string, now time.Time) (certificate, error) {
	if certFile == "" || keyFile == "" {
		return certificate{}, errPair
	}
	read := func(name string) ([]byte, error) {
		b, err := home.ReadPlain(name, 1<<20)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errCertNone.With(name).Because(err)
		}
		if err != nil {
			return nil, errCert.With(name).Because(err)
		}
		return b, nil
	}
	certPEM, err := read(certFile)
	if err != nil {
		return certificate{}, err
	}
	keyPEM, err := read(keyFile)
	if err != nil {
		return certificate{}, err
	}
	if !holds(certPEM, func(b *pem.Block) bool { return b.Type == "CERTIFICATE" }) {
		return certificate{}, errCert.With(certFile)
	}
	if holds(keyPEM, func(b *pem.Block) bool { return b.Type == "ENCRYPTED PRIVATE KEY" || b.Headers["DEK-Info"] != "" }) {
		return certificate{}, errCertLocked.With(keyFile)
	}
	if !holds(keyPEM, func(b *pem.Block) bool { return strings.HasSuffix(b.Type, "PRIVATE KEY") }) {
		return certificate{}, errCert.With(keyFile)
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		if block, _ := pem.Decode(certPEM); block != nil {
			if _, bad := x509.ParseCertificate(block.Bytes); bad != nil {
				return certificate{}, errCert.With(certFile).Because(err)
			}
		}
		return certificate{}, errCertKey.With(certFile, keyFile).Because(err)
	}
	if now.After(pair.Leaf.NotAfter) {
		return certificate{}, errCertOld.With(certFile, day(pair.Leaf.NotAfter))
	}
	if now.Before(pair.Leaf.NotBefore) {
		return certificate{}, errCertEarly.With(certFile, day(pair.Leaf.NotBefore))
	}
	return certificate{pair, true}, nil
}

func day(t time.Time) string { return t.Local().Format(time.DateOnly) }

// holds looks for a block in a PEM file.
func holds(text []byte, is func(*pem.Block) bool) bool {
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			return false
		}
		if is(b) {
			return true
		}
	}
}

// localCertificate is the one that is kept, or a new one when there is none, it
// is damaged, is for other addresses, or will run out soon.
func localCertificate(store Store, addrs []netip.Addr, now time.Time) (certificate, error) {
	if kept, err := store.LANCertificate(); err != nil {
		return certificate{}, err
	} else if kept != nil {
		if pair, err := tls.X509KeyPair(kept, kept); err == nil && isFor(pair.Leaf, addrs, now) {
			return certificate{pair, false}, nil
		}
	}
	made, err := makeCertificate(addrs, now)
	if err != nil {
		return certificate{}, err
	}
	if err := store.KeepLANCertificate(made); err != nil {
		return certificate{}, err
	}
	pair, err := tls.X509KeyPair(made, made)
	return certificate{pair, false}, err
}

// isFor tells whether a certificate is good for all of the addresses, and for some time.
func isFor(c *x509.Certificate, addrs []netip.Addr, now time.Time) bool {
	return !now.Before(c.NotBefore) && now.Before(c.NotAfter.Add(-certRenew)) &&
		!slices.ContainsFunc(addrs, func(a netip.Addr) bool { return c.VerifyHostname(a.String()) != nil })
}

// makeCertificate returns a certificate for the addresses with its key, as PEM.
// It is one of a server, and can vouch for no other: who gets hold of its key can
// pretend to be this computer at these addresses, and nothing else.
func makeCertificate(addrs []netip.Addr, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := x509.Certificate{SerialNumber: number, Subject: pkix.Name{CommonName: "Studio"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certLife), // clocks of tablets may be a little behind
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}
	for _, a := range addrs {
		template.IPAddresses = append(template.IPAddresses, net.IP(a.AsSlice()))
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...), nil
}
