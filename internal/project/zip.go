package project

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
)

const (
	mostPacked = 10_000 // entries of a zip or a folder, files that are left out included
	mostRatio  = 200    // to one: what unpacks to more is made to fill memory, not to be a file …
	ratioFrom  = 1 << 20
)

var centralHeader = []byte("PK\x01\x02")

// ReadZip takes a zip apart. name is the file's. It believes nothing that the zip says of itself.
func ReadZip(name string, content []byte) (*Bundle, error) {
	if len(content) > MaxZip {
		return nil, errZipTooLarge.With(MaxZip >> 20)
	}
	if bytes.Count(content, centralHeader) > mostPacked { // before memory is taken for each
		return nil, errTooManyFiles.With(MaxFiles)
	}
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are looked at below
		return nil, errNoZip.Because(err)
	}
	if len(r.File) > mostPacked {
		return nil, errTooManyFiles.With(MaxFiles)
	}
	var entries []packed
	for _, f := range r.File {
		if f.Flags&1 != 0 {
			return nil, errPackLocked.With(shown(strings.ToValidUTF8(f.Name, "\ufffd")))
		}
		size := int64(min(f.UncompressedSize64, 1<<62))
		entries = append(entries, packed{name: f.Name, kind: f.Mode().Type(), size: size, read: func(most int64) ([]byte, error) { return unzip(f, most) }})
	}
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	return bundle(strings.TrimSuffix(name, path.Ext(name)), entries)
}

// unzip reads an entry of at most that many bytes.
func unzip(f *zip.File, most int64) ([]byte, error) {
	limit := most
	if packed := int64(min(f.CompressedSize64, MaxZip)); packed*mostRatio < most {
		limit = min(most, max(ratioFrom, packed*mostRatio))
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(b)) > limit {
		return nil, errEndless
	}
	return b, err
}

// Export writes the project's files as a zip, in one folder with its name; without history and trash.
func (p *Project) Export(w io.Writer) error {
	state, err := p.Refresh()
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, f := range state.Files {
		if err := p.exportFile(z, f.Path); err != nil {
			return explain(err, "read", f.Path)
		}
	}
	return z.Close()
}

func (p *Project) exportFile(z *zip.Writer, name string) error {
	from, err := p.Open(name)
	if err != nil {
		return err
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		return err
	}
	to, err := z.CreateHeader(&zip.FileHeader{Name: p.Name + "/" + name, Method: zip.Deflate, Modified: info.ModTime()})
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return err
}
