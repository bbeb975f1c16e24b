"""The functions of the chip's boot ROM that programs call. Each takes its
arguments from the registers and leaves its result there, as the C compiler's
calling convention for RV32 has it; a word of code in the ROM returns.

Addresses are those of the program's own symbols, which come from TinyGo's
linker script. A function that is not here stops the emulator: nothing is made
up for it.
"""
import math
import struct

from image import mapped

SECTOR, BLOCK, PAGE = 4096, 65536, 256
# ns, W25Q32JV, typical: what the virtual chip's bootloader takes with real timing.
ERASE_SECTOR, ERASE_BLOCK, PROGRAM_PAGE = 45_000_000, 150_000_000, 400_000
INVALIDATE = 20_000  # to drop what the cache holds of some sectors


def signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def double(word):
    return struct.unpack('<d', struct.pack('<Q', word))[0]


def single(word):
    return struct.unpack('<f', struct.pack('<I', word))[0]


def of_double(x):
    return struct.unpack('<Q', struct.pack('<d', x))[0]


def of_single(x):
    try:
        return struct.unpack('<I', struct.pack('<f', x))[0]
    except OverflowError:
        return 0x7F800000 | (0x80000000 if x < 0 else 0)


def divide(x, y):
    if y:
        return x / y
    if x == 0 or math.isnan(x) or math.isnan(y):
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1, y)


def truncated(x, low, high):
    """A float as an integer of the range, as a conversion that saturates gives it."""
    if math.isnan(x):
        return 0
    return min(max(int(x), low), high) if math.isfinite(x) else (low if x < 0 else high)


def quotient(x, y):
    q = abs(x) // abs(y)
    return q if (x < 0) == (y < 0) else -q


def compare(x, y, unordered):
    if math.isnan(x) or math.isnan(y):
        return unordered
    return (x > y) - (x < y)


