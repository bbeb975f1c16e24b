package web

import "testing"

func TestContentType(t *testing.T) {
	for path, want := range map[string]string{
		"/www/a.HTML": "text/html", "/a.b/c": "application/octet-stream", "/a.js": "text/javascript",
		"/x.svg": "image/svg+xml", "/noext": "application/octet-stream", "": "application/octet-stream",
		"/a.averyveryverylongextension": "application/octet-stream", "/a.": "application/octet-stream", "/favicon.ico": "image/x-icon",
	} {
		if got := contentType([]byte(path)); got != want {
			t.Errorf("%q: %s", path, got)
		}
	}
}

// FuzzHead feeds anything, in two pieces, and expects an end without a panic
// and the same result as byte by byte.
func FuzzHead(f *testing.F) {
	for _, seed := range []string{
		"GET /a%20b?c=d HTTP/1.1\r\nHost: b\r\nIf-None-Match: W/\"00112233445566778899aabbccddeeff\", *\r\nRange: bytes=1-2\r\n\r\n",
		"\r\n\nPOST http://b/x HTTP/1.0\nConnection: close, keep-alive\nContent-Length: 3\n\n",
		"GET /ws HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
		"HEAD /../%2e%2E/ HTTP/1.1\r\n", "GET / HTTP/2.0\r\n", "get\x00 / HTTP/1.1\r\n\r\n",
	} {
		f.Add([]byte(seed), 10)
	}
	f.Fuzz(func(t *testing.T, in []byte, split int) {
		if split < 0 || split > len(in) {
			split = len(in) / 2
		}
		var a, b fed
		for i := range in {
			if a.feedAll(in[i : i+1]) {
				break
			}
		}
		if !b.feedAll(in[:split]) {
			b.feedAll(in[split:])
		}
		if a.done != b.done || a.r.status != b.r.status || a.r.says != b.r.says || string(a.r.path[:a.r.npath]) != string(b.r.path[:b.r.npath]) {
			t.Fatalf("bytes one by one: %v %d %x, otherwise %v %d %x", a.done, a.r.status, a.r.says, b.done, b.r.status, b.r.says)
		}
		if a.done && a.r.status == 0 && !cleanPath(a.r.path[:a.r.npath]) {
			t.Fatalf("path %q", a.r.path[:a.r.npath])
		}
	})
}

type fed struct {
	r    request
	done bool
}

func (f *fed) feedAll(in []byte) bool {
	if !f.done {
		_, f.done = f.r.feed(in)
	}
	return f.done
}
