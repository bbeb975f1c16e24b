package server

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
	"studioide/internal/check"
	"studioide/internal/home"
	"studioide/internal/project"
)

type handlers struct{ Config }

// routes is the whole API; docs in internal/api.
func routes(api *echo.Group, c Config) {
	h := handlers{c}
	api.GET("/events", events(c.Workbench))
	api.GET("/state", h.state)
	api.GET("/doctor", h.doctor)
	api.PUT("/settings", h.settings)
	api.POST("/report", h.report)

	api.POST("/projects", h.createProject)
	api.POST("/projects/:name/open", h.openProject)
	api.POST("/projects/:name/rename", h.renameProject)
	api.DELETE("/projects/:name", h.removeProject)
	api.POST("/projects/:name/trust", h.trustProject)
	api.GET("/trust", h.trusted)
	api.DELETE("/trust/:id", h.forgetTrust)

	api.GET("/files/*", h.readFile)
	api.PUT("/files/*", h.writeFile)
	api.DELETE("/files/*", h.removeFile)
	api.POST("/files-rename", h.renameFile)
	api.POST("/check", h.check)
	api.GET("/snapshots", h.snapshots)
	api.GET("/snapshots/:id/*", h.readSnapshot)
	api.POST("/snapshots/:id/restore", h.restoreSnapshot)

	api.POST("/run", h.action(c.Workbench.Run))
	api.POST("/stop", h.action(c.Workbench.Stop))
	api.POST("/reset", h.action(c.Workbench.Reset))
	api.POST("/push", h.push)
	api.POST("/flash", h.flash)
	api.POST("/cancel", h.cancel)
	api.POST("/library", h.fetchLibrary)
	api.POST("/toolchain/install", h.action(c.Workbench.InstallToolchain))

	api.GET("/ports", h.ports)
	api.POST("/board/port", h.selectPort)
	api.POST("/board/kind", h.chooseKind)
	api.POST("/board/pins", h.setPin)
	api.POST("/board/format", h.action(c.Workbench.Format))
	api.GET("/board/files", h.boardFiles)
	api.GET("/board/files/*", h.readBoardFile)
	api.PUT("/board/files/*", h.writeBoardFile)
	api.DELETE("/board/files/*", h.removeBoardFile)
	api.POST("/board/fetch", h.fetchBoardFile)
	api.POST("/board/push", h.pushContent)

	api.POST("/board/wifi/scan", h.scanWiFi)
	api.POST("/board/wifi/join", h.joinWiFi)
	api.POST("/board/wifi/forget", h.forgetWiFi)

	api.POST("/console", h.writeConsole)
	api.POST("/console/clear", h.clearConsole)

	api.POST("/messages/connect", h.connect)
	api.POST("/messages/close", h.closeSocket)
	api.POST("/messages/send", h.sendMessage)
	api.POST("/messages/clear", h.clearMessages)
	api.GET("/messages/:seq", h.readMessage)
	api.GET("/messages.jsonl", h.saveMessages)
	api.Any("/*", func(echo.Context) error { return echo.ErrNotFound })
}

// read decodes the JSON body strictly: a field nobody knows is a mistake worth telling.
func read(c echo.Context, v any) error {
	d := json.NewDecoder(c.Request().Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil && err != io.EOF {
		return errBadJSON.Because(err)
	}
	return nil
}

// path is the file that the rest of the URL names, unescaped.
func path(c echo.Context) (string, error) {
	p, err := unescaped(c, "*")
	if err != nil || !utf8.ValidString(p) {
		return "", errBadEncoding
	}
	return p, nil
}

func client(c echo.Context) string { return c.Request().Header.Get("X-Studio-Client") }

func (h handlers) action(do func() (api.Progress, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := do()
		return accepted(c, p, err)
	}
}

// accepted answers with the beginning of an action, which goes on by itself.
func accepted(c echo.Context, p api.Progress, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusAccepted, p)
}

func done(c echo.Context, err error) error {
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (h handlers) state(c echo.Context) error {
	h.Workbench.Refresh()
	return c.JSON(http.StatusOK, h.Workbench.Snapshot())
}

func (h handlers) doctor(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]any{"checks": h.Workbench.Doctor(c.Request().Context())})
}

// settings takes any subset of api.Settings.
func (h handlers) settings(c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	var probe api.Settings
	if err := json.Unmarshal(body, &probe); err != nil {
		return errBadJSONSettings.Because(err)
	}
	if err := home.CheckSettings(probe); err != nil {
		return err
	}
	s := h.Workbench.SetSettings(func(s *api.Settings) {
		port, project, boards := s.Port, s.Project, s.Boards // they have requests of their own
		s.Boards = nil
		json.Unmarshal(body, s) // it was decoded above
		s.Port, s.Project, s.Boards = port, project, boards
	})
	if err := h.Workbench.KeepSettings(); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s)
}

func (h handlers) report(c echo.Context) error {
	var in struct {
		Text string `json:"text"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if len(in.Text) > 4000 {
		in.Text = in.Text[:4000]
	}
	h.Log.Warn("the page reports a failure of its own", "text", in.Text)
	return c.NoContent(http.StatusNoContent)
}

func (h handlers) createProject(c echo.Context) error {
	var in struct {
		Template string `json:"template"`
		Name     string `json:"name"`
		Title    string `json:"title"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if in.Title == "" {
		in.Title = in.Name
	}
	p, err := h.Workbench.CreateProject(in.Template, in.Title)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, p)
}

