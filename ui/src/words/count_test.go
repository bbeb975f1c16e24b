package words_test

import (
	"testing"

	"studioide/ui/src/words"
	"studioide/ui/src/words/say"
)

func TestCountHasSeparators(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", 12345: "12,345", 123456: "123,456", 1234567: "1,234,567",
		-999: "-999", -1000: "-1,000", -123456: "-123,456",
	} {
		if got := words.Count(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
	if got, want := say.CliTestsPassed(12345), "12,345 tests passed"; got != want {
		t.Errorf("the command line says %q, want %q", got, want)
	}
	if got, want := say.PortProcess("minicom", 12345), "minicom (process 12345)"; got != want {
		t.Errorf("a process is called %q, want %q", got, want)
	}
}
