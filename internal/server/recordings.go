package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
	"studioide/internal/recording"
)

func (h handlers) recordings(ctx context.Context, _ nothing) (api.Recordings, error) {
	return h.Workbench.Recordings(ctx)
}

func (h handlers) startRecording(_ context.Context, in api.StartRecording) (api.Recording, error) {
	return h.Workbench.StartRecording(in.Name)
}

func (h handlers) stopRecording(context.Context, nothing) (api.Recording, error) {
	return h.Workbench.StopRecording()
}

func (h handlers) renameRecording(_ context.Context, in api.RenameRecording) error {
	return h.Workbench.RenameRecording(in.ID, in.Name)
}

func (h handlers) removeRecording(_ context.Context, in api.OneRecording) error {
	return h.Workbench.RemoveRecording(in.ID)
}

func (h handlers) restoreRecording(_ context.Context, in api.OneRecording) error {
	return h.Workbench.RestoreRecording(in.ID)
}

func (h handlers) recorded(ctx context.Context, in api.AskRecorded) (api.RecordedMessages, error) {
	return h.Workbench.Recorded(ctx, in)
}

func (h handlers) recordedMessage(ctx context.Context, in api.OneRecorded) (api.Message, error) {
	seq, err := strconv.ParseInt(in.Seq, 10, 64)
	if err != nil {
		return api.Message{}, recording.ErrMissing
	}
	return h.Workbench.RecordedMessage(ctx, in.ID, seq)
}

// recordingForms are the forms in which a recording is given away, with their MIME types.
var recordingForms = map[string]string{"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8", "har": "application/json"}

func (h handlers) exportRecording(c echo.Context) error {
	in, err := decode[api.ExportRecording](c)
	if err != nil {
		return err
	}
	kind := recordingForms[in.Form]
	if kind == "" {
		return echo.ErrNotFound
	}
	r, begun := c.Response(), false
	err = h.Workbench.ExportRecording(c.Request().Context(), in.ID, in.Form, r, func(name string) {
		begun = true
		download(r.Header(), kind, fileName(name)+"."+in.Form)
		r.WriteHeader(http.StatusOK)
	})
	if err != nil && begun {
		return fmt.Errorf("the recording %s: %w: %w", in.ID, err, http.ErrAbortHandler)
	}
	return err
}

// fileName makes a name that every system takes for a file.
func fileName(name string) string {
	name = strings.Map(func(c rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, c) || c < ' ' {
			return '-'
		}
		return c
	}, name)
	if name = strings.Trim(name, ". "); name == "" {
		name = "recording"
	}
	return name
}

func (h handlers) replayRecording(ctx context.Context, in api.ReplayRecording) (api.Replay, error) {
	return h.Workbench.Replay(ctx, in.ID, in.Speed)
}

func (h handlers) cancelReplay(context.Context, nothing) error {
	return h.Workbench.CancelReplay()
}

func (h handlers) compareRecordings(ctx context.Context, in api.CompareRecordings) (api.ComparedRecordings, error) {
	return h.Workbench.CompareRecordings(ctx, in)
}

// importRecording reads the body as it comes: it may be far more than other requests have.
func (h handlers) importRecording(c echo.Context) error {
	in, err := decode[api.ImportRecording](c)
	if err != nil {
		return err
	}
	r, err := h.Workbench.ImportRecording(c.Request().Context(), in.Name, c.Request().Body)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, r)
}
