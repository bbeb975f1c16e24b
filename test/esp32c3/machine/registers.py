"""The chip's registers, as far as programs of Studio use them (ESP32-C3
Technical Reference Manual; names as in Espressif's register descriptions).

A page is 4 KB of registers. What a page does not know it only remembers.
Time is the chip's own, in ns; due() is when something happens next by itself.
"""
import random

NEVER = 1 << 62
TICK = 25 / 2  # ns, of the 80 MHz that timers count with
SLOW_CLOCK = 136_000  # Hz, of the watchdog in the RTC


class Page:
    """Registers that remember what is written."""

    def __init__(self, chip, values=()):
        self.chip = chip
        self.values = dict(values)

    def read(self, at):
        return self.values.get(at, 0)

    def write(self, at, value):
        self.values[at] = value

    def due(self):
        return NEVER

    def pass_time(self):
        pass


class Interrupts(Page):
    """The interrupt matrix: sources to the CPU's 31 lines."""

    UART0, USB, T0, SYSTIMER0 = 0x54, 0x68, 0x80, 0x94  # of each source's map register
    ENABLE, TYPE, CLEAR, EIP, PRIORITY, THRESHOLD = 0x104, 0x108, 0x10C, 0x110, 0x114, 0x194

    def __init__(self, chip):
        super().__init__(chip)
        self.levels = {}
        self.latched = 0  # lines whose edge has come

    def level(self, source, on):
        """A peripheral's signal."""
        if on and not self.levels.get(source):
            self.latched |= 1 << self.values.get(source, 0) & self.values.get(self.TYPE, 0)
        self.levels[source] = on

    def pending(self):
        lines = 0
        for source, on in self.levels.items():
            if on:
                lines |= 1 << self.values.get(source, 0)
        edges = self.values.get(self.TYPE, 0)
        return (lines & ~edges | self.latched) & ~1

    def next(self):
        """The line to serve, 0: none."""
        ready = self.pending() & self.values.get(self.ENABLE, 0)
        best, found = max(1, self.values.get(self.THRESHOLD, 0)), 0
        while ready:
            line = (ready & -ready).bit_length() - 1
            ready &= ready - 1
            priority = self.values.get(self.PRIORITY + 4 * line, 0)
            if priority > best or priority == best and not found:
                best, found = priority, line
        return found

    def read(self, at):
        return self.pending() if at == self.EIP else super().read(at)

    def write(self, at, value):
        super().write(at, value)
        if at == self.CLEAR:
            self.latched &= ~value


class Timers(Page):
    """Timer group 0: its timer, and its watchdog as the ROM leaves it."""

    CONFIG, LO, HI, UPDATE, ALARM_LO, ALARM_HI, LOAD_LO, LOAD_HI, LOAD = range(0, 0x24, 4)
    WDT_CONFIG, WDT_HOLD, WDT_FEED, WDT_KEY = 0x48, 0x50, 0x60, 0x64
    ENA, RAW, ST, CLR = 0x70, 0x74, 0x78, 0x7C
    SPINS = 3  # readings of the time with nothing between them: the program waits for it

    def __init__(self, chip):
        super().__init__(chip, {self.CONFIG: 0x60002000, 0x68: 1 << 15})
        self.count, self.since = 0, chip.now
        self.spun = 0
        # Enabled until the program says otherwise (WDT_FLASHBOOT_MOD_EN).
        self.dog = chip.now + 26_000_000 * TICK

    def period(self):
        return TICK * ((self.values[self.CONFIG] >> 13 & 0xFFFF) or 65536)

    def counted(self):
        if not self.values[self.CONFIG] >> 31:
            return self.count
        return self.count + int((self.chip.now - self.since) / self.period())

    def alarm(self):
        return self.values.get(self.ALARM_LO, 0) | self.values.get(self.ALARM_HI, 0) << 32

    def armed(self):
        return self.values[self.CONFIG] >> 10 & 1 and self.values[self.CONFIG] >> 31

    def due(self):
        if not self.armed():
            return self.dog
        left = self.alarm() - self.count
        return min(self.dog, self.since + max(0, int(left * self.period()) + 1))

    def pass_time(self):
        if self.armed() and self.counted() >= self.alarm():
            self.values[self.CONFIG] &= ~(1 << 10)
            self.values[self.RAW] = self.values.get(self.RAW, 0) | 1
            self.signal()
        if self.chip.now >= self.dog:
            self.dog = NEVER
            self.chip.restart(0x07)

    def signal(self):
        self.chip.interrupts.level(Interrupts.T0, bool(self.read(self.ST) & 1))

    def read(self, at):
        if at == self.ST:
            return self.values.get(self.RAW, 0) & self.values.get(self.ENA, 0)
        if at == 0x6C:  # RTCCALICFG1: the slow clock, measured against the crystal
            return (self.values.get(0x68, 0) >> 16 & 0x7FFF) * 40_000_000 // SLOW_CLOCK << 7 | 1
        if at == 0x68:
            return self.values[at] | 1 << 15
        return self.values.get(at, 0)

    def write(self, at, value):
        if at == self.UPDATE:
            now = self.counted()
            self.values[self.LO], self.values[self.HI] = now & 0xFFFFFFFF, now >> 32
            self.spun += 1
            self.chip.waiting = self.spun >= self.SPINS and bool(self.armed())
            return
        self.spun, self.chip.waiting = 0, False
        if at == self.CONFIG:
            self.count, self.since = self.counted(), self.chip.now
        elif at == self.LOAD:
            self.count, self.since = self.values.get(self.LOAD_LO, 0) | self.values.get(self.LOAD_HI, 0) << 32, self.chip.now
        elif at == self.CLR:
            self.values[self.RAW] = self.values.get(self.RAW, 0) & ~value
        self.values[at] = value
        if at == self.WDT_CONFIG:
            self.dog = NEVER
            if value >> 31 or value >> 14 & 1:
                raise ValueError('the watchdog of a timer group is not modelled but for being switched off')
        if at in (self.CLR, self.ENA):
            self.signal()


