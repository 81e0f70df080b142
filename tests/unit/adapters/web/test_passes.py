"""The seal on sign-in links and cookies: it opens for its own use, key and time alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.passes import Pass, is_member_name, opened, sealed
from bot.errors import BotError

NOW = datetime(2026, 6, 9, 8, tzinfo=UTC)
KEY = b"k" * 32
ADA = Pass(member="Ada 艾達", admin=True, until=NOW + timedelta(hours=1), nonce="n")
names = st.text(min_size=1, max_size=200).filter(is_member_name)


@given(names, st.booleans(), st.text(max_size=20))
def test_what_was_sealed_opens_as_it_was(member: str, admin: bool, nonce: str) -> None:
    one = Pass(member=member, admin=admin, until=ADA.until, nonce=nonce)
    assert opened(sealed(one, KEY, "link"), KEY, "link", NOW) == one


def test_a_link_is_no_cookie_and_another_key_opens_nothing() -> None:
    link = sealed(ADA, KEY, "link")
    assert opened(link, KEY, "cookie", NOW) is None
    assert opened(link, b"other" * 8, "link", NOW) is None
    assert opened(sealed(ADA, KEY, "cookie"), KEY, "link", NOW) is None


def test_it_is_over_when_it_says() -> None:
    link = sealed(ADA, KEY, "link")
    assert opened(link, KEY, "link", ADA.until - timedelta(seconds=1)) == ADA
    assert opened(link, KEY, "link", ADA.until) is None


@given(st.data())
def test_no_character_can_be_changed(data: st.DataObject) -> None:
    link = sealed(ADA, KEY, "link")
    at = data.draw(st.integers(0, len(link) - 1))
    other = data.draw(st.characters().filter(lambda char: char != link[at]))
    assert opened(link[:at] + other + link[at + 1 :], KEY, "link", NOW) is None


def test_another_body_under_the_same_seal_does_not_open() -> None:
    mine, theirs = (sealed(replace(ADA, member=who), KEY, "cookie") for who in ("bo", "ada"))
    forged = f"{theirs.partition('.')[0]}.{mine.partition('.')[2]}"
    assert opened(forged, KEY, "cookie", NOW) is None


@given(st.text(max_size=100))
def test_rubbish_does_not_open(text: str) -> None:
    assert opened(text, KEY, "link", NOW) is None


@pytest.mark.parametrize("text", ["", ".", "a.b.c", "é\udc80.x", "." * 10_000])
def test_odd_rubbish_does_not_open(text: str) -> None:
    assert opened(text, KEY, "cookie", NOW) is None


@pytest.mark.parametrize("name", ["", " ", " ada", "a\nb", "a\u202eb", "a" * 201])
def test_a_name_that_no_member_has_is_refused(name: str) -> None:
    assert not is_member_name(name)
    with pytest.raises(BotError, match="member's name"):
        sealed(replace(ADA, member=name), KEY, "link")
