package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"studioide/internal/pause"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

const (
	maxArchive = 1 << 30 // no release is as large
	maxCuts    = 3       // that bring nothing new, one after the other
)

// fetch returns the release's archive, open at its start. Nothing in it is
// looked at before the hash of the whole is the known one.
func (in *installer) fetch(ctx context.Context) (*os.File, error) {
	if !strings.HasPrefix(in.from, "http://") && !strings.HasPrefix(in.from, "https://") {
		return in.open(ctx, in.from)
	}
	d := download{installer: in, url: strings.TrimRight(in.from, "/") + "/" + in.release.Name}
	u, err := url.Parse(d.url)
	if err != nil {
		return nil, errBadSource.With(in.from).Because(err)
	}
	d.host = u.Host
	return d.fetch(ctx)
}

// open takes the archive from a folder, or as a file.
func (in *installer) open(ctx context.Context, path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		path = filepath.Join(path, in.release.Name)
		info, err = os.Stat(path)
	}
	if err != nil || !info.Mode().IsRegular() {
		return nil, errBadSourceMissing.With(path, in.release.Name, in.release.Version).Because(err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errBadSourceDenied.With(path).Because(err)
	}
	sum := sha256.New()
	if _, err := in.copy(ctx, sum, f, "download", say.ToolchainChecking(in.release.Name), 0, info.Size()); err != nil {
		f.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, errBadSourceDamaged.With(path).Because(err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != in.release.SHA256 {
		f.Close()
		return nil, errWrongHash.With(path, in.release.Name, in.release.Version)
	}
	_, err = f.Seek(0, io.SeekStart)
	return f, err
}

// download is an archive on its way into DIR/download. It is kept when it is
// cut; beside it stands which version of which URL it is the beginning of.
type download struct {
	*installer
	url, host string

	file  *os.File
	size  int64     // of what is there
	sum   hash.Hash // of that
	tag   string    // names the server's version of the file; "": it gave no name
	total int64     // 0: not known
}

func (d *download) fetch(ctx context.Context) (*os.File, error) {
	dir := filepath.Join(d.dir, "download")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, d.unusable(err)
	}
	var err error
	if d.file, err = os.OpenFile(filepath.Join(dir, d.release.Name), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, d.unusable(err)
	}
	if err := d.complete(ctx); err != nil {
		d.file.Close()
		return nil, err
	}
	if _, err := d.file.Seek(0, io.SeekStart); err != nil {
		d.file.Close()
		return nil, d.unusable(err)
	}
	return d.file, nil
}

// complete goes on where the last download was cut, until the hash is right.
func (d *download) complete(ctx context.Context) error {
	if err := d.takeUp(ctx); err != nil {
		return err
	}
	resumed, cuts := d.size > 0, 0
	for !d.right() {
		before := d.size
		err := d.request(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && !d.right():
			if err := d.restart(""); err != nil {
				return err
			}
			if !resumed {
				return d.wrong()
			}
			resumed = false // the beginning may have been damaged: once more from the start
		case err != nil:
			var p *problem.Problem
			if errors.As(err, &p) {
				return p
			}
			if d.size > before {
				cuts = 0
			}
			if cuts++; cuts > maxCuts || before == 0 && d.size == 0 {
				return d.unreachable(err)
			}
			resumed = true
			d.report("download", say.ToolchainTheConnectionBrokeOffTrying(), d.size, d.total)
			if pause.For(ctx, d.pause) != nil {
				return ctx.Err()
			}
		}
	}
	return nil
}

func (d *download) unreachable(err error) error {
	return errUnreachable.With(d.host, d.release.Name).Because(err)
}

func (d *download) wrong() error {
	return errWrongHashSent.With(d.host, d.release.Name)
}

func (d *download) right() bool { return hex.EncodeToString(d.sum.Sum(nil)) == d.release.SHA256 }

// noted is the file that names what the archive on its way is the beginning of.
func (d *download) noted() string { return d.file.Name() + ".from" }

// takeUp reads what is there already, if it is known where it comes from.
func (d *download) takeUp(ctx context.Context) error {
	note, _ := os.ReadFile(d.noted())
	from, tag, _ := strings.Cut(string(note), "\n")
	info, err := d.file.Stat()
	if err != nil {
		return d.unusable(err)
	}
	d.sum, d.tag = sha256.New(), tag
	if d.size, err = d.copy(ctx, d.sum, d.file, "download", say.ToolchainLookingAtWhatThereAlready(), 0, info.Size()); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return d.unusable(err)
	}
	if !d.right() && (from != d.url || tag == "") {
		return d.restart("")
	}
	return nil
}

