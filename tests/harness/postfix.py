# SPDX-License-Identifier: ISC
"""A private Postfix from the unpacked package: takes mail on a port of
loopback and hands it to an LMTP port.  Its master must be root."""
import os
import pathlib
import shutil
import smtplib
import subprocess

from harness import certs, place
from harness.wait import free_port, wait_until

MAIN = """
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
daemon_directory = {unpacked}/usr/lib/postfix/sbin
command_directory = {unpacked}/usr/sbin
meta_directory = {conf}
shlib_directory = {unpacked}/usr/lib/postfix
import_environment = MAIL_CONFIG LD_LIBRARY_PATH
mail_owner = list
setgid_group = irc
default_privs = nobody
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = localhost
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
relay_domains = static:all
default_transport = lmtp:inet:127.0.0.1:{lmtp}
relay_transport = lmtp:inet:127.0.0.1:{lmtp}
transport_maps = regexp:{conf}/transport
delay_warning_time = 1s
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_recipient_restrictions = check_recipient_access regexp:{conf}/refuse, permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
recipient_delimiter = +
minimal_backoff_time = 5s
queue_run_delay = 5s
bounce_notice_recipient = postmaster@localhost
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


def missing():
    """Why Postfix cannot run here; None when it can."""
    return None if os.getuid() == 0 else "Postfix's master needs root"


class Postfix:
    """Lines of regexp tables: refuse, "/^nobody@/ 550 5.1.1 No such user";
    transport, "/^gone@/ smtp:[127.0.0.1]:PORT", for what another server takes
    or gives back."""

    def __init__(self, folder, lmtp_port, refuse="", transport=""):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.unpacked = place.unpacked()
        conf = self.conf = self.folder / "conf"
        queue, data = self.folder / "queue", self.folder / "data"
        for part in (self.folder, conf, queue, data):
            part.mkdir(parents=True, exist_ok=True)
            part.chmod(0o755)
        self.ca, cert, key = certs.make(self.folder / "tls")

        shutil.chown(data, "list")
        for name in ("active bounce corrupt defer deferred flush hold "
                     "incoming private saved trace").split():
            (queue / name).mkdir(exist_ok=True)
            (queue / name).chmod(0o700)
            shutil.chown(queue / name, "list")
        for name, mode in (("pid", 0o755), ("maildrop", 0o730),
                           ("public", 0o710)):
            (queue / name).mkdir(exist_ok=True)
            if name != "pid":
                shutil.chown(queue / name, "list", "irc")
            (queue / name).chmod(mode)
        (conf / "refuse").write_text(refuse)
        (conf / "transport").write_text(transport)
        (conf / "main.cf").write_text(MAIN.format(
            queue=queue, data=data, unpacked=self.unpacked, conf=conf,
            folder=self.folder, lmtp=lmtp_port, cert=cert, key=key))
        (conf / "master.cf").write_text(MASTER.format(port=self.port))
        env = dict(os.environ, MAIL_CONFIG=str(conf),
                   LD_LIBRARY_PATH=f"{self.unpacked}/usr/lib/postfix")
        self.process = place.start(
            [self.unpacked / "usr/lib/postfix/sbin/master", "-c", conf, "-d"],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        wait_until(self._answers, "Postfix's greeting")

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(self.process.stderr.read().decode() +
                               self.log())
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=5):
                return True
        except (OSError, smtplib.SMTPException):
            return False

    def log(self):
        path = self.folder / "maillog"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self):
        place.stop(self.process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
