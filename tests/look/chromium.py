# SPDX-License-Identifier: ISC
"""A headless Chromium, told what to do over its debugging pipe: no port is
opened, and nothing but a page from disk is loaded."""
import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--disable-extensions", "--hide-scrollbars",
         "--host-resolver-rules=MAP * ~NOTFOUND",
         "--remote-debugging-pipe"]


class Chromium:
    """with Chromium() as c: c.show(url, 360, dark=True); c.run("1 + 1")"""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="chromium-")
        to_read, self.write_end = os.pipe()
        self.read_end, to_write = os.pipe()
        ends = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10)
                for fd in (to_read, to_write)]

        def pipes():  # Chromium reads fd 3 and writes fd 4
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self.process = subprocess.Popen(
            ["chromium", *FLAGS, f"--user-data-dir={self.folder}",
             "about:blank"], preexec_fn=pipes, pass_fds=[3, 4],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.folder})
        for fd in ends:
            os.close(fd)
        os.close(to_read)
        os.close(to_write)
        self.buffer, self.last, self.session = b"", 0, None
        target = self.ask("Target.createTarget", url="about:blank")
        self.session = self.ask("Target.attachToTarget", flatten=True,
                                targetId=target["targetId"])["sessionId"]
        self.ask("Page.enable")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        os.close(self.read_end)
        os.close(self.write_end)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _next(self):
        while b"\0" not in self.buffer:
            got = os.read(self.read_end, 1 << 16)
            assert got, "chromium is gone"
            self.buffer += got
        word, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(word)

    def ask(self, method, **params):
        """Sends one command and waits for its answer."""
        self.last += 1
        order = {"id": self.last, "method": method, "params": params}
        if self.session:
            order["sessionId"] = self.session
        os.write(self.write_end, json.dumps(order).encode() + b"\0")
        while True:
            word = self._next()
            if word.get("id") == self.last:
                assert "error" not in word, word
                return word["result"]

    def show(self, url, width, dark):
        """Loads a page as a screen of that width, light or dark, sees it."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width,
                 height=800, deviceScaleFactor=1, mobile=width < 500)
        self.ask("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme",
             "value": "dark" if dark else "light"}])
        self.ask("Page.navigate", url=url)
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def run(self, expression):
        """The value of a piece of JavaScript in the page."""
        got = self.ask("Runtime.evaluate", expression=expression,
                       returnByValue=True)
        assert "exceptionDetails" not in got, got
        return got["result"].get("value")

    def picture(self, path):
        """The whole page, as PNG."""
        got = self.ask("Page.captureScreenshot", format="png",
                       captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(got["data"]))
