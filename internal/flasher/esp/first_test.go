package esp

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/flasher"
	"studioide/internal/port"
	"studioide/internal/virtual"
)

// TestStubIsThePinnedOne: nobody has touched what runs in the chips.
func TestStubIsThePinnedOne(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "tinygo.org/x/espflasher").Output()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "pkg", "espflasher", "stubs", "esp32c3.json"))
	if err != nil || !bytes.Equal(want, stubESP32C3) {
		t.Errorf("stub/esp32c3.json is not the pinned module's; make build takes it from there: %v", err)
	}
}

// likeAProgram is n bytes that compress to 0.62, as a real program of that size for an ESP32-C3 does.
func likeAProgram(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 3))
	p := make([]byte, n)
	for i := range p {
		if i%64 < 39 {
			p[i] = byte(r.Uint32())
		} else {
			p[i] = byte(i / 4096)
		}
	}
	return p
}

// foreign is how another tool writes, with the waits that it has built in: its
// exchange is modelled, because the tools cannot run in simulated time.
type foreign struct {
	name   string
	uart   time.Duration // its waits while it resets the chip, by serial chip
	usb    time.Duration // and by the chip's own USB port
	rate   time.Duration // after the change of rate
	before int           // registers that it reads before the upload
	after  time.Duration // its reset at the end
}

var foreigners = []foreign{
	// reset: 100 ms reset, 50 ms BOOT; USB: three times 100 ms; 50 ms after the change of rate; 100 ms reset
	{"esptool", 150 * time.Millisecond, 300 * time.Millisecond, 50 * time.Millisecond, 14, 100 * time.Millisecond},
	// reset as esptool's, 50 ms around its SYNC; it closes and opens the port for the new rate
	{"esptool-js", 200 * time.Millisecond, 350 * time.Millisecond, 100 * time.Millisecond, 16, 100 * time.Millisecond},
	// reset as esptool's, 50 ms in the SYNC loop, 50 ms after the last END
	{"espflasher", 200 * time.Millisecond, 350 * time.Millisecond, 50 * time.Millisecond, 8, 150 * time.Millisecond},
}

func (f foreign) flash(t *testing.T, p port.Port, image []byte, usb bool) {
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
	}
	c := &conn{p: p, baud: romBaud, lines: true, chip: chipByID(5)}
	must(p.SetLines(false, true))
	time.Sleep(20 * time.Millisecond)
	must(p.SetLines(true, false))
	waits := f.uart
	if usb {
		waits = f.usb
	}
	time.Sleep(waits - 20*time.Millisecond)
	must(p.SetLines(false, false))
	must(c.sync(ctx, 100*time.Millisecond))
	for range f.before {
		_, err := c.readRegister(ctx, magicAddress)
		must(err)
	}
	must(c.startStub(ctx, 4<<20))
	_, err := c.request(ctx, opChangeBaud, words(921600, romBaud), nil, replyTimeout)
	must(err)
	must(p.SetBaud(921600))
	c.baud = 921600
	time.Sleep(f.rate)
	_, err = c.flashID(ctx)
	must(err)
	must(c.stream(ctx, run{0, image}, func(int) {}))
	sum, err := c.md5(ctx, 0, len(image))
	must(err)
	if sum != (run{0, image}).sum() {
		t.Errorf("%s: what was written reads back differently", f.name)
	}
	must(c.begin(ctx, 0, 0, streamBlock))
	_, err = c.request(ctx, opFlashEnd, words(1), nil, replyTimeout)
	must(err)
	must(p.SetLines(false, true))
	time.Sleep(f.after)
	must(p.SetLines(false, false))
	must(p.SetBaud(romBaud))
}

// TestFirstFlashIsFasterThanOtherTools: a program of 615 KB onto a board that
// holds another one, in the time of a real line and flash.
func TestFirstFlashIsFasterThanOtherTools(t *testing.T) {
	const size = 615 << 10
	for _, usb := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r, board := rig(t, virtual.Config{FlashSize: 4 << 20, Timing: true, USB: usb})
			p, err := board.Open()
			if err != nil {
				t.Fatal(err)
			}
			line := map[bool]string{false: "921600 baud", true: "USB"}[usb]
			fastest := time.Hour
			for i, f := range foreigners {
				start := time.Now()
				f.flash(t, p, likeAProgram(size, uint64(i)), usb)
				took := time.Since(start)
				t.Logf("%s, 615 KB: %s (its exchange, modelled) %v", line, f.name, took.Round(time.Millisecond))
				fastest = min(fastest, took)
			}
			image := likeAProgram(size, 9)
			result, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: image}}, flasher.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(r.Flash(0, size), image) || !result.Verified {
				t.Errorf("flash holds something else: %+v", result)
			}
			ratio := float64(fastest) / float64(result.Duration)
			t.Logf("%s, 615 KB: Studio %v, %.2f times faster than the fastest of them (goal ≥ 1.1; the program is made up, compresses to %.2f)", line,
				result.Duration.Round(time.Millisecond), ratio, float64(len(deflated(image)))/size)
			if ratio < 1.1 {
				t.Errorf("only %.2f times faster", ratio)
			}
		})
	}
}
