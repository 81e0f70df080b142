"""Statistics of the real engine, the past simulated by command, and sign-in links by the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App
from tests.fakes.clock import FakeClock
from tests.scenario.cli import digestbot
from tests.scenario.steps import channel, posted
from tests.scenario.test_commands import asked
from tests.scenario.test_valued import vote_on
from tests.scenario.world import CONFIG, read_all, world, write_articles, write_world

SUNDAY = datetime(2026, 3, 1, 12, tzinfo=UTC)  # Monday already in Auckland


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """Three articles posted and voted on in a week that is the next one where the channel is; two more are new."""
    config = CONFIG.replace("min_quality = 0.0", 'min_quality = 0.0\ntimezone = "Pacific/Auckland"\nmax_articles = 1')
    write_world(tmp_path, articles=1, config=config)
    async with world(tmp_path, FakeClock(SUNDAY)) as app:
        await read_all(app)
        await posted(app, name="web")
        await app.engine.record.all([vote_on(1, "ada"), vote_on(1, "bo", "👎"), vote_on(1, "ada", "😀")])
        write_articles(tmp_path, range(1, 3))
        app.clock.advance(days=1)  # type: ignore[attr-defined]
        await read_all(app)
        yield app


async def test_weeks_begin_where_the_channel_is_and_the_past_stays_what_it_was(app: App) -> None:
    found = await app.engine.statistics.of(await channel(app, "web"))
    assert len(found.weeks) == 26
    last = found.weeks[-1]
    assert (last.start, last.posted, last.votes) == (date(2026, 3, 2), 1, 3)
    assert sum(week.posted for week in found.weeks[:-1]) == 0
    assert [(one.article, one.valued, one.unvalued) for one in found.judged] == [(1, 1, 1)]
    assert [(standing.posted, standing.valued) for _, standing in found.sources] == [(1, 1)]


async def test_what_a_digest_now_would_leave_out_is_counted_by_why(app: App) -> None:
    here = await channel(app, "web")
    found = await app.engine.statistics.of(here)
    assert (found.considered, found.picked, dict(found.stopped)) == (2, 1, {"limit": 1})
    await posted(app, name="web")
    assert (await app.engine.statistics.of(here)).considered == 1, "a minute is over: it is worked out anew"
    await app.engine.compose.settle(await app.engine.compose.open_now(here))
    assert (await app.engine.statistics.of(here)).considered == 1, "but not at every look"


async def test_editions_and_sources_are_those_of_the_store(app: App) -> None:
    statistics = app.engine.statistics
    assert [(one.digest, one.articles) for one in await statistics.editions("web")] == [(1, 1)]
    assert await statistics.editions("nowhere") == ()
    ((source, standing),) = await statistics.sources(None)
    assert (source.state, standing.posted) == ("ok", 1)
    assert await statistics.story(1) == ()
    assert 'version="2.0"' in await statistics.opml("Sources")


async def test_the_past_is_simulated_by_command_and_changes_nothing(app: App) -> None:
    app.clock.advance(days=2)  # type: ignore[attr-defined]
    before = await app.engine.statistics.editions("web")
    reply = await asked(app, "/digest preview 3d")
    assert not reply.failed
    newest, *_ = reply.rows
    assert len(reply.rows) == 3
    assert "Story" in " ".join(row[1] for row in reply.rows)
    assert newest[0].endswith("09:00"), "as scheduled"
    assert await app.engine.statistics.editions("web") == before


@pytest.mark.parametrize("words", ["0d", "15d", "7", "week", "-1d", "7d 7d", "٧d"])
async def test_how_far_back_is_said_in_days_and_not_too_many(app: App, words: str) -> None:
    reply = await asked(app, f"/digest preview {words}")
    assert reply.failed
    assert "at most 14" in reply.text


# ------------------------------------------------------------ sign-in links


def test_a_link_is_made_for_oneself_or_a_member_and_all_can_be_revoked(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[http]\npublic_url = "https://digest.example"\n', encoding="utf-8")
    (own,) = digestbot("link", "--json", cwd=tmp_path).records
    assert (own["member"], own["admin"]) == ("local", True)
    assert str(own["url"]).startswith("https://digest.example/sign-in/")
    (ada,) = digestbot("link", "ada", "--valid", "2d", "--json", cwd=tmp_path).records
    assert (ada["member"], ada["admin"]) == ("ada", False)
    left = datetime.fromisoformat(str(ada["until"])) - datetime.now(UTC)
    assert timedelta(days=1, hours=23) < left <= timedelta(days=2)
    said = digestbot("link", "ada", "--admin", cwd=tmp_path)
    address, words = said.out.splitlines()
    assert address.startswith("https://digest.example/sign-in/")
    assert "ada, an admin" in words
    assert digestbot("link", "--revoke", "--json", cwd=tmp_path).records == [{"revoked": True}]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [(["a\nb"], 1, "printable"), ([""], 1, "printable"), (["ada", "--valid", "soon"], 2, "--valid 'soon'")],
)
def test_a_link_that_cannot_be_is_refused_with_what_is_wrong(
    tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    ended = digestbot("link", *arguments, cwd=tmp_path)
    assert ended.code == code
    assert words in ended.err
    assert ended.out == ""


# ------------------------------------------------------------ who has the pages


@pytest.mark.parametrize(("table", "served"), [("", ()), ('[web]\narchive = "members"\n', ("web",))])
async def test_a_team_elsewhere_has_the_pages_where_the_file_says_anything_of_them(
    tmp_path: Path, table: str, served: tuple[str, ...]
) -> None:
    (tmp_path / "config.toml").write_text(f'{table}[[channels]]\nname = "paper"\nplatform = "console"\n', "utf-8")
    async with world(tmp_path) as app:
        assert sorted(app.platforms) == ["console", *served]
        assert bool(app.platforms.get("web")) == bool(served)