class SystemTimer(Page):
    """Unit 0, whose value can be read; 16 MHz."""

    def read(self, at):
        if at == 0x04:
            return 1 << 29
        if at in (0x40, 0x44):
            return self.values.get(at, 0)
        return super().read(at)

    def write(self, at, value):
        super().write(at, value)
        if at == 0x04 and value >> 30 & 1:
            count = self.chip.now * 2 // 125
            self.values[0x44], self.values[0x40] = count & 0xFFFFFFFF, count >> 32


class RTC(Page):
    """Resets, their reasons, and two watchdogs."""

    OPTIONS, STATE, OPTION1 = 0x00, 0x38, 0xF4
    DOG, HOLD, FEED, KEY = 0x90, 0x94, 0xA4, 0xA8
    SUPER, SUPER_KEY = 0xAC, 0xB0
    # A stage's action 2 resets the CPU, 3 the chip but for the RTC, 4 all of it.
    CAUSES = {2: 0x0D, 3: 0x09, 4: 0x10}
    SUPER_TIME = 1_000_000_000

    def __init__(self, chip):
        super().__init__(chip, {self.DOG: 0x00013214, self.HOLD: 200_000, 0x98: 80_000, 0x9C: 4095, 0xA0: 4095})
        self.fed = chip.now
        self.super = chip.now + self.SUPER_TIME

    def stages(self):
        """Each stage's action and when it comes."""
        config = self.values[self.DOG]
        at = self.fed
        for i, shift in enumerate((28, 25, 22, 19)):
            action = config >> shift & 7
            if i == 0 and config >> 12 & 1 and not config >> 31:
                action = 4  # what is in flash does not start
            hold = self.values.get(self.HOLD + 4 * i, 0) << (1 if i == 0 else 0)  # eFuse WDT_DELAY_SEL is 0
            at += hold * 1_000_000_000 // SLOW_CLOCK
            yield action, at

    def due(self):
        if not (self.values[self.DOG] >> 31 or self.values[self.DOG] >> 12 & 1):
            return self.super
        return min([at for action, at in self.stages() if action > 1] + [self.super])

    def pass_time(self):
        if self.chip.now >= self.super:
            self.super = NEVER
            self.chip.restart(0x12)
        elif self.chip.now >= self.due():
            for action, at in self.stages():
                if action > 1 and self.chip.now >= at:
                    self.chip.restart(self.CAUSES.get(action, 0x10))
                    return

    def read(self, at):
        if at == self.STATE:
            return self.chip.cause | 0x3000
        if at in (0x10, 0x14):
            return self.chip.now * SLOW_CLOCK // 1_000_000_000 >> (32 if at == 0x14 else 0) & 0xFFFFFFFF
        return super().read(at)

    def write(self, at, value):
        if self.DOG <= at <= self.FEED and self.values.get(self.KEY) != 0x50D83AA1:
            return
        if at == self.SUPER and self.values.get(self.SUPER_KEY) != 0x8F1D312A:
            return
        super().write(at, value)
        if at == self.FEED or at == self.DOG:
            self.fed = self.chip.now
        elif at == self.SUPER:
            self.super = NEVER if value >> 30 & 1 or value >> 31 else self.chip.now + self.SUPER_TIME
        elif at == self.OPTIONS and value >> 31:
            self.chip.restart(0x03)
        elif at == self.OPTIONS and value >> 5 & 1:
            self.chip.restart(0x0C)


