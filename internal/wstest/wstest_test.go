package wstest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/problem"
)

// board is what sets run against: a WebSocket server over pipes, which take no time, so that all time is simulated.
type board struct {
	conns chan net.Conn
	over  chan struct{}
	once  sync.Once
}

func (b *board) Accept() (net.Conn, error) {
	select {
	case c := <-b.conns:
		return c, nil
	case <-b.over:
		return nil, net.ErrClosed
	}
}

func (b *board) Close() error   { b.once.Do(func() { close(b.over) }); return nil }
func (b *board) Addr() net.Addr { return &net.IPAddr{} }

func (b *board) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case b.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// serve starts a board that hands each message to answer, in the bubble of the test.
func serve(t *testing.T, answer func(c *websocket.Conn, path, text string)) *board {
	b := &board{conns: make(chan net.Conn), over: make(chan struct{})}
	var open sync.WaitGroup
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/none" {
			http.NotFound(w, r)
			return
		}
		up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		open.Add(1)
		defer open.Done()
		defer c.Close()
		for {
			kind, data, err := c.ReadMessage()
			if err != nil {
				return
			}
			text := string(data)
			if kind == websocket.BinaryMessage {
				text = fmt.Sprintf("%x", data)
			}
			answer(c, r.URL.Path, text)
		}
	})}
	done := make(chan struct{})
	go func() { server.Serve(b); close(done) }()
	t.Cleanup(func() { server.Close(); <-done; open.Wait() })
	return b
}

func speak(c *websocket.Conn, text string) { c.WriteMessage(websocket.TextMessage, []byte(text)) }

// parrot answers like a program of every kind that the sets below need.
func parrot(c *websocket.Conn, path, text string) {
	verb, rest, _ := strings.Cut(text, " ")
	switch verb {
	case "quiet":
	case "late":
		time.Sleep(900 * time.Millisecond)
		speak(c, "late")
	case "twice":
		speak(c, rest)
		speak(c, rest)
	case "bytes":
		c.WriteMessage(websocket.BinaryMessage, []byte{1, 2, 0xff})
	case "bye":
		c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4001, "enough"), time.Now().Add(time.Second))
	case "drop":
		c.UnderlyingConn().Close()
	case "path":
		speak(c, path)
	case "say":
		speak(c, rest)
	default:
		speak(c, "Reply for "+text)
	}
}

