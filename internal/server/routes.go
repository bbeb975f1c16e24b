package server

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
	"studioide/internal/check"
	"studioide/internal/home"
	"studioide/internal/project"
)

type handlers struct{ Config }

// routes is the whole API; docs in internal/api.
func routes(g *echo.Group, c Config) {
	h := handlers{c}
	g.GET("/events", events(c.Workbench))
	g.GET("/language", language(c.Workbench))
	g.GET("/sources/*", h.librarySource)
	g.GET("/state", handle(http.StatusOK, h.state))
	g.GET("/doctor", handle(http.StatusOK, h.doctor))
	g.PUT("/settings", handle(http.StatusOK, h.settings))
	g.POST("/report", done(h.report))

	g.POST("/projects", handle(http.StatusCreated, h.createProject))
	g.POST("/projects/:name/open", done(h.openProject))
	g.POST("/projects/:name/rename", done(h.renameProject))
	g.PUT("/projects/:name/chart", done(h.setChart))
	g.DELETE("/projects/:name", done(h.removeProject))
	g.POST("/projects/:name/trust", done(h.trustProject))
	g.POST("/projects/:name/duplicate", handle(http.StatusCreated, h.duplicateProject))
	g.GET("/projects/:name/zip", h.exportProject)
	g.GET("/projects/:name/link", handle(http.StatusOK, h.linkProject))
	g.POST("/import/look", handle(http.StatusOK, h.lookIntoBundle))
	g.POST("/import", handle(http.StatusCreated, h.importProject))
	g.POST("/folder", handle(http.StatusCreated, h.openFolder))
	g.GET("/trash", handle(http.StatusOK, h.trash))
	g.DELETE("/trash", done(h.clearTrash))
	g.POST("/trash/projects/:id/restore", done(h.restoreProject))
	g.POST("/trash/files/:id/restore", done(h.restoreTrashedFile))
	g.GET("/trust", handle(http.StatusOK, h.trusted))
	g.DELETE("/trust/:id", done(h.forgetTrust))

	g.GET("/files/*", h.readFile)
	g.PUT("/files/*", handle(http.StatusOK, h.writeFile))
	g.DELETE("/files/*", done(h.removeFile))
	g.POST("/files-rename", done(h.renameFile))
	g.POST("/check", handle(http.StatusOK, h.check))
	g.POST("/search", handle(http.StatusOK, h.search))
	g.POST("/replace", handle(http.StatusOK, h.replace))
	g.GET("/snapshots", handle(http.StatusOK, h.snapshots))
	g.GET("/snapshots/:id", handle(http.StatusOK, h.compareSnapshot))
	g.GET("/snapshots/:id/*", h.readSnapshot)
	g.POST("/snapshots/:id/restore", done(h.restoreSnapshot))

	g.POST("/run", action(c.Workbench.Run))
	g.POST("/stop", action(c.Workbench.Stop))
	g.POST("/reset", action(c.Workbench.Reset))
	g.POST("/push", handle(http.StatusAccepted, h.push))
	g.POST("/flash", handle(http.StatusAccepted, h.flash))
	g.POST("/cancel", done(h.cancel))
	g.POST("/library", handle(http.StatusAccepted, h.fetchLibrary))
	g.POST("/toolchain/install", action(c.Workbench.InstallToolchain))
	g.POST("/toolchain/install/gopls", action(c.Workbench.InstallGopls))

	g.GET("/ports", handle(http.StatusOK, h.ports))
	g.POST("/board/port", done(h.selectPort))
	g.POST("/board/kind", done(h.chooseKind))
	g.POST("/board/pins", done(h.setPin))
	g.POST("/board/fault", done(h.setFault))
	g.POST("/board/dial", done(h.allowDial))
	g.POST("/board/format", action(c.Workbench.Format))
	g.GET("/board/files", handle(http.StatusOK, h.boardFiles))
	g.GET("/board/files/*", h.readBoardFile)
	g.PUT("/board/files/*", handle(http.StatusAccepted, h.writeBoardFile))
	g.DELETE("/board/files/*", done(h.removeBoardFile))
	g.POST("/board/fetch", handle(http.StatusCreated, h.fetchBoardFile))
	g.POST("/board/push", handle(http.StatusAccepted, h.pushContent))

	g.POST("/board/wifi/scan", handle(http.StatusOK, h.scanWiFi))
	g.POST("/board/wifi/join", done(h.joinWiFi))
	g.POST("/board/wifi/forget", done(h.forgetWiFi))

	g.POST("/console", done(h.writeConsole))
	g.POST("/console/clear", done(h.clearConsole))

	g.POST("/messages/connect", done(h.connect))
	g.POST("/messages/close", done(h.closeSocket))
	g.POST("/messages/connections", handle(http.StatusCreated, h.openConnection))
	g.POST("/messages/ping", done(h.sendPing))
	g.POST("/messages/send", done(h.sendMessage))
	g.POST("/messages/mark", done(h.mark))
	g.POST("/messages/clear", done(h.clearMessages))
	g.GET("/tests", handle(http.StatusOK, h.sets))
	g.POST("/tests/check", handle(http.StatusOK, h.checkSet))
	g.POST("/tests/send", done(h.sendNamed))
	g.POST("/tests/run", handle(http.StatusAccepted, h.runTests))
	g.POST("/tests/cancel", done(h.cancelTests))
	g.POST("/load", handle(http.StatusAccepted, h.startLoad))
	g.POST("/load/cancel", done(h.cancelLoad))
	g.GET("/messages/:seq", handle(http.StatusOK, h.readMessage))
	g.GET("/messages.jsonl", h.saveMessages)

	g.POST("/lan/open", handle(http.StatusCreated, h.openToLAN))
	g.POST("/lan/code", handle(http.StatusOK, h.newLANCode))
	g.POST("/lan/close", done(h.closeToLAN))

	g.GET("/recordings", handle(http.StatusOK, h.recordings))
	g.POST("/recordings/start", handle(http.StatusCreated, h.startRecording))
	g.POST("/recordings/stop", handle(http.StatusOK, h.stopRecording))
	g.POST("/recordings/import", h.importRecording)
	g.POST("/recordings/compare", handle(http.StatusOK, h.compareRecordings))
	g.POST("/recordings/cancel", done(h.cancelReplay))
	g.POST("/recordings/:id/replay", handle(http.StatusAccepted, h.replayRecording))
	g.POST("/recordings/:id/rename", done(h.renameRecording))
	g.DELETE("/recordings/:id", done(h.removeRecording))
	g.POST("/recordings/:id/restore", done(h.restoreRecording))
	g.POST("/recordings/:id/messages", handle(http.StatusOK, h.recorded))
	g.GET("/recordings/:id/messages/:seq", handle(http.StatusOK, h.recordedMessage))
	g.GET("/recordings/:id/export/:form", h.exportRecording)
	g.Any("/*", func(echo.Context) error { return echo.ErrNotFound })
}

