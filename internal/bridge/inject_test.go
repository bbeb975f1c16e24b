package bridge

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"golang.org/x/net/html"
)

// put runs page through an injector, chunk bytes at a time.
func put(t testing.TB, page string, chunk int) (out string, line, column int) {
	t.Helper()
	src := io.Reader(strings.NewReader(page))
	if chunk > 0 {
		src = &chunked{src, chunk}
	}
	r := newInjector(io.NopCloser(src), "[TAG]", wide{}, func(l, c int) { line, column = l, c })
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), line, column
}

type chunked struct {
	r io.Reader
	n int
}

func (c *chunked) Read(p []byte) (int, error) { return c.r.Read(p[:min(c.n, len(p))]) }

func TestInjectPlace(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"plain", "<!DOCTYPE html><html><head>[TAG]<title>x</title></head></html>"},
		{"tutorial's head", "<!DOCTYPE html>\n\n<html>\n\n  <head>\n    <meta charset=\"utf-8\" />\n    [TAG]<title>x</title>"},
		{"attributes", `<html lang="a>b" data-x='<head>'><head data-y=">">[TAG]<script>"<head>"</script>`},
		{"no head", "<!doctype html><html>[TAG]<body>x</body>"},
		{"no html", "<!doctype html>\n<meta charset=utf-8>[TAG]<p>x"},
		{"viewport first", "<head><meta name=viewport content='width=device-width'><meta charset=utf-8>[TAG]<link rel=x>"},
		{"policy", `<head><meta charset=utf-8>[TAG]<meta http-equiv="Content-Security-Policy" content="script-src 'none'">`},
		{"policy in entities", `<head>[TAG]<meta http-equiv="content&#45;security-policy" content="script-src 'none'">`},
		{"endless meta", `<head>[TAG]<meta name=x content="` + strings.Repeat("x", 2000) + `"><meta charset=utf-8>`},
		{"text", "[TAG]hello"},
		{"text after space", " \n\t[TAG]hello <head>"},
		{"fragment", "[TAG]<p>hello</p>"},
		{"script first", "[TAG]<script>var s = '<head>';</script><head></head>"},
		{"BOM", "\xEF\xBB\xBF<!doctype html><head>[TAG]<title>"},
		{"BOM and text", "\xEF\xBB\xBF[TAG]hello"},
		{"half a BOM", "[TAG]\xEF\xBBhello"},
		{"comments", "<!-- <head> --><!doctype html><!--><!---><!-- a--!><!-- -- > --><html><!-- > --><head>[TAG]</head>"},
		{"long comment", "<!--" + strings.Repeat(" <head> - -- ", 9000) + "--><!doctype html><html><head>[TAG]<title>"},
		{"XML", "<?xml version='1.0'?><!DOCTYPE html PUBLIC \"-//W3C\" \"x\"><html xmlns='x'><head/>[TAG]<title/>"},
		{"frames", "<html><head>[TAG]<title>x</title></head><frameset><frame src=a></frameset></html>"},
		{"frames without head", "<html>[TAG]<frameset><frame src=a></frameset></html>"},
		{"header is not head", "<html>[TAG]<header>x</header>"},
		{"he is not head", "<html>[TAG]<he>x"},
		{"capitals", "<!DOCTYPE HTML><HTML><HEAD>[TAG]<TITLE>"},
		{"second head", "<head>[TAG]<head>"},
		{"end tag first", "<html>[TAG]</head><body>"},
		{"odd comments", "</ x></><!x><head>[TAG]x"},
		{"less than", "<html>[TAG]< head>"},
		{"broken off in a tag", "<html><head>[TAG]<titl"},
		{"broken off in head", "<html><head data[TAG]"},
		{"broken off in meta", "<html><head>[TAG]<meta char"},
		{"empty", "[TAG]"},
		{"only a doctype", "<!doctype html>[TAG]"},
		{"equals as name", `<html ="a>[TAG]b">`},
		{"quote in name", `<html a"b>[TAG]c">`},
		{"unquoted value", `<html a=b"c>[TAG]d">`},
		{"value after space", `<html a = 'x>y' b><head>[TAG]z`},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := strings.Replace(test.want, "[TAG]", "", 1)
			for _, chunk := range []int{0, 1, 2, 3, 7} {
				if got, _, _ := put(t, page, chunk); got != test.want {
					t.Errorf("chunks of %d: got %.300q", chunk, got)
				}
			}
		})
	}
}

// A page in UTF-16 gets the script at the same place, in its own encoding.
func TestInjectWide(t *testing.T) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, want := range []string{"\ufeff<!doctype html><!-- Ω😀 --><html><head>\n<meta charset=utf-16>[TAG]<title>Ω</title>", "<p>no mark, ਊ", "\ufeff[TAG]\u3c00", "\ufeff[TAG]"} {
			want = strings.Replace(want, "<p>no", "[TAG]<p>no", 1)
			page := utf16Text(order, strings.Replace(want, "[TAG]", "", 1))
			in, _ := wideOf("text/html; charset="+map[bool]string{true: "utf-16be", false: "UTF-16"}[order == binary.BigEndian], []byte(page))
			for _, chunk := range []int{1, 2, 3, 1000} {
				r := newInjector(io.NopCloser(&chunked{strings.NewReader(page), chunk}), "[TAG]", in, func(line, column int) {
					before := strings.TrimPrefix(want[:strings.Index(want, "[TAG]")], "\ufeff")
					if l, c := 1+strings.Count(before, "\n"), 1+len(utf16.Encode([]rune(before[strings.LastIndex(before, "\n")+1:]))); line != l || column != c {
						t.Errorf("the script stands at %d:%d, want %d:%d", line, column, l, c)
					}
				})
				got, err := io.ReadAll(r)
				if err != nil || string(got) != utf16Text(order, want) {
					t.Errorf("%v, chunks of %d: %q, %v", order, chunk, got, err)
				}
			}
		}
	}
}

