// Package client speaks to a running Studio: the command line goes through it
// when that Studio holds the board's port.
//
//	c, snapshot, ok := client.Find(ctx, home)
//	p, err := c.Act(ctx, "/api/push", body, report)
package client

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/home"
	"studioide/internal/problem"
)

// Client is a running Studio. It may be used from several goroutines.
type Client struct {
	base  string
	token string
	http  http.Client
}

// answerTimeout is for a Studio that runs, as its lock tells, on a computer that
// is busy with other things. One that is stuck is given up after that.
const answerTimeout = 15 * time.Second

// Find returns the Studio that runs for this user, if it answers.
// Nothing is sent to whoever listens at its address before it has proved that it is that Studio.
func Find(ctx context.Context, h home.Home) (*Client, api.Snapshot, bool) {
	var s api.Snapshot
	note, ok, err := h.FindRunning()
	if err != nil || !ok {
		return nil, s, false
	}
	c := &Client{base: note.URL, token: note.Token}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http.Transport = &http.Transport{} // to this computer, whatever HTTP_PROXY says
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if !c.isStudio(ctx) || c.Get(ctx, "/api/state", &s) != nil {
		return nil, s, false
	}
	return c, s, true
}

// isStudio asks what listens there for a proof. The question holds no secret.
func (c *Client) isStudio(ctx context.Context) bool {
	u, err := url.Parse(c.base)
	if err != nil {
		return false
	}
	nonce := rand.Text()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/api/door/proof?nonce="+nonce, nil)
	if err != nil {
		return false
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	var v api.Proof
	return json.NewDecoder(io.LimitReader(answer.Body, 4<<10)).Decode(&v) == nil && hmac.Equal([]byte(v.Proof), []byte(home.Proof(c.token, u.Host, nonce)))
}

// NewAddress asks for an address that lets one browser in, once.
func (c *Client) NewAddress(ctx context.Context) (string, error) {
	b, err := c.Do(ctx, http.MethodPost, "/api/door/code", strings.NewReader("{}"))
	if err != nil {
		return "", err
	}
	var v api.Address
	if err := json.Unmarshal(b, &v); err != nil {
		return "", lost.Because(err)
	}
	return v.URL, nil
}

// ShowPage makes that Studio show its page in a browser.
func (c *Client) ShowPage(ctx context.Context) error {
	return c.Post(ctx, "/api/door/show", struct{}{})
}

// Do sends one request and returns the body of a good answer. A bad answer is a *problem.Problem.
func (c *Client) Do(ctx context.Context, method, path string, body io.Reader) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	answer, err := c.http.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, lost.Because(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, lost.Because(err)
	}
	if answer.StatusCode < 300 {
		return b, nil
	}
	var failure api.Failure
	if json.Unmarshal(b, &failure) != nil || failure.Error == nil {
		return nil, lost.Because(errors.New(answer.Status))
	}
	return nil, failure.Error
}

// Get decodes the answer to a GET into v.
func (c *Client) Get(ctx context.Context, path string, v any) error {
	b, err := c.Do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// Post sends v as JSON.
func (c *Client) Post(ctx context.Context, path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = c.Do(ctx, http.MethodPost, path, bytes.NewReader(b))
	return err
}

// Listen calls each with every event, beginning with a snapshot, until each says stop or ctx ends.
func (c *Client) Listen(ctx context.Context, each func(api.Event) (stop bool)) error {
	u := "ws" + strings.TrimPrefix(c.base, "http") + "/api/events"
	conn, _, err := websocket.DefaultDialer.DialContext(ctx, u, http.Header{"Authorization": {"Bearer " + c.token}})
	if err != nil {
		return lost.Because(err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	for {
		var e api.Event
		if err := conn.ReadJSON(&e); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return lost.Because(err)
		}
		if each(e) {
			return nil
		}
	}
}

// Act starts an action by a POST of body to path and follows it to its end.
// When ctx ends, the action is cancelled.
func (c *Client) Act(ctx context.Context, method, path string, body io.Reader, each func(api.Event)) (api.Progress, error) {
	follow, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	events := make(chan api.Event, 64)
	ended := make(chan error, 1)
	go func() {
		ended <- c.Listen(follow, func(e api.Event) bool {
			select {
			case events <- e:
				return false
			case <-follow.Done():
				return true
			}
		})
	}()
	select { // the first event is the snapshot: from now on nothing is missed
	case <-events:
	case err := <-ended:
		return api.Progress{}, err
	}
	b, err := c.Do(ctx, method, path, body)
	if err != nil {
		return api.Progress{}, err
	}
	var p api.Progress
	if err := json.Unmarshal(b, &p); err != nil {
		return p, lost.Because(err)
	}
	cancel := ctx.Done()
	for {
		select {
		case <-cancel:
			cancel = nil
			c.Post(follow, "/api/cancel", api.Cancel{ID: p.ID}) // it may be over already
		case err := <-ended:
			return p, err
		case e := <-events:
			if e.Snapshot != nil && e.Snapshot.Progress != nil {
				e.Progress = e.Snapshot.Progress
			}
			each(e)
			if e.Progress == nil || e.Progress.ID != p.ID || e.Progress.State == "running" {
				continue
			}
			p = *e.Progress
			if p.Problem != nil && p.State != "done" {
				return p, p.Problem
			}
			if p.State == "cancelled" {
				return p, problem.Cancelled
			}
			return p, nil
		}
	}
}

// FilePath is the URL path of a board's file.
func FilePath(name string) string {
	parts := strings.Split(strings.TrimPrefix(name, "/"), "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return "/api/board/files/" + strings.Join(parts, "/")
}

// URL is where that Studio serves its page.
func (c *Client) URL() string { return c.base }
