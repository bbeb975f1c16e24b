package toolchain

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// What no release comes near to.
const (
	maxUnpacked = 4 << 30
	maxEntries  = 200_000
)

var errTooMuch = errors.New("it is larger than any release")

// unpack puts the archive's folder "tinygo" into dir. os.Root keeps everything inside.
func (in *installer) unpack(ctx context.Context, archive *os.File, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return in.unusable(err)
	}
	defer root.Close()
	u := unpacking{installer: in, ctx: ctx, root: root}
	if strings.HasSuffix(in.release.Name, ".zip") {
		err = u.zip(archive)
	} else {
		err = u.tar(archive)
	}
	var disk diskError
	var p *problem.Problem
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &p):
		return p
	case errors.As(err, &disk), errors.Is(err, fs.ErrPermission), in.room(1<<20) != nil:
		return in.unusable(err)
	}
	return ErrDamaged.With(in.release.Name).Because(err)
}

// unpacking is the way of one archive into a folder.
type unpacking struct {
	*installer
	ctx   context.Context
	root  *os.Root
	done  int64 // bytes
	total int64
	count int
}

func (u *unpacking) tar(archive *os.File) error {
	// The last four bytes of a gzip file are the length of what is in it (RFC 1952, section 2.3.1).
	var tail [4]byte
	end, err := archive.Seek(-4, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := archive.ReadAt(tail[:], end); err != nil {
		return err
	}
	if _, err := archive.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := u.begin(int64(binary.LittleEndian.Uint32(tail[:]))); err != nil {
		return err
	}
	z, err := gzip.NewReader(archive)
	if err != nil {
		return err
	}
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		name, err := u.next(h.Name)
		if err != nil {
			return err
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = u.folder(name)
		case tar.TypeReg:
			err = u.file(name, fs.FileMode(h.Mode), r)
		case tar.TypeSymlink:
			err = u.symlink(name, h.Linkname)
		case tar.TypeLink:
			err = u.link(name, h.Linkname)
		default:
			err = fmt.Errorf("%s is neither file nor folder", h.Name)
		}
		if err != nil {
			return err
		}
	}
}

func (u *unpacking) zip(archive *os.File) error {
	info, err := archive.Stat()
	if err != nil {
		return err
	}
	r, err := zip.NewReader(archive, info.Size())
	if err != nil {
		return err
	}
	total := int64(0)
	for _, f := range r.File {
		if total += int64(f.UncompressedSize64); f.UncompressedSize64 > maxUnpacked || total > maxUnpacked {
			return errTooMuch
		}
	}
	if err := u.begin(total); err != nil {
		return err
	}
	for _, f := range r.File {
		name, err := u.next(f.Name)
		if err != nil {
			return err
		}
		switch mode := f.Mode(); {
		case mode.IsDir():
			err = u.folder(name)
		case mode.IsRegular():
			var content io.ReadCloser
			if content, err = f.Open(); err != nil {
				return err
			}
			err = u.file(name, mode, content)
			content.Close()
		default:
			err = fmt.Errorf("%s is neither file nor folder", f.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begin looks for room for so many bytes.
func (u *unpacking) begin(total int64) error {
	u.total = total
	u.report("unpack", u.doing(), 0, total)
	return u.room(total)
}

func (u *unpacking) doing() string { return say.ToolchainUnpackingTinygo(u.release.Version) }

// next checks an entry's name and returns it without its first folder; "" is that folder itself.
func (u *unpacking) next(name string) (string, error) {
	if u.count++; u.count > maxEntries {
		return "", errTooMuch
	}
	name = strings.TrimSuffix(name, "/")
	top, rest, _ := strings.Cut(name, "/")
	if top != "tinygo" || path.Clean(name) != name || rest != "" && !filepath.IsLocal(filepath.FromSlash(rest)) {
		return "", fmt.Errorf("%q does not lie in the folder tinygo", name)
	}
	return filepath.FromSlash(rest), nil
}

func (u *unpacking) folder(name string) error {
	if name == "" {
		return nil
	}
	return u.root.MkdirAll(name, 0o755)
}

func (u *unpacking) file(name string, mode fs.FileMode, content io.Reader) error {
	if err := u.folder(parent(name)); err != nil {
		return err
	}
	f, err := u.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode.Perm()|0o600) // may be removed again
	if err != nil {
		return err
	}
	n, err := u.copy(u.ctx, fileWriter{f}, io.LimitReader(content, maxUnpacked-u.done+1), "unpack", u.doing(), u.done, u.total)
	if u.done += n; u.done > maxUnpacked {
		err = errTooMuch
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

func (u *unpacking) symlink(name, to string) error {
	if path.IsAbs(to) || !filepath.IsLocal(filepath.Join(filepath.Dir(name), filepath.FromSlash(to))) {
		return fmt.Errorf("%s leads to %s, out of its folder", name, to)
	}
	if err := u.folder(parent(name)); err != nil {
		return err
	}
	return u.root.Symlink(filepath.FromSlash(to), name)
}

func (u *unpacking) link(name, to string) error {
	to, err := u.next(to)
	if err != nil {
		return err
	}
	if err := u.folder(parent(name)); err != nil {
		return err
	}
	return u.root.Link(to, name)
}

// parent is the folder that a name lies in, "" the root.
func parent(name string) string {
	if dir := filepath.Dir(name); dir != "." {
		return dir
	}
	return ""
}
