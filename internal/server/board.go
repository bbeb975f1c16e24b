package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
	"studioide/internal/bridge"
	"studioide/internal/devfs"
	"studioide/internal/flasher/image"
	"studioide/internal/project"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

func (h handlers) ports(context.Context, nothing) ([]api.Port, error) {
	return h.Workbench.PortsInUse()
}

func (h handlers) selectPort(_ context.Context, in api.SelectPort) error {
	return h.Workbench.SelectPort(in.Port)
}

func (h handlers) chooseKind(_ context.Context, in api.ChooseKind) error {
	if err := h.Workbench.ChooseKind(in.ID); err != nil {
		return err
	}
	return h.Workbench.KeepSettings() // the choice is for next time, too
}

func (h handlers) setPin(_ context.Context, in api.SetPin) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	if in.Value != nil {
		return s.SetVoltage(in.Pin, *in.Value)
	}
	return s.SetPin(in.Pin, in.Level)
}

// allowDial is the user's answer to a program that wants to connect somewhere.
func (h handlers) allowDial(_ context.Context, in api.AllowDial) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return s.AllowDial(in.Address, in.Allow)
}

func (h handlers) setFault(_ context.Context, in api.SetFault) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return s.SetFault(in.Kind)
}

func (h handlers) flash(_ context.Context, in api.Flash) (api.Progress, error) {
	f := image.File{Name: in.Name, Content: in.Content, Raw: in.Raw == "1" || in.Build != ""}
	if f.Name == "" {
		f.Name = say.ServerTheFile()
	}
	if in.Offset != "" {
		offset, err := strconv.ParseUint(in.Offset, 0, 32)
		if err != nil {
			return api.Progress{}, errBadOffset.With(in.Offset)
		}
		at := uint32(offset)
		f.Offset = &at
	}
	return h.Workbench.FlashFile(f, session.Program{Build: in.Build, Chip: in.Chip, Full: in.Full == "1"})
}

func (h handlers) boardFiles(ctx context.Context, _ nothing) (all api.BoardFiles, err error) {
	s, err := h.Workbench.Session()
	if err != nil {
		return all, err
	}
	files, err := s.ListFiles(ctx)
	if err != nil {
		return all, err
	}
	for _, f := range files {
		all.Files = append(all.Files, api.BoardFile(f))
	}
	b := s.State()
	all.Used, all.Size = b.FilesLen, b.FilesCap
	return all, nil
}

