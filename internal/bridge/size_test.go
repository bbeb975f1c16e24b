package bridge

import (
	"bytes"
	"compress/gzip"
	"testing"
)

// Every page gets the script, so it has to stay small.
func TestScriptIsSmall(t *testing.T) {
	body, _ := script([]string{"192.168.4.1"}, "page-3f2a91c0.")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(body)
	z.Close()
	t.Logf("page.js is %d bytes, %d packed", len(body), packed.Len())
	if !bytes.Contains(body, []byte(`["192.168.4.1"]`)) {
		t.Error("the board's names are not in it")
	}
	if len(body) > 18<<10 {
		t.Errorf("%d bytes", len(body))
	}
}