// action makes a route of one that needs nothing to be said. It answers with its beginning; the action goes on by itself.
func action(start func() (api.Progress, error)) echo.HandlerFunc {
	return handle(http.StatusAccepted, func(context.Context, nothing) (api.Progress, error) { return start() })
}

func (h handlers) state(context.Context, nothing) (api.Snapshot, error) {
	h.Workbench.Refresh()
	return h.Workbench.Snapshot(), nil
}

func (h handlers) doctor(ctx context.Context, _ nothing) (api.Checks, error) {
	var all api.Checks
	for _, c := range h.Workbench.Doctor(ctx) {
		all.Checks = append(all.Checks, api.Check(c))
	}
	return all, nil
}

// settings takes any subset of api.Settings. What it has replaces what was there, a map as a whole.
func (h handlers) settings(_ context.Context, in api.SettingsPart) (api.Settings, error) {
	var probe api.Settings
	if err := json.Unmarshal(in.Content, &probe); err != nil {
		return probe, errBadJSONSettings.Because(err)
	}
	if err := home.CheckSettings(probe); err != nil {
		return probe, err
	}
	s := h.Workbench.SetSettings(func(s *api.Settings) {
		port, project, boards := s.Port, s.Project, s.Boards // they have requests of their own
		panels := s.Panels
		s.Boards, s.Panels = nil, nil
		json.Unmarshal(in.Content, s) // it was decoded above
		if s.Panels == nil {
			s.Panels = panels
		}
		s.Port, s.Project, s.Boards = port, project, boards
	})
	return s, h.Workbench.KeepSettings()
}

func (h handlers) report(_ context.Context, in api.Report) error {
	if len(in.Text) > 4000 {
		in.Text = in.Text[:4000]
	}
	h.Log.Warn("the page reports a failure of its own", "text", in.Text)
	return nil
}

