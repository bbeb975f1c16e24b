package bridge

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// benchPage begins as pages do: doctype, comment, head with meta elements, and then much that is not looked at.
var benchPage = []byte("<!doctype html>\n<!-- a page -->\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>LED</title>\n" +
	strings.Repeat("<p>text</p>\n", 2000))

// BenchmarkHeadFinder is what finding the place costs for each page.
func BenchmarkHeadFinder(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var f headFinder
		f.write(benchPage)
		if !f.found {
			b.Fatal("no place")
		}
	}
}

// BenchmarkTokenizer is the same with the HTML tokenizer, which pulls; see headFinder for what else speaks against it.
func BenchmarkTokenizer(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if placeByTokenizer(bytes.NewReader(benchPage)) == 0 {
			b.Fatal("no place")
		}
	}
}

// placeByTokenizer finds the place in a whole page.
func placeByTokenizer(page io.Reader) (place int) {
	z := html.NewTokenizer(page)
	for {
		kind := z.Next()
		size := len(z.Raw())
		switch kind {
		case html.DoctypeToken, html.CommentToken:
		case html.TextToken:
			if len(bytes.TrimSpace(z.Raw())) > 0 {
				return place
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); string(name) != "html" && string(name) != "head" && string(name) != "meta" {
				return place
			}
		default:
			return place
		}
		place += size
	}
}

// A page that comes slowly is passed on as it comes: the place is known at the first letter of a text, while the
// tokenizer would wait for the text's end.
func TestPlaceIsKnownBeforeTheTokenEnds(t *testing.T) {
	slow, feed := io.Pipe()
	place := make(chan int)
	go func() { place <- placeByTokenizer(slow) }()
	const part = "<!doctype html>Hello, this text goes on"
	var f headFinder
	f.write([]byte(part))
	if !f.found || f.safe != int64(len("<!doctype html>")) {
		t.Errorf("found %v at %d", f.found, f.safe)
	}
	io.WriteString(feed, part)
	select {
	case <-place:
		t.Error("the tokenizer knows it, too: use it")
	default:
	}
	feed.Close()
	if at := <-place; int64(at) != f.safe {
		t.Errorf("the tokenizer says %d, headFinder %d", at, f.safe)
	}
}
