package recording

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"studioide/internal/api"
)

// Every field of a message is in its line, also those that others will add, in the very form of encoding/json.
func TestLine(t *testing.T) {
	check := func(m api.Message) {
		t.Helper()
		var got, want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(m); err != nil {
			t.Fatal(err)
		}
		if err := appendLine(&got, &m); err != nil || got.String() != want.String() {
			t.Errorf("%s%s%v", got.String(), want.String(), err)
		}
	}
	var all api.Message
	for i := range reflect.TypeFor[api.Message]().NumField() {
		var m api.Message
		for _, v := range []reflect.Value{reflect.ValueOf(&m).Elem().Field(i), reflect.ValueOf(&all).Elem().Field(i)} {
			switch v.Kind() {
			case reflect.String:
				v.SetString("text")
			case reflect.Bool:
				v.SetBool(true)
			case reflect.Int, reflect.Int64:
				v.SetInt(-5)
			case reflect.Pointer:
				v.Set(reflect.New(v.Type().Elem()))
			case reflect.Slice:
				v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			default:
				t.Fatalf("field %d: a kind that nobody has thought of: %s", i, v.Kind())
			}
		}
		check(m)
	}
	check(all)
	for c := range 0x180 {
		check(api.Message{Kind: "sent", Data: "a" + string(rune(c)) + "b", Path: string(rune(c))})
	}
	check(api.Message{Data: "\u2028\xff<&>"})
}

// A simple message costs nothing but its line: many come at once, and what is left on the heap is cleared away while more come.
func TestLineAllocates(t *testing.T) {
	var b bytes.Buffer
	head := []byte{0x81, 5}
	allocs := testing.AllocsPerRun(100, func() {
		m := api.Message{Seq: 1, Time: 2, From: "console", Conn: 1, Kind: "sent", Data: "LEDon", Size: 5, Millis: -1, Head: head}
		b.Reset()
		if err := appendLine(&b, &m); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for a line", allocs)
	}
}
