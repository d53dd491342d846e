# SPDX-License-Identifier: ISC
"""Access tokens at a real Dovecot, which asks the server that gave them
whether they are good."""
import re

import pytest

from harness import certs, place
from harness.dovecot import Dovecot
from harness.receiver import Receiver
from harness.token_server import TokenServer
from test_inbox import Box, LEAVE

MORE = """
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_cache_size = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {conf}
}}
"""
CONF = {
    "xoauth2": "tokeninfo_url = {url}/info?access_token=\n",
    "oauthbearer": "introspection_url = {url}/introspect\n"
                   "introspection_mode = post\nforce_introspection = yes\n"
                   "active_attribute = active\nactive_value = true\n",
}


def answer(number):
    return 200, {"access_token": f"token-{number}", "token_type": "Bearer",
                 "expires_in": 3600}


class Place:
    """A token server, a Dovecot that asks it, and a daemon with a refresh
    token."""

    def __init__(self, maild, folder, user, mechanism, *answers):
        self.mechanism = mechanism.upper()
        ca, cert, key = certs.make(folder / "tokens")
        self.tokens = TokenServer((cert, key), *answers)
        conf = place.temporary_folder("oauth2") / "oauth2.conf"
        conf.write_text(CONF[mechanism].format(url=self.tokens.base)
                        + f"tls_ca_cert_file = {ca}\n"
                        "username_attribute = email\n")
        self.dovecot = Dovecot(place.temporary_folder("dovecot"),
                               more=MORE.format(conf=conf))
        self.receiver = Receiver(self.dovecot, tls=False)
        refresh = folder / "refresh"
        refresh.touch(mode=0o600)
        refresh.write_text("refresh-1\n")
        self.box = Box(
            maild, folder, self.dovecot, user, self.receiver.port, answer="no",
            poll="1 s", auth=mechanism, token_url=self.tokens.url,
            token_ca_file=ca, client_id="our client",
            refresh_token_file=refresh)
        text = self.box.daemon.conf.read_text()
        self.box.daemon.conf.write_text(
            re.sub(".*password-file.*\n", "", text))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.receiver.stop()
        self.dovecot.stop()
        self.tokens.__exit__()


@pytest.fixture(params=list(CONF))
def site(request, maild, folder, user):
    """A Place whose daemon has done its first deed with token-1."""
    with Place(maild, folder, user, request.param, answer(1),
               answer(2)) as p:
        p.tokens.good["token-1"] = user
        b = p.box.start()
        b.deliver(b.people[0], LEAVE, "one")
        b.wait_flag("one", "$Unsubscribed")
        yield p
        assert [a["grant_type"] for a in p.tokens.asked] == \
            ["refresh_token"] * 2
        assert p.tokens.shown == ["token-1", "token-1", "token-2"]
        assert not re.search("token-[12]|refresh-1", b.daemon.words())


def lose_the_token(p, good):
    """What was good is not, when it is shown for the second time."""
    p.tokens.good = good
    p.dovecot.hang_up(p.mechanism)
    p.box.daemon.wait_log("warn.* trouble=.*refuses an access token that was "
                          "good, so a new one is asked for.*trying again in")


def test_token_is_renewed(site, user):
    """A fresh one, asked for once, and all goes on."""
    lose_the_token(site, {"token-2": user})
    b = site.box
    b.deliver(b.people[1], LEAVE, "two")
    b.wait_flag("two", "$Unsubscribed")


@pytest.mark.parametrize("good", [{}, {"token-2": "another@lo-aarhus.dk"}],
                         ids=["unknown", "another's"])
def test_fresh_token_is_refused(site, user, good):
    """The log says whose, and when the next try is; until then the servers
    are left in peace."""
    lose_the_token(site, good)
    site.box.daemon.wait_log(
        rf"error.*inbox=tg/INBOX refused=.*refuses a new access token of "
        rf"{user}:.*trying again in \d\d s")
