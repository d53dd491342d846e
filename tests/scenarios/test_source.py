# SPDX-License-Identifier: ISC
"""What an author is told of an issue's file before anybody gets it."""
import base64
import re

from harness.maild import relay

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg==")
WRONG = """---
subjekt: Nyt
list: nope
from: nobody
---

Hej {{ukendt|du}}

![](none.png)

[her](side/to)

![Alt](text.png)
"""


def test_all_faults_at_once(maild, folder):
    """Those of the front matter, the list, the body and the pictures, in the
    order of lines, each once."""
    daemon = maild(relay(25)).start()
    (folder / "issue.md").write_text(WRONG)
    (folder / "text.png").write_text("no picture")
    done = daemon.cli("check", folder / "issue.md", check=False)
    assert done.returncode == 65
    *lines, verdict = done.stdout.splitlines()
    assert [re.sub(r"^.*/(\S+ \w+: \S+ \S+ \S+).*", r"\1", line)
            for line in lines] == [
        "issue.md:1: error: there is no",  # subject
        "issue.md:2: error: the front matter",
        "issue.md:3: error: there is no",  # list
        'issue.md:4: error: from "nobody": "nobody"',
        "issue.md:7: warning: {{ukendt|du}} is no",
        "issue.md:9: warning: the picture none.png",  # without words
        "issue.md:9: error: none.png: there is",
        "issue.md:11: error: a link goes",
        "issue.md:13: error: text.png: not a"]
    assert verdict == "Not ready: 7 errors to mend (2 warnings)."
    # The same before it is queued, and nothing is.
    done = daemon.cli("queue", folder / "issue.md", check=False)
    assert done.returncode == 65
    assert done.stdout.splitlines() == lines
    assert daemon.json("issues") == []


def test_preview_shows_pictures(maild, folder):
    """In the page for a browser; the letter itself keeps them as parts."""
    daemon = maild(relay(25)).start()
    (folder / "a.png").write_bytes(PICTURE)
    (folder / "b.png").write_bytes(PICTURE + bytes(5000))
    (folder / "issue.md").write_text(
        "---\nsubject: Nyt\n---\n\n![A](a.png)\n\n![B](b.png)\n\n![A](a.png)\n")
    shown, = daemon.json("preview", folder / "issue.md")
    found = re.findall(r'src="data:image/png;base64,([^"]*)"', shown["html"])
    assert [base64.b64decode(x) for x in found] == [
        PICTURE, PICTURE + bytes(5000), PICTURE]
    assert "cid:" not in shown["html"]
    assert shown["eml"].count("\r\nContent-ID: <") == 2
    assert "data:image" not in shown["eml"]
