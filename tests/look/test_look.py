# SPDX-License-Identifier: ISC
"""What a delivered letter looks like: on a phone and a desktop, in light and
in dark.  The pictures stay under build/look/."""
import pathlib
import shutil
import subprocess

import pytest

from harness.place import BUILD, ROOT
from look.chromium import Chromium

HERE = pathlib.Path(__file__).resolve().parent
OUT = ROOT / "build" / "look"
LOOK = (HERE / "look.js").read_text()
LETTERS = {
    "nyhedsbrev-14": [ROOT / "tests/demo/nyhedsbrev-14.md"],
    "blocks": [HERE / "blocks.md"],
    "pale": [HERE / "blocks.md", "-k", "#ffe066", "-f", "da", "-h", "import"],
}


@pytest.fixture(scope="module")
def chromium():
    if not shutil.which("chromium"):
        pytest.skip("there is no chromium here")
    with Chromium() as browser:
        yield browser


def compose(words):
    return subprocess.run(
        [BUILD / "tests/tools/compose", *words, "-w", "html"], cwd=ROOT,
        check=True, stdout=subprocess.PIPE).stdout


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize("letter", LETTERS)
def test_look(chromium, letter, width, dark):
    OUT.mkdir(parents=True, exist_ok=True)
    # Its own: two of these run at the same time, and one would see the page
    # that the other has just begun to write.
    name = f"{letter}-{width}-{'dark' if dark else 'light'}"
    page = OUT / f"{name}.html"
    page.write_bytes(compose(LETTERS[letter]))
    chromium.show(page.as_uri(), width, dark)
    seen = chromium.run(LOOK)
    chromium.picture(OUT / f"{name}.png")
    assert seen["width"] == width
    assert seen["texts"] > 20, "hardly any text is seen"
    assert seen["language"] == "da"
    assert seen["image_alts"]
    assert not seen["faults"], seen["faults"]


def test_the_look_can_fail(chromium):
    """The check itself: each fault it is for is found."""
    page = OUT / "bad.html"
    OUT.mkdir(parents=True, exist_ok=True)
    page.write_text('<html lang="da"><body style="background:#fff">'
                    '<p style="color:#999">pale</p>'
                    '<p style="font-size:9px">tiny</p>'
                    '<p style="white-space:nowrap">' + "wide " * 90)
    chromium.show(page.as_uri(), 800, False)
    faults = " ".join(chromium.run(LOOK)["faults"])
    for word in ("contrast 2.8", "9 px: tiny", "off the side", "scrolls"):
        assert word in faults, faults
