# SPDX-License-Identifier: ISC
"""`make demo`: Nyhedsbrev 14 goes from a text file to 25 mailboxes, and one
reader leaves the list by an ordinary reply.  Real Dovecot, private and on
loopback; nothing of it is left running."""
import email
import email.message
import email.policy
import email.utils
import os
import pathlib
import shutil
import subprocess
import sys
import textwrap
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import place  # noqa: E402
from harness.dovecot import Dovecot  # noqa: E402
from harness.maild import Maild, inbox, relay  # noqa: E402
from harness.receiver import Receiver  # noqa: E402
from harness.wait import wait_until  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
OUT = place.ROOT / "build" / "demo"
TG = "tg@lo-aarhus.dk"
LEAVER = "anna.kirkegaard@laeserne.example"
WRITER = "bo.mikkelsen@laeserne.example"
BOLD, DIM, GREEN, PLAIN = ("\033[1m", "\033[2m", "\033[32m", "\033[0m") \
    if sys.stdout.isatty() else ("", "", "", "")


def say(text):
    print(f"\n{BOLD}{text}{PLAIN}", flush=True)


def note(text):
    print(f"{DIM}{textwrap.fill(text, 78)}{PLAIN}", flush=True)


def good(text):
    print(f"{GREEN}✓{PLAIN} {text}", flush=True)


def frame(text, head=None, tail=None):
    """Prints text indented; of a long one its first and its last lines."""
    lines = text.rstrip().splitlines()
    if head and tail and len(lines) > head + tail:
        left_out = len(lines) - head - tail
        lines = lines[:head] + [f"[... {left_out} lines ...]"] + lines[-tail:]
    for line in lines:
        print("  │ " + line)
    sys.stdout.flush()


def run(daemon, *words):
    """Shows a command as one would type it, and runs it."""
    print(f"\n{BOLD}$ rummelig-mail {' '.join(map(str, words))}{PLAIN}",
          flush=True)
    subprocess.run([daemon.build / "rummelig-mail", *map(str, words)],
                   check=True, cwd=HERE,
                   env=dict(os.environ,
                            RUMMELIG_MAIL_SOCKET=str(daemon.socket)))


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def body(message, kind):
    part = message.get_body((kind,))
    return part.get_content() if part else ""


def letters(dovecot, reader):
    return [parse(raw) for _, _, raw in dovecot.messages(reader)]


def reply(letter, sender, name, words):
    """An answer as Thunderbird writes it: own words above, the whole letter
    quoted below."""
    m = email.message.EmailMessage()
    m["From"] = email.utils.formataddr((name, sender))
    m["To"] = letter["Reply-To"] or letter["From"]
    m["Subject"] = "Re: " + letter["Subject"]
    m["Message-ID"] = email.utils.make_msgid(domain=sender.split("@")[1])
    m["In-Reply-To"] = letter["Message-ID"]
    m["References"] = letter["Message-ID"]
    m["Date"] = email.utils.formatdate(localtime=True)
    m["User-Agent"] = "Mozilla Thunderbird"
    quoted = "\n".join("> " + line
                       for line in body(letter, "plain").splitlines())
    m.set_content(f"{words}\n\nDen 14.04.2019 kl. 09.12 skrev "
                  f"Tue Germundsson:\n{quoted}\n")
    return m.as_bytes(policy=email.policy.SMTP)


def the_issue(daemon, subject):
    for issue in daemon.json("issues"):
        if issue["subject"] == subject:
            return issue
    raise SystemExit(f"no issue with the subject {subject}")


