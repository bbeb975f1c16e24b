package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"

	"studio/host"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// WASI preview 1 (github.com/WebAssembly/WASI, legacy/preview1), as far as a
// program has something here. A 32-bit parameter is the lower half of its word;
// the upper half may be anything.

// errno are WASI's error numbers.
type errno uint32

const (
	errAgain      errno = 6
	errBadFile    errno = 8
	errInvalid    errno = 28
	errNoNetwork  errno = 38
	errSeek       errno = 70
	errPipe       errno = 64
	errFault      errno = 21
	errNotCapable errno = 76
)

// File types, events and flags.
const (
	characterDevice = 2
	socket          = 6

	eventClock   = 0
	eventRead    = 1
	eventWrite   = 2
	absoluteTime = 1
	nonBlocking  = 4
	shutWrite    = 2

	subscriptionSize = 48
	eventSize        = 32
	maxSubscriptions = 4096

	clockRealtime  = 0
	clockMonotonic = 1
	clockProcess   = 2
	clockThread    = 3
)

const wasi = "wasi_snapshot_preview1"

var (
	i32 = api.ValueTypeI32
	i64 = api.ValueTypeI64
	le  = binary.LittleEndian
)

// function is one that the program may call. It takes parameters from s and leaves its result there.
type function struct {
	parameters []api.ValueType
	call       func(g *guest, m api.Memory, s []uint64) errno
}

func words(n int) (p []api.ValueType) {
	for range n {
		p = append(p, i32)
	}
	return p
}

var functions = map[string]function{
	"args_sizes_get":      {words(2), (*guest).argsSizes},
	"args_get":            {words(2), (*guest).args},
	"environ_sizes_get":   {words(2), (*guest).environSizes},
	"environ_get":         {words(2), func(*guest, api.Memory, []uint64) errno { return 0 }},
	"clock_res_get":       {words(2), (*guest).clockResolution},
	"clock_time_get":      {[]api.ValueType{i32, i64, i32}, (*guest).clock},
	"random_get":          {words(2), (*guest).random},
	"sched_yield":         {nil, func(*guest, api.Memory, []uint64) errno { return 0 }},
	"proc_exit":           {words(1), nil},
	"fd_read":             {words(4), (*guest).fdRead},
	"fd_write":            {words(4), (*guest).fdWrite},
	"fd_close":            {words(1), (*guest).fdClose},
	"fd_fdstat_get":       {words(2), (*guest).fdStat},
	"fd_fdstat_set_flags": {words(2), func(*guest, api.Memory, []uint64) errno { return 0 }},
	"fd_prestat_get":      {words(2), func(*guest, api.Memory, []uint64) errno { return errBadFile }},
	"fd_seek":             {[]api.ValueType{i32, i64, i32, i32}, func(*guest, api.Memory, []uint64) errno { return errSeek }},
	"sock_shutdown":       {words(2), (*guest).shutdown},
	"poll_oneoff":         {words(4), (*guest).poll},
}

// define makes what the program may call, and of the rest of WASI functions that fail.
func (g *guest) define(ctx context.Context, r wazero.Runtime, m wazero.CompiledModule) error {
	studio := r.NewHostModuleBuilder("studio")
	studio.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, m api.Module, s []uint64) {
		if name, ok := m.Memory().Read(uint32(s[0]), min(uint32(s[1]), uint32(len(g.call)-1))); ok {
			g.calling(name)
		}
	}), words(2), nil).Export("calling")
	studio.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, _ api.Module, s []uint64) {
		s[0] = uint64(uint32(g.net.dialChip()))
	}), nil, words(1)).Export("dial")
	if _, err := studio.Instantiate(ctx); err != nil {
		return err
	}
	b := r.NewHostModuleBuilder(wasi)
	for _, f := range m.ImportedFunctions() {
		module, name, _ := f.Import()
		if module != wasi {
			continue
		}
		call := func(*guest, api.Memory, []uint64) errno { return errNotCapable }
		if known, ok := functions[name]; ok && same(known.parameters, f.ParamTypes()) {
			call = known.call
		}
		if name == "proc_exit" {
			b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, _ api.Module, s []uint64) {
				g.exit(int(uint32(s[0])))
			}), f.ParamTypes(), f.ResultTypes()).Export(name)
			continue
		}
		if !same(f.ResultTypes(), words(1)) {
			return fmt.Errorf("the program calls %s of WASI in another way than it is", name)
		}
		b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, m api.Module, s []uint64) {
			s[0] = uint64(call(g, m.Memory(), s))
		}), f.ParamTypes(), f.ResultTypes()).Export(name)
	}
	_, err := b.Instantiate(ctx)
	return err
}

func same(a, b []api.ValueType) bool { return string(a) == string(b) }

func (g *guest) argsSizes(m api.Memory, s []uint64) errno {
	return put(m.WriteUint32Le(uint32(s[0]), 1) && m.WriteUint32Le(uint32(s[1]), uint32(len("board\x00"))))
}

func (g *guest) args(m api.Memory, s []uint64) errno {
	return put(m.WriteUint32Le(uint32(s[0]), uint32(s[1])) && m.WriteString(uint32(s[1]), "board\x00"))
}

func (g *guest) environSizes(m api.Memory, s []uint64) errno {
	return put(m.WriteUint32Le(uint32(s[0]), 0) && m.WriteUint32Le(uint32(s[1]), 0))
}

func put(ok bool) errno {
	if !ok {
		return errFault
	}
	return 0
}

