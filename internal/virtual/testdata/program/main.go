// Command program is what the tests flash into the virtual board: it does what
// the lines on its serial line tell it.
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"studio/host"
)

func main() {
	host.OnPin(func(pin uint8, level bool) { fmt.Printf("pin %d %v\n", pin, level) })
	fmt.Printf("hello reason=%d attached=%v flash=%d key=%d\n", host.ResetReason(), host.Attached(), host.FlashSize(), len(host.Key()))
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<20)
	for in.Scan() {
		f := strings.Fields(in.Text())
		if len(f) == 0 {
			continue
		}
		n := make([]int64, len(f))
		for i := range f {
			n[i], _ = strconv.ParseInt(f[i], 0, 64)
		}
		switch f[0] {
		case "echo":
			fmt.Println(strings.Join(f[1:], " "))
		case "len":
			fmt.Println("len", len(in.Text()))
		case "pin":
			host.SetPin(uint8(n[1]), uint8(n[2]), n[3] != 0)
		case "get":
			fmt.Println("level", host.ReadPin(uint8(n[1])))
		case "voltage":
			fmt.Println("voltage", host.ReadVoltage(uint8(n[1])))
		case "write":
			b, _ := hex.DecodeString(f[2])
			fmt.Println("write", host.WriteFlash(b, n[1]))
		case "fill": // fill OFF COUNT
			b := make([]byte, n[2])
			fmt.Println("fill", host.WriteFlash(b, n[1]))
		case "erase":
			fmt.Println("erase", host.EraseFlash(n[1], n[2]))
		case "read":
			b := make([]byte, n[2])
			err := host.ReadFlash(b, n[1])
			fmt.Println("read", hex.EncodeToString(b), err)
		case "listen":
			host.Listening(f[1])
			fmt.Println("listening")
		case "dial":
			c, status := host.Dial(f[1])
			fmt.Println("dialled", status)
			if status == host.StatusDone {
				c.Write([]byte("ping"))
				c.CloseWrite()
				all, err := io.ReadAll(c)
				c.Close()
				fmt.Printf("answer %s %v\n", all, err)
			}
		case "hold": // a connection that stays
			c, status := host.Dial(f[1])
			fmt.Println("dialled", status)
			go func() {
				io.ReadAll(c)
				fmt.Println("cut")
			}()
		case "reset":
			fmt.Println("resetting")
			host.Reset()
		case "bootloader":
			host.Bootloader()
		case "exit":
			os.Exit(int(n[1]))
		case "panic":
			panic("on purpose")
		case "env":
			dir, _ := os.Getwd()
			fmt.Printf("env %q dir %s\n", os.Environ(), dir)
		case "deaf": // never reads again
			fmt.Println("deaf")
			select {}
		case "flood":
			b := []byte(strings.Repeat("x", 1023) + "\n")
			for i := int64(0); i < n[1]; i++ {
				os.Stdout.Write(b)
			}
			fmt.Println("flooded")
		case "sleepers": // leaves a process behind that holds the serial line
			fmt.Println("pid", spawn())
		}
	}
	fmt.Println("end of input")
}