// restart forgets what is there; what comes now is the version with that tag.
func (d *download) restart(tag string) error {
	if err := d.file.Truncate(0); err != nil {
		return d.unusable(err)
	}
	if _, err := d.file.Seek(0, io.SeekStart); err != nil {
		return d.unusable(err)
	}
	d.size, d.tag = 0, tag
	d.sum.Reset()
	if err := os.WriteFile(d.noted(), []byte(d.url+"\n"+tag), 0o600); err != nil {
		return d.unusable(err)
	}
	return nil
}

// client follows the system's proxy settings. It asks for the bytes as they are.
var client = func() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableCompression = true
	return &http.Client{Transport: t}
}()

// request fetches what is missing; nil means that the server has sent all of it.
// An error that is no problem means that another try may help.
func (d *download) request(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	quiet := time.AfterFunc(d.silence, cancel)
	defer quiet.Stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return err
	}
	if d.size > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.size))
		r.Header.Set("If-Range", d.tag)
	}
	d.report("download", say.ToolchainFetchingTinygoFrom(d.release.Version, d.host), d.size, d.total)
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
		d.total = max(answer.ContentLength, 0)
		if err := d.restart(tagOf(answer.Header)); err != nil {
			return err
		}
	case http.StatusPartialContent:
		first, total, ok := contentRange(answer.Header.Get("Content-Range"))
		if !ok || first != d.size {
			return errors.Join(fmt.Errorf("asked for %d onwards, got %q", d.size, answer.Header.Get("Content-Range")), d.restart(""))
		}
		d.total = total
	case http.StatusRequestedRangeNotSatisfiable:
		return errors.Join(errors.New(answer.Status), d.restart(""))
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return errors.New(answer.Status)
	case http.StatusNotFound, http.StatusGone:
		return errNotFound.With(d.release.Name, d.host)
	default:
		return errRefused.With(d.host, answer.Status)
	}
	if d.total > maxArchive {
		return d.wrong()
	}
	if err := d.room(d.total - d.size); err != nil {
		return err
	}
	body := io.LimitReader(watched{answer.Body, quiet, d.silence}, maxArchive-d.size)
	n, err := d.copy(ctx, io.MultiWriter(fileWriter{d.file}, d.sum), body, "download", say.ToolchainFetchingTinygoFrom(d.release.Version, d.host), d.size, d.total)
	d.size += n
	var disk diskError
	if errors.As(err, &disk) {
		return d.unusable(disk.error)
	}
	return err
}

// tagOf names the version of a file well enough to go on with it later (RFC 9110, section 13.1.5).
func tagOf(h http.Header) string {
	if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		return tag
	}
	return h.Get("Last-Modified")
}

// contentRange reads "bytes 200-999/1000"; total is 0 for "*".
func contentRange(s string) (first, total int64, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	from, rest, ok2 := strings.Cut(s, "-")
	_, all, ok3 := strings.Cut(rest, "/")
	first, err := strconv.ParseInt(from, 10, 64)
	if all != "*" {
		total, _ = strconv.ParseInt(all, 10, 64)
	}
	return first, total, ok && ok2 && ok3 && err == nil
}

// watched gives up a server that is silent.
type watched struct {
	from    io.Reader
	quiet   *time.Timer
	silence time.Duration
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if n > 0 {
		w.quiet.Reset(w.silence)
	}
	return n, err
}

// diskError tells errors of the file from those of the connection.
type diskError struct{ error }

type fileWriter struct{ f *os.File }

func (w fileWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	if err != nil {
		return n, diskError{err}
	}
	return n, nil
}

const tellEvery = 50 * time.Millisecond // at most: there are thousands of small files

// copy copies, reports how far it is, and stops when ctx ends. done is what is there already.
func (in *installer) copy(ctx context.Context, to io.Writer, from io.Reader, phase, text string, done, total int64) (n int64, err error) {
	if in.buffer == nil {
		in.buffer = make([]byte, 256<<10)
	}
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		r, err := from.Read(in.buffer)
		if r > 0 {
			if _, err := to.Write(in.buffer[:r]); err != nil {
				return n, err
			}
			n += int64(r)
			if now := time.Now(); now.Sub(in.told) > tellEvery {
				in.told = now
				in.report(phase, text, done+n, total)
			}
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
