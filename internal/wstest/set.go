package wstest

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

const (
	// Folder is where a project's sets are. It is sent to no board.
	Folder = "tests"

	mostSize   = 256 << 10 // bytes of a file
	mostSteps  = 500       // of a set, those of loops included
	mostNested = 6         // loops in each other
	mostRounds = 100_000   // of a loop
	mostTime   = time.Hour // of any time in a file

	defaultWithin = 5 * time.Second
	defaultLimit  = 5 * time.Minute // for a whole set
)

// Set is one file.
type Set struct {
	Name     string    // what people read; "": the file's name
	Messages []Message // with a name of their own, in the file's order
	Steps    []*Step

	paths     map[string]string // of connections, by name
	named     bool              // it says itself which connections it has
	first     string            // the connection of steps that name none
	variables map[string]string
	limit     time.Duration
}

// Message is one that has a name.
type Message struct {
	Name string
	content
}

// Step is one step of a set. Which fields mean something depends on what it does.
type Step struct {
	Line  int
	Depth int // how many loops it is in

	do      verb
	on      string // the connection
	content content
	match   *matcher      // nil: anything
	time    time.Duration // that it may take, or has to
	code    int           // of a close; 0: any
	reason  string

	rounds int // of a loop
	every  time.Duration
	items  []string // of a loop over these; nil: it counts
	steps  []*Step  // in it
	index  int      // among all steps of the set
}

type verb string

const (
	doSend        verb = "send"
	doExpect      verb = "expect"
	doWaitFor     verb = "waitFor"
	doNothing     verb = "expectNothing"
	doWait        verb = "wait"
	doOpen        verb = "open"
	doClose       verb = "close"
	doExpectClose verb = "expectClose"
	doRepeat      verb = "repeat"
	doForEach     verb = "forEach"
)

// allowed are the fields that may stand beside each verb.
var allowed = map[verb][]string{
	doSend:        {"on"},
	doExpect:      {"on", "within"},
	doWaitFor:     {"on", "within"},
	doNothing:     {"on", "matching"},
	doWait:        {},
	doOpen:        {},
	doClose:       {"on", "reason"},
	doExpectClose: {"on", "within"},
	doRepeat:      {"every", "steps"},
	doForEach:     {"every", "steps"},
}

// content is what is sent: text, or bytes.
type content struct {
	text   string
	json   *node
	bytes  []byte
	binary bool
	name   string // of a message of the set
	line   int
}

// fill gives what is sent now. Unknown names were told when the file was read.
func (c content) fill(values values) (text string, data []byte, err error) {
	switch {
	case c.binary:
		return "", c.bytes, nil
	case c.json != nil:
		var b strings.Builder
		c.json.plain(&b, func(s string) string {
			filled, wrong := values.fill(s)
			err = cmp.Or(err, wrong)
			return filled
		})
		return b.String(), nil, err
	}
	text, err = values.fill(c.text)
	return text, nil, err
}

// Read reads a file; its errors are Problems with a line.
func Read(file []byte) (*Set, error) {
	if len(file) > mostSize {
		return nil, errTooLarge.With(sizeText(len(file)))
	}
	top, err := parse(file)
	if err != nil {
		return nil, err
	}
	r := &setReader{set: &Set{paths: map[string]string{}, variables: map[string]string{}, limit: defaultLimit}}
	r.read(top)
	if r.wrong != nil {
		return nil, r.wrong
	}
	return r.set, nil
}

// Find is the message of that name.
func (s *Set) Find(name string) (content, bool) {
	for _, m := range s.Messages {
		if m.Name == name {
			return m.content, true
		}
	}
	return content{}, false
}

// setReader reads a set and keeps the first thing that is wrong.
type setReader struct {
	set   *Set
	wrong error
	count int
	names map[string]bool // variables that steps may use
}

func (r *setReader) bad(line int, what string) {
	if r.wrong == nil {
		r.wrong = errBadFile.With(line, what)
	}
}

