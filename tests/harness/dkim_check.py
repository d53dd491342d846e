# SPDX-License-Identifier: ISC
"""Signatures as receivers see them: two verifiers that are not ours, and the
keys they look up."""
import base64
import os
import subprocess

import dkim

from harness import place
from harness.scripted_dns import ScriptedDns


def make_key(folder, name, kind):
    """A new private key of kind rsa or ed25519; returns its path."""
    path = folder / f"{name}.pem"
    path.touch(mode=0o600)
    more = ["-pkeyopt", "rsa_keygen_bits:2048"] if kind == "rsa" else []
    subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", kind, *more,
                    "-out", path], check=True)
    return path


def record(path):
    """What belongs into DNS for a private key: v=DKIM1; ..."""
    der = subprocess.run(
        ["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"],
        check=True, stdout=subprocess.PIPE).stdout
    if len(der) < 100:  # RFC 8463: the 32 bytes alone
        return "v=DKIM1; k=ed25519; p=" + base64.b64encode(der[-32:]).decode()
    return "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode()


def python_verdicts(message, texts):
    """For each signature whether python3-dkim takes it; texts: {name: record}
    without the final dot."""
    def lookup(name, timeout=5):
        return texts.get(name.decode().rstrip("."), "").encode() or None

    one = dkim.DKIM(message)
    count = sum(1 for name, _ in one.headers
                if name.lower() == b"dkim-signature")

    def verdict(i):
        try:
            return dkim.DKIM(message).verify(idx=i, dnsfunc=lookup)
        except dkim.DKIMException:
            return False
    return [verdict(i) for i in range(count)]


def opendkim_words(message, texts):
    """What opendkim-testmsg says against the message: "" when it verifies."""
    with ScriptedDns(texts) as dns:
        done = subprocess.run(
            ["opendkim-testmsg", "-C"], input=message, timeout=30,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=dict(os.environ, TEST_DNS_PORT=str(dns.port),
                     PATH=os.environ["PATH"] + ":/usr/sbin",
                     LD_PRELOAD=str(place.ROOT /
                                    "build/tests/preload/resolver.so")))
        words = done.stdout.decode(errors="replace").strip()
        if done.returncode == 0 and not dns.asked:
            return "nobody was asked for a key"
        return words or ("" if done.returncode == 0 else
                         f"status {done.returncode}")
