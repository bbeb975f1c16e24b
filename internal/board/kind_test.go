package board

import (
	"slices"
	"strings"
	"testing"
)

func TestKinds(t *testing.T) {
	kinds := Kinds()
	if len(kinds) != len(catalogue) {
		t.Fatalf("%d of %d boards", len(kinds), len(catalogue))
	}
	for i, k := range kinds {
		b := catalogue[i]
		if k.ID != b.ID || k.Notes == nil || k.Picture == "" || (k.Files == "store") != (b.FilesSize > 0) || k.LEDLow != b.LED.ActiveLow {
			t.Errorf("%s is shown as %+v", b.ID, k)
		}
		forgets := slices.ContainsFunc(k.Notes, func(note string) bool { return strings.Contains(note, "forgets the Wi-Fi network") })
		if forgets != (b.Network == WiFi && b.FilesSize == 0) {
			t.Errorf("%s is said to forget its network: %v", b.ID, forgets)
		}
	}
}
