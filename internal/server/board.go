package server

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
	"studioide/internal/devfs"
	"studioide/internal/flasher/image"
	"studioide/internal/project"
	"studioide/internal/session"
)

func (h handlers) ports(c echo.Context) error {
	list, err := h.Workbench.PortsInUse()
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list)
}

func (h handlers) selectPort(c echo.Context) error {
	var in struct {
		Port string `json:"port"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	return done(c, h.Workbench.SelectPort(in.Port))
}

func (h handlers) chooseKind(c echo.Context) error {
	var in struct {
		ID string `json:"id"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if err := h.Workbench.ChooseKind(in.ID); err != nil {
		return err
	}
	return done(c, h.Workbench.KeepSettings()) // the choice is for next time, too
}

// setPin gives a pin of the virtual board a level, or with a value a voltage.
func (h handlers) setPin(c echo.Context) error {
	var in struct {
		Pin   int  `json:"pin"`
		Level bool `json:"level"`
		Value *int `json:"value"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	if in.Value != nil {
		return done(c, s.SetVoltage(in.Pin, *in.Value))
	}
	return done(c, s.SetPin(in.Pin, in.Level))
}

// flash takes an image: ?offset=0x0&full=1&raw=1&chip=ESP32-C3&build=ID&name=firmware.bin. One that
// Studio has built (it has a build id) is written as it is, every other file is looked at first.
func (h handlers) flash(c echo.Context) error {
	f := image.File{Name: c.QueryParam("name"), Raw: c.QueryParam("raw") == "1" || c.QueryParam("build") != ""}
	if f.Name == "" {
		f.Name = "The file"
	}
	if v := c.QueryParam("offset"); v != "" {
		offset, err := strconv.ParseUint(v, 0, 32)
		if err != nil {
			return errBadOffset.With(v)
		}
		at := uint32(offset)
		f.Offset = &at
	}
	var err error
	if f.Content, err = io.ReadAll(c.Request().Body); err != nil {
		return err
	}
	p, err := h.Workbench.FlashFile(f, session.Program{Build: c.QueryParam("build"), Chip: c.QueryParam("chip"), Full: c.QueryParam("full") == "1"})
	return accepted(c, p, err)
}

func (h handlers) boardFiles(c echo.Context) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	files, err := s.ListFiles(c.Request().Context())
	if err != nil {
		return err
	}
	if files == nil {
		files = []devfs.File{}
	}
	b := s.State()
	return c.JSON(http.StatusOK, map[string]any{"files": files, "used": b.FilesLen, "size": b.FilesCap})
}

func (h handlers) readBoardFile(c echo.Context) error {
	name, err := path(c)
	if err != nil {
		return err
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.ReadFile(c.Request().Context(), "/"+name, &b); err != nil {
		return err
	}
	return blob(c, name, b.Bytes())
}

// writeBoardFile puts one file on the board, whatever the project has.
func (h handlers) writeBoardFile(c echo.Context) error {
	name, err := path(c)
	if err != nil {
		return err
	}
	content, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	p, err := h.Workbench.PushContent([]devfs.Local{{Path: "/" + name, Content: content}}, nil)
	return accepted(c, p, err)
}

func (h handlers) removeBoardFile(c echo.Context) error {
	name, err := path(c)
	if err != nil {
		return err
	}
	return done(c, h.Workbench.RemoveBoardFile(c.Request().Context(), name))
}

// pushContent sends files that the caller names, as studio push does from another folder.
func (h handlers) pushContent(c echo.Context) error {
	var in struct {
		Files []struct {
			Path    string `json:"path"`
			Content []byte `json:"content"` // base64
		} `json:"files"`
		Remove []string `json:"remove"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	var local []devfs.Local
	for _, f := range in.Files {
		local = append(local, devfs.Local{Path: "/" + f.Path, Content: f.Content})
	}
	p, err := h.Workbench.PushContent(local, in.Remove)
	return accepted(c, p, err)
}

// fetchBoardFile copies a file that only the board has into the project.
func (h handlers) fetchBoardFile(c echo.Context) error {
	var in struct {
		Path string `json:"path"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.ReadFile(c.Request().Context(), "/"+in.Path, &b); err != nil {
		return err
	}
	f, err := h.Workbench.WriteFile(client(c), expectedProject(c), in.Path, b.Bytes(), project.IfNew)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, f)
}

func (h handlers) writeConsole(c echo.Context) error {
	var in struct {
		Text string `json:"text"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if len(in.Text) > 4096 || strings.ContainsRune(in.Text, 0) {
		return errBadConsoleText
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return done(c, s.WriteText(c.Request().Context(), in.Text))
}

func (h handlers) clearConsole(c echo.Context) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	s.ClearConsole()
	return c.NoContent(http.StatusNoContent)
}

func (h handlers) connect(c echo.Context) error {
	var in struct {
		Path string `json:"path"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if in.Path == "" {
		in.Path = "/ws"
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return done(c, s.Connect(c.Request().Context(), in.Path))
}

func (h handlers) closeSocket(c echo.Context) error {
	var in struct {
		Code   int    `json:"code"`
		Reason string `json:"reason"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if in.Code == 0 {
		in.Code = 1000
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return done(c, s.Disconnect(in.Code, in.Reason))
}

func (h handlers) sendMessage(c echo.Context) error {
	var in struct {
		Binary bool   `json:"binary"`
		Data   string `json:"data"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	data := []byte(in.Data)
	if in.Binary {
		if data, err = base64.StdEncoding.DecodeString(in.Data); err != nil {
			return errBadBinary
		}
	} else if !utf8.ValidString(in.Data) {
		return errBadText
	}
	if in.Binary {
		return done(c, s.Socket().SendBinary(data))
	}
	return done(c, s.Socket().SendText(in.Data))
}

func (h handlers) clearMessages(c echo.Context) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	s.Messages().Clear()
	h.Workbench.Hub().Publish(api.Event{Message: &[]api.Message{}})
	return c.NoContent(http.StatusNoContent)
}

// readMessage answers one message whole: events carry the beginning of long ones.
func (h handlers) readMessage(c echo.Context) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	seq, err := strconv.ParseInt(c.Param("seq"), 10, 64)
	m, ok := s.Messages().Message(seq)
	if err != nil || !ok {
		return echo.ErrNotFound
	}
	return c.JSON(http.StatusOK, m)
}

func (h handlers) saveMessages(c echo.Context) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	r := c.Response()
	r.Header().Set("Content-Type", "application/jsonl")
	r.Header().Set("Content-Disposition", `attachment; filename="messages-`+time.Now().Format("20060102-150405")+`.jsonl"`)
	r.WriteHeader(http.StatusOK)
	return s.Messages().WriteJSONL(r)
}
