# SPDX-License-Identifier: ISC
"""Fixtures of the whole-system tests: real servers, private and on loopback."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import account, place, postfix  # noqa: E402
from harness.dovecot import Dovecot  # noqa: E402
from harness.maild import Maild  # noqa: E402


@pytest.fixture
def folder():
    """A new folder that servers of another user may enter."""
    return place.temporary_folder("test")


@pytest.fixture(scope="session")
def dovecot():
    """One Dovecot for all tests: each takes a user of its own."""
    with Dovecot(place.temporary_folder("dovecot")) as server:
        yield server


@pytest.fixture
def user(request):
    """A mail address of the Dovecot that no other test uses."""
    return f"tg-{abs(hash(request.node.nodeid)) % 10**9}@lo-aarhus.dk"


@pytest.fixture
def relay_postfix(dovecot):
    """A Postfix that delivers to the Dovecot."""
    why = postfix.missing()
    if why:
        pytest.skip(why)
    with postfix.Postfix(place.temporary_folder("postfix"),
                         dovecot.lmtp_port) as server:
        yield server


@pytest.fixture
def maild(folder):
    """Makes daemons that end with the test: maild(*blocks, **more)."""
    made = []

    def make(*blocks, **more):
        made.append(Maild(folder / f"maild-{len(made)}", *blocks, **more))
        return made[-1]

    yield make
    for daemon in made:
        status = daemon.stop()
        words = daemon.words()
        print(*words.splitlines()[-80:], sep="\n")  # shown where a test fails
        assert "AddressSanitizer" not in words, words
        assert "runtime error:" not in words, words
        assert status in (None, 0), f"ended with {status}: {words}"


def pytest_terminal_summary(terminalreporter):
    for line in account.FIGURES if account.SOAK else ():
        terminalreporter.write_line(line)


def pytest_report_header():
    return f"programs of {os.environ.get('BUILD', 'build')}"