func (h handlers) openProject(c echo.Context) error {
	return done(c, h.Workbench.OpenProject(param(c, "name")))
}

func (h handlers) renameProject(c echo.Context) error {
	var in struct {
		Title string `json:"title"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	return done(c, h.Workbench.RenameProject(param(c, "name"), in.Title))
}

func (h handlers) removeProject(c echo.Context) error {
	return done(c, h.Workbench.RemoveProject(param(c, "name")))
}

// trustProject gives or takes back trust in a project.
func (h handlers) trustProject(c echo.Context) error {
	var in struct {
		Trusted bool `json:"trusted"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	return done(c, h.Workbench.TrustProject(param(c, "name"), in.Trusted))
}

func (h handlers) trusted(c echo.Context) error {
	list, err := h.Workbench.TrustedProjects()
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"projects": list})
}

func (h handlers) forgetTrust(c echo.Context) error {
	return done(c, h.Workbench.ForgetTrust(param(c, "id")))
}

func param(c echo.Context, name string) string {
	v, err := unescaped(c, name)
	if err != nil {
		return c.Param(name)
	}
	return v
}

// unescaped is a part of the URL's path. echo cuts it out of RawPath, which is
// escaped, or, where that is empty, out of Path, which is not any more.
func unescaped(c echo.Context, name string) (string, error) {
	if c.Request().URL.RawPath == "" {
		return c.Param(name), nil
	}
	return url.PathUnescape(c.Param(name))
}

func (h handlers) readFile(c echo.Context) error {
	name, err := path(c)
	if err != nil {
		return err
	}
	p, err := h.Workbench.Project()
	if err != nil {
		return err
	}
	content, hash, err := p.Read(name)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", `"`+hash+`"`)
	return blob(c, name, content)
}

// pictures are the only kinds of content that a browser may show by themselves.
var pictures = map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".webp": "image/webp", ".svg": "image/svg+xml", ".ico": "image/x-icon"}

// blob sends bytes that no browser may take for a page of ours.
func blob(c echo.Context, name string, content []byte) error {
	kind := pictures[strings.ToLower(filepath.Ext(name))]
	if kind == "" {
		kind = echo.MIMEOctetStream
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	c.Response().Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	return c.Blob(http.StatusOK, kind, content)
}

// expectedProject is the project that a change is for: a save may race a change of project.
func expectedProject(c echo.Context) string {
	name, err := url.PathUnescape(c.Request().Header.Get("X-Studio-Project"))
	if err != nil {
		return c.Request().Header.Get("X-Studio-Project")
	}
	return name
}

func (h handlers) writeFile(c echo.Context) error {
	name, err := path(c)
	if err != nil {
		return err
	}
	content, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	match := strings.Trim(c.Request().Header.Get("If-Match"), `"`)
	switch {
	case match == "" && c.Request().Header.Get("If-None-Match") == "*":
		match = project.IfNew
	case match == "":
		return errNoVersion.With(name)
	}
	f, err := h.Workbench.WriteFile(client(c), expectedProject(c), name, content, match)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, f)
}

func (h handlers) removeFile(c echo.Context) error {
	name, err := path(c)
	if err != nil {
		return err
	}
	return done(c, h.Workbench.RemoveFile(client(c), expectedProject(c), name))
}

func (h handlers) renameFile(c echo.Context) error {
	var in struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	return done(c, h.Workbench.RenameFile(client(c), expectedProject(c), in.From, in.To))
}

func (h handlers) check(c echo.Context) error {
	var in struct {
		Path    string `json:"path"`
		Content string `json:"content"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	var paths []string // with them, links to files that are not there are found
	if p, err := h.Workbench.Project(); err == nil {
		files, err := p.List()
		if err != nil {
			return err
		}
		for _, f := range files {
			paths = append(paths, f.Path)
		}
	}
	problems := check.FileIn(in.Path, []byte(in.Content), paths)
	if problems == nil {
		problems = []api.Diagnostic{}
	}
	return c.JSON(http.StatusOK, map[string]any{"problems": problems})
}

// fetchLibrary puts a file that a page loads from the internet into www/.
func (h handlers) fetchLibrary(c echo.Context) error {
	var in struct {
		Path    string `json:"path"`
		Address string `json:"address"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	p, err := h.Workbench.FetchLibrary(in.Path, in.Address)
	return accepted(c, p, err)
}

func (h handlers) snapshots(c echo.Context) error {
	p, err := h.Workbench.Project()
	if err != nil {
		return err
	}
	list, err := p.Snapshots()
	if err != nil {
		return err
	}
	if list == nil {
		list = []project.Snapshot{}
	}
	return c.JSON(http.StatusOK, map[string]any{"snapshots": list})
}

func (h handlers) readSnapshot(c echo.Context) error {
	name, err := path(c)
	if err != nil {
		return err
	}
	p, err := h.Workbench.Project()
	if err != nil {
		return err
	}
	content, err := p.ReadSnapshot(param(c, "id"), name)
	if err != nil {
		return err
	}
	return blob(c, name, content)
}

func (h handlers) restoreSnapshot(c echo.Context) error {
	return done(c, h.Workbench.RestoreSnapshot(param(c, "id")))
}

func (h handlers) push(c echo.Context) error {
	var in struct {
		Remove []string `json:"remove"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	p, err := h.Workbench.Push(in.Remove)
	return accepted(c, p, err)
}

func (h handlers) cancel(c echo.Context) error {
	var in struct {
		ID string `json:"id"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	return done(c, h.Workbench.Cancel(in.ID))
}