class USB(Page):
    """The USB serial port inside of the chip: 64 bytes at a time each way. The
    computer waits while the chip has not read a packet; the program sees that
    the computer has not taken one."""

    FIFO, CONF, RAW, ST, ENA, CLR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
    RECEIVED, EMPTY = 1 << 2, 1 << 3
    SIZE = 64
    PACKET = 50_000  # ns that 64 bytes take at full speed, with what is around them

    def __init__(self, chip):
        super().__init__(chip, {self.RAW: self.EMPTY})
        self.coming = bytearray()  # from the computer, not yet in the chip
        self.received = bytearray()
        self.ready = chip.now  # when the next packet may come
        self.sending = bytearray()
        self.sent = NEVER  # when the packet that is under way has been taken
        self.spun = 0

    def arrive(self, data):
        self.coming += data

    def room(self):
        return 4096 - len(self.coming)

    def due(self):
        if self.coming and not self.received:
            return min(self.sent, self.ready)
        return self.sent

    def pass_time(self):
        if self.coming and not self.received and self.chip.now >= self.ready:
            self.received += self.coming[:self.SIZE]
            del self.coming[:self.SIZE]
            self.ready = self.chip.now + self.PACKET
            self.flag(self.RECEIVED)
        if self.chip.now >= self.sent and self.chip.line.take(self.sending):
            self.sending = bytearray()
            self.sent = NEVER
            self.flag(self.EMPTY)

    def flag(self, bit):
        self.values[self.RAW] |= bit
        self.signal()

    def signal(self):
        self.chip.interrupts.level(Interrupts.USB, bool(self.values[self.RAW] & self.values.get(self.ENA, 0)))

    def flush(self):
        if self.sending and self.sent == NEVER:
            self.sent = self.chip.now + self.PACKET

    def read(self, at):
        if at == self.CONF:
            # A program that asks again and again waits for the answer to change.
            self.spun += 1
            if self.spun > 4 and self.sent != NEVER:
                self.chip.skip(self.sent)
            return (2 if self.sent == NEVER and len(self.sending) < self.SIZE else 0) | (4 if self.received else 0)
        self.spun = 0
        if at == self.FIFO:
            if not self.received:
                return 0
            return self.received.pop(0)
        if at == self.ST:
            return self.values[self.RAW] & self.values.get(self.ENA, 0)
        return super().read(at)

    def write(self, at, value):
        if at == self.CONF:
            if value & 1:
                self.flush()
            return
        self.spun = 0
        if at == self.FIFO:
            if self.sent == NEVER and len(self.sending) < self.SIZE:
                self.sending.append(value & 255)
                if len(self.sending) == self.SIZE:
                    self.flush()
            return
        if at == self.CLR:
            self.values[self.RAW] &= ~value
        elif at in (self.RAW, self.ST):
            return
        super().write(at, value)
        if at in (self.CLR, self.ENA):
            self.signal()


