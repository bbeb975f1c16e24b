package recording

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"studioide/internal/api"
)

// talk is two connections at a time, one of which opens again.
var talk = []api.Message{
	{Time: 1700000000000, From: "console", Conn: 1, Kind: "open", Data: "/ws?a=1&b", Size: 9, Millis: -1,
		Handshake: &api.Handshake{Request: "GET /ws?a=1&b HTTP/1.1\r\nHost: led\r\nSec-WebSocket-Key: abc=\r\n\r\n", Answer: "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: def=\r\n\r\n"}},
	{Time: 1700000000100, From: "console", Conn: 1, Kind: "sent", Data: "LEDon", Size: 5, Millis: -1},
	{Time: 1700000000101, From: "page", Conn: 1, Kind: "received", Data: "early", Size: 5, Millis: -1},
	{Time: 1700000000102, From: "page", Conn: 1, Kind: "log", Level: "log", Data: "hello", Size: 5, Millis: -1, Path: "www/led.html"},
	{Time: 1700000000103, From: "console", Conn: 1, Kind: "received", Data: "-12.5", Size: 5, Millis: 3},
	{Time: 1700000000104, From: "console", Conn: 1, Kind: "received", Binary: true, Data: "TEVE", Size: 3, Millis: 4},
	{Time: 1700000000105, From: "console", Conn: 1, Kind: "close", Code: 1000, Data: "closed", Size: 6, Millis: -1},
	{Time: 1700000000200, From: "console", Conn: 1, Kind: "open", Data: "/", Size: 1, Millis: -1},
	{Time: 1700000000201, From: "console", Conn: 1, Kind: "sent", Data: "a,\"b\"\n=c", Size: 8, Millis: -1},
	{Time: 1700000000202, From: "page", Conn: 1, Kind: "received", Data: "=HYPERLINK(1)", Size: 13, Millis: -1},
}

func recorded(t *testing.T, s Store, list []api.Message) *Reader {
	t.Helper()
	w := start(t, s, Config{Name: "talk"})
	for _, m := range list {
		w.Add(m)
	}
	return open(t, s, w.Stop(Stopped).ID, nil)
}

