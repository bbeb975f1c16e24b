"""What the emulated chip is soldered to: the virtual board that Studio has.

The board starts this process as the program that runs on it (package
studio/host, channel.go, describes the protocol): standard input and output are
the serial line, flash and pins are reached over a TCP connection. The test has
a connection of its own, a Unix socket of JSON lines:

  to it     {"event": "boot", "cause", "nanos"}, an answer {"id", "nanos", "erases", "programs", "lost"}
  from it   {"id", "do": "state"}, {"id", "do": "leap", "ms"}: time goes by in which the program gets nowhere,
            {"id", "do": "flashTime", "real"}: flash that takes its time, or none
"""
import errno
import fcntl
import json
import os
import select
import socket
import struct
import sys

from chip import Memory

WELCOME, READ, WRITE, ERASE, PIN, RESET, BOOTLOADER = 0, 1, 2, 3, 4, 6, 7


class Outside:
    def __init__(self, wiring, watch):
        self.wiring = wiring  # "usb": the chip's own; "uart": a serial chip
        host, port = os.environ['STUDIO_CHIP'].rsplit(':', 1)
        self.board = socket.create_connection((host, int(port)))
        self.board.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.board.sendall(bytes.fromhex(os.environ['STUDIO_CHIP_KEY']))
        self.frames = bytearray()
        op, welcome = self.frame()
        self.flash_size, self.reason, self.inputs = struct.unpack_from('<IBI', welcome)
        self.test = None
        if watch:
            self.test = socket.socket(socket.AF_UNIX)
            self.test.connect(watch)
        self.asked = bytearray()
        self.out = bytearray()
        self.real_flash = True
        self.count = {'erases': 0, 'programs': 0}
        for fd in (0, 1):
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)

    # The board.

    def frame(self):
        """The next frame from the board: op and body."""
        while len(self.frames) < 4 or len(self.frames) < 4 + struct.unpack_from('<I', self.frames)[0]:
            data = self.board.recv(1 << 20)
            if not data:
                sys.exit(0)  # the board is gone
            self.frames += data
        end = 4 + struct.unpack_from('<I', self.frames)[0]
        op, body = self.frames[4], bytes(self.frames[5:end])
        del self.frames[:end]
        return op, body

    def tell(self, op, body=b''):
        try:
            self.board.sendall(struct.pack('<IB', 1 + len(body), op) + body)
        except OSError:
            sys.exit(0)

    def ask(self, op, body):
        """A request that the board answers; None: it refuses."""
        self.tell(op, body)
        while True:
            got, answer = self.frame()
            if got == op:
                return answer[1:] if answer[0] == 0 else None
            self.heard(got, answer)

    def heard(self, op, body):
        if op == PIN:
            pin, level = body[0], body[1]
            self.inputs = self.inputs & ~(1 << pin) | level << pin

    def pin(self, pin, mode, level):
        self.tell(PIN, bytes([pin, mode, level]))

    def bootloader(self):
        """The board goes to its bootloader, and ends this process."""
        self.tell(BOOTLOADER)
        while True:
            self.frame()

    # The serial line.

    def send(self, data):
        self.out += data
        self.drain()

    def take(self, data):
        """A packet, if the computer takes it: it reads what it got before."""
        self.drain()
        if self.out:
            return False
        self.send(data)
        return True

    def drain(self):
        while self.out:
            try:
                n = os.write(1, self.out)
            except BlockingIOError:
                return
            except OSError as e:
                if e.errno == errno.EPIPE:
                    sys.exit(0)
                raise
            del self.out[:n]

    def exchange(self, chip, nanos):
        """Waits at most so long for something to come, and hands it over; whether something came."""
        came = False
        wanted = [self.board] + ([self.test] if self.test else []) + ([0] if chip.serial.room() > 0 else [])
        ready, writable, _ = select.select(wanted, [1] if self.out else [], [], nanos / 1e9)
        if writable:
            self.drain()
        for source in ready:
            came = True
            if source == 0:
                data = os.read(0, chip.serial.room())
                if not data:
                    sys.exit(0)
                chip.serial.arrive(data)
            elif source is self.board:
                before = self.inputs
                self.heard(*self.frame())
                if self.inputs != before:
                    chip.gpio.inputs = self.inputs
                    chip.gpio.show()
            else:
                self.serve(chip)
        return came or bool(writable)

    # The test.

    def event(self, **what):
        if self.test:
            self.test.sendall(json.dumps(what).encode() + b'\n')

    def serve(self, chip):
        data = self.test.recv(4096)
        if not data:
            self.test = None
            return
        self.asked += data
        while b'\n' in self.asked:
            line, _, rest = bytes(self.asked).partition(b'\n')
            self.asked = bytearray(rest)
            request = json.loads(line)
            if request['do'] == 'leap':
                chip.leap(request['ms'] * 1_000_000)
            elif request['do'] == 'flashTime':
                self.real_flash = request['real']
            self.event(id=request['id'], nanos=chip.now, lost=chip.uart.lost, **self.count)


class Flash:
    """The board's flash. The chip reads a copy of it, which its cache would have."""

    def __init__(self, outside):
        self.outside, self.size = outside, outside.flash_size
        self.memory = Memory(self.size)
        self.bytes = memoryview(self.memory.map)
        self.load(0, self.size)

    def load(self, at, size):
        step = 256 << 10
        for off in range(at, at + size, step):
            n = min(step, at + size - off)
            self.memory.map[off:off + n] = self.outside.ask(READ, struct.pack('<II', off, n))

    def read(self, at, n):
        return self.outside.ask(READ, struct.pack('<II', at, n))

    def program(self, at, data):
        """Ones become zeros, never the other way; the board does it."""
        self.outside.count['programs'] += 1
        if self.outside.ask(WRITE, struct.pack('<I', at) + data) is None:
            raise ValueError('flash cannot be written at %#x' % at)
        self.load(at, len(data))

    def erase(self, at, size):
        self.outside.count['erases'] += 1
        if self.outside.ask(ERASE, struct.pack('<II', at, size)) is None:
            raise ValueError('flash cannot be erased at %#x' % at)
        self.load(at, size)