class UART(Page):
    """UART0, at the rate that its divider says. What comes when its 128 bytes are full is lost."""

    FIFO, RAW, ST, ENA, CLR, DIVIDER, STATUS, CONF0, CONF1, CLOCK, ID = 0, 4, 8, 0xC, 0x10, 0x14, 0x1C, 0x20, 0x24, 0x78, 0x80
    FULL, TX_EMPTY, OVERFLOW = 1, 2, 1 << 4
    SIZE = 128
    LINE_RATE = 115_200  # of the computer

    def __init__(self, chip):
        # As the ROM leaves it: 115200 baud, nothing wakes anybody.
        super().__init__(chip, {self.RAW: 2, self.DIVIDER: 0x2B6, self.CONF1: 96 | 96 << 9, self.CLOCK: 0x03701000})
        self.coming = bytearray()
        self.received = bytearray()
        self.ready = chip.now
        self.sending = bytearray()
        self.sent = NEVER
        self.lost = 0
        self.listens = False  # RXD hangs on the pin by the program's doing

    def per_byte(self):
        divider = (self.values[self.DIVIDER] & 0xFFF) + (self.values[self.DIVIDER] >> 20 & 15) / 16
        clock = self.values[self.CLOCK]
        hertz = {1: 80e6, 2: 17.5e6, 3: 40e6}.get(clock >> 20 & 3, 40e6) / ((clock >> 12 & 255) + 1)
        return int(10e9 * divider / hertz)

    def arrive(self, data):
        if not self.coming:
            self.ready = max(self.ready, self.chip.now + self.per_byte())
        self.coming += data

    def room(self):
        return 4096 - len(self.coming)

    def due(self):
        return min(self.sent, self.ready if self.coming else NEVER)

    def pass_time(self):
        now = self.chip.now
        came = False
        while self.coming and now >= self.ready:
            byte = self.coming.pop(0)
            self.ready += int(10e9 / self.LINE_RATE)
            if abs(self.per_byte() * self.LINE_RATE / 10e9 - 1) > 0.03:
                byte ^= 0x55  # the rates differ: it is another byte
            if len(self.received) < self.SIZE:
                self.received.append(byte)
                came = True
            else:
                self.lost += 1
                self.values[self.RAW] |= self.OVERFLOW
        if came and len(self.received) >= (self.values[self.CONF1] & 0x1FF):
            self.values[self.RAW] |= self.FULL
        while now >= self.sent:
            self.chip.line.send(self.sending[:1])
            del self.sending[:1]
            self.sent = self.sent + self.per_byte() if self.sending else NEVER
        if not self.sending:
            self.values[self.RAW] |= self.TX_EMPTY
        self.signal()

    def signal(self):
        self.chip.interrupts.level(Interrupts.UART0, bool(self.values[self.RAW] & self.values.get(self.ENA, 0)))

    def read(self, at):
        if at == self.FIFO:
            return self.received.pop(0) if self.received else 0
        if at == self.STATUS:
            if len(self.sending) >= self.SIZE:
                self.chip.skip(self.sent)
            return len(self.received) | len(self.sending) << 16
        if at == self.ST:
            return self.values[self.RAW] & self.values.get(self.ENA, 0)
        if at == self.ID:
            return super().read(at) & 0x7FFFFFFF  # what was to be taken over has been
        return super().read(at)

    def write(self, at, value):
        if at == self.FIFO:
            if len(self.sending) < self.SIZE:
                self.sending.append(value & 255)
                if self.sent == NEVER:
                    self.sent = self.chip.now + self.per_byte()
            return
        if at == self.CLR:
            self.values[self.RAW] &= ~value
            if len(self.received) >= (self.values[self.CONF1] & 0x1FF):
                self.values[self.RAW] |= self.FULL
        elif at in (self.RAW, self.ST):
            return
        elif at == self.CONF0 and value >> 17 & 1:
            self.received.clear()
        super().write(at, value)
        if at in (self.CLR, self.ENA):
            self.signal()


