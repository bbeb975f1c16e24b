#!/usr/bin/python3
"""start.py SOCKET ARGUMENT…: what a board starts as its program. It gives its
place to a chip of esp32c3.py and lives as long as that."""
import json
import os
import socket
import sys

chip = socket.socket(socket.AF_UNIX)
chip.connect(sys.argv[1])
environment = {name: os.environ[name] for name in ('STUDIO_CHIP', 'STUDIO_CHIP_KEY')}
socket.send_fds(chip, [json.dumps({'arguments': sys.argv[2:], 'environment': environment}).encode()], [0, 1, 2])
for fd in (0, 1, 2):
    os.close(fd)
chip.recv(1)
