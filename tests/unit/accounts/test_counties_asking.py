"""Whom the portal asks: never somebody inside its own network because a county said so."""

import pytest

from accounts.counties.asking import Conversation
from accounts.counties.refusals import Refused


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://127.0.0.1/keys", "private-address"),
        ("https://localhost/keys", "private-address"),
        ("https://[::1]/keys", "private-address"),
        ("https://[::ffff:127.0.0.1]/keys", "private-address"),
        ("https://10.0.0.1/keys", "private-address"),
        ("https://169.254.169.254/latest/meta-data/", "private-address"),
        ("https://0/keys", "private-address"),
        ("https://0x7f000001/keys", "private-address"),
        ("http://kl.sso.edu.tw/keys", "bad-endpoint"),
        ("file:///etc/passwd", "bad-endpoint"),
        ("https:///keys", "bad-endpoint"),
        ("https://kl.sso.edu.tw:0/keys", "bad-endpoint"),
        ("https://kl.sso.edu.tw:99999/keys", "bad-endpoint"),
        ("https://[kl/keys", "bad-endpoint"),
        ("https://kl.sso.edu.tw/keys\r\nHost: other", "bad-endpoint"),
        ("https://kl.sso.edu.tw/a b", "bad-endpoint"),
        ("", "bad-endpoint"),
    ],
)
def test_an_issuer_outside_leads_nobody_inside(address: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        Conversation("https://kl.sso.edu.tw").ask(address)
    assert refused.value.code == code


def test_an_issuer_inside_is_a_trial_and_may_be_asked() -> None:
    with pytest.raises(Refused) as refused:
        Conversation("http://127.0.0.1:1").ask("http://127.0.0.1:1/keys")
    assert refused.value.code == "unreachable"  # nothing listens there, but it was tried