func TestInjectPlaceIsCounted(t *testing.T) {
	for page, want := range map[string][2]int{
		"<head><title>":           {1, 7},
		"<!doctype html>\n<head>": {2, 7},
		"<!--é𝄞\n𝄞é--><p>":        {2, 7},
		"":                        {1, 1},
	} {
		if _, line, column := put(t, page, 1); line != want[0] || column != want[1] {
			t.Errorf("%q: %d:%d, want %v", page, line, column, want)
		}
	}
}

// What has come is handed on before the rest is there.
func TestInjectIsLazy(t *testing.T) {
	pr, pw := io.Pipe()
	defer pw.Close()
	r := newInjector(pr, "[TAG]", wide{}, nil)
	for _, step := range []struct{ in, out string }{
		{"<!doctype html><html>", "<!doctype html><html>"},
		{"<!-- a", "<!-- a"},
		{" b --><head><title>x", " b --><head>[TAG]<title>x"},
		{"y", "y"},
	} {
		go io.WriteString(pw, step.in)
		got := make([]byte, len(step.out))
		if _, err := io.ReadFull(r, got); err != nil || string(got) != step.out {
			t.Fatalf("got %q, %v; want %q", got, err, step.out)
		}
	}
}

// A page that breaks off stays broken.
func TestInjectKeepsErrors(t *testing.T) {
	broken := errors.New("broken")
	for _, page := range []string{"<!doc", "<!doctype html><head><title>x", ""} {
		r := newInjector(io.NopCloser(io.MultiReader(strings.NewReader(page), iotest.ErrReader(broken))), "[TAG]", wide{}, nil)
		got, err := io.ReadAll(r)
		if !errors.Is(err, broken) || strings.Replace(string(got), "[TAG]", "", 1) != page {
			t.Errorf("%q: got %q, %v", page, got, err)
		}
	}
}

// FuzzInject compares how a page parses with and without the script.
func FuzzInject(f *testing.F) {
	for _, s := range []string{"<!DOCTYPE html><html><head><meta charset=utf-8><script>'<head>'</script>", "x", "<!-- --!><head a='>'>", "\xEF\xBB\xBF<p>",
		"<?xml?><html><frameset>", "<head/><meta x=\"y\"", "<html a = b><!-->", "<!doctype html></p><br>", "<html></br>", "</html>", "<!--\x00--->x"} {
		f.Add(s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, page string, chunk uint8) {
		out, _, _ := put(t, page, int(chunk))
		whole, _, _ := put(t, page, 0)
		if out != whole {
			t.Fatalf("chunks of %d give %q, all at once %q", chunk, out, whole)
		}
		if len(out) != len(page)+len("[TAG]") {
			t.Fatalf("length %d, want %d", len(out), len(page)+5)
		}
		var finder headFinder
		finder.write([]byte(page))
		if !finder.found || strings.Contains(page, "\x00") || strings.Contains(page, "[TAG]") {
			return
		}
		at := int(finder.safe)
		if page[:at]+"[TAG]"+page[at:] != out {
			t.Fatalf("place %d, but got %q", at, out)
		}
		page = strings.TrimPrefix(page, "\uFEFF")
		marked := strings.TrimPrefix(strings.Replace(out, "[TAG]", `<script src="studio"></script>`, 1), "\uFEFF")
		before, err := html.Parse(strings.NewReader(page))
		if err != nil {
			return
		}
		after, err := html.Parse(strings.NewReader(marked))
		if err != nil {
			t.Fatal(err)
		}
		script := findScript(after)
		if script == nil {
			t.Fatalf("the script is not an element of %q", marked)
		}
		if script.Parent.Data != "head" {
			t.Fatalf("the script is in <%s> of %q", script.Parent.Data, marked)
		}
		for n := range script.Parent.ChildNodes() {
			if n == script {
				break
			}
			if n.Type == html.ElementNode && n.Data != "meta" {
				t.Fatalf("<%s> comes before the script in %q", n.Data, marked)
			}
		}
		join(script)
		if a, b := render(before), render(after); a != b {
			t.Fatalf("%q parses as\n%s\nwith the script as\n%s", page, a, b)
		}
	})
}

func findScript(n *html.Node) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == "script" {
			for _, a := range d.Attr {
				if a.Key == "src" && a.Val == "studio" {
					return d
				}
			}
		}
	}
	return nil
}

// join takes script out and joins the texts around it.
func join(script *html.Node) {
	before, after := script.PrevSibling, script.NextSibling
	script.Parent.RemoveChild(script)
	if before != nil && after != nil && before.Type == html.TextNode && after.Type == html.TextNode {
		before.Data += after.Data
		after.Parent.RemoveChild(after)
	}
}

func render(n *html.Node) string {
	var b bytes.Buffer
	html.Render(&b, n)
	return b.String()
}
