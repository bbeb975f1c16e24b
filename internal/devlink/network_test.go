package devlink

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
)

// The golden vectors are read as they are meant.
func TestGoldenNetwork(t *testing.T) {
	text, err := os.ReadFile("../../firmware-templates/link/testdata/network.golden")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for line := range strings.Lines(string(text)) {
		words, record, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok || !strings.HasPrefix(words, "STATUS ") {
			continue
		}
		b, err := hex.DecodeString(record)
		if err != nil {
			t.Fatal(err)
		}
		n, ok := decodeNetwork(b)
		got := fmt.Sprintf("STATUS state %d, reason %d, rssi %d, address %s, ssid %q, name %q, accessPoint %q",
			n.State, n.Reason, n.RSSI, n.Address, n.SSID, n.Name, n.AccessPoint)
		if !ok || got != words {
			t.Errorf("%s\nwant %s", got, words)
		}
		if _, ok := decodeNetwork(b[:len(b)-1]); ok {
			t.Error("a short record is taken")
		}
		read++
	}
	if read != 4 {
		t.Fatal(read)
	}
}
