#!/usr/bin/python3
"""An emulated ESP32-C3, as the program that a virtual board runs:

  esp32c3.py --wiring usb|uart --elf GLOB --memory FILE [--watch SOCKET]

It starts what lies in the board's flash, as the chip's boot ROM does. --elf names
the files among which that program's symbols are found. --memory keeps the RTC's
memory, which lives as long as the chip has power: longer than this process,
which the board ends when the chip's reset line is pulled, or for the bootloader.
"""
import argparse
import sys

from chip import Chip, Fault, Memory, RAM_SIZE, RTC_SIZE
from image import find_elf
from outside import Flash, Outside

POWER_ON, SOFTWARE, FLASHER, USB = 0x01, 0x03, 0x10, 0x15
# What the board says about the reset (studio/host): power, the reset line, software, watchdog.
BY_POWER, BY_LINE, BY_SOFTWARE, BY_WATCHDOG = range(4)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--wiring', choices=['usb', 'uart'], default='usb')
    arguments.add_argument('--elf', required=True)
    arguments.add_argument('--memory', required=True)
    arguments.add_argument('--watch')
    a = arguments.parse_args()

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
    try:
        main()
    except (Fault, ValueError) as e:
        print('\r\nThe emulated chip stops: %s' % e, file=sys.stderr)
        sys.exit(3)
