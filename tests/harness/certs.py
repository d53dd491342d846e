# SPDX-License-Identifier: ISC
"""A certificate authority of our own and a certificate for localhost."""
import pathlib
import subprocess


def _run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


def make(folder, name="localhost", days=30):
    """Makes ca.pem, cert.pem and key.pem in folder; returns the three paths.
    The certificate is for `name` and, when that is localhost, 127.0.0.1; it
    is good for so many days (negative: it was)."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    cert, key, csr = (folder / n for n in ("cert.pem", "key.pem", "csr.pem"))
    ext = folder / "ext"
    names = f"DNS:{name}"
    if name == "localhost":
        names += ",IP:127.0.0.1"
    ext.write_text(f"subjectAltName={names}\n")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _run("openssl", "req", "-x509", *curve, "-keyout", ca_key, "-out", ca,
         "-days", "30", "-subj", f"/CN=Test CA {folder.name}",
         "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    _run("openssl", "req", *curve, "-keyout", key, "-out", csr,
         "-subj", f"/CN={name}")
    _run("openssl", "x509", "-req", "-in", csr, "-CA", ca, "-CAkey", ca_key,
         "-CAcreateserial", "-days", str(days), "-extfile", ext, "-out", cert)
    return ca, cert, key