class GPIO(Page):
    """Pins: what the program drives them to, and what the outside does."""

    OUT, OUT_SET, OUT_CLEAR, ENABLE, ENABLE_SET, ENABLE_CLEAR, IN, STRAP = 4, 8, 0xC, 0x20, 0x24, 0x28, 0x3C, 0x38
    SELECT = 0x554  # FUNCn_OUT_SEL_CFG: the signal that a pin shows
    PINS = 22
    SIMPLE, LEDC = 128, 45
    UNUSED, INPUT, OUTPUT, DUTY = range(4)  # as the virtual chip has them

    def __init__(self, chip, inputs):
        super().__init__(chip, {self.STRAP: 8})
        self.inputs = inputs
        self.told = {}

    def read(self, at):
        if at == self.IN:
            driven = self.values.get(self.ENABLE, 0)
            return self.values.get(self.OUT, 0) & driven | self.inputs & ~driven
        return super().read(at)

    def write(self, at, value):
        v = self.values
        if at == self.OUT_SET:
            v[self.OUT] = v.get(self.OUT, 0) | value
        elif at == self.OUT_CLEAR:
            v[self.OUT] = v.get(self.OUT, 0) & ~value
        elif at == self.ENABLE_SET:
            v[self.ENABLE] = v.get(self.ENABLE, 0) | value
        elif at == self.ENABLE_CLEAR:
            v[self.ENABLE] = v.get(self.ENABLE, 0) & ~value
        else:
            v[at] = value
        self.show()

    def state(self, pin):
        if not self.values.get(self.ENABLE, 0) >> pin & 1:
            return None
        signal = self.values.get(self.SELECT + 4 * pin, 0) & 0xFF
        if signal == self.SIMPLE:
            return self.OUTPUT, self.values.get(self.OUT, 0) >> pin & 1
        if self.LEDC <= signal < self.LEDC + 6:
            return self.DUTY, self.chip.ledc.percent(signal - self.LEDC)
        return None

    def show(self):
        """Tells the outside about the pins that have changed."""
        for pin in range(self.PINS):
            state = self.state(pin)
            if state is None and pin in self.told:
                state = self.INPUT, self.inputs >> pin & 1
            if state is not None and self.told.get(pin) != state:
                self.told[pin] = state
                self.chip.outside.pin(pin, *state)


class LEDC(Page):
    """PWM: six channels on four timers; told as the part of the time that a pin is high."""

    def percent(self, channel):
        base = 0x14 * channel
        config = self.values.get(base, 0)
        if not config >> 2 & 1:
            return 100 if config >> 3 & 1 else 0
        bits = self.values.get(0xA0 + 8 * (config & 3), 0) & 15
        return round(100 * (self.values.get(base + 8, 0) >> 4) / (1 << bits)) if bits else 0

    def write(self, at, value):
        super().write(at, value)
        self.chip.gpio.show()


class SARADC(Page):
    """The thermometer: 25 degrees in the range from -10 to 80."""

    THERMOMETER, RAW = 0x58, 104  # 0.4386 * raw - 20.52

    def read(self, at):
        value = super().read(at)
        if at == self.THERMOMETER:
            return value & ~255 | (self.RAW if value >> 22 & 1 else 0)
        return value


class EFuse(Page):
    """The MAC address; everything else is as made: WDT_DELAY_SEL is 0."""

    def __init__(self, chip):
        super().__init__(chip, {0x44: 0xF9000001, 0x48: 0x6055, 0x50: 4 << 18})

    def write(self, at, value):
        pass


class Random(Page):
    """APB_CTRL with its source of random numbers, which are the same in every run."""

    def __init__(self, chip):
        super().__init__(chip)
        self.source = random.Random(1)

    def read(self, at):
        return self.source.getrandbits(32) if at == 0xB0 else super().read(at)


class Flash(Page):
    """SPI1, idle: flash is reached through the ROM."""

    def read(self, at):
        return 0 if at == 0 else super().read(at)


class Analog(Page):
    """The bus to the analog parts: done at once."""

    def read(self, at):
        return super().read(at) & ~(1 << 25)


def pages(chip, inputs):
    """All that is modelled, by the number of its page from 0x60000000 on."""
    chip.interrupts = Interrupts(chip)
    chip.timers, chip.rtc = Timers(chip), RTC(chip)
    chip.usb, chip.uart = USB(chip), UART(chip)
    chip.gpio, chip.ledc = GPIO(chip, inputs), LEDC(chip)
    return {0x00: chip.uart, 0x02: Flash(chip), 0x04: chip.gpio, 0x08: EFusesAndRTC(chip), 0x0E: Analog(chip),
            0x19: chip.ledc, 0x1F: chip.timers, 0x23: SystemTimer(chip), 0x26: Random(chip), 0x40: SARADC(chip),
            0x43: chip.usb, 0xC2: chip.interrupts}


class EFusesAndRTC:
    """Two parts share a page: RTC_CNTL and, from 0x800 on, the eFuses."""

    def __init__(self, chip):
        self.rtc, self.efuse = chip.rtc, EFuse(chip)

    def read(self, at):
        return self.efuse.read(at - 0x800) if at >= 0x800 else self.rtc.read(at)

    def write(self, at, value):
        if at >= 0x800:
            self.efuse.write(at - 0x800, value)
        else:
            self.rtc.write(at, value)
