# SPDX-License-Identifier: ISC
"""A small SMTP receiver on loopback (STARTTLS, AUTH) that hands what it
takes to Dovecot's LMTP, and remembers what it saw."""
import logging
import smtplib
import ssl
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, SMTP

from harness.wait import free_port


# It stores the login of a session in a place that it calls deprecated itself.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Receiver:
    """user and password: AUTH is then required.  taken: a list of (sender,
    recipient, bytes)."""

    def __init__(self, dovecot, user=None, password=None, tls=True):
        self.dovecot = dovecot
        self.user, self.password = user, password
        self.taken = []
        self.lock = threading.Lock()
        self.port = free_port()
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            folder = dovecot.folder / "tls"
            context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        receiver = self

        class Listener(Controller):
            def factory(self):
                return SMTP(self.handler, hostname="localhost",
                            tls_context=context, require_starttls=tls,
                            authenticator=receiver._authenticate
                            if user else None,
                            auth_required=bool(user), enable_SMTPUTF8=True)

        self.controller = Listener(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def _authenticate(self, _server, _session, _envelope, _mechanism, data):
        # handled=False: a refusal is answered with 535, not with silence.
        return AuthResult(success=data.login == self.user.encode() and
                          data.password == self.password.encode(),
                          handled=False)

    async def handle_DATA(self, _server, _session, envelope):
        try:
            with smtplib.LMTP("127.0.0.1", self.dovecot.lmtp_port) as lmtp:
                lmtp.sendmail(envelope.mail_from or "", envelope.rcpt_tos,
                              envelope.original_content)
        except (OSError, smtplib.SMTPException) as e:
            return f"451 4.3.0 not delivered: {type(e).__name__}"
        with self.lock:
            for recipient in envelope.rcpt_tos:
                self.taken.append((envelope.mail_from or "", recipient,
                                   envelope.original_content))
        return "250 2.0.0 taken"

    def stop(self):
        self.controller.stop()
