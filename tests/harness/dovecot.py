# SPDX-License-Identifier: ISC
"""A private Dovecot (IMAP with STARTTLS and TLS, LMTP) in a folder of its
own, from the unpacked packages: no service, no system user but nobody."""
import imaplib
import os
import pathlib
import re
import shutil
import signal
import smtplib
import ssl
import subprocess

from harness import certs, place
from harness.wait import free_port, listens, wait_until

CONF = """
base_dir = {run}
state_dir = {run}
libexec_dir = {unpacked}/usr/lib/dovecot
mail_plugin_dir = {unpacked}/usr/lib/dovecot/modules
import_environment = LD_LIBRARY_PATH LD_PRELOAD UNPACKED
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
mail_uid = {uid}
mail_gid = {gid}
ssl = {ssl}
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Lu
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
mail_location = maildir:{mail}/%u
{more}
imap_hibernate_timeout = 0
passdb {{
  driver = static
  args = password=hemmelig
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """Every user exists; the password of all is `password`."""
    password = "hemmelig"

    def __init__(self, folder, more="", tls=True):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.imap_port, self.imaps_port, self.lmtp_port = (
            free_port(), free_port(), free_port())
        self.ca, cert, key = certs.make(self.folder / "tls")
        self.mail = self.folder / "mail"
        self.mail.mkdir(exist_ok=True)
        run = self.folder / "run"
        run.mkdir(exist_ok=True)
        self.unpacked = place.unpacked()
        user, group, uid, gid = place.server_user()
        os.chown(self.mail, uid, gid)
        # Its libraries know their own installed paths: a preloaded library
        # leads them to the unpacked ones.
        self.preload = self.folder / "redirect.so"
        shutil.copy(place.ROOT / "build/tests/preload/redirect.so",
                    self.preload)
        self.conf = self.folder / "dovecot.conf"
        self.conf.write_text(CONF.format(
            run=run, unpacked=self.unpacked, folder=self.folder, user=user,
            group=group, uid=uid, gid=gid,
            ssl="yes" if tls else "no", cert=cert, key=key, mail=self.mail,
            more=more, imap=self.imap_port,
            imaps=self.imaps_port, lmtp=self.lmtp_port))
        self.process = None
        self.start()

    def start(self):
        lib = self.unpacked / "usr/lib/dovecot"
        env = dict(os.environ, UNPACKED=str(self.unpacked),
                   LD_PRELOAD=str(self.preload),
                   LD_LIBRARY_PATH=f"{lib}:{lib}/modules/old-stats")
        self.process = place.start(
            [self.unpacked / "usr/sbin/dovecot", "-F", "-c", self.conf],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            wait_until(lambda: self.process.poll() is not None or
                       (listens(self.imap_port) and listens(self.lmtp_port)),
                       "Dovecot's ports")
        except TimeoutError:
            self.stop()
            raise
        if self.process.poll() is not None:
            raise RuntimeError(self.process.stderr.read().decode())

    def stop(self):
        if self.process is not None:
            place.stop(self.process)
            self.process = None

    def log(self):
        path = self.folder / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def hang_up(self, mechanism):
        """Ends the newest session that logged in so: by Dovecot's own hand it
        would take 30 s while the client idles."""
        os.kill(int(re.findall(rf"method={mechanism},.*mpid=(\d+)",
                               self.log())[-1]), signal.SIGTERM)

    def client(self, user):
        """An IMAP client that is logged in over verified TLS."""
        context = ssl.create_default_context(cafile=str(self.ca))
        client = imaplib.IMAP4_SSL("localhost", self.imaps_port,
                                   ssl_context=context)
        client.login(user, self.password)
        return client

    def deliver(self, user, message, sender="someone@example.org"):
        """Hands a message to the mailbox of user by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [user], message)

    def messages(self, user, folder="INBOX"):
        """[(uid, flags as a set, bytes)] of a folder; nothing is changed."""
        client = self.client(user)
        try:
            kind, _ = client.select(f'"{folder}"', readonly=True)
            if kind != "OK":
                return []
            _, parts = client.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])")
            found = []
            for part in parts:
                if isinstance(part, tuple):
                    head = part[0].decode()
                    uid = int(head.split("UID ")[1].split()[0].rstrip(")"))
                    flags = head.split("FLAGS (")[1].split(")")[0]
                    found.append((uid, set(flags.split()), part[1]))
            return found
        finally:
            client.logout()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
