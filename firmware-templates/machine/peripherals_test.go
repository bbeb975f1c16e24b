package machine

import (
	"bytes"
	"testing"

	"studio/host"
)

func TestADC(t *testing.T) {
	InitADC()
	pot := ADC{Pin: ADC0}
	if err := pot.Configure(ADCConfig{}); err != nil {
		t.Fatal(err)
	}
	for _, v := range []uint16{0, 1, 30000, 65535} {
		host.DriveVoltage(0, v)
		if pot.Get() != v {
			t.Errorf("%d instead of %d", pot.Get(), v)
		}
	}
	if (ADC{Pin: GPIO7}).Configure(ADCConfig{}) == nil {
		t.Error("GPIO7 can be measured")
	}
}

func TestPWM(t *testing.T) {
	pwm := &PWM{}
	if err := pwm.Configure(PWMConfig{}); err != nil || pwm.Period() == 0 {
		t.Fatal(err, pwm.Period())
	}
	ch, err := pwm.Channel(GPIO3)
	if err != nil {
		t.Fatal(err)
	}
	pwm.Set(ch, pwm.Top()/2)
	if !host.ReadPin(3) || pwm.Get(ch) != pwm.Top()/2 {
		t.Error("half on is off")
	}
	pwm.Set(ch, 0)
	if host.ReadPin(3) {
		t.Error("it is on")
	}
	pwm.SetInverting(ch, true)
	if !host.ReadPin(3) {
		t.Error("it is off")
	}
	pwm.Enable(false)
	if host.ReadPin(3) || pwm.IsEnabled() {
		t.Error("it is on")
	}
	if again, err := pwm.Channel(GPIO3); err != nil || again != ch {
		t.Error("the same pin gets another channel")
	}
	for i := range Pin(5) {
		if _, err := pwm.Channel(10 + i); err != nil {
			t.Error(err)
		}
	}
	if _, err := pwm.Channel(GPIO0); err == nil {
		t.Error("a seventh channel")
	}
	if _, err := pwm.Channel(NoPin); err == nil {
		t.Error("a channel for no pin")
	}
	if pwm.SetPeriod(1<<40) != ErrPWMPeriodTooLong {
		t.Error("a period of minutes")
	}
}

// register is a made-up device with 256 registers.
type register [256]byte

func (d *register) Tx(w, r []byte) error {
	if len(w) > 0 {
		copy(d[w[0]:], w[1:])
		copy(r, d[w[0]:])
	}
	return nil
}

func TestI2C(t *testing.T) {
	if err := I2C0.Configure(I2CConfig{Frequency: 400 * KHz}); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 2)
	if I2C0.Tx(0x76, []byte{1}, got) == nil || I2C0.ReadRegister(0x76, 1, got) == nil {
		t.Error("somebody answers where nobody is")
	}
	host.AttachI2C(0, 0x76, &register{})
	defer host.AttachI2C(0, 0x76, nil)
	if err := I2C0.WriteRegister(0x76, 8, []byte{5, 6}); err != nil {
		t.Fatal(err)
	}
	if err := I2C0.ReadRegister(0x76, 8, got); err != nil || !bytes.Equal(got, []byte{5, 6}) {
		t.Errorf("%v %v", got, err)
	}
	if I2C1.Tx(0x76, []byte{1}, got) == nil || I2C0.Tx(0x77, []byte{1}, got) == nil {
		t.Error("it answers elsewhere")
	}
}

type inverter struct{}

func (inverter) Transfer(w byte) byte { return ^w }

func TestSPI(t *testing.T) {
	if err := SPI0.Configure(SPIConfig{Frequency: 8 * MHz, SCK: SPI_SCK_PIN, SDO: SPI_SDO_PIN, SDI: SPI_SDI_PIN}); err != nil || SPI0.GetBaudRate() != 8*MHz {
		t.Fatal(err)
	}
	got := make([]byte, 3)
	if err := SPI0.Tx([]byte{1, 2, 3}, got); err != nil || !bytes.Equal(got, []byte{1, 2, 3}) {
		t.Errorf("%v %v", got, err)
	}
	if SPI0.Tx([]byte{1}, got) != ErrTxInvalidSliceSize || SPI0.Tx([]byte{1}, nil) != nil {
		t.Error("lengths")
	}
	host.AttachSPI(0, inverter{})
	defer host.AttachSPI(0, nil)
	if err := SPI0.Tx(nil, got); err != nil || !bytes.Equal(got, []byte{255, 255, 255}) {
		t.Errorf("%v %v", got, err)
	}
}

type twice struct{}

func (twice) Receive(c byte, reply func(...byte)) { reply(c, c) }

func TestUART(t *testing.T) {
	UART1.Configure(UARTConfig{BaudRate: 9600})
	if _, err := UART1.ReadByte(); err == nil {
		t.Error("a byte from nobody")
	}
	UART1.Write([]byte("hello"))
	got := make([]byte, 9)
	if n, _ := UART1.Read(got); string(got[:n]) != "hello" || UART1.Buffered() != 0 {
		t.Errorf("%q", got[:n])
	}
	if _, err := UART0.ReadByte(); err == nil {
		t.Error("the other line has heard it")
	}
	for range 200 {
		UART1.WriteByte('x')
	}
	if UART1.Buffered() != ringSize {
		t.Error(UART1.Buffered())
	}
	UART1.Buffer.Clear()
	host.AttachUART(1, twice{})
	UART1.WriteByte('y')
	host.AttachUART(1, nil)
	if n, _ := UART1.Read(got); string(got[:n]) != "yy" {
		t.Errorf("%q", got[:n])
	}
	UART1.Configure(UARTConfig{RX: NoPin})
	UART1.WriteByte('z')
	if UART1.Buffered() != 0 {
		t.Error("it hears without an ear")
	}
}
