# SPDX-License-Identifier: ISC
"""An SMTP server that does to each letter what a test has written down: the
nasty cases that a real server shows once a year.

script = {
    "GREETING": ["554 no"],             # one for each connection, then 220
    "EHLO": ["flood"],                  # likewise, then what it offers
    "AUTH": ["535 5.7.8 no"],           # one for each attempt, then 235
    "MAIL": ["451 4.3.0 wait"],         # one for each MAIL, then 250
    "MAIL <>": ["550 5.1.7 no"],        # likewise from the empty sender
    "a@b.example": ["rcpt 550 5.1.1 no such user", "dot accept-drop"],
}                                       # one for each try, then accepted

A step for an address is a place (rcpt, data, body, dot) and a deed; the other
places are gone through as usual.  Deeds: a reply ("|" begins a further line),
"drop" (close), "reset" (close with RST), "hang" (no reply, ever), "trickle" (a
reply of many lines, one each 0.2 s), "flood" (one of lines without end), "line"
(one line without end), at the dot also "accept-drop",
"accept-reset" and "accept-hang" (the letter counts as accepted, the reply never
comes), "wait" (accepted when `gate` is set)."""
import base64
import collections
import select
import socket
import ssl
import struct
import threading


class _Over(Exception):
    """The connection ends here."""