func read(t *testing.T, text string) *Set {
	t.Helper()
	s, err := Read([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

// What passes and what does not, and in which simulated time.
func TestRun(t *testing.T) {
	for _, c := range []struct {
		name, steps string
		state       string
		failed      string // code and variant
		says        string
		line        int // of the step that failed
		millis      int64
	}{
		{name: "an answer", steps: `{"send":"LEDon"},{"expect":"Reply for LEDon"}`},
		{name: "another answer", steps: "{\"send\":\"LEDon\"},\n{\"expect\":\"Reply for LEDoff\"}", state: "failed", failed: "test.failed", says: "“Reply for LEDon” came instead of “Reply for LEDoff”", line: 2},
		{name: "an expression", steps: `{"send":"x"},{"expect":"/Reply for .*/","within":"1 s"}`},
		{name: "an expression without capitals", steps: `{"send":"x"},{"expect":"/REPLY/i"}`},
		{name: "another expression", steps: `{"send":"x"},{"expect":"/^Reply$/"}`, state: "failed", failed: "test.failed", says: "/^Reply$/"},
		{name: "a part", steps: `{"send":"x"},{"expect":{"contains":"for"}}`},
		{name: "no such part", steps: `{"send":"x"},{"expect":{"contains":"four"}}`, state: "failed", failed: "test.failed", says: "containing “four”"},
		{name: "nothing comes", steps: `{"send":"quiet"},{"expect":"x","within":"700 ms"}`, state: "failed", failed: "test.failed/nothing", says: "within 700 ms", millis: 700},
		{name: "it comes in time", steps: `{"send":"late"},{"expect":"late","within":"1 s"}`, millis: 900},
		{name: "it comes too late", steps: `{"send":"late"},{"expect":"late","within":"800 ms"}`, state: "failed", failed: "test.failed/nothing", millis: 800},
		{name: "waits for it", steps: `{"send":"say a"},{"send":"say b"},{"send":"say c"},{"waitFor":"c"}`},
		{name: "waits in vain", steps: `{"send":"say a"},{"send":"say b"},{"waitFor":"c","within":"300 ms"}`, state: "failed", failed: "test.failed/others", says: "What came last: “a”, “b”", millis: 300},
		{name: "nothing is expected", steps: `{"send":"quiet"},{"expectNothing":"500 ms"}`, millis: 500},
		{name: "nothing is expected in vain", steps: `{"send":"x"},{"expectNothing":"500 ms"}`, state: "failed", failed: "test.failed/unwanted", says: "“Reply for x” came within the 500 ms"},
		{name: "nothing of a kind", steps: `{"send":"say a"},{"expectNothing":"500 ms","matching":"b"}`, millis: 500},
		{name: "nothing of a kind in vain", steps: `{"send":"say a"},{"send":"say b"},{"expectNothing":"500 ms","matching":"b"}`, state: "failed", failed: "test.failed/unwanted", says: "“b” came"},
		{name: "bytes", steps: `{"send":{"hex":"0a 0b"}},{"expect":"Reply for 0a0b"},{"send":"bytes"},{"expect":{"base64":"AQL/"}}`},
		{name: "other bytes", steps: `{"send":"bytes"},{"expect":{"hex":"01 02 03"}}`, state: "failed", failed: "test.failed", says: "3 bytes: 01 02 ff came instead of 3 bytes: 01 02 03"},
		{name: "bytes instead of text", steps: `{"send":"bytes"},{"expect":{"contains":""}}`, state: "failed", failed: "test.failed", says: "3 bytes: 01 02 ff came"},
		{name: "JSON", steps: `{"send":"say {\"led\":{\"on\":true,\"v\":1.0},\"list\":[{\"name\":\"Ada\"}]}"},
			{"expect":{"json":{"led.on":true,"led.v":1,"list[0].name":"Ada","$.led":{"v":1,"on":true}}}}`},
		{name: "JSON with a text by expression", steps: `{"send":"say {\"id\":\"a17\"}"},{"expect":{"json":{"id":"/^a(?<number>\\d+)$/"}}},{"send":"say {{number}}"},{"expect":"17"}`},
		{name: "other JSON", steps: `{"send":"say {\"on\":\"true\"}"},{"expect":{"json":{"on":true}}}`, state: "failed", failed: "test.failed", says: "JSON with on = true"},
		{name: "no JSON", steps: `{"send":"say on"},{"expect":{"json":{"on":true}}}`, state: "failed", failed: "test.failed"},
		{name: "a place that is not there", steps: `{"send":"say {}"},{"expect":{"json":{"a.b":null}}}`, state: "failed", failed: "test.failed"},
		{name: "JSON is sent", steps: `{"repeat":2,"steps":[{"send":{"json":{"v":"{{n}}","t":"x{{n}}"}}},{"expect":"Reply for {\"v\":{{n}},\"t\":\"x{{n}}\"}"}]}`},
		{name: "any message", steps: `{"send":"x"},{"expect":{"anything":true}}`},
		{name: "groups", steps: `{"send":"x7"},{"expect":"/for (?<what>.)(\\d)/"},{"send":"say {{what}}{{2}}{{0}}"},{"expect":"x7for x7"}`},
		{name: "a round every 100 ms", steps: `{"repeat":5,"every":"100 ms","steps":[{"send":"{{n}}"},{"expect":"Reply for {{n}}"}]}`, millis: 400},
		{name: "a round takes longer", steps: `{"repeat":3,"every":"100 ms","steps":[{"send":"late"},{"expect":"late"}]}`, millis: 2700},
		{name: "a loop beside a step", steps: `{"repeat":3,"send":"say {{n}}"},{"expect":"1"},{"expect":"2"},{"expect":"3"}`},
		{name: "over a list", steps: `{"forEach":["red","green",3],"steps":[{"send":"say {{item}} {{n}}"},{"expect":"{{item}} {{n}}"}]}`},
		{name: "loops in each other", steps: `{"repeat":2,"steps":[{"forEach":["a"],"steps":[{"repeat":2,"send":"say {{item}}{{n}}"}]},{"send":"say {{n}}"}]},
			{"expect":"a1"},{"expect":"a2"},{"expect":"1"},{"expect":"a1"},{"expect":"a2"},{"expect":"2"}`},
		{name: "the loop's failure ends all", steps: `{"repeat":100,"every":"1 s","steps":[{"send":"say {{n}}"},
{"expect":"/[123]/"}]}`, state: "failed", failed: "test.failed", line: 2, millis: 3000},
		{name: "time goes by", steps: `{"wait":"1 min"}`, millis: 60_000},
		{name: "the board closes", steps: `{"send":"bye"},{"expectClose":4001}`},
		{name: "the board closes otherwise", steps: `{"send":"bye"},{"expectClose":1000}`, state: "failed", failed: "test.failed/code", says: "enough"},
		{name: "the board closes somehow", steps: `{"send":"drop"},{"expectClose":"any"}`},
		{name: "the board does not close", steps: `{"send":"quiet"},{"expectClose":1000,"within":"2 s"}`, state: "failed", failed: "test.failed/open", millis: 2000},
		{name: "closed instead of an answer", steps: `{"send":"bye"},{"expect":"x"}`, state: "failed", failed: "test.failed/closed", says: "enough"},
		{name: "the last words come first", steps: `{"send":"say a"},{"send":"bye"},{"expect":"a"},{"expectClose":4001}`},
		{name: "closed and opened again", steps: `{"send":"x"},{"close":1000,"reason":"done"},{"send":"y"},{"expect":"Reply for y"}`},
		{name: "too long", steps: `{"repeat":100000,"every":"1 s","send":"quiet"}`, state: "failed", failed: "test.too-long", millis: 300_000},
		{name: "random numbers", steps: `{"repeat":50,"steps":[{"send":"say {{rand 3 5}}"},{"expect":"/^[345]$/"}]}`},
		{name: "now", steps: `{"send":"say {{now}}"},{"expect":"946684800000"}`},
		{name: "braces", steps: `{"send":"say {{open}}n}} }} {"},{"expect":"{{open}}n}} }} {"}`},
		{name: "messages by name", steps: `{"send":{"message":"On"}},{"expect":"Reply for LEDon"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := serve(t, parrot)
				s := read(t, `{"messages":{"On":"LEDon"},"steps":[`+c.steps+`]}`)
				got := Run(t.Context(), s, Config{Dial: b.dial})
				if c.state == "" {
					c.state = api.TestPassed
				}
				var code, text string
				if p := got.Problem; p != nil {
					code, text = strings.TrimSuffix(p.Code+"/"+p.Variant, "/"), p.Text
				}
				if got.State != c.state || code != c.failed || !strings.Contains(text, c.says) || got.Millis != c.millis {
					t.Errorf("%s %s %q after %d ms, want %s %s %q after %d ms", got.State, code, text, got.Millis, c.state, c.failed, c.says, c.millis)
				}
				told := 0
				for _, step := range got.Steps {
					if step.Problem == nil {
						continue
					}
					told++
					if c.line > 0 && step.Line != c.line {
						t.Errorf("line %d failed instead of %d", step.Line, c.line)
					}
				}
				// The page and JUnit's readers learn from the steps why a set has failed.
				if failed := got.State == api.TestFailed; failed != (told == 1) || failed != bytes.Contains(JUnit([]api.TestedSet{got}), []byte("<failure ")) {
					t.Errorf("%s, and %d steps tell why: %s", got.State, told, JUnit([]api.TestedSet{got}))
				}
			})
		})
	}
}

// Each of several connections has messages of its own, and a path.
func TestConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen sync.Map
		b := serve(t, parrot)
		s := read(t, `{"connections":{"one":"/ws","two":"/chat","none":"/none"},"steps":[
			{"send":"path"},{"on":"two","send":"path"},{"on":"two","expect":"/chat"},{"expect":"/ws"},{"expectNothing":"1 s","on":"two"},
			{"open":"none"}]}`)
		got := Run(t.Context(), s, Config{Dial: b.dial, Emit: func(name string, m api.Message) { seen.Store(name+" "+m.Kind, m.Data) }})
		last := got.Steps[len(got.Steps)-1]
		if got.State != api.TestFailed || last.State != api.TestFailed || last.Problem == nil || last.Problem.Code != "socket.refused" {
			t.Errorf("%+v", got)
		}
		if path, _ := seen.Load("two received"); path != "/chat" {
			t.Errorf("two received %v", path)
		}
		if text := got.Steps[2].Text; text != "two: expect “/chat” within 5 s" {
			t.Errorf("%q", text)
		}
	})
}

// A run that is cancelled ends at once, and says so; so does what it reports on its way.
func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := serve(t, parrot)
		ctx, cancel := context.WithCancel(t.Context())
		var reports []api.TestedSet
		begun := time.Now()
		time.AfterFunc(2500*time.Millisecond, cancel)
		s := read(t, `{"steps":[{"repeat":10,"every":"1 s","steps":[{"send":"{{n}}"},{"expect":"/Reply/"}]},{"wait":"1 s"}]}`)
		got := Run(ctx, s, Config{Dial: b.dial, Report: func(s api.TestedSet) { reports = append(reports, s) }})
		if got.State != api.TestCancelled || got.Problem != nil || time.Since(begun) != 2500*time.Millisecond {
			t.Errorf("%s %v after %v", got.State, got.Problem, time.Since(begun))
		}
		if loop := got.Steps[0]; loop.State != api.TestCancelled || loop.Times != 3 || loop.Rounds != 10 || got.Steps[3].State != api.TestWaiting {
			t.Errorf("%+v", got.Steps)
		}
		if first := reports[0].Steps[0].State; first != api.TestWaiting || len(reports) < 10 {
			t.Errorf("%d reports, the first says %s", len(reports), first)
		}
	})
}

// A board that floods is told, and takes no memory without end.
func TestFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := serve(t, func(c *websocket.Conn, _, _ string) {
			for range mostWaiting + 50 {
				speak(c, "x")
			}
		})
		s := read(t, `{"steps":[{"send":"go"},{"wait":"1 s"},{"waitFor":"y"}]}`)
		if got := Run(t.Context(), s, Config{Dial: b.dial}); got.Problem == nil || got.Problem.Code != "test.too-fast" {
			t.Errorf("%+v", got.Problem)
		}
	})
}

// What is wrong with a file is told with its line.
func TestBadFiles(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
		says string
	}{
		{"", 1, "ends too early"},
		{"{\n\"steps\": [\n", 3, "ends too early"},
		{"{\n\"steps\": [\n{\"send\": \"x\"},\n]\n}", 3, "comma too many before “]”"},
		{"{\n\"name\": \"x\"\n\"steps\": []\n}", 2, "comma is missing"},
		{"{\n\"name\" \"x\"}", 2, "colon is missing"},
		{"{\n// what\n\"name\": \"x\"}", 2, "no comments"},
		{"{\n'name': 1}", 2, "double quotes"},
		{"{\nname: 1}", 2, "double quotes"},
		{"{\"name\": yes}", 1, "“y” is not expected"},
		{"{\"name\": \"x\ny\"}", 1, "goes on to the next line"},
		{"{}\n}", 2, "comes after the end"},
		{"\xff", 1, "UTF-8"},
		{"[]", 1, "one object"},
		{"{\"stepps\":[]}", 1, "may be meant to be “steps”"},
		{"{\"a\":1,\n\"a\":2}", 2, "twice"},
		{"{\"x\":[]}", 1, "there are: name, messages"},
		{"{\"steps\":{}}", 1, "have to be a list"},
		{"{\"steps\":[\n\"send\"]}", 2, "has to be an object"},
		{"{\"steps\":[\n{}]}", 2, "needs one of"},
		{"{\"steps\":[\n{\n\"sned\":\"x\"}]}", 3, "“send”"},
		{"{\"steps\":[\n{\"send\":\"x\",\"expect\":\"y\"}]}", 2, "both “send” and “expect”"},
		{"{\"steps\":[\n{\"send\":\"x\",\"within\":\"1 s\"}]}", 2, "no “within”"},
		{"{\"steps\":[{\"expect\":\"x\",\n\"within\":500}]}", 2, "a time such as"},
		{"{\"steps\":[{\"expect\":\"x\",\n\"within\":\"2 h\"}]}", 2, "a time such as"},
		{"{\"steps\":[{\"wait\":\"61 min\"}]}", 1, "an hour at most"},
		{"{\"steps\":[{\"send\":\n{\"hex\":\"0\"}}]}", 2, "bytes such as"},
		{"{\"steps\":[{\"send\":\n{\"hex\":\"00\",\"text\":\"\"}}]}", 2, "one of: text, json"},
		{"{\"steps\":[{\"send\":\n{\"hx\":\"00\"}}]}", 2, "“hex”"},
		{"{\"steps\":[{\"send\":7}]}", 1, "an object with one of"},
		{"{\"steps\":[{\"send\":\n{\"message\":\"On\"}}]}", 2, "no message “On”"},
		{"{\"steps\":[{\"expect\":\n\"/a(/\"}]}", 2, "missing closing )"},
		{"{\"steps\":[{\"expect\":{\"json\":{\n\"a..b\":1}}}]}", 2, "leads to nothing"},
		{"{\"steps\":[{\"send\":\"x\"},\n{\"send\":\"{{nn}}\"}]}", 2, "{{nn}}"},
		{"{\"steps\":[{\"send\":\"{{1}}\"}]}", 1, "{{1}}"},
		{"{\"steps\":[{\"repeat\":0,\"steps\":[]}]}", 1, "from 1 to 100000"},
		{"{\"steps\":[{\"repeat\":2}]}", 1, "needs \"steps\""},
		{"{\"steps\":[{\"forEach\":[],\"steps\":[]}]}", 1, "list of texts"},
		{"{\"steps\":[{\"close\":99}]}", 1, "from 1000 to 4999"},
		{"{\"steps\":[{\"on\":\"b\",\n\"send\":\"\"}]}", 1, "no connection “b”"},
		{"{\"connections\":{\n\"a\":\"ws\"}}", 2, "begin with /"},
		{"{\"variables\":{\n\"n\":1}}", 2, "cannot be the name"},
		{"{\"messages\":{\n\"\":\"x\"}}", 2, "at most 60"},
		{"{\"steps\":" + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "}", 1, "too many lists"},
		{"{\"steps\":[" + strings.Repeat(`{"repeat":2,"steps":[`, 8) + strings.Repeat("]}", 8) + "]}", 1, "more than 6 loops"},
		{"{\"steps\":[" + strings.TrimSuffix(strings.Repeat("{\"send\":\"\"},\n", 501), ",\n") + "]}", 501, "more than 500"},
	} {
		_, err := Read([]byte(c.text))
		p := problem.Of(err)
		if p == nil || p.Code != "test.bad-file" || p.Args["line"] != int64(c.line) || !strings.Contains(p.Text, c.says) {
			t.Errorf("%.80q gives %v, want line %d: %s", c.text, err, c.line, c.says)
		}
	}
	if _, err := Read(make([]byte, mostSize+1)); problem.Of(err) == nil || problem.Of(err).Code != "test.too-large" {
		t.Error(err)
	}
}

// Whatever a file holds, reading it ends in a set or in a problem that is told.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"name":"x","messages":{"a":{"json":{"b":[1,true,null,"{{n}}"]}}},"variables":{"v":1},"connections":{"c":"/ws"},"limit":"1 s",
		"steps":[{"repeat":2,"every":"1 ms","send":"{{v}}"},{"expect":{"json":{"a[0]":"/x/i"}},"within":"1.5 s"},{"expectClose":"any"}]}`))
	f.Add([]byte("{\"steps\":[{\"expect\":{\"hex\":\"0\"}}]}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Read(b)
		if (s == nil) != (err != nil) {
			t.Fatalf("%v, %v", s, err)
		}
		if err != nil {
			if p := problem.Of(err); p.Code != "test.bad-file" && p.Code != "test.too-large" {
				t.Fatal(err)
			}
			return
		}
		if !json.Valid(b) && !json.Valid([]byte(strings.TrimPrefix(string(b), "\ufeff"))) {
			t.Fatalf("%q was read", b)
		}
		plan := s.Plan()
		for i, step := range plan.Steps {
			if step.Text == "" || step.Line < 1 {
				t.Fatalf("step %d: %+v", i, step)
			}
		}
		for _, m := range s.Named() {
			s.Fill(m.Name, 1)
		}
	})
}