def arithmetic():
    """What compilers call where the chip has no instruction (libgcc's interface, which the ROM has)."""
    table = {}
    for name, f in {'add': lambda x, y: x + y, 'sub': lambda x, y: x - y, 'mul': lambda x, y: x * y, 'div': divide}.items():
        table['__%sdf3' % name] = lambda a, f=f: (of_double(f(double(a.q(0)), double(a.q(1)))), 64)
        table['__%ssf3' % name] = lambda a, f=f: (of_single(f(single(a.w(0)), single(a.w(1)))), 32)
    for name, unordered in {'eq': 1, 'ne': 1, 'lt': 1, 'le': 1, 'gt': -1, 'ge': -1}.items():
        table['__%sdf2' % name] = lambda a, u=unordered: (compare(double(a.q(0)), double(a.q(1)), u), 32)
        table['__%ssf2' % name] = lambda a, u=unordered: (compare(single(a.w(0)), single(a.w(1)), u), 32)
    table['__unorddf2'] = lambda a: (math.isnan(double(a.q(0))) or math.isnan(double(a.q(1))), 32)
    table['__unordsf2'] = lambda a: (math.isnan(single(a.w(0))) or math.isnan(single(a.w(1))), 32)
    table['__negdf2'] = lambda a: (a.q(0) ^ 1 << 63, 64)
    table['__negsf2'] = lambda a: (a.w(0) ^ 1 << 31, 32)
    table['__extendsfdf2'] = lambda a: (of_double(single(a.w(0))), 64)
    table['__truncdfsf2'] = lambda a: (of_single(double(a.q(0))), 32)
    for kind, take in {'df': lambda a: double(a.q(0)), 'sf': lambda a: single(a.w(0))}.items():
        for to, bits in {'si': 32, 'di': 64}.items():
            table['__fix%s%s' % (kind, to)] = lambda a, t=take, b=bits: (truncated(t(a), -(1 << b - 1), (1 << b - 1) - 1), b)
            table['__fixuns%s%s' % (kind, to)] = lambda a, t=take, b=bits: (truncated(t(a), 0, (1 << b) - 1), b)
    for source, take in {'si': lambda a: signed(a.w(0), 32), 'di': lambda a: signed(a.q(0), 64),
                         'unsi': lambda a: a.w(0), 'undi': lambda a: a.q(0)}.items():
        table['__float%sdf' % source] = lambda a, t=take: (of_double(float(t(a))), 64)
        table['__float%ssf' % source] = lambda a, t=take: (of_single(float(t(a))), 32)
    s = lambda a, i: signed(a.q(i), 64)
    table.update({
        '__divdi3': lambda a: (quotient(s(a, 0), s(a, 1)) if a.q(1) else -1, 64),
        '__moddi3': lambda a: (s(a, 0) - s(a, 1) * quotient(s(a, 0), s(a, 1)) if a.q(1) else a.q(0), 64),
        '__udivdi3': lambda a: (a.q(0) // a.q(1) if a.q(1) else -1, 64),
        '__umoddi3': lambda a: (a.q(0) % a.q(1) if a.q(1) else a.q(0), 64),
        '__muldi3': lambda a: (a.q(0) * a.q(1), 64),
        '__ashldi3': lambda a: (a.q(0) << (a.w(2) & 63), 64),
        '__lshrdi3': lambda a: (a.q(0) >> (a.w(2) & 63), 64),
        '__ashrdi3': lambda a: (s(a, 0) >> (a.w(2) & 63), 64),
        '__clzsi2': lambda a: (32 - a.w(0).bit_length(), 32),
        '__clzdi2': lambda a: (64 - a.q(0).bit_length(), 32),
        '__ctzsi2': lambda a: ((a.w(0) & -a.w(0)).bit_length() - 1, 32),
        '__ctzdi2': lambda a: ((a.q(0) & -a.q(0)).bit_length() - 1, 32),
        '__popcountsi2': lambda a: (bin(a.w(0)).count('1'), 32),
        '__popcountdi2': lambda a: (bin(a.q(0)).count('1'), 32),
        '__bswapsi2': lambda a: (int.from_bytes(a.w(0).to_bytes(4, 'little'), 'big'), 32),
        '__bswapdi2': lambda a: (int.from_bytes(a.q(0).to_bytes(8, 'little'), 'big'), 64),
    })
    return table


class Arguments:
    """The argument registers: w(i) is the i-th word, q(i) the i-th pair of them."""

    def __init__(self, chip):
        self.w = chip.argument
        self.q = lambda i: chip.argument(2 * i) | chip.argument(2 * i + 1) << 32


class ROM:
    """The functions at the addresses that the program's symbols say."""

    def __init__(self, chip, symbols):
        self.chip = chip
        self.arguments = Arguments(chip)
        named = {name: self.pure(f) for name, f in arithmetic().items()}
        done = lambda: 0
        named.update({
            'memcpy': self.copy, 'memmove': self.copy, 'memset': self.fill, 'memcmp': self.compare, 'bcmp': self.compare,
            'strlen': self.length,
            'ets_delay_us': self.delay, 'esp_rom_delay_us': self.delay,
            'intr_matrix_set': lambda: self.chip.interrupts.write(4 * self.arguments.w(1), self.arguments.w(2)),
            'rtc_get_reset_reason': lambda: self.chip.cause,
            'Cache_Suspend_ICache': done, 'Cache_Resume_ICache': done, 'Cache_Invalidate_ICache_All': done,
            'Cache_MMU_Init': done, 'Cache_Dbus_MMU_Set': self.map_flash, 'Cache_Invalidate_Addr': self.invalidate,
            'esp_rom_spiflash_unlock': done,
            'esp_rom_spiflash_read': self.read, 'esp_rom_spiflash_write': self.write,
            'esp_rom_spiflash_erase_sector': lambda: self.erase(SECTOR, ERASE_SECTOR),
            'esp_rom_spiflash_erase_block': lambda: self.erase(BLOCK, ERASE_BLOCK),
        })
        self.functions = {symbols[name]: f for name, f in named.items() if 0x40000000 <= symbols.get(name, 0) < 0x40060000}
        self.names = {value: name for name, value in symbols.items() if 0x40000000 <= value < 0x40060000}

    def call(self, address):
        """Does what the function at address does; None: there is none."""
        f = self.functions.get(address)
        if f is None:
            return self.names.get(address, 'at %#x' % address)
        result = f()
        if result is not None:
            self.chip.result(result)
        return None

    def pure(self, f):
        def call():
            value, bits = f(self.arguments)
            self.chip.result(int(value) & 0xFFFFFFFF)
            if bits == 64:
                self.chip.result_high(int(value) >> 32 & 0xFFFFFFFF)
        return call

    def copy(self):
        to, source, n = self.arguments.w(0), self.arguments.w(1), self.arguments.w(2)
        if n:
            self.chip.store(to, self.chip.load(source, n))
        return to

    def fill(self):
        to, value, n = self.arguments.w(0), self.arguments.w(1), self.arguments.w(2)
        if n:
            self.chip.store(to, bytes([value & 255]) * n)
        return to

    def compare(self):
        n = self.arguments.w(2)
        x, y = (self.chip.load(self.arguments.w(i), n) if n else b'' for i in (0, 1))
        return (x > y) - (x < y) & 0xFFFFFFFF

    def length(self):
        at = self.arguments.w(0)
        n = 0
        while self.chip.load(at + n, 1) != b'\0':
            n += 1
        return n

    def delay(self):
        self.chip.now += self.arguments.w(0) * 1000
        return None

    def map_flash(self):
        """The whole flash is mapped from its first byte on, as all programs of TinyGo have it."""
        if [self.arguments.w(i) for i in range(4)] != [0, 0x3C000000, 0, 64]:
            raise ValueError('flash is to be mapped in a way that is not modelled')
        return 0

    def invalidate(self):
        self.chip.now += INVALIDATE
        return 0

    def read(self):
        at, to, n = (self.arguments.w(i) for i in range(3))
        if at % 4 or to % 4 or n % 4:
            return 1
        self.chip.store(to, self.chip.flash.read(at, n))
        return 0

    def write(self):
        at, source, n = (self.arguments.w(i) for i in range(3))
        if at % 4 or source % 4 or n % 4 or mapped(source):
            return 1  # the ROM takes whole words, and cannot read flash while it writes there
        data = self.chip.load(source, n)
        while data:  # page by page: power may fail between them
            piece = data[:PAGE - at % PAGE]
            self.chip.flash.program(at, piece)
            self.chip.worked(PROGRAM_PAGE)
            at, data = at + len(piece), data[len(piece):]
        return 0

    def erase(self, size, time):
        self.chip.flash.erase(self.arguments.w(0) * size, size)
        self.chip.worked(time)
        return 0
