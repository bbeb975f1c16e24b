"""An ESP32-C3 from one reset to the next, on Unicorn's RISC-V.

Unicorn runs instructions; everything else is here: memory, the way from flash
into it, registers, interrupts, and time.

Time is emulated. An instruction takes as long as at 160 MHz, a register as long
as the bus, flash as long as flash. It goes at most as fast as real time, and
stands still while this process is busy with something else or cannot keep up.

Unicorn 2.0.1 has traps: a callback for registers runs with a program counter
that is not up to date, so that nothing may be stopped there, and a hook must not
change it. So the chip is looked at after a slice of instructions, and, for the
program not to spin through the rest of it, where it was found waiting before.
"""
import ctypes
import mmap
import time

from unicorn import (Uc, UcError, UC_ARCH_RISCV, UC_HOOK_CODE, UC_HOOK_INTR, UC_HOOK_MEM_FETCH_UNMAPPED,
                     UC_HOOK_MEM_READ_UNMAPPED, UC_HOOK_MEM_WRITE_PROT, UC_HOOK_MEM_WRITE_UNMAPPED,
                     UC_MODE_RISCV32, UC_PROT_ALL, UC_PROT_EXEC, UC_PROT_READ)
from unicorn.riscv_const import (UC_RISCV_REG_A0, UC_RISCV_REG_A1, UC_RISCV_REG_MCAUSE, UC_RISCV_REG_MEPC,
                                 UC_RISCV_REG_MSTATUS, UC_RISCV_REG_MTVAL, UC_RISCV_REG_MTVEC, UC_RISCV_REG_PC,
                                 UC_RISCV_REG_RA, UC_RISCV_REG_SP)

from image import Image, mapped
from registers import NEVER, Page, pages
from rom import ROM

CYCLE = 6.25  # ns
ACCESS = 100  # ns for a register, with the instructions around it
SLICE = 4000  # instructions before this process looks at what has come
WAITS = 16  # places in a program where it waits for time to pass
AHEAD = 1_000_000  # ns of emulated time that may be ahead of real time
BEHIND = 20_000_000  # and behind it before what is missing is lost

RAM, RAM_SIZE, CODE_RAM = 0x3FC80000, 0x60000, 0x40380000  # one memory on two buses
CACHE_RAM, CACHE_SIZE = 0x4037C000, 0x4000
RTC_RAM, RTC_SIZE = 0x50000000, 0x2000
ROM_CODE, ROM_SIZE = 0x40000000, 0x60000
ROM_DATA, ROM_DATA_SIZE = 0x3FF00000, 0x20000
REGISTERS, REGISTERS_END = 0x60000000, 0x600D1000
FLASH_WINDOW = 0x800000

WFI, RETURN = 0x10500073, b'\x82\x80'  # the second is c.ret
MIE, MPIE, MPP = 8, 0x80, 0x1800

CAUSES = {0x01: 'POWERON', 0x03: 'RTC_SW_SYS_RST', 0x07: 'TG0WDT_SYS_RST', 0x09: 'RTCWDT_SYS_RST', 0x0C: 'RTC_SW_CPU_RST',
          0x0D: 'RTCWDT_CPU_RST', 0x10: 'RTCWDT_RTC_RST', 0x12: 'SUPER_WDT_RST', 0x15: 'USB_UART_CHIP_RST'}


class Fault(Exception):
    """The program does what is not modelled."""


class Memory:
    """Bytes that live longer than one Unicorn, page-aligned."""

    def __init__(self, size, file=None):
        self.map = mmap.mmap(file.fileno() if file else -1, size)
        self.address = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(self.map)))

    def fill(self, value):
        self.map[:] = bytes([value]) * len(self.map)