var began = time.Now()

// now is a clock of WASI's, in nanoseconds.
func now(clock uint32) (t uint64, ok bool) {
	switch clock {
	case clockRealtime:
		return uint64(time.Now().UnixNano()), true
	case clockMonotonic:
		return uint64(time.Since(began)), true
	case clockProcess, clockThread:
		return uint64(host.ProcessTime()), true
	}
	return 0, false
}

func (g *guest) clock(m api.Memory, s []uint64) errno {
	t, ok := now(uint32(s[0]))
	if !ok {
		return errInvalid
	}
	return put(m.WriteUint64Le(uint32(s[2]), t))
}

func (g *guest) clockResolution(m api.Memory, s []uint64) errno {
	return put(m.WriteUint64Le(uint32(s[1]), 1))
}

func (g *guest) random(m api.Memory, s []uint64) errno {
	p, ok := m.Read(uint32(s[0]), uint32(s[1]))
	if ok {
		rand.Read(p)
	}
	return put(ok)
}

// vector calls do for the pieces of memory that a read or a write is about, until one is not done in full.
func vector(m api.Memory, s []uint64, do func(p []byte) (int, errno)) errno {
	list, ok := m.Read(uint32(s[1]), 8*min(uint32(s[2]), 1024))
	if !ok {
		return errFault
	}
	total := 0
	for ; len(list) >= 8; list = list[8:] {
		p, ok := m.Read(le.Uint32(list), le.Uint32(list[4:]))
		if !ok {
			return errFault
		}
		if len(p) == 0 {
			continue
		}
		n, e := do(p)
		if e != 0 && total == 0 {
			return e
		}
		if total += n; n < len(p) {
			break
		}
	}
	return put(m.WriteUint32Le(uint32(s[3]), uint32(total)))
}

func (g *guest) fdRead(m api.Memory, s []uint64) errno {
	g.collect()
	f := g.files[uint32(s[0])]
	if f == nil {
		return errBadFile
	}
	return vector(m, s, f.read)
}

func (g *guest) fdWrite(m api.Memory, s []uint64) errno {
	g.collect()
	g.pay()
	f := g.files[uint32(s[0])]
	if f == nil {
		return errBadFile
	}
	return vector(m, s, f.write)
}

func (g *guest) fdClose(_ api.Memory, s []uint64) errno {
	fd := uint32(s[0])
	f := g.files[fd]
	if f == nil {
		return errBadFile
	}
	if fd >= firstConnection {
		delete(g.files, fd)
	}
	return f.close(false)
}

func (g *guest) shutdown(_ api.Memory, s []uint64) errno {
	f := g.files[uint32(s[0])]
	if f == nil {
		return errBadFile
	}
	if uint32(s[1])&shutWrite == 0 {
		return 0
	}
	return f.close(true)
}

func (g *guest) fdStat(m api.Memory, s []uint64) errno {
	fd := uint32(s[0])
	f := g.files[fd]
	if f == nil {
		return errBadFile
	}
	var b [24]byte
	b[0] = f.kind()
	if fd != 2 {
		b[2] = nonBlocking
	}
	le.PutUint64(b[8:], ^uint64(0))
	return put(m.Write(uint32(s[1]), b[:]))
}

// poll waits until one of the events that the program asks for has happened.
func (g *guest) poll(m api.Memory, s []uint64) errno {
	g.pay()
	n := uint32(s[2])
	if n == 0 || n > maxSubscriptions {
		return errInvalid
	}
	in, ok := m.Read(uint32(s[0]), n*subscriptionSize)
	if !ok {
		return errFault
	}
	out, ok := m.Read(uint32(s[1]), n*eventSize)
	if !ok {
		return errFault
	}
	var until time.Time
	for first := true; ; first = false {
		happened := uint32(0)
		tell := func(sub []byte, e errno) {
			event := out[happened*eventSize:][:eventSize]
			clear(event)
			copy(event[:8], sub[:8])
			le.PutUint16(event[8:], uint16(e))
			event[10] = sub[8]
			if sub[8] != eventClock {
				le.PutUint64(event[16:], 1)
			}
			happened++
		}
		wait := time.Duration(-1)
		for i := range n {
			sub := in[i*subscriptionSize:][:subscriptionSize]
			switch sub[8] {
			case eventClock:
				d := time.Duration(min(le.Uint64(sub[24:]), 1<<62))
				if le.Uint16(sub[40:])&absoluteTime != 0 {
					t, _ := now(le.Uint32(sub[16:]))
					d -= time.Duration(t)
				}
				if wait < 0 || d < wait {
					wait = max(d, 0)
				}
			case eventRead, eventWrite:
				f := g.files[le.Uint32(sub[16:])]
				if f == nil {
					tell(sub, errBadFile)
				} else if sub[8] == eventRead && f.readable() || sub[8] == eventWrite && f.writable() {
					tell(sub, 0)
				}
			default:
				tell(sub, errInvalid)
			}
		}
		if happened == 0 && wait >= 0 {
			if first {
				until = time.Now().Add(wait)
			}
			if wait = time.Until(until); wait <= 0 {
				for i := range n {
					if sub := in[i*subscriptionSize:][:subscriptionSize]; sub[8] == eventClock {
						tell(sub, 0)
					}
				}
			}
		}
		if happened > 0 {
			g.rests.Add(1)
			return put(m.WriteUint32Le(uint32(s[3]), happened))
		}
		g.rest(wait)
	}
}
