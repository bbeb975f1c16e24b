package check

import (
	"slices"
	"strings"
	"testing"
)

// aProgram is one whose OnText has these lines.
func aProgram(body string, more ...string) string {
	return "package main\n\nimport \"studio/board\"\n\nfunc main() {\n\tboard.OnText(func(from *board.Client, msg string) {\n" + body + "\n\t})\n\tboard.Serve()\n}\n" + strings.Join(more, "\n")
}

func aPage(script string) string {
	return "<!doctype html><title>x</title><script>\nconst ws = new WebSocket(`ws://${location.host}/ws`);\n" + script + "\n</script>\n"
}

// What one side says and the other one does not know.
func TestUnmet(t *testing.T) {
	const picks = "switch board.Fold(msg) {\ncase \"on\":\nboard.LED.High()\ncase \"off\":\nboard.LED.Low()\nfrom.SendText(\"done\")\n}"
	const sends = "ws.onopen = () => { ws.send(\"on\"); ws.send(\"off\"); };"
	for name, c := range map[string]struct {
		program, page string
		want          string // code and text, of the page and of the program
	}{
		"all is met":                  {aProgram(picks), aPage(sends), ""},
		"a message":                   {aProgram(picks), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), "page.not-taken hello"},
		"when something is clicked":   {aProgram(picks), aPage(sends+"\nfunction say(text) { ws.send(text); }") + "<button onclick=\"say('hello')\">x</button>", "page.not-taken hello"},
		"by an arrow":                 {aProgram(picks), aPage(sends + "\nconst say = text => ws.send(text);\nb.onclick = () => say(\"hello\");"), "page.not-taken hello"},
		"by two functions":            {aProgram(picks), aPage(sends + "\nfunction a(x) { ws.send(x) }\nfunction b(n, y) { a(y) }\nb(1, \"hello\");"), "page.not-taken hello"},
		"one of two":                  {aProgram(picks), aPage(sends + "\nws.send(x ? \"on\" : \"hello\");"), "page.not-taken hello"},
		"no function for messages":    {"package main\n\nimport \"studio/board\"\n\nfunc main() {\n\tboard.Serve()\n}\n", aPage("b.onclick = () => ws.send(\"hello\");"), "page.no-listener hello"},
		"by ifs":                      {aProgram("if msg == \"on\" || msg == \"ON\" {\nx()\n} else if strings.EqualFold(\"off\", msg) && y {\nz()\n}"), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), "page.not-taken hello"},
		"under another name":          {aProgram("cmd := strings.TrimSpace(board.Fold(msg))\nprintln(msg)\n" + strings.Replace(picks, "board.Fold(msg)", "cmd", 1)), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), "page.not-taken hello"},
		"by constants":                {aProgram("switch msg {\ncase on, \"off\":\nx()\n}", "const on = \"on\""), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), "page.not-taken hello"},
		"by a function with a name":   {"package main\n\nimport \"studio/board\"\n\nfunc main() {\n\tboard.OnText(got)\n\tboard.Serve()\n}\nfunc got(from *board.Client, msg string) {\n" + picks + "\n}\n", aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), "page.not-taken hello"},
		"nobody sends":                {aProgram(strings.Replace(picks, "}", "case \"status\":\nx()\n}", 1)), aPage(sends), "go.not-sent status"},
		"nobody sends by a function":  {aProgram(strings.Replace(picks, "}", "case \"status\":\nx()\n}", 1)), aPage("const send = (m) => ws.send(m);\nsend(\"on\"); send(\"off\")"), "go.not-sent status"},
		"nobody says":                 {aProgram(picks), aPage(sends + "\nws.onmessage = (e) => { if (e.data === \"ready\") x(); };"), "page.never-comes ready"},
		"nobody says, by a name":      {aProgram(picks), aPage(sends + "\nws.onmessage = function (e) {\nconst text = e.data;\nswitch (text) {\ncase \"ready\": x(); break;\ncase \"done\": y();\n}\n};"), "page.never-comes ready"},
		"nobody says, by a listener":  {aProgram(picks), aPage(sends + "\nws.addEventListener(\"message\", got);\nfunction got(e) { if (\"ready\" == e.data) x(); }"), "page.never-comes ready"},
		"nobody says what begins so":  {aProgram(picks + "\nfrom.SendText(\"Reply for \" + msg)"), aPage(sends + "\nws.onmessage = (e) => { if (e.data === \"Replay for on\") x(); };"), "page.never-comes Replay for on"},
		"said in parts":               {aProgram(picks + "\nfrom.SendText(\"Reply for \" + msg)"), aPage(sends + "\nws.onmessage = (e) => { if (e.data === \"Reply for on\") x(); };"), ""},
		"a default":                   {aProgram(strings.Replace(picks, "}", "default:\nx()\n}", 1)), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), ""},
		"an else":                     {aProgram("if msg == \"on\" {\nx()\n} else {\ny()\n}"), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), ""},
		"an echo":                     {aProgram(picks + "\nfrom.SendText(\"Reply for \" + msg)"), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), ""},
		"a prefix":                    {aProgram(picks + "\nif strings.HasPrefix(msg, \"h\") {\nx()\n}"), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), ""},
		"JSON":                        {aProgram("json.Unmarshal([]byte(msg), &x)"), aPage("b.onclick = () => ws.send(\"hello\");"), ""},
		"printed only":                {aProgram("println(msg)"), aPage("b.onclick = () => ws.send(\"hello\");"), ""},
		"whatever the text":           {aProgram("board.LED.Toggle()"), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), ""},
		"a return before the rest":    {aProgram("if msg == \"on\" {\nreturn\n}\nx()"), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), ""},
		"given to another function":   {aProgram("if msg == \"on\" {\nreturn\n}\nx(msg)"), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), ""},
		"cut before":                  {aProgram("msg = msg[1:]\n" + picks), aPage("b.onclick = () => ws.send(\"hello\");"), ""},
		"a function of its own":       {"package main\n\nimport \"studio/board\"\n\nfunc main() {\n\tboard.OnText(f())\n\tboard.Serve()\n}\n", aPage("b.onclick = () => ws.send(\"hello\");"), ""},
		"bytes":                       {aProgram(picks, "func init() { board.OnTextBytes(f) }"), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), ""},
		"a server's":                  {aProgram(picks, "func init() { board.Dial(\"ws://x\", f) }"), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), ""},
		"a map":                       {aProgram(picks, "var m = map[string]int{\"hello\": 1}"), aPage(sends + "\nb.onclick = () => ws.send(\"hello\");"), ""},
		"another server":              {aProgram(picks), aPage(sends + "\nconst o = new WebSocket(\"wss://echo.example.org\"); b.onclick = () => o.send(\"hello\");"), ""},
		"a request":                   {aProgram(picks), aPage(sends + "\nconst r = new XMLHttpRequest(); r.open(\"POST\", \"/x\"); r.send(\"hello\");"), ""},
		"sent by a value":             {aProgram(strings.Replace(picks, "}", "case \"status\":\nx()\n}", 1)), aPage(sends + "\nb.onclick = () => ws.send(field.value);"), ""},
		"sent in parts":               {aProgram(strings.Replace(picks, "}", "case \"status\":\nx()\n}", 1)), aPage(sends + "\nb.onclick = () => ws.send(\"sta\" + x);"), ""},
		"sent by a variable":          {aProgram(strings.Replace(picks, "}", "case \"status\":\nx()\n}", 1)), aPage(sends + "\nlet m = a; b.onclick = () => ws.send(m);"), ""},
		"a function that is given on": {aProgram(strings.Replace(picks, "}", "case \"status\":\nx()\n}", 1)), aPage(sends + "\nfunction say(m) { ws.send(m) }\nlist.forEach(say);"), ""},
		"a text of an element":        {aProgram(strings.Replace(picks, "}", "case \"status\":\nx()\n}", 1)), aPage(sends) + "<button data-say=status>x</button>", ""},
		"elements that are made":      {aProgram(strings.Replace(picks, "}", "case \"status\":\nx()\n}", 1)), aPage(sends + "\nx.innerHTML = \"<p onclick=\\\"ws.send('sta' + 'tus')\\\">\";"), ""},
		"pages that send nothing":     {aProgram(picks), aPage("ws.onmessage = (e) => { x(e.data); };"), ""},
		"said by a variable":          {aProgram(picks + "\nfrom.SendText(state)"), aPage(sends + "\nws.onmessage = (e) => { if (e.data === \"ready\") x(); };"), ""},
		"said by bytes":               {aProgram(picks, "func f() { board.BroadcastBytes(x) }"), aPage(sends + "\nws.onmessage = (e) => { if (e.data === \"ready\") x(); };"), ""},
		"a text of the program":       {aProgram(picks, "var ready = \"ready\""), aPage(sends + "\nws.onmessage = (e) => { if (e.data === \"ready\") x(); };"), ""},
		"a part of what comes":        {aProgram(picks), aPage(sends + "\nws.onmessage = (e) => { const data = e.data.slice(1); if (data === \"ready\" || e.data[0] === \"r\" || e.data + x === \"ready\") x(); };"), ""},
		"what an input gets":          {aProgram(picks), aPage(sends + "\nfield.oninput = (e) => { if (e.data === \"ready\") x(); };"), ""},
		"no program for pages":        {"package main\n\nfunc main() {}\n", aPage("b.onclick = () => ws.send(\"hello\");"), ""},
	} {
		files := map[string]string{"main.go": c.program, "www/index.html": c.page}
		if got := hints(files); strings.Join(got, "; ") != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// hints are what is said about all files of a project.
func hints(files map[string]string) (list []string) {
	project := Project{Read: func(path string) []byte { return []byte(files[path]) }}
	for name := range files {
		project.Paths = append(project.Paths, name)
	}
	slices.Sort(project.Paths)
	for _, name := range project.Paths {
		for _, p := range FileOf(name, []byte(files[name]), project) {
			if p.Severity == "hint" {
				line := strings.Split(files[name], "\n")[p.Line-1]
				list = append(list, p.Code+" "+strings.Trim(line[p.Column-1:p.EndColumn-1], `"`))
			}
		}
	}
	return list
}

// A set of messages sends, too; and a script's hints stand in the script, through which a page sends.
func TestUnmetFiles(t *testing.T) {
	const picks = "switch msg {\ncase \"on\":\nx()\ncase \"status\":\ny()\n}"
	page := "<script src=app.js></script><button onclick=\"say('on')\">x</button><button onclick=\"say('hello')\">x</button>"
	script := "const ws = new WebSocket(`ws://${location.host}/ws`);\nfunction say(text) { ws.send(text); }\nsay(\"bye\");\n"
	for name, c := range map[string]struct {
		more [2]string
		want string
	}{
		"alone":         {want: "go.not-sent status; page.not-taken bye; page.not-taken hello"},
		"with a test":   {[2]string{"tests/led.json", `{"steps": [{"send": "status"}]}`}, "page.not-taken bye; page.not-taken hello"},
		"a library":     {[2]string{"www/x.min.js", "ws.send(\"status\"); ws.send(\"more\")"}, "page.not-taken bye; page.not-taken hello"},
		"a broken file": {[2]string{"other.go", "package main\n\nfunc ("}, "go.not-sent status"},
	} {
		files := map[string]string{"main.go": aProgram(picks), "www/index.html": page, "www/app.js": script}
		if c.more[0] != "" {
			files[c.more[0]] = c.more[1]
		}
		if got := hints(files); strings.Join(got, "; ") != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	generated := map[string]string{"main.go": "// Code generated by x. DO NOT EDIT.\n\n" + aProgram(picks), "www/index.html": aPage("ws.send(\"on\");")}
	if got := hints(generated); len(got) > 0 {
		t.Error(got)
	}
}

// Anything in place of a project's files is looked at without harm.
func FuzzUnmet(f *testing.F) {
	f.Add(aProgram("switch msg {\ncase \"on\":\n}"), aPage("const f = (a, {b}, ...c) => ws.send(a ? \"x\" : `y`); f(\"z\"); ws.onmessage = e => e.data == \"q\";"))
	f.Add("package main\nimport \"studio/board\"\nfunc main() { board.OnText(); board.Serve() }", "<p onclick='f(' on=\"\" @x><script>WebSocket.send(,)=>=>(")
	f.Add("", "<script>WebSocket;onmessage=;addEventListener(\"message\",;switch(e.data){case")
	f.Fuzz(func(t *testing.T, program, page string) {
		hints(map[string]string{"main.go": program, "www/index.html": page})
		overhear([]neighbour{{"www/index.html", []byte(page)}, {"www/a.js", []byte("WebSocket;" + page)}})
		hear([]byte(program))
	})
}
