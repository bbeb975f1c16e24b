"""What lies in flash: the program's image, as the chip's boot ROM reads it,
and the ELF file that it was made from, which knows the names in it.

Format: Espressif, "Firmware Image Format"; header of 24 bytes, segments of
address, length and data.
"""
import glob
import struct

FLASH_BUS = ((0x3C000000, 0x3C800000), (0x42000000, 0x42800000))  # data and code, mapped from flash


def mapped(address):
    return any(low <= address < high for low, high in FLASH_BUS)


class Image:
    """entry is where the program begins, segments are (address, offset in flash, bytes)."""

    def __init__(self, flash):
        if flash[0] != 0xE9:
            raise ValueError('there is no image in flash')
        self.entry = struct.unpack_from('<I', flash, 4)[0]
        self.segments = []
        at = 24
        for _ in range(flash[1]):
            address, length = struct.unpack_from('<II', flash, at)
            at += 8
            self.segments.append((address, at, length))
            at += length


class ELF:
    """The symbols of a 32-bit little-endian ELF file, and its sections' bytes."""

    def __init__(self, name):
        self.name = name
        with open(name, 'rb') as f:
            self.data = f.read()
        if self.data[:6] != b'\x7fELF\x01\x01':
            raise ValueError(name + ' is no ELF file')
        at, = struct.unpack_from('<I', self.data, 32)
        size, count = struct.unpack_from('<HH', self.data, 46)
        self.sections = [struct.unpack_from('<10I', self.data, at + i * size) for i in range(count)]
        self.symbols = {}
        for _, kind, _, _, offset, length, link, _, _, entry in self.sections:
            if kind != 2:  # SHT_SYMTAB
                continue
            names = self.sections[link][4]
            for i in range(offset, offset + length, entry):
                n, value, _, info, _, section = struct.unpack_from('<IIIBBH', self.data, i)
                if n and section:
                    end = self.data.index(b'\0', names + n)
                    self.symbols[self.data[names + n:end].decode('latin-1')] = value

    def matches(self, flash):
        """Whether the program in flash was made from this file: everything that runs from flash is the same."""
        found = False
        for _, kind, flags, address, offset, length, *_ in self.sections:
            if kind == 1 and flags & 2 and length and mapped(address):  # SHT_PROGBITS, SHF_ALLOC
                place = address & 0x7FFFFF
                if flash[place:place + length] != self.data[offset:offset + length]:
                    return False
                found = True
        return found


def find_elf(pattern, flash):
    """The ELF file of the program in flash among those that the pattern names."""
    for name in glob.glob(pattern, recursive=True):
        try:
            elf = ELF(name)
        except (OSError, ValueError, IndexError, struct.error):
            continue  # one that is being written
        if elf.matches(flash):
            return elf
    raise ValueError('no ELF file of the program in flash among ' + pattern)
