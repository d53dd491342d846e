# SPDX-License-Identifier: ISC
"""Waiting for an event with a deadline: what stands where a sleep would."""
import socket
import time


def wait_until(condition, what, seconds=20.0, instead=lambda: ""):
    """Calls condition until it returns something true, and returns that.
    Nothing true within the time: an error that says what was awaited, and what
    there is instead."""
    deadline = time.monotonic() + seconds
    pause = 0.005
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"{what}: not within {seconds:g} s; {instead()}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


_given = set()


def free_port():
    """A TCP port of loopback that nobody listens on and that was not given
    away before in this process."""
    while True:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


def listens(port):
    """Whether somebody accepts connections on that port of loopback."""
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0
