# SPDX-License-Identifier: ISC
"""`make bench`: personalised letters of Nyhedsbrev 14 through the real daemon
to a sink, and the same bytes, count and connections by smtp-source and by
nodemailer to the same kind of sink; five runs in turn, medians, one line of
JSON for each case.  `make bench BENCH="plain-10 rtt-20"` runs some of them;
LETTERS, RUNS and ROWS shorten them.  A ratio is ours to theirs; nodemailer,
which is slow, sends at most 2,000 letters."""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import certs, place  # noqa: E402

import million  # noqa: E402
import sides  # noqa: E402

RUNS = int(os.environ.get("RUNS", "5"))
PLAIN = {"connections": 10, "letters": 10000, "sink": (), "relay": {},
         "keys": "", "dkim": (), "tls": False}
CASES = {
    "plain-1": {"connections": 1, "letters": 5000},
    "plain-10": {"letters": 30000},
    "plain-64": {"connections": 64, "letters": 30000},
    "dot-10": {"sink": ("--dot-delay-ms", "10"), "letters": 5000},
    "dot-200": {"sink": ("--dot-delay-ms", "200"), "letters": 500},
    "rtt-20": {"sink": ("--reply-delay-ms", "20"), "letters": 2000},
    "tls-10": {"tls": True},
    "dkim-rsa": {"dkim": ("rsa",), "letters": 3000},
    "dkim-ed25519": {"dkim": ("ed25519",)},
    "dkim-both": {"dkim": ("rsa", "ed25519"), "letters": 3000},
    "senders-2": {"keys": "senders = 2\n"},
}
SIGNING = ("signed", "unsigned", "openssl_speed")
SIGNING_ROUNDS = 6
SHORTER = 6  # so much fewer letters has each of them
LARGE = {"million": million.million, "beside-import": million.beside_import}


def prepared(name, folder):
    case = PLAIN | CASES[name]
    case["letters"] = int(os.environ.get("LETTERS", case["letters"]))
    if case["tls"]:
        ca, cert, key = certs.make(folder)
        case["ca"] = ca
        case["sink"] = ("--cert", cert, "--key", key)
        case["relay"] = {"tls": "required", "ca_file": ca, "host": "localhost"}
    case["dkim"] = [(f"s{n}", make_key(folder, kind))
                    for n, kind in enumerate(case["dkim"])]
    return case


def make_key(folder, kind):
    path = folder / f"{kind}.pem"
    path.touch(mode=0o600)
    more = ["-pkeyopt", "rsa_keygen_bits:2048"] if kind == "rsa" else []
    subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", kind, *more,
                    "-out", path], check=True)
    return path


def sign_ms(case):
    """What `openssl speed` needs for the signatures of one letter."""
    spent = 0
    for _, path in case["dkim"]:
        kind = {"rsa.pem": "rsa2048"}.get(path.name, "ed25519")
        words = subprocess.run(["openssl", "speed", "-mr", "-seconds", "1",
                                kind], capture_output=True, text=True).stdout
        # +F2:INDEX:BITS:signatures a second:..., +F6: with a name before it
        spent += 1000 / float(re.search(r"^\+F[26]:.*?:(\d+\.\d+):", words,
                                        re.M)[1])
    return spent


def signing(case):
    """What signing costs is a small difference: many short runs in turn, and
    of each side the least, for what else the machine does only adds."""
    letters = max(case["letters"] // SHORTER, 1)
    least = {}
    for _ in range(SIGNING_ROUNDS):
        for side, spent in (
                ("signed", sides.ours_at_once(case, letters)),
                ("unsigned", sides.ours_at_once(case | {"dkim": ()}, letters)),
                ("openssl_speed", sign_ms(case))):
            least[side] = min(spent, least.get(side, spent))
    return {side: {"cpu_ms_per_message": spent}
            for side, spent in least.items()}


def run(name):
    runs = {}
    keys = place.temporary_folder("bench")
    case = prepared(name, keys)
    for number in range(RUNS):
        folder = place.temporary_folder("bench")
        one = {"rummelig_mail": sides.ours(case, case["letters"], folder)}
        if case["dkim"]:
            one |= signing(case)
        one["smtp_source"] = sides.smtp_source(case, case["letters"], folder)
        one["nodemailer"] = sides.nodemailer(case, case["letters"], folder)
        for side, figures in one.items():
            if figures is not None:
                runs.setdefault(side, []).append(figures)
        print(f"{name} {number + 1}: " + ", ".join(
            f"{side} {f.get('messages_per_s', 0):.0f}/s"
            f" {f['cpu_ms_per_message']:.4f} ms" for side, f in one.items()
            if f is not None), file=sys.stderr)
    return report(case, {side: medians(some) for side, some in runs.items()})


def medians(runs):
    return {key: round(statistics.median(one[key] for one in runs), 4)
            for key in runs[0]}


def report(case, result):
    mine = result["rummelig_mail"]
    ratios = {side: {key: round(mine[key] / figures[key], 3)
                     for key in figures}
              for side, figures in result.items()
              if side not in ("rummelig_mail", *SIGNING)}
    more = {}
    if case["dkim"]:
        signed, unsigned, speed = (result[side]["cpu_ms_per_message"]
                                   for side in SIGNING)
        more = {"signing_adds_ms": round(signed - unsigned, 4),
                "signing_may_add_ms": round(1.5 * speed + 0.05, 4)}
    return {"letters": case["letters"], "connections": case["connections"],
            "runs": RUNS} | result | {"ratio": ratios} | more


def main():
    names = sys.argv[1:] or [*CASES, *LARGE]
    unknown = [name for name in names if name not in CASES | LARGE]
    if unknown:
        sys.exit(f"no such case: {' '.join(unknown)}; there are "
                 f"{' '.join([*CASES, *LARGE])}")
    if not sides.nodemailer_there():
        print("nodemailer: skipped, there is no node or npm", file=sys.stderr)
    for name in names:
        result = LARGE[name]() if name in LARGE else run(name)
        print(json.dumps({"case": name} | result), flush=True)


if __name__ == "__main__":
    main()
