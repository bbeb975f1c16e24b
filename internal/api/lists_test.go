package api

import (
	"bytes"
	"reflect"
	"testing"

	"studioide/internal/problem"
)

// build makes a value of a type: with its pointers set or nil, and with lists of one or nil.
func build(t reflect.Type, pointers, lists bool) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t.Kind() == reflect.Pointer && pointers:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(build(t.Elem(), pointers, lists))
	case t.Kind() == reflect.Slice && lists:
		v.Set(reflect.Append(v, build(t.Elem(), pointers, false)))
		v.Set(reflect.Append(v, build(t.Elem(), pointers, lists)))
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				v.Field(i).Set(build(t.Field(i).Type, pointers, lists))
			}
		}
	}
	return v
}

// Whatever Studio has to say, and however little of it there is, no list, map or other value is null.
func TestNothingIsNull(t *testing.T) {
	for _, v := range []any{Event{}, Failure{}, Checks{}, TrustedProjects{}, FoundMistakes{}, SavedStates{}, BoardFiles{}, FoundNetworks{},
		Proof{}, Challenge{}, Address{}, Project{}, File{}, Message{}, []Port{}, Progress{}, Settings{}} {
		for _, pointers := range []bool{false, true} {
			for _, lists := range []bool{false, true} {
				made := build(reflect.TypeOf(v), pointers, lists)
				b, err := Marshal(made.Interface())
				if err != nil || bytes.Contains(b, []byte("null")) {
					t.Errorf("%T, pointers %v, lists %v: %s, %v", v, pointers, lists, b, err)
				}
			}
		}
	}
	if b, err := Marshal(nil); string(b) != "null" || err != nil {
		t.Errorf("nothing at all: %s, %v", b, err)
	}
}

// What is encoded belongs to others, who may be reading it.
func TestMarshalChangesNothing(t *testing.T) {
	kinds := []BoardKind{{ID: "a", Notes: []string{"note"}}, {ID: "b"}}
	s := Snapshot{Kinds: kinds, Project: &OpenFiles{Name: "x"}, Board: Board{Problem: &problem.Problem{Code: "board.busy"}}}
	b, err := Marshal(Event{Snapshot: &s})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"notes":["note"]`, `"notes":[]`, `"name":"x"`, `"files":[]`, `"panels":{}`, `"ports":[]`, `"code":"board.busy"`} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("%s lacks %s", b, want)
		}
	}
	if bytes.Contains(b, []byte(`"args"`)) {
		t.Errorf("what may be left out is not: %s", b)
	}
	if kinds[1].Notes != nil || s.Project.Files != nil || s.Settings.Panels != nil || s.Ports != nil {
		t.Errorf("changed: %+v", s)
	}
}

// An event without lists is encoded as it is, without a copy.
func TestMarshalCopiesNothingWithoutNeed(t *testing.T) {
	e := Event{Message: &[]Message{{Data: "x"}}, Board: &Board{}}
	if v, changed := withoutNil(reflect.ValueOf(e)); changed || !reflect.DeepEqual(v.Interface(), e) {
		t.Errorf("%+v", v)
	}
	if n := testing.AllocsPerRun(100, func() { withoutNil(reflect.ValueOf(&e)) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
