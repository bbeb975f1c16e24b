package explain

import (
	"strings"
	"testing"
)

func TestPanic(t *testing.T) {
	const nilTrace = "hello\npanic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47a79c]\n\ngoroutine 1 [running]:\nstudio/board.(*Client).SendText(...)\n\tstudio/board/client.go:70\nmain.helper(...)\n\tstudio/app/main.go:8\nmain.main()\n\tstudio/app/main.go:6 +0x1c\n"
	for _, c := range []struct {
		text, path, says string
		line             int
	}{
		{nilTrace, "main.go", "never made (main.go, line 8)", 8},
		{strings.ReplaceAll(nilTrace, "\n", "\r\n"), "main.go", "never made", 8},
		{"panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.main.func1(...)\n\tstudio/app/other.go:6\n", "other.go", "element number 5 of a list that has 3", 6},
		{"panic: boo\n\ngoroutine 1 [running]:\nmain.main()\n\tstudio/app/main.go:4 +0x3b\n", "main.go", "panic: boo", 4},
		{"panic: no nil pointer dereference here\n", "", "panic: no nil pointer", 0},
		{"fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n\tstudio/app/main.go:4 +0x25\n", "main.go", "can never come", 4},
		{"runtime: goroutine stack exceeds 1000000000-byte limit\nruntime: sp=0xfb1e6660388 stack=[0xfb1e6660000, 0xfb206660000]\nfatal error: stack overflow\n\nruntime stack:\nruntime.throw({0x491047?, 0x417601?})\n\truntime/panic.go:1229 +0x48 fp=0xf\n\ngoroutine 1 gp=0xfb m=2 mp=0xf [running]:\nmain.f(0x2?)\n\tstudio/app/main.go:2 +0x2b fp=0xfb\n", "main.go", "calls itself again", 2},
		{"fatal error: concurrent map writes\n\ngoroutine 17 [running]:\nmain.main.func1()\n\tstudio/app/main.go:4 +0x2f\n", "main.go", "same map", 4},
		{"panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nmain.main()\n\tstudio/app/main.go:4 +0x28\n", "main.go", "map that was never made", 4},
		{"panic: runtime error: integer divide by zero\n\tpanic: again\n\ngoroutine 1 [running]:\nmain.main()\n\tstudio/app/main.go:6 +0x85\n", "main.go", "divided by zero", 6},
		{"panic: interface conversion: interface {} is int, not string\n\ngoroutine 1 [running]:\nmain.main()\n\tstudio/app/main.go:4 +0x28\n", "main.go", "interface {} is int", 4},
		{"panic: runtime error at 0x10001234: index out of range\n", "", "does not have", 0}, // TinyGo
		{"panic: runtime error: nil pointer dereference\r\n", "", "it was never made", 0},    // TinyGo
		{"panic: unimplemented: not yet\n", "", "cannot do this: not yet", 0},                // TinyGo
		{"panic: runtime error at 0x10001234: slice out of range", "", "longer than the whole", 0},
		{"panic: runtime error at 0x10001234: goroutine stack overflow", "", "large arrays", 0},
		{"panic: runtime error at 0x10001234: new channel is too big", "", "impossible size", 0},
		{"panic: runtime error at 0x10001234: divide by zero", "", "divided by zero", 0},
		{"panic: runtime error at 0x10001234: assignment to entry in nil map", "", "never made", 0},
		{"fatal error: out of memory\n", "", "used up the board's memory", 0}, // TinyGo
		{"panic: first\n\ngoroutine 1 [running]:\nmain.main()\n\tstudio/app/main.go:4 +0x28\npanic: second\n\ngoroutine 1 [running]:\nmain.main()\n\tstudio/app/main.go:9 +0x28\n", "main.go", "second", 9},
	} {
		p, ok := Panic(c.text)
		if !ok || p.Path != c.path || p.Line != c.line || !strings.Contains(p.Text, c.says) || p.Help == "" || p.Raw == "" {
			t.Errorf("%.60q gives %+v", c.text, p)
		}
	}
	for _, text := range []string{"", "hello", "don't panic: it is fine", "a panic: x"} {
		if p, ok := Panic(text); ok {
			t.Errorf("%q taken for a panic: %+v", text, p)
		}
	}
}

func FuzzPanic(f *testing.F) {
	f.Add("panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.main()\n\tstudio/app/main.go:4 +0x28\n")
	f.Fuzz(func(t *testing.T, text string) {
		if p, ok := Panic(text); ok && (p.Text == "" || p.Help == "" || p.Line < 0) {
			t.Errorf("%+v", p)
		}
	})
}
