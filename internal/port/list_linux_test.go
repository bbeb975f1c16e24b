package port

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studioide/internal/api"
)

// tree makes files (path → content) and links (path → "→target") below a new folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(content, "→"); ok {
			if strings.HasPrefix(target, "ROOT") {
				target = root + target[len("ROOT"):]
			}
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestListReadsSysfs(t *testing.T) {
	root := tree(t, map[string]string{
		"usb/1-1/idVendor":              "303a\n",
		"usb/1-1/idProduct":             "1001\n",
		"usb/1-1/serial":                "60:55:F9:00:00:01\n",
		"usb/1-1/product":               "USB JTAG/serial debug unit\n",
		"usb/1-1/1-1:1.0/uevent":        "",
		"usb/1-2/idVendor":              "10c4\n",
		"usb/1-2/idProduct":             "ea60\n",
		"usb/1-2/1-2:1.0/ttyUSB0/x":     "",
		"serial8250/x":                  "",
		"class/ttyACM0/device":          "→ROOT/usb/1-1/1-1:1.0",
		"class/ttyUSB0/device":          "→ROOT/usb/1-2/1-2:1.0/ttyUSB0",
		"class/ttyS0/device":            "→ROOT/serial8250",
		"class/ttyS0/type":              "0\n",
		"class/ttyS1/device":            "→ROOT/serial8250",
		"class/ttyS1/type":              "4\n",
		"class/tty0/active":             "tty1\n",
		"class/ttyGone/device":          "→ROOT/usb/9-9",
		"class/ttyprintk/something.txt": "",
	})
	got, err := listIn(filepath.Join(root, "class"))
	if err != nil {
		t.Fatal(err)
	}
	want := []api.Port{
		{Name: "/dev/ttyACM0", Title: "Espressif chip on USB (/dev/ttyACM0)", VID: "303a", PID: "1001", Serial: "60:55:F9:00:00:01"},
		{Name: "/dev/ttyS1", Title: "Serial port (/dev/ttyS1)"},
		{Name: "/dev/ttyUSB0", Title: "CP210x USB serial (/dev/ttyUSB0)", VID: "10c4", PID: "ea60"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if list, err := listIn(filepath.Join(root, "nowhere")); err != nil || len(list) != 0 {
		t.Errorf("without sysfs: %v, %v", list, err)
	}
}

func TestMissingExplainsAPortThatIsNotThere(t *testing.T) {
	cases := []struct {
		name  string
		files map[string]string
		code  string
	}{
		{"nothing plugged in", map[string]string{"usb/1-1/idVendor": "1d6b", "usb/1-1/idProduct": "0002"}, ""},
		{"chip with port", map[string]string{"usb/1-1/idVendor": "10c4", "usb/1-1/idProduct": "ea60", "usb/1-1/1-1:1.0/ttyUSB0/x": ""}, ""},
		{"chip with CDC port", map[string]string{"usb/1-1/idVendor": "1a86", "usb/1-1/idProduct": "55d4", "usb/1-1/1-1:1.0/tty/ttyACM0/x": ""}, ""},
		{"brltty took it", map[string]string{"usb/1-1/idVendor": "1a86", "usb/1-1/idProduct": "7523", "usb/1-1/1-1:1.0/x": "", "proc/77/comm": "brltty\n"}, "port.taken-by-brltty"},
		{"no driver", map[string]string{"usb/1-1/idVendor": "1a86", "usb/1-1/idProduct": "7523", "usb/1-1/1-1:1.0/x": "", "proc/77/comm": "bash\n"}, "port.no-driver"},
		{"two boards, one taken", map[string]string{
			"usb/1-1/idVendor": "1a86", "usb/1-1/idProduct": "7523", "usb/1-1/1-1:1.0/ttyUSB0/x": "",
			"usb/1-2/idVendor": "10c4", "usb/1-2/idProduct": "ea60", "proc/77/comm": "brltty\n"}, "port.taken-by-brltty"},
	}
	for _, c := range cases {
		root := tree(t, c.files)
		p := missingIn(filepath.Join(root, "usb"), filepath.Join(root, "proc"))
		code := ""
		if p != nil {
			code = p.Code
		}
		if code != c.code {
			t.Errorf("%s: %q instead of %q", c.name, code, c.code)
		}
	}
}

func TestHolderNamesTheScript(t *testing.T) {
	cases := map[string]string{
		"/usr/bin/screen\x00/dev/ttyUSB0\x00":                 "screen",
		"python3\x00/usr/bin/esptool.py\x00--port\x00x\x00":   "esptool.py",
		"python3.12\x00-u\x00-m\x00thonny\x00":                "thonny",
		"python3\x00-c\x00import serial\x00":                  "python3",
		"/usr/bin/node\x00--inspect\x00/opt/tool/main.js\x00": "main.js",
		"": "kthread",
	}
	for cmdline, want := range cases {
		root := tree(t, map[string]string{"5/cmdline": cmdline, "5/comm": "kthread\n",
			"5/fd/3": "→/dev/ttyX", "6/cmdline": "me\x00", "6/fd/0": "→/dev/ttyX", "self/fd/0": "→/dev/ttyX"})
		found := holdersIn(root, 6, func(path string) bool { return path == "/dev/ttyX" })
		if h := found["/dev/ttyX"]; len(found) != 1 || h.program != want || h.pid != 5 {
			t.Errorf("%q: %v instead of %s", cmdline, found, want)
		}
	}
}

func TestDeniedSaysWhatToType(t *testing.T) {
	if got := joinGroup("/dev/ttyX", "dialout", "ada", false).Help; !strings.Contains(got, "sudo usermod -a -G dialout ada") {
		t.Error(got)
	}
	if got := joinGroup("/dev/ttyX", "dialout", "ada", true).Help; strings.Contains(got, "usermod") || !strings.Contains(got, "log out") {
		t.Error(got)
	}
}
