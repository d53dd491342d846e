# SPDX-License-Identifier: ISC
"""What a real Postfix gives back comes to the mailbox of the list, and the
subscriber that it is about is marked."""
import pytest

from harness import people, place, postfix
from harness.maild import LIST, inbox, relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

REFUSALS = {"gone": "rcpt 550 5.1.1 unknown user",
            "full": "rcpt 552 5.2.2 mailbox is full",
            "spam": "dot 550 5.7.1 looks like spam",
            "late": "rcpt 451 4.4.1 not now",
            "fine": None}


@pytest.fixture
def bouncing(dovecot, user):
    """A Postfix that gets these words from the next server, for ever."""
    why = postfix.missing()
    if why:
        pytest.skip(why)
    script = {address(name, user): [words] * 99
              for name, words in REFUSALS.items() if words}
    with ScriptedSmtp(script) as far, \
            postfix.Postfix(
                place.temporary_folder("postfix"), dovecot.lmtp_port,
                transport=f"/@{user.split('@')[0]}[.]example$/"
                f" smtp:[127.0.0.1]:{far.port}\n") as server:
        yield server


def address(name, user):
    return f"{name}@{user.split('@')[0]}.example"


def shown(daemon, name, user):
    return daemon.json("subscribers", "show", address(name, user))[0]


def state(daemon, name, user):
    return shown(daemon, name, user)["subscriptions"][0]["state"]


def send(daemon, folder, number):
    path = folder / f"issue-{number}.md"
    path.write_text(people.issue(number))
    return daemon.wait_issue(daemon.json("queue", path)[0]["id"], "finished")


def test_postfix_gives_letters_back(maild, folder, dovecot, bouncing, user):
    daemon = maild(list_block=LIST.replace("tg@lo-aarhus.dk", user))
    daemon.write_conf(
        relay(bouncing.port, host="localhost", tls="required",
              ca_file=bouncing.ca),
        inbox(dovecot.imaps_port, daemon.secret("password", dovecot.password),
              dovecot.ca, user=user),
        keys="soft-bounces = 2\n",
        list_block=LIST.replace("tg@lo-aarhus.dk", user))
    daemon.start()
    (folder / "people.csv").write_text(
        "email\n" + "".join(address(n, user) + "\n" for n in REFUSALS))
    daemon.cli("subscribers", "import", folder / "people.csv")
    assert send(daemon, folder, 1)["counts"]["sent"] == 5

    # Three bounces and a warning that one letter is late.
    wait_until(lambda: len(dovecot.messages(user)) == 4, "the reports", 60)
    daemon.wait_log(r"kind=hard .* address-dead")
    daemon.wait_log(r"kind=soft .* soft-bounce")
    wait_until(lambda: len(daemon.json("incoming")) == 4, "all to be read")
    assert [state(daemon, n, user) for n in REFUSALS] == \
        ["bounced", "active", "active", "active", "active"]
    came_back, = shown(daemon, "full", user)["soft_bounces"]
    assert came_back["words"].startswith("5.2.2 ")
    assert all(shown(daemon, n, user)["soft_bounces"] == []
               for n in ("gone", "spam", "late"))
    assert "1 letter in a row came back" in daemon.cli(
        "subscribers", "show", address("full", user)).stdout
    entry = shown(daemon, "gone", user)["ledger"][-1]
    assert entry["how"] == "bounce" and "5.1.1" in entry["proof"]

    # The second letter in a row that comes back is one too many.
    assert send(daemon, folder, 2)["counts"]["sent"] == 4
    wait_until(lambda: state(daemon, "full", user) == "bounced", "the end", 60)
    assert "2 letters in a row came back" in \
        shown(daemon, "full", user)["ledger"][-1]["proof"]
    assert send(daemon, folder, 3)["audience"] == 3
    flags = [f for _, f, _ in dovecot.messages(user)]
    assert not any("\\Seen" in f for f in flags)
    assert sum("$Unsubscribed" in f for f in flags) == 3
