# SPDX-License-Identifier: ISC
"""From the text file to real mailboxes through a real Postfix, and back:
what the consultant, a subscriber and the admin would do."""
import email
import email.policy
import re

from harness import place
from harness.maild import inbox, relay
from harness.wait import wait_until

ISSUE = place.ROOT / "tests/demo/nyhedsbrev-14.md"


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def quote(words, letter):
    text = letter.get_body(("plain",)).get_content()
    return (words + "\n\nDen 14.04.2019 kl. 09.12 skrev Tue Germundsson:\n" +
            "\n".join("> " + line for line in text.splitlines()) + "\n")


def answer(letter, sender, words, **headers):
    m = email.message.EmailMessage()
    m["From"] = sender
    m["To"] = "tg@lo-aarhus.dk"
    m["Subject"] = "Re: " + letter["Subject"]
    m["Message-ID"] = f"<{abs(hash((sender, words)))}@laeserne.example>"
    m["In-Reply-To"] = letter["Message-ID"]
    for name, value in headers.items():
        m[name.replace("_", "-")] = value
    m.set_content(quote(words, letter))
    return m.as_bytes(policy=email.policy.SMTP)


def people(daemon, folder, *addresses):
    path = folder / "people.csv"
    path.write_text("email,navn\n" + "".join(
        f'{a},Åse "<b>{{{{x}}}} @@NAME@@"\n' if i == 0 else f"{a},\n"
        for i, a in enumerate(addresses)).replace('Åse "', '"Åse ""')
        .replace('@@"\n', '@@"""\n'))
    daemon.cli("subscribers", "import", path)


def state(daemon, address):
    return daemon.json("subscribers", "show", address)[0][
        "subscriptions"][0]["state"]


def start(maild, folder, dovecot, postfix, user, **keys):
    daemon = maild(relay(postfix.port, host="localhost", tls="required",
                         ca_file=postfix.ca, connections=2))
    secret = daemon.secret("password", dovecot.password)
    daemon.write_conf(
        relay(postfix.port, host="localhost", tls="required",
              ca_file=postfix.ca, connections=2),
        inbox(dovecot.imaps_port, secret, dovecot.ca, user=user, **keys))
    return daemon.start()


def test_letter_reply_goodbye(maild, folder, dovecot, relay_postfix, user):
    daemon = start(maild, folder, dovecot, relay_postfix, user)
    tag = user.split("@")[0]
    readers = [f"{name}-{tag}@laeserne.example" for name in ("aase", "bo")]
    people(daemon, folder, *readers)
    number = daemon.json("queue", ISSUE)[0]["id"]
    issue = daemon.wait_issue(number, "finished")
    assert issue["counts"]["sent"] == 2
    letters = {r: parse(wait_until(lambda r=r: dovecot.messages(r),
                                   "the letter")[0][2]) for r in readers}
    letter = letters[readers[0]]
    assert letter["List-Unsubscribe"] and letter["List-Id"]
    assert letter["Message-ID"] != letters[readers[1]]["Message-ID"]
    assert letter["Return-Path"] != letters[readers[1]]["Return-Path"]
    assert readers[0] in letter.get_body(("plain",)).get_content()
    assert "@@" not in letter.get_body(("html",)).get_content().replace(
        "@@NAME@@", "")

    # A reader's question that quotes the whole letter is left alone.
    dovecot.deliver(user, answer(letter, readers[1], "Tak for nyhedsbrevet!"),
                    readers[1])
    dovecot.deliver(user, answer(letter, readers[0],
                                 "Hej, vil I ikke nok framelde mig"),
                    readers[0])
    daemon.wait_log(r"kind=unsub .*unsubscribed")
    assert state(daemon, readers[0]) == "left"
    assert state(daemon, readers[1]) == "active"
    goodbye = parse(wait_until(lambda: dovecot.messages(readers[0])[1:],
                               "the goodbye")[0][2])
    assert goodbye["Auto-Submitted"] == "auto-replied"
    assert goodbye["Return-Path"] in ("<>", None)
    messages = wait_until(
        lambda: (lambda m: m if any("$Unsubscribed" in f for _, f, _ in m)
                 else None)(dovecot.messages(user)), "the keyword")
    assert len(messages) == 2
    assert not any("\\Seen" in flags for _, flags, _ in messages)
    assert not any("\\Deleted" in flags for _, flags, _ in messages)

    # The second issue passes her by.
    second = folder / "second.md"
    second.write_text("---\nsubject: To\n---\n\nHej\n")
    number = daemon.json("queue", second)[0]["id"]
    assert daemon.wait_issue(number, "finished")["audience"] == 1
    # The relay's own words stand in the row.
    row = daemon.json("who", number)[0]
    assert re.match(r"250 ", row["reply"]) and row["relay"] == "primary"


def test_list_unsubscribe_mail(maild, folder, dovecot, relay_postfix, user):
    """A mail program's unsubscribe button: the token decides, whatever From
    says, and even when it calls itself automatic."""
    daemon = start(maild, folder, dovecot, relay_postfix, user)
    reader = f"knap-{user}"
    people(daemon, folder, reader)
    number = daemon.json("queue", ISSUE)[0]["id"]
    daemon.wait_issue(number, "finished")
    letter = parse(wait_until(lambda: dovecot.messages(reader),
                              "the letter")[0][2])
    uri = re.search(r"<mailto:([^?>]*)\?subject=([^>]*)>",
                    letter["List-Unsubscribe"])
    to, subject = uri[1], uri[2].replace("%20", " ")
    local, domain = to.split("@")
    assert domain == "lo-aarhus.dk" and local.startswith("tg+unsub-")
    m = email.message.EmailMessage()
    m["From"] = "somebody.else@elsewhere.example"
    m["To"] = to
    m["Subject"] = subject
    m["Auto-Submitted"] = "auto-replied"
    m["Message-ID"] = f"<apple-{user}>"
    m.set_content("")
    dovecot.deliver(user, m.as_bytes(policy=email.policy.SMTP), "x@y.example")
    daemon.wait_log(r"kind=unsub .*unsubscribed")
    shown = daemon.json("subscribers", "show", reader)[0]
    assert shown["subscriptions"][0]["state"] == "left"
    assert shown["ledger"][-1]["how"] == "one-click"
