package library

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"studioide/internal/check"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

const (
	maxFile      = 2 << 20 // bytes of one file
	maxAll       = 4 << 20 // bytes of a file and all that it needs
	maxParts     = 24      // files that a style sheet brings along
	maxDepth     = 3       // imports within imports
	maxRedirects = 5
)

// Fetcher fetches. The zero value is ready; it is safe for concurrent use.
type Fetcher struct {
	dial  func(ctx context.Context, network, address string) (net.Conn, error) // nil: the guarded one; another in tests
	roots *x509.CertPool                                                       // whose certificates hold; nil: this computer's
}

// Wanted is the file to be fetched.
type Wanted struct {
	Address   string
	Kind      string // check.External's: "script", "module", "style", "image", "font"
	Integrity string // as in HTML; "": none
}

// File is a fetched file; names are for one folder.
type File struct {
	Name    string // "chart.js"
	Content []byte
	Changed bool     // it is not as it came: its addresses were changed, or parts left out
	Left    []string // addresses on the internet that are still in it
}

// Report hears what is being done: bytes of total, 0 when that is not known.
type Report func(text string, done, total int64)

// Fetch gets a file and, for a style sheet, the sheets and fonts that it needs.
// The wanted file comes first. Errors are Problems.
func (f Fetcher) Fetch(ctx context.Context, w Wanted, report Report) ([]File, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	j := &job{ctx: ctx, report: report, names: map[string]string{}}
	dial := f.dial
	if dial == nil {
		dial = guarded.DialContext
	}
	transport := &http.Transport{DialContext: dial, Proxy: nil, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 20 * time.Second,
		MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: f.roots}}
	defer transport.CloseIdleConnections()
	j.client = &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, before []*http.Request) error {
		if len(before) >= maxRedirects {
			return errors.New("too many redirects")
		}
		if before[len(before)-1].URL.Scheme == "https" && r.URL.Scheme != "https" {
			return errors.New("a redirect from https to http")
		}
		return allowed(r.URL)
	}}
	if err := j.get(w, 0); err != nil {
		return nil, err
	}
	return j.files, nil
}

// job is one Fetch.
type job struct {
	ctx    context.Context
	client *http.Client
	report Report
	files  []File
	names  map[string]string // by address
	total  int64
}

// allowed refuses what is plainly not on the internet; the dialer refuses the rest.
func allowed(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !check.OnInternet(u.Hostname()) {
		return errNotPublic
	}
	return nil
}

// get fetches one file, and what it needs.
func (j *job) get(w Wanted, depth int) error {
	u, err := url.Parse(w.Address)
	if err != nil || allowed(u) != nil {
		return refused(w.Address)
	}
	content, kind, err := j.download(u)
	if err != nil {
		return err
	}
	if err := checkKind(w, kind, content); err != nil {
		return err
	}
	if err := checkIntegrity(w, content); err != nil {
		return err
	}
	file := File{Name: j.name(u, w.Kind, kind), Content: content}
	j.names[w.Address] = file.Name
	at := len(j.files)
	j.files = append(j.files, file)
	switch w.Kind {
	case "style":
		j.files[at].Content, j.files[at].Left, err = j.parts(u, content, depth)
		j.files[at].Changed = !bytes.Equal(j.files[at].Content, content)
	case "script", "module":
		for _, e := range check.Externals("x.js", content) {
			if e.Fetchable() {
				j.files[at].Left = append(j.files[at].Left, e.Address)
			}
		}
	}
	return err
}

func refused(address string) error {
	return errAddress.With(short(address))
}

