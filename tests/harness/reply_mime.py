# SPDX-License-Identifier: ISC
"""A letter's bytes as mail programs write them: charsets and encodings,
right and wrong.  Python's own generator writes right ones only."""
import base64
import quopri
import re
import textwrap

# name: (share in percent, real charset, label, transfer encoding)
CODINGS = {
    "utf8-qp": (30, "utf-8", "utf-8", "quoted-printable"),
    "utf8-base64": (14, "utf-8", "utf-8", "base64"),
    "utf8-8bit": (14, "utf-8", "utf-8", "8bit"),
    "latin1-qp": (12, "iso-8859-1", "iso-8859-1", "quoted-printable"),
    "latin1-8bit": (6, "iso-8859-1", "iso-8859-1", "8bit"),
    "1252-qp": (6, "windows-1252", "Windows-1252", "quoted-printable"),
    "1252-base64": (3, "windows-1252", "windows-1252", "base64"),
    "latin9-qp": (4, "iso-8859-15", "iso-8859-15", "quoted-printable"),
    "ascii-7bit": (4, "us-ascii", "us-ascii", "7bit"),
    "latin1-as-utf8": (2, "iso-8859-1", "utf-8", "8bit"),
    "1252-as-latin1": (1, "windows-1252", "iso-8859-1", "quoted-printable"),
    "utf8-as-latin1": (1, "utf-8", "iso-8859-1", "quoted-printable"),
    "utf8-as-ascii": (1, "utf-8", "us-ascii", "8bit"),
    "latin1-raw": (2, "iso-8859-1", None, None),
    "utf8-raw": (1, "utf-8", None, None),
}
WRONG = {"latin1-as-utf8", "1252-as-latin1", "utf8-as-latin1",
         "utf8-as-ascii", "latin1-raw", "utf8-raw"}


def pick_coding(rng, text, plain_only, latin):
    """A coding that can hold the text.  Wrong labels only for languages of
    our neighbourhood, where a person still reads the words."""
    fits = []
    for name, (share, charset, label, _) in CODINGS.items():
        if name in WRONG and not latin or label is None and not plain_only:
            continue
        try:
            text.encode(charset)
        except UnicodeEncodeError:
            continue
        fits.append((name, share * (4 if name == "ascii-7bit" else 1)))
    return rng.choices([n for n, _ in fits], [s for _, s in fits])[0]


def _wire(data, encoding):
    """Body bytes in that transfer encoding, lines ended by CRLF."""
    data = data.replace(b"\r\n", b"\n")
    if encoding == "base64":
        data = base64.encodebytes(data.replace(b"\n", b"\r\n"))
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    return data.rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"


def part(text, kind, coding, parameters=""):
    """(header lines, body bytes) of one text part."""
    _, charset, label, encoding = CODINGS[coding]
    data = _wire(text.encode(charset), encoding)
    if label is None:
        return [], data
    return [f'Content-Type: {kind}; charset="{label}"{parameters}',
            f"Content-Transfer-Encoding: {encoding}"], data


def alternative(parts, boundary):
    """(header lines, body bytes) of the same words in several kinds."""
    out = b""
    for head, data in parts:
        out += b"--" + boundary.encode() + b"\r\n"
        out += "\r\n".join(head).encode() + b"\r\n\r\n" + data + b"\r\n"
    return ["Content-Type: multipart/alternative;",
            f'\tboundary="{boundary}"'], out + (
        b"--" + boundary.encode() + b"--\r\n")


def header_text(text, rng, raw=False):
    """Unstructured text for a header, as bytes: plain ASCII, encoded words,
    or raw 8-bit letters as old programs write them."""
    if text.isascii():
        return text.encode()
    if raw:
        return text.encode("iso-8859-1", "replace")
    charset = "utf-8"
    if rng.random() < 0.35:
        try:
            text.encode("iso-8859-1")
            charset = "iso-8859-1"
        except UnicodeEncodeError:
            charset = "UTF-8"
    as_q = rng.random() < 0.6 and charset.lower() != "utf-8" or (
        rng.random() < 0.5 and len(text) < 200)
    words = []
    for piece in _pieces(text, 12):
        data = piece.encode(charset)
        if as_q:
            code = "".join(chr(b) if chr(b).isascii() and chr(b).isalnum()
                           else "_" if b == 32 else f"={b:02X}" for b in data)
            words.append(f"=?{charset}?Q?{code}?=")
        else:
            words.append(f"=?{charset}?B?{base64.b64encode(data).decode()}?=")
    return "\r\n ".join(words).encode()


def _pieces(text, size):
    return [text[i:i + size] for i in range(0, len(text), size)]


def address_text(name, address, rng, raw=False):
    """Name and address for a From or To header, as bytes."""
    if not name:
        return f"<{address}>".encode()
    if name.isascii():
        plain = name.replace(" ", "").isalpha() and rng.random() < 0.6
        quoted = name if plain else f'"{name}"'
        return f"{quoted} <{address}>".encode()
    return header_text(name, rng, raw) + f" <{address}>".encode()


def flow(lines, delsp):
    """format=flowed, RFC 3676: long lines are broken after a space, quoted
    ones keep their prefix; with delsp that space is one too many."""
    out = []
    for line in lines:
        marks, words = re.fullmatch(r"(>*) ?(.*)", line).groups()
        prefix = marks + " " if marks else ""
        if words == "-- " or not words:
            out.append(prefix.rstrip() if not words else prefix + words)
            continue
        rows = textwrap.wrap(words, 70, break_long_words=False,
                             break_on_hyphens=False)
        if not marks:
            rows = [re.sub(r"^(?=From |>| )", " ", row) for row in rows]
        gap = "  " if delsp else " "
        out += [prefix + row + gap for row in rows[:-1]]
        out.append(prefix + rows[-1])
    return out
