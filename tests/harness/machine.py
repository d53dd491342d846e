# SPDX-License-Identifier: ISC
"""The machine as a test will have it, by tests/preload/machine.c."""
from harness import place

MACHINE = place.ROOT / "build/tests/preload/machine.so"


def set_clock(file, off_s):
    """The clock of that file is off by so many seconds.  Whoever looks at it
    meanwhile sees the old time or the new one, and none between."""
    new = file.with_suffix(".new")
    new.write_text(str(off_s))
    new.replace(file)
