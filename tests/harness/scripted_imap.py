# SPDX-License-Identifier: ISC
"""An IMAP server that misbehaves at one place.

deed = "flood greeting"    without end, before anyone knows who it is
       "flood SELECT"      lines without end; also SEARCH and FETCH, the
                           latter a literal of 4 GiB
       "line SELECT"       one line without end
       "echo LOGIN"        refuses, and repeats what was said to it
       "preauth"           logs everyone in, before STARTTLS
       "inject"            has more to say behind the OK to STARTTLS
       "strip"             offers no STARTTLS"""
import socket
import ssl
import threading

_FOLDER = (b"* 1 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [PERMANENTFLAGS (\\*)] x\r\n"
           b"* OK [UIDVALIDITY 5] x\r\n* OK [UIDNEXT 2] x\r\n")
_FLOOD = {"greeting": (b"* OK ", b"x" * 60000),
          "SELECT": (b"", b"* OK [X] y\r\n" * 5000),
          "SEARCH": (b"* SEARCH", b" 1" * 30000),
          "FETCH": (b"* 1 FETCH (UID 1 BODY[]<0> {4294967295}\r\n",
                    b"z" * 60000)}


class ScriptedImap:
    """heard: the commands that came, without their tags."""

    def __init__(self, deed, cert, key, starttls=False):
        self.deed, self.starttls = deed, starttls
        self.heard = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(cert, key)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=20)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                s, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(s,),
                             daemon=True).start()

    def _serve(self, s):
        try:
            if not self.starttls:
                s = self._context.wrap_socket(s, server_side=True)
            self._flood(s, "greeting")
            s.sendall(b"* PREAUTH hi\r\n" if self.deed == "preauth"
                      else b"* OK hi\r\n")
            lines = s.makefile("rb")
            while line := lines.readline():
                tag, _, command = line.strip().partition(b" ")
                self.heard.append(command.decode(errors="replace"))
                s.sendall(self._answer(s, tag, command))
                if command == b"STARTTLS":
                    s = self._context.wrap_socket(s, server_side=True)
                    lines = s.makefile("rb")
        except OSError:
            pass
        finally:
            s.close()

    def _flood(self, s, place):
        how, _, where = self.deed.partition(" ")
        if where != place or how not in ("flood", "line"):
            return
        begin, more = _FLOOD[place]
        if how == "line":
            begin, more = b"* OK ", b"y" * 60000
        s.sendall(begin)
        while True:
            s.sendall(more)

    def _answer(self, s, tag, command):
        words = command.upper().split()
        verb = words[1] if words[0] == b"UID" else words[0]
        place = verb.decode(errors="replace")
        if place != "FETCH" or b"BODY" in command:
            self._flood(s, place)
        if self.deed == f"echo {place}":
            return tag + b" NO you said " + command + b"\r\n"
        answer = {b"SELECT": _FOLDER, b"SEARCH": b"* SEARCH 1\r\n",
                  b"FETCH": b"* 1 FETCH (UID 1 RFC822.SIZE 100 INTERNALDATE "
                            b'"01-Jan-2037 00:00:00 +0000")\r\n',
                  b"CAPABILITY": b"* CAPABILITY IMAP4rev1" + (
                      b" STARTTLS" if self.starttls and
                      self.deed != "strip" else b"") + b"\r\n"}
        answer = answer.get(verb, b"") + tag + b" OK x\r\n"
        if self.deed == "inject" and verb == b"STARTTLS":
            answer += b"* CAPABILITY IMAP4rev1 INJECTED\r\n"
        return answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
