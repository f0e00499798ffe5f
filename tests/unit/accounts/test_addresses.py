from ipaddress import ip_address

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.addresses import normal, not_a_proxy, visitor_address

PEER = "203.0.113.5"
PROXY = "127.0.0.1"


def seen(peer: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return visitor_address(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))


@pytest.fixture
def proxies(settings: Settings) -> list[str]:
    settings.TRUSTED_PROXIES = [PROXY, "10.0.0.0/8", "fd00::/8"]
    return settings.TRUSTED_PROXIES


@pytest.mark.parametrize(
    ("texts", "same"),
    [
        (
            ["192.0.2.10", " 192.0.2.10 ", "192.0.2.10:443", "[192.0.2.10]", "::ffff:192.0.2.10", "::FFFF:C000:020A"],
            "192.0.2.10",
        ),
        (["[::ffff:192.0.2.10]:8080", "0:0:0:0:0:ffff:c000:20a"], "192.0.2.10"),
        (["::1", "0:0:0:0:0:0:0:1", "0000::0001", "[::1]", "[::1]:80", "::0.0.0.1", "::1%lo", "[::1%1]:443"], "::1"),
        (["2001:db8::10", "2001:DB8:0::10", "2001:0db8:0:0:0:0:0:0010", "[2001:db8::10]:65535"], "2001:db8::10"),
        (["fe80::1%eth0", "fe80::1%25eth0", "FE80::1", "[fe80::1%eth0]"], "fe80::1"),
    ],
)
def test_every_spelling_is_one_address(texts: list[str], same: str) -> None:
    assert {normal(text) for text in texts} == {ip_address(same)}


NO_ADDRESS = """
unknown _hidden localhost 192.0.2 192.0.2.256 192.0.2.010 192.0.2.10: 192.0.2.10:123456 192.0.2.10%eth0 192.0.2.10/32
192.0.2.10,192.0.2.11 1 3221225994 0x7f.1 １９２.0.2.10 ::1: :::1 [::1 ::1] [::1]x [::1]: [[::1]] [] 2001:db8::10::1
::ffff:192.0.2.256 %eth0
"""


@pytest.mark.parametrize("text", [*NO_ADDRESS.split(), "", " ", "192.0.2.10\0", "192.0.2.10 192.0.2.11"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert normal(text) is None


@given(st.text())
def test_any_text_is_an_address_or_none(text: str) -> None:
    address = normal(text)
    assert address is None or normal(str(address)) == address


@given(st.ip_addresses())
def test_an_address_keeps_its_value(address: object) -> None:
    assert normal(str(address)) in (address, getattr(address, "ipv4_mapped", None))


def test_without_a_trusted_proxy_it_is_the_sockets_peer_whatever_the_header_says(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []
    assert seen(PEER) == PEER
    assert seen(PEER, "198.51.100.7") == PEER
    assert seen(PROXY, "198.51.100.7") == PROXY


@pytest.mark.usefixtures("proxies")
class TestBehindOurProxies:
    def test_it_is_the_address_that_the_proxy_wrote(self) -> None:
        assert seen(PROXY, "198.51.100.7") == "198.51.100.7"
        assert seen("::ffff:127.0.0.1", "198.51.100.7") == "198.51.100.7"
        assert seen("fd00::1", "[2001:DB8::7]:4711") == "2001:db8::7"

    def test_a_forged_header_from_anybody_else_changes_nothing(self) -> None:
        assert seen(PEER, "198.51.100.7") == PEER
        assert seen("11.0.0.1", "198.51.100.7") == "11.0.0.1"

    def test_what_the_visitor_wrote_left_of_it_is_not_believed(self) -> None:
        assert seen(PROXY, "198.51.100.66, 198.51.100.7") == "198.51.100.7"
        assert seen(PROXY, "127.0.0.1, 198.51.100.7") == "198.51.100.7"
        assert seen(PROXY, "garbage,,, 198.51.100.7") == "198.51.100.7"

    def test_a_chain_of_our_own_proxies_is_walked_through(self) -> None:
        assert seen(PROXY, "198.51.100.66, 198.51.100.7, 10.1.2.3, fd00::2, ::ffff:10.9.9.9") == "198.51.100.7"

    @pytest.mark.parametrize(
        "broken",
        [
            None,
            "",
            ",",
            "unknown",
            "198.51.100.7, ",
            "198.51.100.7, unknown",
            "198.51.100.7, 10.0.0.1, <script>",
            "10.0.0.1",
        ],
    )
    def test_a_header_that_is_missing_broken_or_all_our_own_leaves_the_peer(self, broken: str | None) -> None:
        assert seen(PROXY, broken) == PROXY


def test_behind_a_unix_socket_the_visitor_is_unknown_unless_the_setting_says_so(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [PROXY]
    assert seen("", "198.51.100.7") == ""
    settings.TRUSTED_PROXIES = ["unix", "10.0.0.0/8"]
    assert seen("", "198.51.100.66, 198.51.100.7, 10.0.0.1") == "198.51.100.7"
    assert seen("", "unknown") == ""
    assert seen("") == ""
    assert seen(PEER, "198.51.100.7") == PEER


def test_it_tells_which_words_of_the_setting_name_no_proxy() -> None:
    assert not_a_proxy(["unix", "127.0.0.1", "::1", "10.0.0.1/8", "localhost", "10.0.0.0/33", ""]) == [
        "localhost",
        "10.0.0.0/33",
        "",
    ]
