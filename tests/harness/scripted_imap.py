# SPDX-License-Identifier: ISC
"""An IMAP server that misbehaves at one place.

deed = "flood greeting"    without end, before anyone knows who it is
       "flood SELECT"      lines without end; also SEARCH and FETCH, the
                           latter a literal of 4 GiB
       "line SELECT"       one line without end
       "echo LOGIN"        refuses, and repeats what was said to it
       "no login"          says LOGINDISABLED
       "busy LOGIN"        cannot take anyone now, once; also SELECT
       "preauth"           logs everyone in, before STARTTLS
       "inject"            has more to say behind the OK to STARTTLS
       "strip"             offers no STARTTLS
       "early"             a mail of `coming` is there before IDLE's consent
       "beside STORE"      likewise, told beside the answer to a command
       "stall FETCH"       says nothing more; "drop FETCH": ends; also others,
                           both once, then all is well
       "refuse IDLE"       says BAD to it, though it offers it"""
import base64
import re
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


def _uids(command, every):
    """Those of the UIDs that the first set in a command names."""
    found = []
    for part in re.search(rb"[\d:*,]*\d[\d:*,]*", command)[0].split(b","):
        first, _, last = part.partition(b":")
        last = last or first
        found += [u for u in every
                  if u >= int(first) and (last == b"*" or u <= int(last))]
    return found


class ScriptedImap:
    """heard: the commands that came, without their tags.  mails: {UID: bytes}
    of the folder; gone: UIDs that another program has taken away, of which
    nobody was told.  kept: {UID: keywords}.

    logins: (mechanism, what was said) of every AUTHENTICATE, which
    may_enter(what was said) decides; sasl_ir: it may be said at once."""

    def __init__(self, deed, cert, key, starttls=False, mails=(), coming=(),
                 gone=(), sasl_ir=False):
        self.deed, self.starttls = deed, starttls
        self.heard = []
        self.mails = dict(enumerate(mails, 1))
        self.coming, self.gone = list(coming), set(gone)
        self.kept = {}
        self.logins, self.may_enter = [], lambda said: True
        self.sasl_ir = sasl_ir
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
                if tag == b"DONE":
                    tag, command = idling, b"DONE"
                if command == b"IDLE":
                    idling = tag
                if self._troubled(s, command):
                    break
                if command.startswith(b"AUTHENTICATE "):
                    s.sendall(self._authenticate(s, lines, tag, command))
                    continue
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

    def _authenticate(self, s, lines, tag, command):
        _, mechanism, *said = command.split()
        if not said:
            s.sendall(b"+ \r\n")
            said = [lines.readline().strip()]
        said = base64.b64decode(said[0], validate=True).decode()
        self.logins.append((mechanism.decode(), said))
        if self.deed == "busy AUTHENTICATE":
            self.deed = ""
            return tag + b" NO [UNAVAILABLE] come back later\r\n"
        if self.may_enter(said):
            return tag + b" OK come in\r\n"
        s.sendall(b"+ " + base64.b64encode(b'{"status":"401"}') + b"\r\n")
        self.heard.append(lines.readline().decode())
        return tag + b" NO [AUTHENTICATIONFAILED] " + said.encode() + b"\r\n"

    def _troubled(self, s, command):
        """Stalls until the client goes, or drops it."""
        how, _, where = self.deed.partition(" ")
        if how not in ("stall", "drop") or \
                where.encode() not in command.split()[:2]:
            return False
        self.deed = ""
        while how == "stall" and s.recv(4096):
            pass
        return True

    def _arrive(self):
        """A mail comes: what the server tells of it."""
        if not self.coming:
            return b""
        self.mails[max(self.mails, default=0) + 1] = self.coming.pop(0)
        return b"* %d EXISTS\r\n" % len(self.mails)

    def _folder(self, tag, verb, command):
        """The answers of a folder with mails."""
        every = sorted(self.mails)
        told = b""
        if self.deed == f"beside {verb.decode()}":
            told = self._arrive()
        if verb == b"SELECT":
            told += _FOLDER.replace(b"1 EXISTS", b"%d EXISTS" % len(every))
        elif verb == b"CAPABILITY":
            told += b"* CAPABILITY IMAP4rev1 IDLE AUTH=XOAUTH2 " \
                b"AUTH=OAUTHBEARER%s\r\n" % (b" SASL-IR" if self.sasl_ir
                                             else b"")
        elif verb == b"IDLE":
            if self.deed == "refuse IDLE":
                return tag + b" BAD never heard of it\r\n"
            return (self._arrive() if self.deed == "early" else b"") + \
                b"+ idling\r\n"
        elif verb == b"SEARCH":
            wanted = [u for u in _uids(command, every)
                      if u not in self.gone or b"*" in command]
            told += b"* SEARCH%s\r\n" % b"".join(b" %d" % u for u in wanted)
        elif verb == b"STORE":
            for u in _uids(command, every):
                self.kept.setdefault(u, set()).update(
                    re.search(rb"\((.*)\)", command)[1].decode().split())
        elif verb == b"FETCH":
            wanted = _uids(command, every)
            for u in wanted:
                if u in self.gone:
                    return tag + b" NO [EXPUNGEISSUED] some are gone\r\n"
                text = self.mails[u]
                told += b"* %d FETCH (UID %d " % (every.index(u) + 1, u)
                told += b"BODY[]<0> {%d}\r\n%s)\r\n" % (len(text), text) \
                    if b"BODY" in command else \
                    b'RFC822.SIZE %d INTERNALDATE ' \
                    b'"01-Jan-2037 00:00:00 +0000")\r\n' % len(text)
        return told + tag + b" OK x\r\n"

    def _answer(self, s, tag, command):
        words = command.upper().split()
        verb = words[1] if words[0] == b"UID" else words[0]
        place = verb.decode(errors="replace")
        if self.deed == f"busy {place}":
            self.deed = ""
            return tag + b" NO [UNAVAILABLE] come back later\r\n"
        if self.mails or self.coming:
            return self._folder(tag, verb, command)
        if place != "FETCH" or b"BODY" in command:
            self._flood(s, place)
        if self.deed == f"echo {place}":
            return tag + b" NO you said " + command + b"\r\n"
        answer = {b"SELECT": _FOLDER, b"SEARCH": b"* SEARCH 1\r\n",
                  b"FETCH": b"* 1 FETCH (UID 1 RFC822.SIZE 100 INTERNALDATE "
                            b'"01-Jan-2037 00:00:00 +0000")\r\n',
                  b"CAPABILITY": b"* CAPABILITY IMAP4rev1" + (
                      b" STARTTLS" if self.starttls and
                      self.deed != "strip" else b"") + (
                          b" LOGINDISABLED" if self.deed == "no login"
                          else b"") + b"\r\n"}
        answer = answer.get(verb, b"") + tag + b" OK x\r\n"
        if self.deed == "inject" and verb == b"STARTTLS":
            answer += b"* CAPABILITY IMAP4rev1 INJECTED\r\n"
        return answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