class ScriptedSmtp:
    """accepted: [(recipient, sender, letter)] in order; dialogue: every line
    that clients said; logins: [(mechanism, what was said, decoded)];
    may_enter(what was said) may say no; peers: whence each connection came;
    injected: what someone between us says behind the answer to STARTTLS;
    behind: the deed for commands that came behind a letter in one flight, where
    they are not taken; behind_letters and refused_behind count."""

    def __init__(self, script=None, offers=("PIPELINING", "SIZE 10000000"),
                 tls=None, implicit_tls=False):
        self.script = {}
        self.add(script or {})
        self.offers = list(offers)
        self.accepted = []
        self.dialogue = []
        self.connections = 0
        self.logins = []
        self.peers = []
        self.may_enter = lambda said: True
        self.injected = ""
        self.behind = None
        self.behind_letters = self.refused_behind = 0
        self.gate = threading.Event()
        self._lock = threading.Lock()
        self._open = set()
        self._tls = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*tls)
        self._implicit_tls = implicit_tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def show(self, cert, key):
        """From now on, another certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self._tls = context

    def add(self, script):
        """More of what is written down."""
        for key, steps in script.items():
            self.script.setdefault(key, collections.deque()).extend(steps)

    def recipients(self):
        return [to for to, _, _ in self.accepted]

    def stop(self):
        # close() alone does not wake the accept(2) of the other thread.
        if self._listener.fileno() < 0:
            return
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.gate.set()
        for s in list(self._open):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _listen(self):
        while True:
            try:
                s, peer = self._listener.accept()
            except OSError:
                return
            self.peers.append(peer[0])
            self.connections += 1
            threading.Thread(target=self._serve, args=(s,),
                             daemon=True).start()

    def _next(self, key):
        with self._lock:
            steps = self.script.get(key)
            return steps.popleft() if steps else None

    def _serve(self, s):
        self._open.add(s)
        try:
            if self._implicit_tls:
                s = self._tls.wrap_socket(s, server_side=True)
                self._open.add(s)
            _Session(self, s).run()
        except (OSError, _Over):
            pass
        finally:
            self._open.discard(s)
            s.close()


class _Session:
    def __init__(self, server, s):
        self.server, self.socket = server, s
        self.file = s.makefile("rb")
        self.sender = self.recipient = None
        self.place = self.deed = None
        self.behind = False

    def say(self, reply):
        lines = reply.split("|")
        code = lines[0][:3]
        lines = [lines[0][4:], *lines[1:]]
        text = "".join(f"{code}{' ' if i == len(lines) - 1 else '-'}{line}\r\n"
                       for i, line in enumerate(lines))
        self.socket.sendall(text.encode())

    def line(self):
        line = self.file.readline()
        if not line:
            raise _Over
        text = line.decode(errors="replace").rstrip("\r\n")
        self.server.dialogue.append(text)
        return text

    def run(self):
        greeting = self.server._next("GREETING") or "220 scripted"
        if greeting == "hang":
            self.do(greeting)
        self.say(greeting)
        while True:
            verb, _, rest = self.line().partition(" ")
            getattr(self, "on_" + verb.lower(), self.on_other)(rest)

    def on_other(self, _):
        self.say("500 what?")

    def on_ehlo(self, _):
        self.sender = self.recipient = None
        step = self.server._next("EHLO")
        if step is not None:
            self.do(step)
            return
        offers = list(self.server.offers)
        if self.server._tls and not isinstance(self.socket, ssl.SSLSocket):
            offers.append("STARTTLS")
        self.say("|".join(["250 scripted", *offers]))

    def on_starttls(self, _):
        self.socket.sendall(b"220 go\r\n" + self.server.injected.encode())
        self.file.close()
        self.server._open.discard(self.socket)
        self.socket = self.server._tls.wrap_socket(self.socket,
                                                   server_side=True)
        self.server._open.add(self.socket)
        self.file = self.socket.makefile("rb")

    def on_auth(self, rest):
        mechanism, _, words = rest.partition(" ")
        if not words:
            self.say("334 ")
            words = self.line()
        said = base64.b64decode(words).decode(errors="replace")
        self.server.logins.append((mechanism.upper(), said))
        step = self.server._next("AUTH")
        if step is None and not self.server.may_enter(said):
            if "OAUTH" in mechanism.upper():
                self.say("334 " + base64.b64encode(
                    b'{"status":"invalid_token"}').decode())
                self.line()
            step = "535 5.7.8 not you"
        self.say(step or "235 2.7.0 welcome")

    def on_rset(self, _):
        self.sender = self.recipient = None
        self.say("250 2.0.0 ok")

    def on_quit(self, _):
        self.say("221 2.0.0 bye")
        raise _Over

    def on_mail(self, rest):
        step = self.server._next("MAIL")
        if step is None and rest.startswith("FROM:<>"):
            step = self.server._next("MAIL <>")
        if self.behind and self.server.behind:
            self.server.refused_behind += 1
            step = self.server.behind
        self.behind = False
        if step is None and self.sender is not None:
            step = "503 5.5.1 nested MAIL"
        if step is None:
            self.sender = rest.partition("<")[2].partition(">")[0]
        self.do(step or "250 2.1.0 ok")

    def on_rcpt(self, rest):
        if self.sender is None:
            self.say("503 5.5.1 MAIL first")
            return
        address = rest.partition("<")[2].partition(">")[0]
        step = self.server._next(address) or " "
        self.place, _, self.deed = step.partition(" ")
        if self.place == "rcpt":
            self.do(self.deed)
            return
        self.recipient = address
        self.say("250 2.1.5 ok")

    def on_data(self, _):
        if self.recipient is None:
            self.say("503 5.5.1 RCPT first")
            return
        if self.place == "data":
            self.recipient = None
            self.do(self.deed)
            return
        self.say("354 go")
        if self.place == "body":
            self.file.readline()
            self.do(self.deed)
        letter = []
        while True:
            line = self.file.readline()
            if not line:
                raise _Over
            if line == b".\r\n":
                break
            letter.append(line[1:] if line.startswith(b".") else line)
        deed = self.deed if self.place == "dot" else "250 2.0.0 queued"
        if deed == "wait":
            self.server.gate.wait()
            deed = "250 2.0.0 queued at last"
        if deed.startswith(("2", "accept")):
            self.server.accepted.append(
                (self.recipient, self.sender, b"".join(letter)))
        self.sender = self.recipient = None
        self.behind = self.more_came()
        self.server.behind_letters += self.behind
        self.do(deed)

    def more_came(self):
        """Whether commands came with the letter, before its answer."""
        if isinstance(self.socket, ssl.SSLSocket):
            return False
        self.socket.setblocking(False)
        came = bool(self.file.peek(1))
        self.socket.setblocking(True)
        if not came and self.server.behind:
            came = bool(select.select([self.socket], [], [], 0.05)[0])
        return came

    def do(self, deed):
        deed = deed.removeprefix("accept-")
        if deed == "drop":
            raise _Over
        if deed == "reset":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
            self.file.close()
            raise _Over
        if deed == "hang":
            while self.file.readline():
                pass
            raise _Over
        while deed in ("flood", "line"):
            self.socket.sendall(
                (b"250-SIZE 1000\r\n" if deed == "flood" else b"250-y") * 5000)
        while deed == "trickle":
            self.socket.sendall(b"250-wait\r\n")
            if self.server.gate.wait(0.2):
                raise _Over
        self.say(deed)
        if deed.startswith("421"):
            raise _Over
