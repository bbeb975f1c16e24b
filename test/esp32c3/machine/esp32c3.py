#!/usr/bin/python3
"""Emulated ESP32-C3s, as the programs that virtual boards run:

  esp32c3.py SOCKET

waits at a Unix socket for start.py, which a board starts as its program, and
takes the program's place: its streams, its environment, and these arguments:

  --wiring usb|uart --elf GLOB --memory FILE [--watch SOCKET]

Each chip is a process of its own. It starts what lies in the board's flash, as
the chip's boot ROM does; this process has everything loaded by then, so that a
start takes no longer than on a real board. --elf names the files among which
that program's symbols are found. --memory keeps the RTC's memory, which lives
as long as the chip has power: longer than the chip's process, which the board
ends when the reset line is pulled, or for the bootloader. It ends with its input.
"""
import argparse
import json
import os
import select
import signal
import socket
import sys

from chip import Chip, Fault, Memory, RAM_SIZE, RTC_SIZE
from image import find_elf
from outside import Flash, Outside

POWER_ON, SOFTWARE, FLASHER, USB = 0x01, 0x03, 0x10, 0x15
# What the board says about the reset (studio/host): power, the reset line, software, watchdog.
BY_POWER, BY_LINE, BY_SOFTWARE, BY_WATCHDOG = range(4)


def main():
    """Waits for boards."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    waiting = socket.socket(socket.AF_UNIX)
    waiting.bind(sys.argv[1])
    waiting.listen()
    while True:
        ready, _, _ = select.select([waiting, 0], [], [])
        if 0 in ready:
            os.unlink(sys.argv[1])
            return
        board, _ = waiting.accept()
        if os.fork():
            board.close()
            continue
        waiting.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        said, streams, _, _ = socket.recv_fds(board, 1 << 16, 3)
        if not said:
            os._exit(0)  # somebody who looks whether anybody is there
        for fd, stream in enumerate(streams):
            os.dup2(stream, fd)
            os.close(stream)
        asked = json.loads(said)
        os.environ.update(asked['environment'])
        try:
            run(asked['arguments'])
        except (Fault, ValueError) as e:
            os.write(2, b'\r\nThe emulated chip stops: %s' % str(e).encode())
        os._exit(0)


def run(what):
    """One chip, for as long as its board lets it run."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--wiring', choices=['usb', 'uart'], default='usb')
    arguments.add_argument('--elf', required=True)
    arguments.add_argument('--memory', required=True)
    arguments.add_argument('--watch')
    a = arguments.parse_args(what)

    outside = Outside(a.wiring, a.watch)
    flash = Flash(outside)
    symbols = find_elf(a.elf, flash.bytes).symbols
    ram = Memory(RAM_SIZE)
    ram.fill(0xA5)  # nobody may rely on what is there
    with open(a.memory, 'r+b') as file:
        rtc_ram = Memory(RTC_SIZE, file)
    # The reset line of a chip with USB resets all but the RTC, of which a tool's watchdog does.
    cause = {BY_LINE: USB if a.wiring == 'usb' else POWER_ON, BY_SOFTWARE: SOFTWARE, BY_WATCHDOG: FLASHER}.get(outside.reason, POWER_ON)
    if cause == POWER_ON:
        rtc_ram.fill(0x5A)
    now, again = 0, False
    while True:
        outside.event(event='boot', cause=cause, nanos=now)
        chip = Chip(outside, flash, ram, rtc_ram, symbols, cause, now, again)
        cause = chip.run()
        now, again = chip.now, True
        for pin in chip.gpio.told:
            outside.pin(pin, 0, 0)
        if chip.rtc.values.get(chip.rtc.OPTION1, 0) & 1:
            outside.bootloader()


if __name__ == '__main__':
    main()