def demo(dovecot, receiver, daemon):
    say("1. The list: 25 readers from a CSV file")
    run(daemon, "subscribers", "import", "abonnenter.csv")

    say("2. The letter: a text file, checked and looked at before it goes")
    run(daemon, "check", "nyhedsbrev-14.md")
    run(daemon, "preview", "nyhedsbrev-14.md", "--to", LEAVER, "--html",
        "--out", OUT / "preview.html")

    say("3. Off it goes, and every recipient is accounted for")
    run(daemon, "queue", "nyhedsbrev-14.md", "--watch")
    first = the_issue(daemon, "Nyhedsbrev 14 - Rummelig imidt")
    daemon.wait_issue(first["id"], "finished")
    run(daemon, "show", first["id"])

    say(f"4. What {LEAVER} found in her mailbox")
    letter = wait_until(lambda: letters(dovecot, LEAVER), "the letter")[0]
    for header in ("From", "To", "Subject", "Message-ID",
                   "List-Unsubscribe"):
        frame(f"{header}: {letter[header]}")
    frame("\n" + body(letter, "plain"), head=24, tail=22)
    (OUT / "nyhedsbrev-14.html").write_text(body(letter, "html"))
    (OUT / "nyhedsbrev-14.eml").write_bytes(
        dovecot.messages(LEAVER)[0][2])
    good(f"The same letter as HTML: {OUT / 'nyhedsbrev-14.html'}")

    say("5. An ordinary mail to tg@ that quotes the newsletter: not ours")
    other = letters(dovecot, WRITER)[0]
    dovecot.deliver(TG, reply(
        other, WRITER, "Bo Mikkelsen",
        "Hej Tue\n\nTak for et godt nyhedsbrev! Hvornår er næste "
        "netværksmøde?\n\nVenlig hilsen\nBo"), WRITER)
    raw = wait_until(lambda: dovecot.messages(TG), "his mail")[0][2]
    frame(body(parse(raw), "plain"), head=12, tail=3)

    say("6. One reader answers, in her own mail program, in her own words")
    answer = reply(letter, LEAVER, "Anna Kirkegaard",
                   "Hej, vil I ikke nok framelde mig")
    frame(body(parse(answer), "plain"), head=6, tail=3)
    mark = len(daemon.log())
    began = time.monotonic()
    dovecot.deliver(TG, answer, LEAVER)
    daemon.wait_log(r"kind=unsub .*", after=mark)
    good(f"Understood {time.monotonic() - began:.1f} s after it arrived; "
         "the log says:")
    frame("\n".join(textwrap.wrap(
        next(line for line in daemon.log()[mark:].splitlines()
             if "kind=unsub" in line), 72)))
    run(daemon, "subscribers", "show", LEAVER)

    say("7. The goodbye that she got")
    goodbye = wait_until(lambda: letters(dovecot, LEAVER)[1:],
                         "the goodbye")[0]
    frame(f"Subject: {goodbye['Subject']}\n\n" + body(goodbye, "plain"))

    say("8. The next issue goes to the other 24")
    run(daemon, "queue", "nyhedsbrev-15.md", "--watch")
    second = the_issue(daemon, "Nyhedsbrev 15 - Rummelig imidt")
    second = daemon.wait_issue(second["id"], "finished")
    wait_until(lambda: len(letters(dovecot, WRITER)) == 2, "the second issue")
    subjects = [m["Subject"] for m in letters(dovecot, LEAVER)]
    assert second["counts"]["sent"] == 24, second
    assert subjects == [letter["Subject"], goodbye["Subject"]], subjects
    good(f"{second['counts']['sent']} sent; in {LEAVER}'s mailbox there are "
         "only the first letter and the goodbye")

    say("9. And the mailbox tg@, which is a person's own")
    for _, flags, raw in dovecot.messages(TG):
        message = parse(raw)
        state = "read" if "\\Seen" in flags else "unread"
        words = " ".join(sorted(flags - {"\\Recent"}))
        frame(f"INBOX  {state:7s} {message['From']}: "
              f"{body(message, 'plain').splitlines()[0][:40]}  {words}")
        assert state == "unread", flags
    assert len(dovecot.messages(TG)) == 2
    good("Nothing was deleted, moved or marked as read; Bo's question waits "
         "for Tue as it came")


def main():
    began = time.monotonic()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    servers = place.temporary_folder("rummelig-demo")
    say("rummelig-mail: a newsletter from a text file to mailboxes, and back")
    note("A Dovecot (IMAP, LMTP), a small SMTP receiver before it and the "
         "daemon with its SQLite store start now, privately, on loopback.")
    dovecot = Dovecot(servers / "dovecot")
    receiver = Receiver(dovecot, "nyhedsbrev", "hemmeligt")
    daemon = Maild(servers / "maild", build=place.ROOT / "build")
    daemon.log_path = OUT / "maild.log"
    secret = daemon.secret("relay-password", "hemmeligt")
    mailbox = daemon.secret("mailbox-password", dovecot.password)
    daemon.write_conf(
        relay(receiver.port, host="localhost", tls="required",
              ca_file=dovecot.ca, user="nyhedsbrev", password_file=secret,
              connections=4),
        inbox(dovecot.imaps_port, mailbox, dovecot.ca))
    shutil.copy(daemon.conf, OUT / "rummelig-mail.conf")
    daemon.start()
    try:
        demo(dovecot, receiver, daemon)
    finally:
        daemon.stop()
        receiver.stop()
        dovecot.stop()
    say(f"Done in {time.monotonic() - began:.0f} s; nothing is left running.")
    print(f"""
Where to go next
  {OUT}/nyhedsbrev-14.html   the letter, in a browser
  {OUT}/maild.log            the whole story, one line per event
  {OUT}/rummelig-mail.conf   the configuration of this demo
  tests/demo/nyhedsbrev-14.md   the text file it was made from
  README.md                     installing it for real, and the two walks""")


main()