func TestCSV(t *testing.T) {
	r := recorded(t, testStore(t, t.TempDir()), talk)
	var b bytes.Buffer
	if err := r.WriteCSV(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != len(talk)+1 || !slices.Equal(rows[0], columns) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := strings.Join(rows[5], "|"); got != "5|2023-11-14T22:13:20.103Z|console|1|received|false|5|3||||||-12.5" && got != "5|2023-11-14T22:13:20.103Z|console|1|received|false|5|3||||||"+"|-12.5" {
		t.Errorf("%q", got)
	}
	data := len(columns) - 1
	if rows[9][data] != "a,\"b\"\n=c" || rows[10][data] != "'=HYPERLINK(1)" {
		t.Errorf("%q %q", rows[9][data], rows[10][data])
	}
}

// A HAR has an entry for each connection, in the browsers' form, and gives the same messages when it is read again.
func TestHAR(t *testing.T) {
	s := testStore(t, t.TempDir())
	r := recorded(t, s, talk)
	var b bytes.Buffer
	if err := r.WriteHAR(t.Context(), &b, "virtual.local", "7"); err != nil {
		t.Fatal(err)
	}
	var har struct {
		Log struct {
			Version string
			Entries []struct {
				StartedDateTime string
				Request         struct {
					URL         string
					QueryString []harHeader
				}
				Response struct{ Status int }
				Messages []map[string]any `json:"_webSocketMessages"`
				Type     string           `json:"_resourceType"`
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &har); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range har.Log.Entries {
		got = append(got, fmt.Sprintf("%s %s %d %s", e.StartedDateTime, e.Request.URL, e.Response.Status, e.Type))
		for _, m := range e.Messages {
			got = append(got, fmt.Sprintf("%v %.3f %v %q", m["type"], m["time"], m["opcode"], m["data"]))
		}
	}
	want := []string{"2023-11-14T22:13:20.000Z ws://virtual.local/ws?a=1&b 101 websocket", `send 1700000000.100 1 "LEDon"`, `receive 1700000000.103 1 "-12.5"`, `receive 1700000000.104 2 "TEVE"`,
		"2023-11-14T22:13:20.101Z ws://virtual.local/ 101 websocket", `receive 1700000000.101 1 "early"`, `receive 1700000000.202 1 "=HYPERLINK(1)"`,
		"2023-11-14T22:13:20.200Z ws://virtual.local/ 101 websocket", `send 1700000000.201 1 "a,\"b\"\n=c"`}
	if text := b.String(); !strings.Contains(text, `[{"name":"Host","value":"led"},{"name":"Sec-WebSocket-Key","value":"abc="}]`) || !strings.Contains(text, `[{"name":"Sec-WebSocket-Accept","value":"def="}]`) {
		t.Errorf("the handshake is not there: %s", text)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	a, err := s.Import(t.Context(), "again", bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, m := range all(t, open(t, s, a.ID, nil)) {
		texts = append(texts, fmt.Sprint(m.Conn, m.Kind, " ", m.Time-1700000000000, " ", m.Data))
	}
	want = []string{"1open 0 /ws?a=1&b", "1sent 100 LEDon", "2open 101 /", "2received 101 early", "1received 103 -12.5", "1received 104 TEVE", "3open 200 /", "3sent 201 a,\"b\"\n=c", "2received 202 =HYPERLINK(1)"}
	if !slices.Equal(texts, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(texts, "\n"), strings.Join(want, "\n"))
	}
}

// What Chrome and Firefox export is read; the form is theirs, the content is ours.
func TestBrowsersHAR(t *testing.T) {
	s := testStore(t, t.TempDir())
	chrome := `{
  "log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": [],
    "entries": [
      {"_resourceType": "document", "startedDateTime": "2024-05-01T10:00:00.000Z", "request": {"method": "GET", "url": "http://192.168.4.1/"}, "response": {"status": 200}},
      {"_initiator": {"type": "script"}, "_resourceType": "websocket", "startedDateTime": "2024-05-01T10:00:00.5Z", "time": 4000.5,
       "_webSocketMessages": [
         {"type": "send", "time": 1714557601.25, "opcode": 1, "data": "LEDon"},
         {"type": "receive", "time": 1714557601.2584, "opcode": 1, "data": "on"},
         {"type": "receive", "time": 1714557601.26, "opcode": 2, "data": "AAEC"}],
       "request": {"method": "GET", "url": "ws://192.168.4.1:81/", "headers": []}, "response": {"status": 101}}]}}`
	a, err := s.Import(t.Context(), "chrome", strings.NewReader(chrome))
	if err != nil {
		t.Fatal(err)
	}
	got := all(t, open(t, s, a.ID, nil))
	if len(got) != 4 || got[0].Kind != "open" || got[0].Data != "/" || got[2].Time != 1714557601258 || !got[3].Binary || got[3].Size != 3 {
		t.Errorf("%+v", got)
	}
	if a.Started != 1714557600500 || a.Messages != 4 || a.End != Imported {
		t.Errorf("%+v", a)
	}
	firefox := "\ufeff" + `{"log":{"creator":{"name":"Firefox","version":"128"},"entries":[{"startedDateTime":"2024-05-01T12:00:00.500+02:00","request":{"url":"wss://example/socket"},"response":{"status":101},
		"_webSocketMessages":[{"type":"send","time":1714557601.25,"opcode":1,"data":"x"}]},
		{"startedDateTime":"2024-05-01T12:00:01.000+02:00","request":{"url":"ws://example/quiet"},"response":{"status":101}}]}}`
	if a, err = s.Import(t.Context(), "firefox", strings.NewReader(firefox)); err != nil || a.Messages != 3 {
		t.Errorf("%+v %v", a, err)
	}
}

// What cannot be read is told with its line, and leaves nothing behind.
func TestBadImports(t *testing.T) {
	s := testStore(t, t.TempDir())
	const good = `{"kind":"sent","time":1,"data":"a"}` + "\n"
	for _, c := range []struct{ content, code, says string }{
		{"", "recording.empty", ""},
		{"\ufeff \n\n", "recording.empty", ""},
		{good + "\n" + `{"kind":"sent","time":1,"data":"a"`, "recording.line", "Line 3 is no message of a recording: it is not JSON"},
		{good + "hello\n" + good, "recording.line", "Line 2 "},
		{good + `{"time":1,"data":"a"}`, "recording.line", "“kind” is missing"},
		{`{"kind":"<b>","time":1}`, "recording.line", "“kind” has a value that cannot be"},
		{`{"kind":"sent","data":"a"}`, "recording.line", "“time” is missing"},
		{`{"kind":"sent","time":9e17}`, "recording.line", "“time” has a value"},
		{`{"kind":"sent","time":"now"}`, "recording.line", "“time” has a value"},
		{`{"kind":"sent","time":1,"binary":true,"data":"?"}`, "recording.line", "not base64"},
		{good + "\xff\xfe\n", "recording.line", "Line 2 is no message of a recording: it is not UTF-8"},
		{good + `{"kind":"sent","time":1,"data":"` + strings.Repeat("x", maxLine) + "\"}\n", "recording.line", "Line 2 is no message of a recording: it is too long"},
		{"{\"log\":\n{\"entries\":[\n}}", "recording.har", "line 3"},
		{"{\"log\":\n{\"entries\":\n5}}", "recording.har", "line 3"},
		{`{"log":{"entries":[{"request":{"url":"http://a/"}}]}}`, "recording.no-socket", "no WebSocket"},
		{`{"log":{"entries":[{"_webSocketMessages":[{"type":"shout","time":1,"opcode":1}]}]}}`, "recording.har", "message 1 of entry 1 is neither"},
		{`{"log":{"entries":[{"_webSocketMessages":[{"type":"send","opcode":1}]}]}}`, "recording.har", "message 1 of entry 1 has no time"},
		{`{"log":{"entries":[{"_webSocketMessages":[{"type":"send","time":1714557601,"opcode":2,"data":"?"}]}]}}`, "recording.har", "message 1 of entry 1 is binary"},
	} {
		_, err := s.Import(t.Context(), "bad", strings.NewReader(c.content))
		wantCode(t, err, c.code, c.says)
	}
	if list, err := s.List(t.Context(), nil); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}
