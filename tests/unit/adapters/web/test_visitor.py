"""Who is believed to be whom, and which requests are what they seem."""

from datetime import UTC, datetime

import pytest
from multidict import CIMultiDict
from yarl import URL

from adapters.web.passes import Pass
from adapters.web.visitor import (
    Visitor,
    host_is_ours,
    same_origin,
    settings_of,
    token_fits,
    token_of,
    visitor_of,
)
from bot.errors import ConfigError

LOCAL = Visitor("local", admin=True)
NOBODY = Visitor()
HOME = {"Host": "127.0.0.1:8080"}
PROXIED = settings_of({"user_header": "X-User", "trusted_proxies": ["10.0.0.0/8", "127.0.0.2"], "admins": ["ada"]})


@pytest.mark.parametrize(
    ("peer", "headers", "visitor"),
    [
        ("127.0.0.1", HOME, LOCAL),
        ("127.3.2.1", HOME, LOCAL),
        ("::1", {"Host": "[::1]:8080"}, LOCAL),
        ("::ffff:127.0.0.1", {"Host": "localhost"}, LOCAL),
        ("127.0.0.1", {"Host": "LOCALHOST:80"}, LOCAL),
        ("192.0.2.7", HOME, NOBODY),
        ("::ffff:192.0.2.7", HOME, NOBODY),
        (None, HOME, NOBODY),
        ("", HOME, NOBODY),
        ("127.0.0.1", {}, NOBODY),
        ("127.0.0.1", {"Host": "digest.example"}, NOBODY),
        ("127.0.0.1", {"Host": "127.0.0.1.evil.example"}, NOBODY),
        ("127.0.0.1", {"Host": "localhost.evil.example"}, NOBODY),
        ("127.0.0.1", {"Host": "evil.example@127.0.0.1"}, NOBODY),
        ("127.0.0.1", {"Host": "0.0.0.0"}, NOBODY),
        ("127.0.0.1", {"Host": "2130706433"}, NOBODY),
        ("127.0.0.1", HOME | {"X-Forwarded-For": "127.0.0.1"}, NOBODY),
        ("127.0.0.1", HOME | {"x-forwarded-proto": "https"}, NOBODY),
        ("127.0.0.1", HOME | {"Forwarded": "for=127.0.0.1"}, NOBODY),
        ("127.0.0.1", HOME | {"Via": "1.1 proxy"}, NOBODY),
        ("127.0.0.1", HOME | {"X-Real-IP": "127.0.0.1"}, NOBODY),
        ("127.0.0.1", HOME | {"X-User": "ada"}, LOCAL),  # the peer is no trusted proxy: the header says nothing
        ("192.0.2.7", HOME | {"X-User": "ada"}, NOBODY),
        ("10.1.2.3", HOME | {"X-User": "ada"}, Visitor("ada", admin=True)),
        ("10.1.2.3", {"Host": "digest.example", "X-User": " bo ", "X-Forwarded-For": "192.0.2.1"}, Visitor("bo")),
        ("::ffff:10.1.2.3", HOME | {"X-User": "bo"}, Visitor("bo")),
        ("10.1.2.3", HOME | {"X-User": "local"}, Visitor("local", admin=False)),
        ("10.1.2.3", HOME, NOBODY),
        ("10.1.2.3", HOME | {"X-User": "  "}, NOBODY),
        ("10.1.2.3", HOME | {"X-User": "a\udc80"}, NOBODY),
        ("10.1.2.3", HOME | {"X-User": "a" * 201}, NOBODY),
        ("127.0.0.2", HOME, NOBODY),  # a proxy on this machine that names nobody is not `local`
        ("127.0.0.2", HOME | {"X-User": "bo"}, Visitor("bo")),
    ],
)
def test_visitor(peer: str | None, headers: dict[str, str], visitor: Visitor) -> None:
    assert visitor_of(peer, CIMultiDict(headers), PROXIED) == visitor


@pytest.mark.parametrize(
    ("given", "http_1_0", "visitor"),
    [
        ({}, False, LOCAL),
        ({}, True, NOBODY),
        ({"public_url": "http://localhost:8080"}, False, LOCAL),
        ({"public_url": "https://digest.example"}, False, NOBODY),
        ({"public_url": "https://digest.example", "trusted_proxies": ["10.0.0.1"]}, False, NOBODY),
    ],
)
def test_a_proxy_that_adds_no_header_makes_nobody_local(
    given: dict[str, object], http_1_0: bool, visitor: Visitor
) -> None:
    """nginx with proxy_pass and nothing else hands on our own Host and no forwarding header."""
    assert visitor_of("127.0.0.1", CIMultiDict(HOME), settings_of(given), http_1_0=http_1_0) == visitor


