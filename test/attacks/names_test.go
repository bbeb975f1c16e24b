package attacks

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"studioide/internal/project"
)

// badNames may name nothing in a project.
var badNames = []string{
	"../secret.txt", "../../outside/secret.txt", "../../../outside/secret.txt", "www/../../../../outside/secret.txt", "www/../../Victim/main.go", "../Victim/main.go", "../../config/running.json", "../../config/trust.json",
	"..", ".", "./main.go", "www/..", "www/.", "www/./led.html", "/etc/passwd", "//etc/passwd", "///etc/passwd", "www//led.html", "/", "www/",
	`..\..\..\outside\secret.txt`, `www\..\..\secret.txt`, `\outside`, `\\host\share\x`, `//host/share/x`, "C:/x", "c:x", `C:\x`, "//?/C:/x", `\\.\pipe\x`, "file:///etc/passwd",
	"....//....//outside/secret.txt", `..../\x`, "..;/x", "..%00/x", "www/..\x00/secret.txt", "main.go\x00.html", "\x00", "..\x00",
	".studio/id", ".studio", ".STUDIO/id", ".Studio/tmp/x", ".studio/trash/x", ".studio/snapshots/x.json", ".studio/objects/aa/x", "www/.studio/x", ".git/config", ".git/hooks/post-checkout", "www/.htaccess", ".env", ".trash/x",
	"CON", "con.txt", "www/NUL", "nul.tar.gz", "AUX.go", "PRN", "COM1", "com9.html", "LPT1.js", "www/COM¹.html", "CONIN$", "conout$.txt", "CON .txt", "NUL:", "NUL ",
	"main.go.", "main.go ", " main.go", "www/led.html. ", "www /led.html", "www./led.html", "main.go::$DATA", "main.go:stream", "www/led.html:Zone.Identifier", "www::$INDEX_ALLOCATION/led.html",
	"a\nb.go", "a\rb.html", "a\tb.html", "a\x1b[2Jb.html", "a\x7fb", "a\u202eb.html", "a\u200bb.html", "a\u2028b.html", "\ufeffmain.go", "a\u0085b", "a\xffb.html", "\xc0\xae\xc0\xae/secret.txt", "\xc0\xafx", "www/\xe0\x80\xaf.html",
	"a<b.html", "a>b", `a"b`, "a|b", "a?b", "a*b", strings.Repeat("a", 300), strings.Repeat("é", 200), strings.Repeat("a/", 40) + "x", strings.Repeat("../", 60) + "etc/passwd", "www/" + strings.Repeat("x", 5000),
}

// encodings are how a name may come in a path.
var encodings = map[string]func(string) string{
	"escaped": url.PathEscape,
	"bytes": func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, "%%%02x", c)
		}
		return b.String()
	},
	"plain": func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			if c <= ' ' || c >= 0x7f || c == '%' || c == '?' || c == '#' {
				fmt.Fprintf(&b, "%%%02X", c)
			} else {
				b.WriteByte(c)
			}
		}
		return b.String()
	},
	"twice": func(s string) string { return url.PathEscape(url.PathEscape(s)) },
}

