# SPDX-License-Identifier: ISC
"""Where things stand: the checkout, its build, the unpacked servers, and
folders that an unprivileged server may enter."""
import atexit
import ctypes
import grp
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build"))
_UNPACKED = ROOT / "build" / "unpacked"
_copy = None


def temporary_folder(prefix):
    """A new folder below /tmp that others may enter but not list; it goes
    when the process ends, unless KEEP is set."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{prefix}-", dir="/tmp"))
    folder.chmod(0o711)
    if not os.environ.get("KEEP"):
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def unpacked():
    """The unpacked servers, at a path that every user may enter: a copy
    where the checkout lies in a closed folder such as /root."""
    global _copy
    if all(p.stat().st_mode & 0o001 for p in (_UNPACKED, *_UNPACKED.parents)):
        return _UNPACKED
    if _copy is None:
        _copy = temporary_folder("unpacked") / "servers"
        shutil.copytree(_UNPACKED, _copy, symlinks=True)
    return _copy


def server_user():
    """(name, group, uid, gid) a server gives its work to: nobody when we are
    root, else ourselves."""
    entry = pwd.getpwnam("nobody") if os.getuid() == 0 \
        else pwd.getpwuid(os.getuid())
    return (entry.pw_name, grp.getgrgid(entry.pw_gid).gr_name, entry.pw_uid,
            entry.pw_gid)


_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(words, **more):
    """subprocess.Popen of a server that ends when we do, however we end."""
    return subprocess.Popen([str(w) for w in words],
                            preexec_fn=_die_with_parent,
                            start_new_session=True, **more)


def stop(process, seconds=40):
    """Ends a server by SIGTERM, by SIGKILL when it does not listen; returns
    its exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdout, process.stderr, process.stdin):
        if pipe:
            pipe.close()
    return process.returncode
