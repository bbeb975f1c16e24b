package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// Marshal encodes a wire type. Lists and maps that are nil become empty ones: a page reads a list wherever there may be
// one. It changes nothing in v, which others may be reading.
func Marshal(v any) ([]byte, error) {
	r := reflect.ValueOf(v)
	if filled, changed := withoutNil(r); changed {
		v = filled.Interface()
	}
	return json.Marshal(v)
}

// withoutNil returns v, or a copy of those parts of it that lead to a nil list or map.
func withoutNil(v reflect.Value) (reflect.Value, bool) {
	if !v.IsValid() || !holdsLists(v.Type()) {
		return v, false
	}
	switch v.Kind() {
	case reflect.Slice:
		if v.IsNil() {
			return reflect.MakeSlice(v.Type(), 0, 0), true
		}
		var list reflect.Value // a copy, from the first change on
		for i := range v.Len() {
			item, changed := withoutNil(v.Index(i))
			if changed && !list.IsValid() {
				list = reflect.MakeSlice(v.Type(), v.Len(), v.Len())
				reflect.Copy(list, v)
			}
			if changed {
				list.Index(i).Set(item)
			}
		}
		return choose(list, v)
	case reflect.Map:
		if v.IsNil() {
			return reflect.MakeMap(v.Type()), true
		}
		return v, false // wire types have no lists in maps
	case reflect.Pointer:
		if v.IsNil() {
			return v, false
		}
		inner, changed := withoutNil(v.Elem())
		if !changed {
			return v, false
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(inner)
		return p, true
	case reflect.Struct:
		var whole reflect.Value
		for _, i := range listFields(v.Type()) {
			field, changed := withoutNil(v.Field(i))
			if changed && !whole.IsValid() {
				whole = reflect.New(v.Type()).Elem()
				whole.Set(v)
			}
			if changed {
				whole.Field(i).Set(field)
			}
		}
		return choose(whole, v)
	}
	return v, false
}

func choose(changed, v reflect.Value) (reflect.Value, bool) {
	if changed.IsValid() {
		return changed, true
	}
	return v, false
}

var (
	marshaler  = reflect.TypeFor[json.Marshaler]()
	fieldsOf   sync.Map // reflect.Type of a struct → []int
	holdsThose sync.Map // reflect.Type → bool
)

// listFields are the fields of a struct below which a list could be sent as null.
func listFields(t reflect.Type) []int {
	if known, ok := fieldsOf.Load(t); ok {
		return known.([]int)
	}
	var fields []int
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		left := strings.Contains(tag, ",omitempty") && (f.Type.Kind() == reflect.Slice || f.Type.Kind() == reflect.Map)
		if f.IsExported() && tag != "-" && !left && holdsLists(f.Type) {
			fields = append(fields, i)
		}
	}
	fieldsOf.Store(t, fields)
	return fields
}

// holdsLists reports whether values of a type can have nil lists in them. No wire type holds itself.
func holdsLists(t reflect.Type) bool {
	if known, ok := holdsThose.Load(t); ok {
		return known.(bool)
	}
	holds := false
	switch {
	case t.Implements(marshaler):
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
		holds = true
	case t.Kind() == reflect.Pointer:
		holds = holdsLists(t.Elem())
	case t.Kind() == reflect.Struct:
		holds = len(listFields(t)) > 0
	}
	holdsThose.Store(t, holds)
	return holds
}
