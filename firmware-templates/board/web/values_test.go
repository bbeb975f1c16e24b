package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func TestField(t *testing.T) {
	for _, c := range []struct {
		text, name, want string
		found            bool
	}{
		{`{"a":1}`, "a", "1", true}, {` { "a" : -1.5e3 , "b" : true } `, "a", "-1.5e3", true}, {`{"a":1,"b":true}`, "b", "true", true},
		{`{"a":null}`, "a", "", true}, {`{}`, "a", "", false}, {`{"a":""}`, "a", "", true}, {`{"a":[1,{"b":2}],"b":3}`, "b", "3", true},
		{`{"a":[1, "]"],"b":3}`, "a", `[1, "]"]`, true}, {`{"a":{"b":"}"}}`, "a", `{"b":"}"}`, true}, {`{"a":1,"a":2}`, "a", "2", true},
		{`{"\u0061":1}`, "a", "1", true}, {`{"a":"x\\\"y\/"}`, "a", `x\"y/`, true}, {`{"a":"\ud800"}`, "a", "\uFFFD", true},
		{`{"a":1`, "a", "", false}, {`{"a"}`, "a", "", false}, {`{"a":}`, "a", "", false}, {`{"a":"`, "a", "", false}, {`{"a":"\u12"}`, "a", "", false},
		{`{"a":"\`, "a", "", false}, {`{"a":1}x`, "a", "", false}, {`[1]`, "a", "", false}, {``, "a", "", false}, {`{"a":[}`, "a", "", false}, {`{a:1}`, "a", "", false},
	} {
		if got, found := Field(c.text, c.name); got != c.want || found != c.found {
			t.Errorf("%s: %q %v", c.text, got, found)
		}
	}
}

// FuzzField holds what is found in a JSON object against encoding/json.
func FuzzField(f *testing.F) {
	for _, s := range []string{`{"a":"\u00e4\ud83d\ude00","b":[1,{"a":2}],"a":3}`, `{"a":null,"b":{}}`, ` {"a" : tru`, `{"a":"\`, `{"":{"a":"b"}}`, `{"a":[]]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, found := Field(text, "a")
		var o map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &o) != nil {
			return // some of that is understood all the same
		}
		raw, there := o["a"]
		if found != there {
			t.Fatalf("%q: found %v, there %v", text, found, there)
		}
		var want string
		if json.Unmarshal(raw, &want) == nil && len(raw) > 0 && raw[0] == '"' && strings.ToValidUTF8(got, "\uFFFD") != strings.ToValidUTF8(want, "\uFFFD") && !strings.Contains(want, "\uFFFD") {
			t.Fatalf("%q: %q, want %q", text, got, want)
		}
	})
}

// FuzzPair holds queries against net/url.
func FuzzPair(f *testing.F) {
	f.Add("a=1&b=2&a=3", "a")
	f.Add("x&%61=%zz+%41&=", "a")
	f.Fuzz(func(t *testing.T, list, name string) {
		got, found := Pair(list, name)
		values, err := url.ParseQuery(list)
		if err != nil || name == "" {
			return
		}
		if want, there := values[name]; there != found || found && got != want[0] {
			t.Fatalf("%q: %q %v, want %q", list, got, found, want)
		}
	})
}

// FuzzPart expects an end without a panic.
func FuzzPart(f *testing.F) {
	f.Add("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--", "multipart/form-data; boundary=\"x\"", "a")
	f.Fuzz(func(t *testing.T, body, kind, name string) { Part(body, kind, name) })
}
