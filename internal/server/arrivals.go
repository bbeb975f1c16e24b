package server

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
	"studioide/internal/project"
)

func (h handlers) duplicateProject(_ context.Context, in api.DuplicateProject) (api.Project, error) {
	return h.Workbench.DuplicateProject(in.Name, in.Title)
}

// exportProject sends a project as a zip. What goes wrong after its beginning breaks the answer off.
func (h handlers) exportProject(c echo.Context) error {
	in, err := decode[api.OneProject](c)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	begin := &begun{ResponseWriter: c.Response(), begin: func() {
		download(header, "application/zip", in.Name+".zip")
	}}
	if err := h.Workbench.ExportProject(in.Name, begin); err != nil {
		if begin.begin == nil {
			return fmt.Errorf("the zip of %s: %w: %w", in.Name, err, http.ErrAbortHandler)
		}
		return err
	}
	return nil
}

// download makes an answer a file for the browser's downloads.
func download(h http.Header, kind, name string) {
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "no-store")
}

// begun sets headers before the first byte: until then an answer can still be a problem.
type begun struct {
	http.ResponseWriter
	begin func()
}

func (b *begun) Write(p []byte) (int, error) {
	if b.begin != nil {
		b.begin()
		b.begin = nil
	}
	return b.ResponseWriter.Write(p)
}

func (h handlers) linkProject(_ context.Context, in api.OneProject) (api.SharedLink, error) {
	fragment, err := h.Workbench.LinkProject(in.Name)
	return api.SharedLink{Fragment: fragment}, err
}

// firstText is how much of a text is shown of a project that is not made yet.
const firstText = 20_000

func (h handlers) lookIntoBundle(_ context.Context, in api.ImportProject) (api.Bundle, error) {
	b, err := project.ReadBundle(in.Name, in.Content)
	if err != nil {
		return api.Bundle{}, err
	}
	out := api.Bundle{Title: b.Title, Author: b.Author, Pages: b.Pages}
	for _, f := range b.Files {
		file := api.BundleFile{Path: f.Path, Size: int64(len(f.Content))}
		if part := f.Content[:min(len(f.Content), firstText)]; utf8.Valid(f.Content) {
			file.Text = strings.ToValidUTF8(string(part), "")
		}
		out.Files = append(out.Files, file)
	}
	for _, l := range b.LeftOut {
		out.LeftOut = append(out.LeftOut, api.LeftOut{Path: l.Path, Why: l.Why})
	}
	return out, nil
}

func (h handlers) importProject(_ context.Context, in api.ImportProject) (api.Project, error) {
	b, err := project.ReadBundle(in.Name, in.Content)
	if err != nil {
		return api.Project{}, err
	}
	return h.Workbench.ImportProject(b, in.Title)
}

func (h handlers) openFolder(_ context.Context, in api.OpenFolder) (api.Project, error) {
	if in.Copy {
		return h.Workbench.CopyFolder(in.Folder)
	}
	return h.Workbench.OpenFolder(in.Folder)
}