class Chip:
    """outside is what the chip is soldered to (see outside.py); line is its serial line; symbols
    are the program's names; now is the time; again: it is not the first life in this process."""

    def __init__(self, outside, flash, ram, rtc_ram, symbols, cause, now, again):
        self.outside, self.line, self.flash = outside, outside, flash
        self.ram, self.rtc_ram = ram, rtc_ram
        self.cause, self.now = cause, now
        self.over = None  # why this life of the chip has ended: the next one's cause
        self.real = time.monotonic_ns() - now
        self.failure = None
        self.waiting = False  # the program does nothing but wait for time to pass
        self.waits = set()
        self.pages = pages(self, outside.inputs)
        self.serial = self.uart if outside.wiring == 'uart' else self.usb
        image = Image(flash.bytes)
        self.rom = ROM(self, symbols)
        self.power(image)
        self.radio(symbols)
        self.greet(image, again)
        self.pc = image.entry

    # The way from a reset into the program.

    def power(self, image):
        uc = self.uc = Uc(UC_ARCH_RISCV, UC_MODE_RISCV32)
        for bus in (RAM, CODE_RAM):
            uc.mem_map_ptr(bus, RAM_SIZE, UC_PROT_ALL, self.ram.address)
        uc.mem_map(CACHE_RAM, CACHE_SIZE)
        uc.mem_map_ptr(RTC_RAM, RTC_SIZE, UC_PROT_ALL, self.rtc_ram.address)
        uc.mem_map(ROM_CODE, ROM_SIZE, UC_PROT_READ | UC_PROT_EXEC)
        uc.mem_write(ROM_CODE, RETURN * (ROM_SIZE // 2))
        uc.mem_map(ROM_DATA, ROM_DATA_SIZE)
        for bus in (0x3C000000, 0x42000000):
            uc.mem_map_ptr(bus, min(FLASH_WINDOW, self.flash.size), UC_PROT_READ | UC_PROT_EXEC, self.flash.memory.address)
        self.map_registers()
        uc.hook_add(UC_HOOK_CODE, self.in_rom, begin=ROM_CODE, end=ROM_CODE + ROM_SIZE - 1)
        uc.hook_add(UC_HOOK_INTR, self.exception)
        uc.hook_add(UC_HOOK_MEM_READ_UNMAPPED, self.no_memory, 5)
        uc.hook_add(UC_HOOK_MEM_WRITE_UNMAPPED | UC_HOOK_MEM_WRITE_PROT, self.no_memory, 7)
        uc.hook_add(UC_HOOK_MEM_FETCH_UNMAPPED, self.no_memory, 1)
        for address, at, length in image.segments:
            if length and not mapped(address):
                uc.mem_write(address, bytes(self.flash.bytes[at:at + length]))
        uc.reg_write(UC_RISCV_REG_SP, 0x3FCDE000)
        uc.reg_write(UC_RISCV_REG_MSTATUS, MPP | MIE)

    def map_registers(self):
        """Neighbouring pages that only remember are one piece."""
        page = REGISTERS
        while page < REGISTERS_END:
            known = self.pages.get((page - REGISTERS) >> 12)
            end = page + 0x1000
            while not known and end < REGISTERS_END and not self.pages.get((end - REGISTERS) >> 12):
                end += 0x1000
            self.map_page(page, end - page, known or Page(self))
            page = end

    def map_page(self, base, size, page):
        timers = self.timers

        def read(uc, at, size, data):
            try:
                self.now += ACCESS
                if page is not timers:
                    timers.spun, self.waiting = 0, False
                return page.read(at)
            except Exception as e:  # it would be lost in C
                return self.fail(e)

        def write(uc, at, size, value, data):
            try:
                self.now += ACCESS
                if page is not timers:
                    timers.spun, self.waiting = 0, False
                page.write(at, value)
            except Exception as e:
                self.fail(e)

        self.uc.mmio_map(base, size, read, None, write, None)

    def radio(self, symbols):
        """The radio's start fails: its parts, and the ROM's code for them, are not modelled.
        What the chip runs is changed there, not what lies in flash."""
        start = symbols.get('espradio_wifi_init')
        if start:
            at = start & (FLASH_WINDOW - 1)
            self.flash.memory.map[at:at + 4] = b'\x05\x45' + RETURN  # li a0, 1; ret

    def greet(self, image, again):
        """What the ROM prints; after other resets than its own, the board has begun with it."""
        if again:
            self.line.send(b'ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x%x (%s),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n'
                           % (self.cause, CAUSES[self.cause].encode()))
        for address, _, length in image.segments:
            self.line.send(b'load:0x%08x,len:0x%x\r\n' % (address, length))
        self.line.send(b'entry 0x%08x\r\n' % image.entry)

    # What the ROM's functions need.

    def argument(self, i):
        return self.uc.reg_read(UC_RISCV_REG_A0 + i)

    def result(self, value):
        self.uc.reg_write(UC_RISCV_REG_A0, value)

    def result_high(self, value):
        self.uc.reg_write(UC_RISCV_REG_A1, value)

    def load(self, at, n):
        return bytes(self.uc.mem_read(at, n))

    def store(self, at, data):
        self.uc.mem_write(at, data)

    def worked(self, nanos):
        if self.outside.real_flash:
            self.now += nanos

    def in_rom(self, uc, address, size, data):
        try:
            self.timers.spun, self.waiting = 0, False
            unknown = self.rom.call(address)
            if unknown:
                raise Fault('the program calls the ROM\'s %s, from %#x' % (unknown, uc.reg_read(UC_RISCV_REG_RA)))
        except Exception as e:
            self.fail(e)

    # What the registers need.

    def fail(self, e):
        self.failure = self.failure or e
        return 0

    def restart(self, cause):
        """The chip is reset."""
        if self.over is None:
            self.over = cause

    def skip(self, at):
        """The program asks a register until it changes at that time, or before."""
        if self.due() >= at:
            self.now = max(self.now, at)
        else:
            self.now = max(self.now, self.due())
        self.pass_time()

    def learn(self):
        """The program waits here; the next time, it does not go on to the end of the slice."""
        if self.pc not in self.waits and len(self.waits) < WAITS:
            self.waits.add(self.pc)
            self.uc.hook_add(UC_HOOK_CODE, self.at_wait, begin=self.pc, end=self.pc)

    def at_wait(self, uc, address, size, data):
        if self.waiting:
            uc.emu_stop()

    # Time.

    def parts(self):
        return self.timers, self.rtc, self.serial

    def due(self):
        return min(part.due() for part in self.parts())

    def pass_time(self):
        for part in self.parts():
            if self.now >= part.due():
                part.pass_time()

    def run(self):
        """Runs the chip until it is reset; returns the cause."""
        while self.over is None:
            begun = self.now
            self.execute()
            if self.failure:
                raise self.failure
            waiting, self.waiting = self.waiting, False
            if not waiting:
                self.now = max(self.now, begun + int(SLICE * CYCLE))
            self.pass_time()
            self.outside_world(waiting and not self.interrupts.next())
            if self.over is None:
                self.interrupt()
        return self.over

    def execute(self):
        try:
            self.uc.emu_start(self.pc, 0xFFFFFFFF, count=SLICE)
            self.pc = self.uc.reg_read(UC_RISCV_REG_PC)
        except UcError as e:
            self.pc = self.uc.reg_read(UC_RISCV_REG_PC)
            if self.trap is None:
                raise Fault('%s at %#x' % (e, self.pc))
        if self.trap is not None:
            (cause, value), self.trap = self.trap, None
            self.enter(cause, value, 0)
        elif self.asleep():
            self.waiting = True
        elif self.waiting:
            self.learn()

    trap = None

    def asleep(self):
        """The instruction before this one is wfi."""
        if mapped(self.pc) or RAM <= self.pc - (CODE_RAM - RAM) < RAM + RAM_SIZE:
            return self.pc % 2 == 0 and int.from_bytes(self.load(self.pc - 4, 4), 'little') == WFI
        return False

    def no_memory(self, uc, access, address, size, value, cause):
        self.trap = cause, address
        return False

    def exception(self, uc, number, data):
        self.trap = number, 0
        uc.emu_stop()

    def interrupt(self):
        line = self.interrupts.next()
        if line and self.uc.reg_read(UC_RISCV_REG_MSTATUS) & MIE:
            self.enter(1 << 31 | line, 0, line)

    def enter(self, cause, value, line):
        """The CPU goes to the handler of a line; 0: that of exceptions."""
        uc = self.uc
        status = uc.reg_read(UC_RISCV_REG_MSTATUS)
        uc.reg_write(UC_RISCV_REG_MEPC, self.pc)
        uc.reg_write(UC_RISCV_REG_MCAUSE, cause)
        uc.reg_write(UC_RISCV_REG_MTVAL, value)
        uc.reg_write(UC_RISCV_REG_MSTATUS, status & ~(MIE | MPIE) | (MPIE if status & MIE else 0) | MPP)
        self.pc = (uc.reg_read(UC_RISCV_REG_MTVEC) & ~0xFF) + 4 * line

    def outside_world(self, waiting):
        """Exchanges with the outside what has come. While the program waits, time goes on
        with ours, until something comes or is due; else it must not be far ahead of ours."""
        real = time.monotonic_ns() - self.real
        if real - self.now > BEHIND:
            self.real += real - self.now - BEHIND
            real = self.now + BEHIND
        if waiting:
            due = max(self.now, min(self.due(), self.now + 100_000_000))
            if self.outside.exchange(self, max(0, due - real)):
                real = time.monotonic_ns() - self.real
                self.now = max(self.now, min(due, real))
            else:
                self.now = due
            self.pass_time()
        else:
            ahead = self.now - real - AHEAD
            self.outside.exchange(self, max(0, ahead))

    def leap(self, nanos):
        """Lets time go by in which the program gets nowhere, watchdogs included."""
        end = self.now + nanos
        while self.over is None and self.now < end:
            self.now = min(end, max(self.now + 1, self.rtc.due()))
            self.rtc.pass_time()
        self.now = max(self.now, end) if self.over is None else self.now
        self.real = time.monotonic_ns() - self.now
