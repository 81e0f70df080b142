"""When a move for good is believed, and when it is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import BotError, FetchError, ParseError
from bot.model import Move, Source, SourceSpec
from bot.sources.moves import after_answer, is_astray

NOW = datetime(2026, 6, 9, tzinfo=UTC)
DAY = timedelta(days=1)
OLD, NEW, OTHER = "https://old.example/feed", "https://new.example/feed", "https://other.example/feed"


def after(*moved: str | None, every: timedelta = DAY, source: Source | None = None) -> Source:
    """The source after these answers, one each `every`."""
    source = source or Source(id=1, spec=SourceSpec(address=OLD), origin="file", next_at=NOW)
    for number, to in enumerate(moved):
        reads, move = after_answer(source, to, NOW + number * every)
        source = replace(source, reads=reads, move=move)
    return source


def test_a_move_is_believed_after_three_readings_in_a_row_over_two_days() -> None:
    twice = after(NEW, NEW)
    assert (twice.address, twice.move) == (OLD, Move(NEW, NOW, 2))
    believed = after(NEW, NEW, NEW)
    assert (believed.address, believed.move) == (NEW, None)
    assert after(NEW, NEW, NEW, None, None).address == NEW


@pytest.mark.parametrize(
    "moved", [(NEW, NEW, None, NEW, NEW), (NEW, OTHER, NEW, OTHER), (None,) * 4, ("http://new.example/feed",) * 9]
)
def test_what_changes_its_mind_or_leads_out_of_https_is_not_believed(moved: tuple[str | None, ...]) -> None:
    assert after(*moved).address == OLD


def test_haste_makes_no_move() -> None:
    assert after(*[NEW] * 47, every=timedelta(hours=1)).address == OLD
    assert after(*[NEW] * 49, every=timedelta(hours=1)).address == NEW


def test_a_source_may_move_on_and_come_home() -> None:
    moved = after(NEW, NEW, NEW)
    assert after(OTHER, OTHER, OTHER, source=moved).address == OTHER
    assert after(OLD, OLD, OLD, source=moved).reads is None


@pytest.mark.parametrize(
    ("error", "astray"),
    [
        (FetchError("gone", status=410), True),
        (FetchError("missing", status=404), True),
        (FetchError("no such host"), True),
        (ParseError("a parking page"), True),
        (FetchError("busy", status=429), False),
        (FetchError("in trouble", status=503), False),
    ],
)
def test_where_the_new_address_is_gone_its_own_is_asked_again(error: BotError, astray: bool) -> None:
    assert is_astray(after(NEW, NEW, NEW), error) is astray
    assert not is_astray(after(), error)