func (h handlers) readBoardFile(c echo.Context) error {
	in, err := decode[api.OneFile](c)
	if err != nil {
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
	return blob(c, in.Path, b.Bytes())
}

// writeBoardFile puts one file on the board, whatever the project has.
func (h handlers) writeBoardFile(_ context.Context, in api.WriteBoardFile) (api.Progress, error) {
	return h.Workbench.PushContent([]devfs.Local{{Path: "/" + in.Path, Content: in.Content}}, nil)
}

func (h handlers) removeBoardFile(ctx context.Context, in api.OneFile) error {
	return h.Workbench.RemoveBoardFile(ctx, in.Path)
}

// pushContent sends files that the caller names, as studio push does from another folder.
func (h handlers) pushContent(_ context.Context, in api.PushContent) (api.Progress, error) {
	var local []devfs.Local
	for _, f := range in.Files {
		local = append(local, devfs.Local{Path: "/" + f.Path, Content: f.Content})
	}
	return h.Workbench.PushContent(local, in.Remove)
}

// fetchBoardFile copies a file that only the board has into the project.
func (h handlers) fetchBoardFile(ctx context.Context, in api.FetchBoardFile) (api.File, error) {
	s, err := h.Workbench.Session()
	if err != nil {
		return api.File{}, err
	}
	var b bytes.Buffer
	if err := s.ReadFile(ctx, "/"+in.Path, &b); err != nil {
		return api.File{}, err
	}
	if in.Replace {
		hash, err := h.Workbench.ReplaceFile(in.Project, in.Path, b.Bytes())
		return api.File{Path: in.Path, Size: int64(b.Len()), Hash: hash, Text: utf8.Valid(b.Bytes())}, err
	}
	return h.Workbench.WriteFile(in.Client, in.Project, in.Path, b.Bytes(), project.IfNew)
}

func (h handlers) writeConsole(ctx context.Context, in api.WriteConsole) error {
	if len(in.Text) > 4096 || strings.ContainsRune(in.Text, 0) {
		return errBadConsoleText
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return s.WriteText(ctx, in.Text)
}

func (h handlers) clearConsole(context.Context, nothing) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	s.ClearConsole()
	return nil
}

func (h handlers) connect(ctx context.Context, in api.Connect) error {
	if in.Path == "" {
		in.Path = "/ws"
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	return s.Connect(ctx, in.Path)
}

func (h handlers) closeSocket(_ context.Context, in api.Disconnect) error {
	if in.Code == 0 {
		in.Code = 1000
	}
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	if in.Conn > 1 {
		return s.Sockets().Close(in.Conn, in.Code, in.Reason)
	}
	return s.Disconnect(in.Code, in.Reason)
}

// openConnection opens another connection. That it may go to an address outside, a user has to say: in.Confirmed.
func (h handlers) openConnection(ctx context.Context, in api.OpenConnection) (api.Socket, error) {
	s, err := h.Workbench.Session()
	if err != nil {
		return api.Socket{}, err
	}
	to := bridge.Target{Path: in.Path, URL: in.URL, Protocols: in.Protocols, Header: http.Header{}}
	for _, h := range in.Headers {
		to.Header[h.Name] = append(to.Header[h.Name], h.Value)
	}
	return s.Sockets().Open(ctx, to, in.Confirmed)
}

// connection is one of the message console's.
func (h handlers) connection(number int) (*bridge.Console, error) {
	s, err := h.Workbench.Session()
	if err != nil {
		return nil, err
	}
	return s.Sockets().Get(number)
}

func (h handlers) sendPing(_ context.Context, in api.SendPing) error {
	c, err := h.connection(in.Conn)
	if err != nil {
		return err
	}
	data, err := content(in.Data, in.Binary)
	if err != nil {
		return err
	}
	return c.Ping(data)
}

// content is what a page wants to send: a text, or bytes, which it writes as Base64.
func content(data string, binary bool) ([]byte, error) {
	if !binary {
		return []byte(data), nil
	}
	b, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, errBadBinary
	}
	return b, nil
}

func (h handlers) sendMessage(_ context.Context, in api.SendMessage) error {
	c, err := h.connection(in.Conn)
	if err != nil {
		return err
	}
	data, err := content(in.Data, in.Binary)
	if err != nil {
		return err
	}
	if in.Binary {
		return c.SendBinary(data)
	}
	if !utf8.ValidString(in.Data) {
		return errBadText
	}
	return c.SendText(in.Data)
}

// mark is among the messages, so that recordings have it.
func (h handlers) mark(_ context.Context, in api.Mark) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	if len(in.Text) > api.MaxMark {
		return errBadMark.With(api.MaxMark)
	}
	s.Messages().Add(api.Message{From: "console", Kind: "mark", Data: in.Text, Size: len(in.Text), Millis: -1})
	return nil
}

func (h handlers) clearMessages(context.Context, nothing) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	s.Messages().Clear()
	h.Workbench.Hub().Publish(api.Event{Message: &[]api.Message{}})
	return nil
}

// readMessage answers one message whole: events carry the beginning of long ones.
func (h handlers) readMessage(_ context.Context, in api.OneMessage) (api.Message, error) {
	s, err := h.Workbench.Session()
	if err != nil {
		return api.Message{}, err
	}
	seq, err := strconv.ParseInt(in.Seq, 10, 64)
	m, ok := s.Messages().Message(seq)
	if err != nil || !ok {
		return m, echo.ErrNotFound
	}
	return m, nil
}

func (h handlers) saveMessages(c echo.Context) error {
	s, err := h.Workbench.Session()
	if err != nil {
		return err
	}
	r := c.Response()
	download(r.Header(), "application/jsonl", "messages-"+time.Now().Format("20060102-150405")+".jsonl")
	r.WriteHeader(http.StatusOK)
	return s.Messages().WriteJSONL(r)
}
