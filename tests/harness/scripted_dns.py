# SPDX-License-Identifier: ISC
"""A DNS server on loopback that has the text records a test has written down,
and does the rest that servers do."""
import socket
import struct
import threading

_NO_ERROR, _SERVFAIL, _NXDOMAIN = 0, 2, 3


class ScriptedDns:
    """texts: {name: text, list of texts, "SERVFAIL" or "silent"}; a name that
    does not stand there does not exist.  asked: the names, in order."""

    def __init__(self, texts=None, silent=False):
        self.texts = {name.lower(): text for name, text in
                      (texts or {}).items()}
        self.silent = silent
        self.asked = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def key(self):
        """The line of the configuration that names this server."""
        return f'dns-server = "127.0.0.1:{self.port}"\n'

    def stop(self):
        # close() alone does not wake the recvfrom(2) of the other thread.
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
            b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _serve(self):
        while True:
            packet, who = self._socket.recvfrom(4096)
            if not packet:
                return
            answer = self._answer(packet)
            if answer:
                self._socket.sendto(answer, who)

    def _answer(self, packet):
        labels, at = [], 12
        while packet[at]:
            labels.append(packet[at + 1:at + 1 + packet[at]].decode())
            at += 1 + packet[at]
        question = packet[12:at + 5]
        name = ".".join(labels).lower()
        self.asked.append(name)
        texts = self.texts.get(name, [])
        if self.silent or texts == "silent":
            return None
        code = _NO_ERROR if texts else _NXDOMAIN
        if texts == "SERVFAIL":
            code, texts = _SERVFAIL, []
        if isinstance(texts, (str, bytes)):
            texts = [texts]
        answer = packet[:2] + struct.pack("!HHHHH", 0x8180 | code, 1,
                                          len(texts), 0, 0) + question
        for text in texts:
            data = _strings(text)
            answer += struct.pack("!HHHIH", 0xC00C, 16, 1, 60,
                                  len(data)) + data
        return answer


def _strings(text):
    """A text in pieces of at most 255 bytes, each behind its length."""
    text = text if isinstance(text, bytes) else text.encode()
    pieces = [text[i:i + 255] for i in range(0, len(text), 255)] or [b""]
    return b"".join(bytes([len(p)]) + p for p in pieces)