func (h handlers) createProject(_ context.Context, in api.NewProject) (api.Project, error) {
	if in.Title == "" {
		in.Title = in.Name
	}
	return h.Workbench.CreateProject(in.Template, in.Title, in.Program)
}

func (h handlers) openProject(_ context.Context, in api.OneProject) error {
	return h.Workbench.OpenProject(in.Name)
}

func (h handlers) renameProject(_ context.Context, in api.RenameProject) error {
	return h.Workbench.RenameProject(in.Name, in.Title)
}

func (h handlers) setChart(_ context.Context, in api.SetChart) error {
	return h.Workbench.SetChart(in.Client, in.Name, in.Chart)
}

func (h handlers) removeProject(_ context.Context, in api.OneProject) error {
	return h.Workbench.RemoveProject(in.Name)
}

func (h handlers) trustProject(_ context.Context, in api.TrustProject) error {
	return h.Workbench.TrustProject(in.Name, in.Trusted)
}

func (h handlers) trusted(context.Context, nothing) (api.TrustedProjects, error) {
	list, err := h.Workbench.TrustedProjects()
	return api.TrustedProjects{Projects: list}, err
}

func (h handlers) forgetTrust(_ context.Context, in api.OneTrust) error {
	return h.Workbench.ForgetTrust(in.ID)
}

func (h handlers) readFile(c echo.Context) error {
	in, err := decode[api.OneFile](c)
	if err != nil {
		return err
	}
	p, err := h.Workbench.Project()
	if err != nil {
		return err
	}
	content, hash, err := p.Read(in.Path)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", `"`+hash+`"`)
	return blob(c, in.Path, content)
}

// shownKinds are the only kinds of content that a browser may show by themselves: pictures, and sounds.
var shownKinds = map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".webp": "image/webp", ".svg": "image/svg+xml", ".ico": "image/x-icon",
	".mp3": "audio/mpeg", ".wav": "audio/wav", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".m4a": "audio/mp4", ".flac": "audio/flac"}

// blob sends bytes that no browser may take for a page of ours.
func blob(c echo.Context, name string, content []byte) error {
	kind := shownKinds[strings.ToLower(filepath.Ext(name))]
	if kind == "" {
		kind = echo.MIMEOctetStream
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	c.Response().Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	return c.Blob(http.StatusOK, kind, content)
}

func (h handlers) writeFile(_ context.Context, in api.WriteFile) (api.File, error) {
	match := strings.Trim(in.IfMatch, `"`)
	switch {
	case match == "" && in.IfNoneMatch == "*":
		match = project.IfNew
	case match == "":
		return api.File{}, errNoVersion.With(in.Path)
	}
	if in.Typing == "1" {
		return h.Workbench.WriteDraft(in.Client, in.Project, in.Path, in.Content, match)
	}
	return h.Workbench.WriteFile(in.Client, in.Project, in.Path, in.Content, match)
}

func (h handlers) removeFile(_ context.Context, in api.RemoveFile) error {
	return h.Workbench.RemoveFile(in.Client, in.Project, in.Path)
}

func (h handlers) renameFile(_ context.Context, in api.RenameFile) error {
	return h.Workbench.RenameFile(in.Client, in.Project, in.From, in.To)
}

func (h handlers) check(_ context.Context, in api.CheckFile) (api.FoundMistakes, error) {
	var neighbours check.Project // with them, links to files and elements that are not there are found
	if p, err := h.Workbench.Project(); err == nil {
		files, err := p.List()
		if err != nil {
			return api.FoundMistakes{}, err
		}
		for _, f := range files {
			neighbours.Paths = append(neighbours.Paths, f.Path)
		}
		neighbours.Read = func(path string) []byte {
			content, _, _ := p.Read(path)
			return content
		}
	}
	return api.FoundMistakes{Problems: check.FileOf(in.Path, []byte(in.Content), neighbours)}, nil
}

func (h handlers) fetchLibrary(_ context.Context, in api.FetchLibrary) (api.Progress, error) {
	return h.Workbench.FetchLibrary(in.Path, in.Address)
}

func (h handlers) push(_ context.Context, in api.Push) (api.Progress, error) {
	return h.Workbench.Push(in.Remove)
}

func (h handlers) cancel(_ context.Context, in api.Cancel) error {
	return h.Workbench.Cancel(in.ID)
}
