// Package link reads the device link's golden vectors with a second
// implementation, which was written from docs/link-protocol.md alone.
package link

import (
	"os/exec"
	"testing"
)

func TestGoldenVectorsReadByAnotherImplementation(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node.js is not installed")
	}
	if out, err := exec.Command(node, "decode.mjs", "../../firmware-templates/link").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