def test_who_signed_in_is_known_where_nobody_is_local() -> None:
    settings = settings_of({"public_url": "https://digest.example"})
    own = Pass(member="local", admin=True, until=datetime(2027, 1, 1, tzinfo=UTC), nonce="")
    assert visitor_of("127.0.0.1", CIMultiDict(HOME), settings, own) == LOCAL


def test_a_named_proxy_that_names_nobody_is_never_local() -> None:
    settings = settings_of({"trusted_proxies": ["127.0.0.1"]})
    assert visitor_of("127.0.0.1", CIMultiDict(HOME), settings) == NOBODY


def test_two_user_headers_name_nobody() -> None:
    headers = CIMultiDict([("Host", "127.0.0.1"), ("X-User", "bo"), ("X-User", "ada")])
    assert visitor_of("10.1.2.3", headers, PROXIED) == NOBODY


@pytest.mark.parametrize(
    ("archive", "visitor", "reads"),
    [
        ("local", LOCAL, True),
        ("local", Visitor("bo"), True),
        ("local", NOBODY, False),
        ("members", Visitor("bo"), True),
        ("members", NOBODY, False),
        ("open", NOBODY, True),
    ],
)
def test_who_reads(archive: str, visitor: Visitor, reads: bool) -> None:
    assert visitor.reads(settings_of({"archive": archive})) is reads


@pytest.mark.parametrize(
    ("hosts", "ours"),
    [
        (["127.0.0.1:8080"], True),
        (["localhost"], True),
        (["[::1]:80"], True),
        (["digest.example"], True),
        (["DIGEST.example:443"], True),
        (["digest.example."], True),
        (["evil.example"], False),
        (["digest.example.evil.example"], False),
        (["evil.example:digest.example"], False),
        (["digest.example/evil"], False),
        ([""], False),
        ([], False),
        (["digest.example", "evil.example"], False),
    ],
)
def test_only_our_own_host_names_are_served(hosts: list[str], ours: bool) -> None:
    settings = settings_of({"public_url": "https://digest.example/"})
    assert host_is_ours(CIMultiDict([("Host", host) for host in hosts]), settings) is ours


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({"Origin": "http://127.0.0.1:8080"}, True),
        ({"Origin": "https://digest.example"}, True),
        ({"Origin": "https://digest.example:443"}, True),
        ({"Origin": "http://digest.example"}, False),
        ({"Origin": "http://127.0.0.1:8081"}, False),
        ({"Origin": "http://127.0.0.1:8080.evil.example"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://["}, False),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none", "Referer": "http://127.0.0.1:8080/c/team"}, False),
        ({"Referer": "http://127.0.0.1:8080/c/team"}, True),
        ({"Referer": "https://evil.example/?http://127.0.0.1:8080/"}, False),
        ({}, False),
    ],
)
def test_same_origin(headers: dict[str, str], same: bool) -> None:
    settings = settings_of({"public_url": "https://digest.example"})
    assert same_origin(CIMultiDict(headers), URL("http://127.0.0.1:8080/c/team/react"), settings) is same


def test_a_token_fits_its_member_and_key_alone() -> None:
    token = token_of(b"key", "bo")
    assert token_fits(token, b"key", "bo")
    assert not token_fits(token, b"key", "ada")
    assert not token_fits(token, b"other", "bo")
    assert not token_fits("", b"key", "bo")
    assert not token_fits("é\udc80", b"key", "bo")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("archive", "closed", "[web] archive = 'closed'"),
        ("trusted_proxies", ["10.0.0.300"], "'10.0.0.300'"),
        ("trusted_proxies", "10.0.0.1", "[web] trusted_proxies = '10.0.0.1'"),
        ("user_header", "X User", "[web] user_header = 'X User'"),
        ("user_header", 7, "[web] user_header = 7"),
        ("admins", "ada", "[web] admins = 'ada'"),
        ("public_url", "ftp://digest.example", "[http] public_url = 'ftp://digest.example'"),
    ],
)
def test_a_wrong_setting_is_named(key: str, value: object, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({key: value})
    assert words in str(caught.value)


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({"archive": 1, "admins": 2, "trusted_proxies": ["x", "y"]})
    assert len(caught.value.mistakes) == 4