// known tells of fields that there are not, and of the one that may have been meant.
func (r *setReader) known(n *node, names ...string) {
	for _, f := range n.fields() {
		if f.name == "comment" || slices.Contains(names, f.name) {
			continue
		}
		meant := ""
		for _, name := range names {
			if near(f.name, name) {
				meant = name
			}
		}
		if meant != "" {
			r.bad(f.line, say.WstestMeant(f.name, meant))
		} else {
			r.bad(f.line, say.WstestUnknown(f.name, strings.Join(names, ", ")))
		}
	}
}

// near: one letter more, less, another or exchanged, or other capitals.
func near(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		return swapped || a[i+1:] == b[i+1:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

func (r *setReader) read(top *node) {
	if _, is := top.value.([]field); !is {
		r.bad(top.line, say.WstestNoObject())
		return
	}
	r.known(top, "name", "messages", "connections", "variables", "limit", "steps")
	s := r.set
	if n := top.get("name"); n != nil {
		s.Name = r.text(n, "name")
	}
	if n := top.get("limit"); n != nil {
		s.limit = r.duration(n, "limit")
	}
	r.names = map[string]bool{"n": true, "rand": true, "now": true, "item": true, "message": true, "open": true}
	if n := top.get("variables"); n != nil {
		r.object(n, "variables")
		for _, f := range n.fields() {
			if r.names[f.name] || !nameOnly().MatchString(f.name) {
				r.bad(f.line, say.WstestVariableName(f.name))
			}
			s.variables[f.name] = r.simple(f.node, f.name)
			r.names[f.name] = true
		}
	}
	if n := top.get("connections"); n != nil {
		r.object(n, "connections")
		for _, f := range n.fields() {
			path := r.text(f.node, f.name)
			if !strings.HasPrefix(path, "/") {
				r.bad(f.line, say.WstestPath(f.name))
			}
			s.paths[f.name] = path
			s.first = cmp.Or(s.first, f.name)
		}
	}
	if s.named = len(s.paths) > 0; !s.named { // what a beginner's set has: the board's own
		s.first = "board"
		s.paths[s.first] = "/ws"
	}
	if n := top.get("messages"); n != nil {
		r.object(n, "messages")
		for _, f := range n.fields() {
			if strings.TrimSpace(f.name) == "" || len(f.name) > 60 {
				r.bad(f.line, say.WstestMessageName())
			}
			s.Messages = append(s.Messages, Message{Name: f.name, content: r.content(f.node, "messages")})
		}
	}
	steps := top.get("steps")
	if steps == nil {
		return
	}
	s.Steps = r.steps(steps, 0)
	r.groups(s.Steps)
	r.check(s.Steps)
	for _, m := range s.Messages {
		r.fillable(m.content)
	}
}

var nameOnly = lazyregexp.New(`^[A-Za-z_]\w*$`)

func (r *setReader) object(n *node, name string) {
	if _, is := n.value.([]field); !is {
		r.bad(n.line, say.WstestWantsObject(name))
	}
}

func (r *setReader) text(n *node, name string) string {
	text, is := n.value.(string)
	if !is {
		r.bad(n.line, say.WstestWantsText(name))
	}
	return text
}

// simple is a text, or a number or truth value as text.
func (r *setReader) simple(n *node, name string) string {
	switch v := n.value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	r.bad(n.line, say.WstestWantsText(name))
	return ""
}

func (r *setReader) number(n *node, name string, least, most int) int {
	number, _ := n.value.(json.Number)
	v, err := strconv.Atoi(number.String())
	if err != nil || v < least || v > most {
		r.bad(n.line, say.WstestWantsNumber(name, strconv.Itoa(least), strconv.Itoa(most)))
	}
	return v
}

var timeForm = lazyregexp.New(`^\s*(\d+(?:\.\d+)?)\s*(ms|s|min)\s*$`)

func (r *setReader) duration(n *node, name string) time.Duration {
	text, _ := n.value.(string)
	m := timeForm().FindStringSubmatch(text)
	if m == nil {
		r.bad(n.line, say.WstestWantsTime(name))
		return 0
	}
	amount, _ := strconv.ParseFloat(m[1], 64)
	unit := map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "min": time.Minute}[m[2]]
	if amount*float64(unit) > float64(mostTime) {
		r.bad(n.line, say.WstestTooLong(name))
		return 0
	}
	return time.Duration(amount * float64(unit))
}

// content is what a step or a message of the set sends.
func (r *setReader) content(n *node, name string) content {
	c := content{line: n.line}
	if text, is := n.value.(string); is {
		c.text = text
		return c
	}
	kinds := []string{"text", "json", "hex", "base64"}
	if name == string(doSend) {
		kinds = append(kinds, "message")
	}
	what := r.oneOf(n, name, kinds...)
	if what == nil {
		return c
	}
	switch what.name {
	case "text":
		c.text = r.text(what.node, "text")
	case "json":
		c.json = what.node
	case "message":
		c.name = r.text(what.node, "message")
		found, ok := r.set.Find(c.name)
		if !ok {
			r.bad(what.line, say.WstestNoMessage(c.name))
		}
		found.name, found.line = c.name, n.line
		return found
	default:
		c.bytes, c.binary = r.bytes(what), true
	}
	return c
}

func (r *setReader) bytes(f *field) []byte {
	b, err := decode(f.name, r.text(f.node, f.name))
	if err != nil {
		r.bad(f.line, say.WstestWantsBytes(f.name))
	}
	return b
}

func decode(encoding, text string) ([]byte, error) {
	if encoding == "hex" {
		return hex.DecodeString(strings.NewReplacer(" ", "", "\n", "", "\t", "", ",", "", ":", "", "0x", "").Replace(text))
	}
	return base64.StdEncoding.DecodeString(text)
}

// oneOf is the only field of an object.
func (r *setReader) oneOf(n *node, name string, kinds ...string) *field {
	fields := slices.DeleteFunc(slices.Clone(n.fields()), func(f field) bool { return f.name == "comment" })
	if len(fields) != 1 {
		r.bad(n.line, say.WstestWantsOne(name, strings.Join(kinds, ", ")))
		return nil
	}
	r.known(n, kinds...)
	if r.wrong != nil {
		return nil
	}
	return &fields[0]
}

func (r *setReader) steps(n *node, depth int) (steps []*Step) {
	list, is := n.value.([]*node)
	if !is {
		r.bad(n.line, say.WstestWantsSteps())
	}
	if depth > mostNested {
		r.bad(n.line, say.WstestTooManyLoops(strconv.Itoa(mostNested)))
	}
	for _, item := range list {
		if r.wrong != nil {
			return nil
		}
		if _, is := item.value.([]field); !is {
			r.bad(item.line, say.WstestWantsStep())
			return nil
		}
		steps = append(steps, r.step(item, item.fields(), depth))
	}
	return steps
}

var verbs = slices.Sorted(maps.Keys(allowed))

// step reads one step. A loop may have one step beside it instead of a list.
func (r *setReader) step(n *node, fields []field, depth int) *Step {
	s := &Step{Line: n.line, Depth: depth, on: r.set.first, index: r.count}
	if r.count++; r.count > mostSteps {
		r.bad(n.line, say.WstestTooManySteps(strconv.Itoa(mostSteps)))
	}
	var is, other *field
	for i, f := range fields {
		if _, ok := allowed[verb(f.name)]; !ok {
			continue
		}
		loop := f.name == string(doRepeat) || f.name == string(doForEach)
		switch {
		case is == nil:
			is = &fields[i]
		case loop:
			is, other = &fields[i], is
		default:
			other = &fields[i]
		}
	}
	n = &node{line: n.line, value: fields}
	if is == nil {
		names := make([]string, len(verbs))
		for i, v := range verbs {
			names[i] = string(v)
		}
		r.known(n, slices.Concat(names, []string{"on", "within", "every", "steps", "matching", "reason"})...)
		r.bad(n.line, say.WstestNoVerb(strings.Join(names, ", ")))
		return s
	}
	s.do = verb(is.name)
	names := append([]string{is.name}, allowed[s.do]...)
	loop := s.do == doRepeat || s.do == doForEach
	if other != nil && loop && n.get("steps") == nil {
		inner := slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return f.name == is.name || f.name == "every" || f.name == "comment" })
		names = append(names, other.name)
		names = append(names, allowed[verb(other.name)]...)
		r.known(n, names...)
		if r.wrong == nil {
			r.loop(s, is)
			s.steps = []*Step{r.step(n, inner, depth+1)}
			r.every(s, n)
		}
		return s
	}
	if other != nil {
		r.bad(other.line, say.WstestTwoVerbs(is.name, other.name))
		return s
	}
	r.known(n, names...)
	if r.wrong != nil {
		return s
	}
	if on := n.get("on"); on != nil {
		s.on = r.text(on, "on")
	}
	s.time = defaultWithin
	if within := n.get("within"); within != nil {
		s.time = r.duration(within, "within")
	}
	switch s.do {
	case doSend:
		s.content = r.content(is.node, is.name)
	case doExpect, doWaitFor:
		s.match = r.matcher(is.node, is.name)
	case doNothing:
		s.time = r.duration(is.node, is.name)
		if like := n.get("matching"); like != nil {
			s.match = r.matcher(like, "matching")
		}
	case doWait:
		s.time = r.duration(is.node, is.name)
	case doOpen:
		s.on = r.text(is.node, is.name)
	case doClose, doExpectClose:
		if text, ok := is.value.(string); ok && text == "any" && s.do == doExpectClose {
			break
		}
		s.code = r.number(is.node, is.name, 1000, 4999)
		if reason := n.get("reason"); reason != nil {
			if s.reason = r.text(reason, "reason"); len(s.reason) > 123 {
				r.bad(reason.line, say.WstestReason())
			}
		}
	default:
		r.loop(s, is)
		r.every(s, n)
		inner := n.get("steps")
		if inner == nil {
			r.bad(n.line, say.WstestEmptyLoop(is.name))
			return s
		}
		s.steps = r.steps(inner, depth+1)
	}
	if _, ok := r.set.paths[s.on]; !ok {
		r.bad(s.Line, say.WstestNoConnection(s.on, strings.Join(slices.Sorted(maps.Keys(r.set.paths)), ", ")))
	}
	return s
}

