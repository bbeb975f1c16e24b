"""The ROM's arithmetic, against values that are known."""
import math
import struct
import unittest

import rom


def bits(x):
    return struct.unpack('<Q', struct.pack('<d', x))[0]


def short(x):
    return struct.unpack('<I', struct.pack('<f', x))[0]


class Words:
    """Argument registers that are given as words."""

    def __init__(self, words):
        self.words = words

    def w(self, i):
        return self.words[i]

    def q(self, i):
        return self.words[2 * i] | self.words[2 * i + 1] << 32


def call(name, *values):
    """Each value is (number, of how many bits)."""
    words = []
    for value, size in values:
        words += [value & 0xFFFFFFFF] + ([value >> 32 & 0xFFFFFFFF] if size == 64 else [])
    value, size = rom.arithmetic()[name](Words(words))
    return int(value) & (1 << size) - 1


class Arithmetic(unittest.TestCase):
    def test_whole_numbers(self):
        for name, x, y, want in (
            ('__divdi3', -7, 2, -3), ('__moddi3', -7, 2, -1), ('__divdi3', 7, -2, -3), ('__moddi3', 7, -2, 1),
            ('__udivdi3', (1 << 64) - 1, 10, 1844674407370955161), ('__umoddi3', (1 << 64) - 1, 10, 5),
            ('__muldi3', -3, 5, -15), ('__divdi3', -(1 << 63), -1, -(1 << 63)),
        ):
            self.assertEqual(call(name, (x, 64), (y, 64)), want & (1 << 64) - 1, name)
        for name, x, n, want in (('__ashldi3', 3, 62, 3 << 62), ('__lshrdi3', -1, 60, 15), ('__ashrdi3', -16, 2, -4)):
            self.assertEqual(call(name, (x, 64), (n, 32)), want & (1 << 64) - 1, name)
        self.assertEqual(call('__clzsi2', (1, 32)), 31)
        self.assertEqual(call('__ctzdi2', (1 << 40, 64)), 40)
        self.assertEqual(call('__bswapsi2', (0x11223344, 32)), 0x44332211)

    def test_floats(self):
        for name, x, y, want in (
            ('__adddf3', 0.1, 0.2, 0.1 + 0.2), ('__subdf3', 1.0, 3.5, -2.5), ('__muldf3', 1e200, 1e200, math.inf),
            ('__divdf3', 1.0, 3.0, 1 / 3), ('__divdf3', -1.0, 0.0, -math.inf),
        ):
            self.assertEqual(call(name, (bits(x), 64), (bits(y), 64)), bits(want), name)
        self.assertEqual(call('__addsf3', (short(16777216.0), 32), (short(1.0), 32)), short(16777216.0))
        self.assertEqual(call('__mulsf3', (short(3e38), 32), (short(10.0), 32)), 0x7F800000)

    def test_comparing(self):
        for name, x, y, want in (('__ltdf2', 1.0, 2.0, -1), ('__gedf2', 2.0, 2.0, 0), ('__gtdf2', 3.0, 2.0, 1),
                                 ('__ltdf2', math.nan, 1.0, 1), ('__gedf2', math.nan, 1.0, -1), ('__unorddf2', math.nan, 1.0, 1)):
            self.assertEqual(call(name, (bits(x), 64), (bits(y), 64)), want & 0xFFFFFFFF, name)

    def test_conversions(self):
        for name, x, want in (('__fixdfsi', -2.9, -2), ('__fixunsdfsi', 4e9, 4000000000), ('__fixdfdi', -1e15, -10 ** 15), ('__fixdfsi', 1e12, 0x7FFFFFFF)):
            size = 64 if name.endswith('di') else 32
            self.assertEqual(call(name, (bits(x), 64)), want & (1 << size) - 1, name)
        self.assertEqual(call('__floatsidf', (-5, 32)), bits(-5.0))
        self.assertEqual(call('__floatunsidf', (0xFFFFFFFF, 32)), bits(4294967295.0))
        self.assertEqual(call('__floatdidf', (-1, 64)), bits(-1.0))
        self.assertEqual(call('__truncdfsf2', (bits(0.1), 64)), short(0.1))
        self.assertEqual(call('__extendsfdf2', (short(0.5), 32)), bits(0.5))


if __name__ == '__main__':
    unittest.main()
