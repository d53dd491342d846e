# SPDX-License-Identifier: ISC
"""The bench of the commands' tests."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from cli_bench import Bench  # noqa: E402


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    made.start()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
    made.maild.stop()