func (r *setReader) loop(s *Step, is *field) {
	if s.do == doRepeat {
		s.rounds = r.number(is.node, is.name, 1, mostRounds)
		return
	}
	list, isList := is.value.([]*node)
	if !isList || len(list) == 0 || len(list) > mostRounds {
		r.bad(is.line, say.WstestWantsList(is.name))
	}
	s.items = []string{}
	for _, item := range list {
		s.items = append(s.items, r.simple(item, is.name))
	}
	s.rounds = len(s.items)
}

func (r *setReader) every(s *Step, n *node) {
	if every := n.get("every"); every != nil {
		s.every = r.duration(every, "every")
	}
}

// groups collects the names that expressions give to what they find.
func (r *setReader) groups(steps []*Step) {
	for _, s := range steps {
		for _, e := range s.match.expressions() {
			for i, name := range e.SubexpNames() {
				r.names[strconv.Itoa(i)] = true
				if name != "" {
					r.names[name] = true
				}
			}
		}
		r.groups(s.steps)
	}
}

// check tells of variables that nothing gives a value.
func (r *setReader) check(steps []*Step) {
	for _, s := range steps {
		r.fillable(s.content)
		for _, t := range s.match.texts() {
			r.used(t, s.Line)
		}
		r.check(s.steps)
	}
}

func (r *setReader) fillable(c content) {
	r.used(c.text, c.line)
	if c.json != nil {
		var b strings.Builder
		c.json.plain(&b, func(s string) string { r.used(s, c.json.line); return s })
	}
}

func (r *setReader) used(text string, line int) {
	for _, m := range variable().FindAllStringSubmatch(text, -1) {
		if !r.names[m[1]] {
			names := slices.DeleteFunc(slices.Sorted(maps.Keys(r.names)), func(n string) bool { return n == "0" })
			r.bad(line, say.WstestNoVariable(m[1], strings.Join(names, ", ")))
		}
	}
}
