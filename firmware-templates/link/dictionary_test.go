package link

import (
	"os"
	"testing"
)

// Other ends read the dictionary from dictionary.bin; it has to be the code's.
func TestDictionaryFile(t *testing.T) {
	if *update {
		if err := os.WriteFile("dictionary.bin", []byte(Dictionary), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile("dictionary.bin")
	if err != nil || string(file) != Dictionary {
		t.Errorf("dictionary.bin has %d bytes, the dictionary %d: %v; run with -update", len(file), len(Dictionary), err)
	}
}