func (j *job) download(u *url.URL) (content []byte, kind string, err error) {
	say := func(done, total int64) {
		if j.report != nil {
			j.report(say.LibraryFetchingFrom(path.Base(u.Path), u.Hostname()), done, total)
		}
	}
	say(0, 0)
	r, err := http.NewRequestWithContext(j.ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "", refused(u.String())
	}
	// Servers of fonts choose the format by this: what current browsers can read is smallest.
	r.Header.Set("User-Agent", "Mozilla/5.0 (Studio) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36")
	r.Header.Set("Accept", "*/*")
	res, err := j.client.Do(r)
	if err != nil {
		return nil, "", j.failed(u, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, "", errAnswer.With(u.Hostname(), res.StatusCode, http.StatusText(res.StatusCode))
	}
	var b bytes.Buffer
	body := io.LimitReader(res.Body, maxFile+1)
	for {
		_, err := io.CopyN(&b, body, 64<<10)
		say(int64(b.Len()), max(res.ContentLength, 0))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, "", j.failed(u, err)
		}
	}
	if j.total += int64(b.Len()); b.Len() > maxFile || j.total > maxAll {
		return nil, "", errTooLarge.With(path.Base(u.Path), maxFile>>20)
	}
	return b.Bytes(), mediaType(res.Header.Get("Content-Type")), nil
}

// failed says why a file did not come.
func (j *job) failed(u *url.URL, err error) error {
	switch {
	case errors.Is(context.Cause(j.ctx), problem.Cancelled), errors.Is(err, context.Canceled):
		return problem.Cancelled
	case errors.Is(err, errNotPublic):
		return refused(u.String())
	}
	return errUnreachable.With(u.Hostname()).Because(err)
}

func mediaType(header string) string {
	t, _, err := mime.ParseMediaType(header)
	if err != nil {
		t, _, _ = strings.Cut(header, ";")
	}
	return strings.ToLower(strings.TrimSpace(t))
}

// checkKind refuses what is not what the page wants, such as a page that says "not found".
func checkKind(w Wanted, kind string, content []byte) error {
	plain := kind == "" || kind == "text/plain" || kind == "application/octet-stream" || kind == "binary/octet-stream"
	start := bytes.TrimSpace(bytes.TrimPrefix(content[:min(len(content), 200)], []byte("\xEF\xBB\xBF")))
	ok := false
	switch w.Kind {
	case "script", "module":
		ok = strings.Contains(kind, "javascript") || strings.Contains(kind, "ecmascript") || plain
		ok = ok && !bytes.HasPrefix(start, []byte("<"))
	case "style":
		ok = (kind == "text/css" || plain) && !bytes.HasPrefix(start, []byte("<"))
	case "image":
		ok = strings.HasPrefix(kind, "image/")
	case "font":
		ok = strings.HasPrefix(kind, "font/") || strings.Contains(kind, "font") || kind == "application/vnd.ms-fontobject" || plain
		ok = ok && !bytes.HasPrefix(start, []byte("<"))
	}
	if ok && len(content) > 0 {
		return nil
	}
	if kind == "" {
		kind = say.LibraryOfNoKind()
	}
	return errKind.With(short(w.Address), w.Kind, short(kind))
}

// checkIntegrity holds content to an integrity attribute: one of the hashes of
// its strongest kind has to fit (W3C Subresource Integrity, section 3.3).
func checkIntegrity(w Wanted, content []byte) error {
	best, fits := 0, false
	for _, part := range strings.Fields(w.Integrity) {
		name, want, _ := strings.Cut(part, "-")
		want, _, _ = strings.Cut(want, "?")
		var sum []byte
		strength := 0
		switch strings.ToLower(name) {
		case "sha256":
			s := sha256.Sum256(content)
			sum, strength = s[:], 1
		case "sha384":
			s := sha512.Sum384(content)
			sum, strength = s[:], 2
		case "sha512":
			s := sha512.Sum512(content)
			sum, strength = s[:], 3
		default:
			continue
		}
		if strength > best {
			best, fits = strength, false
		}
		got, err := base64.StdEncoding.DecodeString(want)
		if strength == best && err == nil && bytes.Equal(got, sum) {
			fits = true
		}
	}
	if best == 0 || fits {
		return nil
	}
	return errIntegrity.With(short(w.Address))
}

func short(s string) string {
	if len(s) > 120 {
		return strings.ToValidUTF8(s[:120], "") + "…"
	}
	return s
}
