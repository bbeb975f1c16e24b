package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"studioide/internal/api"
)

// What is imported is listed, filtered, opened message by message, given away in three forms and imported again; it gets
// another name, is removed and comes back.
func TestRecordings(t *testing.T) {
	d := newDesk(t)
	var lines strings.Builder
	for n := 1; n <= 600; n++ {
		kind, data := "sent", fmt.Sprintf("LEDon %d", n)
		if n%2 == 0 {
			kind, data = "received", "=1+"+strings.Repeat("x", 9000)
		}
		fmt.Fprintf(&lines, `{"time":%d,"from":"console","conn":1,"kind":"%s","data":"%s"}`+"\n", 1700000000000+n, kind, data)
	}
	get := func(v any, status int, method, path, body string) {
		t.Helper()
		got, _, content, _ := d.ask(method, path, body)
		if got != status {
			t.Fatalf("%s %s: %d %.300s", method, path, got, content)
		}
		if v != nil {
			if err := json.Unmarshal(content, v); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
	}
	var r api.Recording
	get(&r, 201, "POST", "/api/recordings/import?name="+url.QueryEscape(`C:\here\first.try.jsonl`), lines.String())
	if r.Name != "first.try" || r.Messages != 600 || r.Started != 1700000000001 || r.Millis != 599 || r.End != "imported" {
		t.Errorf("%+v", r)
	}
	at := "/api/recordings/" + r.ID
	var w api.RecordedMessages
	get(&w, 200, "POST", at+"/messages", `{"from":-1,"n":3}`)
	if len(w.Messages) != 3 || w.From != 597 || w.Total != 600 || w.Messages[2].Seq != 600 || len(w.Messages[2].Data) > 5000 || w.Messages[2].Size != 9003 {
		t.Errorf("%d messages from %d of %d, %d bytes shown of %d", len(w.Messages), w.From, w.Total, len(w.Messages[2].Data), w.Messages[2].Size)
	}
	for w = (api.RecordedMessages{}); !w.Done; {
		get(&w, 200, "POST", at+"/messages", `{"from":1,"n":2,"text":"ledON 5","kind":"console"}`)
	}
	if w.Total != 56 || w.Messages[0].Data != "LEDon 51" || w.Messages[0].Seq != 51 {
		t.Errorf("%d, %.1000s", w.Total, fmt.Sprint(w.Messages))
	}
	var m api.Message
	get(&m, 200, "GET", at+"/messages/600", "")
	if len(m.Data) != 9003 {
		t.Errorf("%d bytes", len(m.Data))
	}
	for path, name := range map[string]string{at + "/export/jsonl": "first.try.jsonl", "/api/messages.jsonl": "messages-"} {
		if _, _, _, answer := d.ask("GET", path, ""); answer.StatusCode != 200 || !strings.Contains(answer.Header.Get("Content-Disposition"), name) || answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %v", path, answer.StatusCode, answer.Header)
		}
	}
	for form, says := range map[string]string{"jsonl": `"data":"=1+xxx`, "csv": ",'=1+xxx", "har": `"_webSocketMessages"`} {
		_, _, content, answer := d.ask("GET", at+"/export/"+form, "")
		if name := answer.Header.Get("Content-Disposition"); !strings.Contains(name, "first.try."+form) || !strings.Contains(string(content), says) {
			t.Errorf("%s: %s %.200s", form, name, content)
		}
		if form == "csv" {
			continue
		}
		var again api.Recording
		get(&again, 201, "POST", "/api/recordings/import?name=again."+form, string(content))
		want := int64(600)
		if form == "har" {
			want++ // the connection's opening
		}
		if again.Messages != want {
			t.Errorf("%s: %+v", form, again)
		}
	}
	get(nil, 204, "POST", at+"/rename", `{"name":"second"}`)
	if _, _, _, answer := d.ask("GET", at+"/export/csv", ""); !strings.Contains(answer.Header.Get("Content-Disposition"), "second.csv") {
		t.Error(answer.Header)
	}
	get(nil, 204, "DELETE", at, "")
	var all api.Recordings
	get(&all, 200, "GET", "/api/recordings", "")
	if len(all.Recordings) != 2 {
		t.Errorf("%+v", all)
	}
	get(nil, 204, "POST", at+"/restore", "")
	get(&all, 200, "GET", "/api/recordings", "")
	if len(all.Recordings) != 3 || all.Recordings[2].Name != "second" && all.Recordings[1].Name != "second" && all.Recordings[0].Name != "second" {
		t.Errorf("%+v", all)
	}
}

// A recording goes on while no page listens, says so to one that comes, and ends with its project.
func TestRecordingEndsWithItsProject(t *testing.T) {
	d := newDesk(t)
	ask := func(v any, method, path, body string) {
		t.Helper()
		status, _, content, _ := d.ask(method, path, body)
		if status >= 300 {
			t.Fatalf("%s: %d %s", path, status, content)
		}
		if v != nil {
			json.Unmarshal(content, v)
		}
	}
	var r, second api.Recording
	ask(&r, "POST", "/api/recordings/start", `{}`)
	ask(&second, "POST", "/api/recordings/start", `{}`)
	if r.ID == "" || second.ID != r.ID {
		t.Errorf("%+v %+v", r, second)
	}
	var s api.Snapshot
	ask(&s, "GET", "/api/state", "")
	if s.Recording.ID != r.ID || s.Recording.End != "" {
		t.Errorf("%+v", s.Recording)
	}
	status, code, _, _ := d.ask("DELETE", "/api/recordings/"+r.ID, "")
	if status != 409 || code != "recording.running" {
		t.Errorf("%d %s", status, code)
	}
	ask(nil, "POST", "/api/projects", `{"template":"led","title":"Another"}`)
	s = api.Snapshot{}
	ask(&s, "GET", "/api/state", "")
	if s.Recording.ID != "" {
		t.Errorf("%+v", s.Recording)
	}
	ask(nil, "POST", "/api/projects/LED-over-WebSocket/open", `{}`)
	var all api.Recordings
	ask(&all, "GET", "/api/recordings", "")
	if len(all.Recordings) != 1 || all.Recordings[0].ID != r.ID || all.Recordings[0].End != "closed" {
		t.Errorf("%+v", all)
	}
}
