package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"studioide/ui/src/words/say"
)

// verb is Studio's first argument in a process that is a sandbox.
const verb = "sandboxed-program"

// Command is the command that runs a program: the program's file and a folder
// for its machine code are its arguments. With Compile before them it only makes
// the machine code. nil: this executable does not call Child, and would do
// something else.
func Command() []string {
	if !ready {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return []string{self, verb}
}

var ready bool // Child was called

// Compile is the argument that asks for machine code only.
const Compile = "--compile"

// Child is what a process that was started by Command does. ok is false in any other process.
func Child(args []string) (status int, ok bool) {
	if len(args) == 0 || args[0] != verb {
		ready = true
		return 0, false
	}
	args = args[1:]
	var err error
	switch {
	case len(args) == 3 && args[0] == Compile:
		err = compile(args[1], args[2])
	case len(args) == 2:
		status, err = run(args[0], args[1])
	default:
		err = errors.New("studio starts this itself")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, say.SandboxTheSandbox(err.Error()))
		return 1, true
	}
	return status, true
}

const (
	memoryPages = 64 << 20 / 65536
	processors  = 2 // for the program, and for what it exchanges with the outside
)

// machine is what modules are compiled and run by. Machine code lies in folder.
func machine(ctx context.Context, folder string) (wazero.Runtime, error) {
	cache, err := wazero.NewCompilationCacheWithDir(folder)
	if err != nil {
		return nil, err
	}
	return wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler().
		WithCompilationCache(cache).
		WithMemoryLimitPages(memoryPages).
		WithMemoryCapacityFromMax(true)), nil // so that it never moves; what is not used takes no memory
}

// compile makes a module's machine code. It takes about 80 MB, which is why it
// is done by a process that ends then.
func compile(file, folder string) error {
	module, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	ctx := experimental.WithCompilationWorkers(context.Background(), runtime.GOMAXPROCS(0))
	m, err := machine(ctx, folder)
	if err != nil {
		return err
	}
	_, err = m.CompileModule(ctx, module)
	return err
}

// run runs a program to its end.
func run(file, folder string) (status int, err error) {
	runtime.GOMAXPROCS(processors)
	lowerPriority()
	ctx := context.Background()
	module, err := os.ReadFile(file)
	if err != nil {
		return 1, err
	}
	m, err := machine(ctx, folder)
	if err != nil {
		return 1, err
	}
	compiled, err := m.CompileModule(ctx, module)
	if err != nil {
		return 1, err
	}
	module = nil //nolint:ineffassign // megabytes that go while the program runs
	chip, err := dial()
	if err != nil {
		return 0, nil // the chip is gone already: nobody reads what we would say
	}
	g := newGuest(os.Stdin, os.Stdout, chip)
	g.net.dial = dial
	if err := g.define(ctx, m, compiled); err != nil {
		return 1, err
	}
	debug.FreeOSMemory()
	debug.SetGCPercent(-1)
	forgetExecutable()
	go g.watch()
	_, err = m.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName(""))
	g.exit(g.trapped(err))
	return 0, nil
}

// Where the chip is, for the process that runs a program: its address, and what
// proves that it may connect, in hex. The names are not those of package
// studio/host, because Studio's executable contains that package.
const (
	EnvAddress = "STUDIO_SANDBOX_CHIP"
	EnvKey     = "STUDIO_SANDBOX_CHIP_KEY"
)

// dial connects to the chip; nil: there is none, and the program runs alone.
func dial() (net.Conn, error) {
	address := os.Getenv(EnvAddress)
	if address == "" {
		return nil, nil
	}
	var key []byte
	if _, err := fmt.Sscanf(os.Getenv(EnvKey), "%x", &key); err != nil {
		return nil, err
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(key); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// trapped says of an end that the program has not asked for what it was. The
// first line is as Go writes it, which Studio explains.
func (g *guest) trapped(err error) (status int) {
	if err == nil {
		return 0
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	switch {
	case strings.Contains(text, "stack overflow"):
		text = "fatal error: stack overflow"
	case strings.Contains(text, "is not exported in module"), strings.Contains(text, "not instantiated"):
		text = "fatal error: " + say.SandboxFatalErrorProgramAsksFor(text)
	default:
		text = "fatal error: " + strings.TrimPrefix(text, "module[] function[_start] failed: ")
	}
	g.say("\r\n" + text + "\r\n")
	return 2
}
