package home

import "testing"

// A project keeps its place; nobody else gets it while the project is there, and after that it is said to be used.
func TestPagePlaces(t *testing.T) {
	h := open(t)
	one, taken := h.PagePlace("/p/one")
	if one.Owner == "" || one.Port != 0 || taken(8081) {
		t.Fatalf("a new project has %+v", one)
	}
	one.Port = 8081
	if had, err := h.KeepPagePlace("/p/one", one); had || err != nil {
		t.Fatalf("had %v, %v", had, err)
	}
	if got, _ := h.PagePlace("/p/one"); got != one {
		t.Errorf("kept %+v, then it was %+v", one, got)
	}
	two, taken := h.PagePlace("/p/two")
	if two.Owner == one.Owner || !taken(8081) || taken(8082) {
		t.Errorf("another has %+v", two)
	}
	if err := h.MovePagePlace("/p/one", "/p/uno"); err != nil {
		t.Fatal(err)
	}
	if got, _ := h.PagePlace("/p/uno"); got != one {
		t.Errorf("under its new name it has %+v", got)
	}
	if err := h.ForgetPagePlace("/p/uno"); err != nil {
		t.Fatal(err)
	}
	if got, _ := h.PagePlace("/p/uno"); got.Owner == one.Owner || got.Port != 0 {
		t.Errorf("a new project of that name has the old one's place: %+v", got)
	}
	two.Port = 8081
	if had, err := h.KeepPagePlace("/p/two", two); !had || err != nil {
		t.Errorf("nobody had that port, it is said: %v", err)
	}
	if had, _ := h.KeepPagePlace("/p/two", two); had {
		t.Error("cleared once more")
	}
}