// Whatever a name says, nothing outside of the project is read or changed, and nothing in it that is Studio's own.
func TestNames(t *testing.T) {
	s := shared
	outside := filepath.Join(top, "outside")
	store := filepath.Join(s.home, "projects")
	dir := filepath.Join(store, "LED-over-WebSocket")
	for _, d := range []string{outside, filepath.Join(store, "Victim", "www")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for path, content := range map[string]string{
		filepath.Join(outside, "secret.txt"): secret, filepath.Join(outside, "hard.html"): secret, filepath.Join(top, "secret.txt"): secret, filepath.Join(s.home, "secret.txt"): secret, filepath.Join(store, "secret.txt"): secret,
		filepath.Join(store, "Victim", "main.go"): "package main // " + secret, filepath.Join(store, "Victim", "www", "index.html"): secret,
	} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	links := runtime.GOOS != "windows"
	if links {
		for name, to := range map[string]string{"link.html": filepath.Join(outside, "secret.txt"), "relative.html": "../../../../outside/secret.txt", "folder": outside, "up": "../../..", "victim": "../../Victim", "own": "../.studio", "loop": "loop", "none": filepath.Join(outside, "none")} {
			if err := os.Symlink(to, filepath.Join(dir, "www", name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Link(filepath.Join(outside, "hard.html"), filepath.Join(dir, "www", "hard.html")); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			for _, name := range []string{"link.html", "relative.html", "folder", "up", "victim", "own", "loop", "none", "hard.html"} {
				os.Remove(filepath.Join(dir, "www", name))
			}
		})
	}
	everything := func() map[string]string { // but what belongs to the project, and what Studio itself is doing
		return files(t, top, "home/projects/LED-over-WebSocket", "home/cache", "home/virtual", "home/config", "home/projects/.trash")
	}
	config := func() map[string]string {
		return files(t, filepath.Join(s.home, "config"), "browsers.json", "pages.json", "settings.json", "trust.json")
	}
	// The history has an entry for every removal and new name, and room for a hundred.
	own := func() map[string]string {
		return files(t, filepath.Join(dir, ".studio"), "trash", "tmp", "snapshots", "objects")
	}
	before, configBefore, ownBefore := everything(), config(), own()

	judge := func(what string, a answer, refused bool) {
		t.Helper()
		tried("names")
		if strings.Contains(a.Body, secret) || strings.Contains(a.Body, "root:x:0:") || strings.Contains(a.Body, s.token) {
			t.Errorf("%s gives away %.200q", what, a.Body)
		}
		if refused && a.Status < 400 && a.Status != 0 {
			t.Errorf("%s = %d %.200s", what, a.Status, a.Body)
		}
		if a.Status == 500 {
			t.Errorf("%s = 500 %.300s", what, a.Body)
		}
	}
	for i, name := range badNames {
		for encoding, encode := range encodings {
			e := encode(name)
			if len(e) > 12000 {
				continue
			}
			refused := encoding != "twice" // what is unescaped once is a name like any other, where it has no slash
			label := fmt.Sprintf("%q (%s)", name, encoding)
			judge("GET "+label, s.in(t, "GET", "/api/files/"+e, ""), refused)
			judge("PUT "+label, s.in(t, "PUT", "/api/files/"+e, "attack", "If-Match: *"), refused)
			judge("DELETE "+label, s.in(t, "DELETE", "/api/files/"+e, ""), refused)
			switch i % 3 { // other routes with a name in their path, in turn
			case 0:
				judge("board GET "+label, s.in(t, "GET", "/api/board/files/"+e, ""), refused)
				judge("project open "+label, s.in(t, "POST", "/api/projects/"+e+"/open", "{}"), refused)
			case 1:
				judge("board DELETE "+label, s.in(t, "DELETE", "/api/board/files/"+e, ""), refused)
				judge("project DELETE "+label, s.in(t, "DELETE", "/api/projects/"+e, ""), refused)
				judge("project rename "+label, s.in(t, "POST", "/api/projects/"+e+"/rename", `{"title":"x"}`), refused)
			case 2:
				judge("snapshot "+label, s.in(t, "GET", "/api/snapshots/"+e+"/main.go", ""), refused)
				judge("snapshot's file "+label, s.in(t, "GET", "/api/snapshots/1/"+e, ""), refused)
				judge("trust "+label, s.in(t, "POST", "/api/projects/"+e+"/trust", `{"trusted":true}`), refused)
			}
		}
		j, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		n := string(j)
		post := func(path, body string) { // a name that is not UTF-8 does not survive JSON, and is another one then
			judge(path+" "+body[:min(len(body), 80)], s.in(t, "POST", path, body), !strings.Contains(n, `\ufffd`) || strings.Contains(name, ".."))
		}
		post("/api/files-rename", `{"from":"www/led.html","to":`+n+`}`)
		post("/api/files-rename", `{"from":`+n+`,"to":"www/stolen.html"}`)
		post("/api/board/fetch", `{"path":`+n+`}`)
		post("/api/library", `{"path":`+n+`,"address":"http://127.0.0.1:1/x.js"}`)
		judge("board PUT "+n, s.in(t, "PUT", "/api/board/files/"+url.PathEscape(name), "x"), true)
		judge("title "+n, s.in(t, "POST", "/api/check", `{"path":`+n+`,"content":"<p>"}`), false)
	}
	if links {
		for _, name := range []string{"www/link.html", "www/relative.html", "www/folder/secret.txt", "www/folder", "www/up/secret.txt", "www/up/config/running.json", "www/victim/main.go", "www/victim/www/index.html", "www/own/id", "www/own/tmp/x", "www/loop", "www/loop/x", "www/none", "www/none/x", "www/folder/new/deep.html"} {
			judge("GET "+name, s.in(t, "GET", "/api/files/"+name, ""), true)
			judge("new "+name, s.in(t, "PUT", "/api/files/"+name, "attack", "If-None-Match: *"), false)
			judge("PUT "+name, s.in(t, "PUT", "/api/files/"+name, "attack", "If-Match: *"), false)
			judge("rename to "+name, s.in(t, "POST", "/api/files-rename", `{"from":"www/stolen.html","to":"`+name+`/x"}`), true)
			judge("rename "+name, s.in(t, "POST", "/api/files-rename", `{"from":"`+name+`","to":"www/taken.html"}`), false)
			judge("DELETE "+name, s.in(t, "DELETE", "/api/files/"+name, ""), false)
		}
		judge("PUT over a hard link", s.in(t, "PUT", "/api/files/www/hard.html", "attack", "If-Match: *"), false)
	}
	for _, title := range []string{"../../outside", "..", ".", "", ".studio", "/etc", "CON", "nul.txt", `..\x`, "a\x00b", "a\nb", strings.Repeat("x", 5000), "../Victim", "Victim/..", ".trash", ".making-x", "-o", "--help", "$(touch x)", "`x`", "a;b"} {
		j, _ := json.Marshal(title)
		a := s.in(t, "POST", "/api/projects", `{"template":"led","title":`+string(j)+`}`)
		judge("a project named "+title, a, false)
		if a.Status == 201 { // some ordinary name was made of it
			var p struct{ Name string }
			if json.Unmarshal([]byte(a.Body), &p) != nil || project.CheckFolder(p.Name) != nil {
				t.Errorf("%q became the folder %s", title, a.Body)
			}
			if b := s.in(t, "POST", "/api/projects/LED-over-WebSocket/open", "{}"); b.Status != 204 {
				t.Fatal(b)
			}
			os.RemoveAll(filepath.Join(store, p.Name))
		}
		judge("the template "+title, s.in(t, "POST", "/api/projects", `{"template":`+string(j)+`,"title":"x"}`), true)
	}

	same(t, "outside of the project", before, everything())
	same(t, "Studio's own settings", configBefore, config())
	same(t, "what is Studio's in the project", ownBefore, own())
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		switch {
		case err != nil || name == ".":
			return err
		case name == ".studio":
			return fs.SkipDir
		case project.CheckPath(filepath.ToSlash(name)) != nil && !strings.HasPrefix(name, ".git"):
			t.Errorf("the project has a file %q", name)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	s.alive(t)
}

// The command line's names reach no further, here through a Studio that runs.
func TestCommandLineNames(t *testing.T) {
	s := shared
	for _, args := range [][]string{
		{"files", "cat", "../../config/running.json"}, {"files", "cat", "/etc/passwd"}, {"files", "cat", "..%2f..%2fconfig%2frunning.json"}, {"files", "cat", "www/../../state"}, {"files", "cat", "../state"}, {"files", "cat", "../../state"}, {"files", "cat", "?x"},
		{"files", "rm", "../../../outside/secret.txt"}, {"files", "rm", ".."}, {"files", "rm", "."}, {"files", "rm", ""}, {"files", "rm", "../../trust/1"}, {"files", "rm", "../../projects/Victim"}, {"files", "rm", "..%2f..%2fprojects%2fVictim"},
		{"files", "put", filepath.Join(top, "studio"), "../../files/main.go"}, {"files", "ls", "../.."},
	} {
		tried("names")
		cmd := exec.Command(s.binary, append(append([]string{args[0], args[1], "--port", "virtual:", "--"}, args[2:]...), []string{}...)...)
		cmd.Env = append(os.Environ(), "STUDIO_HOME="+s.home)
		out, err := cmd.CombinedOutput()
		if err == nil && args[1] != "ls" {
			t.Errorf("studio %q went well: %.200s", args, out)
		}
		for _, given := range []string{s.token, secret, "root:x:0:", `"clientId"`} {
			if bytes.Contains(out, []byte(given)) {
				t.Errorf("studio %q gives away %.300q", args, out)
			}
		}
	}
	s.alive(t)
}

// A project of elsewhere has kept versions that name what is not its own.
func TestForgedSnapshots(t *testing.T) {
	s := shared
	dir := filepath.Join(s.home, "projects", "LED-over-WebSocket")
	folder := filepath.Join(dir, ".studio", "snapshots")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	before := files(t, filepath.Join(dir, "www"))
	sum := sha256.Sum256([]byte(secret)) // the content is there, too
	object := hex.EncodeToString(sum[:])
	tree(t, dir, map[string]string{".studio/objects/" + object[:2] + "/" + object: secret})
	own := files(t, filepath.Join(dir, ".studio"), "tmp")
	for i, file := range []string{
		`{"path":"../../../outside/new.txt","size":1,"object":"` + object + `"}`, `{"path":"main.go","size":1,"object":"../../../../outside/secret.txt"}`, `{"path":"main.go","size":1,"object":"` + strings.Repeat("../", 21) + `x"}`,
		`{"path":".studio/id","size":1,"object":"` + object + `"}`, `{"path":"/etc/x","size":1,"object":"` + object + `"}`, `{"path":"main.go","size":1,"object":""}`, `{"path":"main.go","size":1,"object":"a"}`, `{"path":"www/\u0000","size":1,"object":"` + object + `"}`,
	} {
		tried("names")
		id := fmt.Sprintf("%013d-abcdef", i+1)
		path := filepath.Join(folder, id+".json")
		if err := os.WriteFile(path, []byte(`{"id":"`+id+`","time":1,"label":"x","files":[`+file+`]}`), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, a := range []answer{s.in(t, "GET", "/api/snapshots/"+id+"/main.go", ""), s.in(t, "POST", "/api/snapshots/"+id+"/restore", "{}")} {
			if a.Status < 400 || strings.Contains(a.Body, secret) || a.Status == 500 {
				t.Errorf("the version with %s = %d %.200s", file, a.Status, a.Body)
			}
		}
		os.Remove(path)
	}
	same(t, "what is Studio's after forged versions", own, files(t, filepath.Join(dir, ".studio"), "tmp"))
	same(t, "www/ after forged versions", before, files(t, filepath.Join(dir, "www")))
}
