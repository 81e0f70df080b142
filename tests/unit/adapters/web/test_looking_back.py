"""Days, statistics and the health of sources: what these pages say, and what they keep from whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.days import days_of
from adapters.web.health import name_of
from adapters.web.plots import bands, bars, dots
from adapters.web.visitor import Visitor
from bot.model import Edition, Judged, Reason, Source, SourceSpec, Standing, Workspace
from tests.fakes.house import FakeHouse
from tests.unit.adapters.web.conftest import Open, Site, filled
from tests.unit.adapters.web.samples import NASTY, NOW, article, channel, digest
from tests.unit.adapters.web.test_valued import counting

BO = {"X-User": "bo"}


# ---------------------------------------------------------------- days


def test_a_day_is_one_in_the_channels_zone() -> None:
    late = datetime(2026, 6, 9, 22, tzinfo=UTC)
    editions = [Edition(3, late, 2), Edition(2, late - timedelta(hours=1), 3), Edition(1, late - timedelta(days=1), 1)]
    assert [(one.day, one.articles) for one in days_of(editions, "UTC")] == [
        (date(2026, 6, 9), 5),
        (date(2026, 6, 8), 1),
    ]
    assert [one.day for one in days_of(editions, "Asia/Taipei")] == [date(2026, 6, 10), date(2026, 6, 9)]


async def test_digests_are_found_by_year_and_day(opened: Open) -> None:
    team = channel()
    old = replace(digest(10, team, article(2, title="Last year")), at=NOW - timedelta(days=365))
    site = await opened(FakeHouse(channels=[team], digests=[old, digest(11, team, article(1))], articles=[article(1)]))
    page = await site.text("/c/team/days")
    assert 'href="/c/team/days/2026-06-09"' in page
    assert "/c/team/days/2025-06-09" not in page
    assert 'href="/c/team/days?year=2025"' in page
    assert 'href="/c/team/days/2025-06-09"' in await site.text("/c/team/days?year=2025")
    assert 'href="/c/team/days/2026-06-09"' in await site.text("/c/team/days?year=999999999999999999999")
    page = await site.text("/c/team/days/2026-06-09")
    assert "The river rose" in page
    assert "Last year" not in page
    assert 'rel="next" href="/c/team/days/2025-06-09"' in page


async def test_one_votes_on_a_days_page_and_comes_back_to_it(site: Site) -> None:
    form = {"article": "1", "emoji": "👍", "token": await site.token(), "back": "/c/team/days/2026-06-09"}
    response = await site.send("/c/team/react", form, Accept="text/html")
    assert response.headers["Location"] == "/c/team/days/2026-06-09?voted=1&outcome=recorded#a1"


@pytest.mark.parametrize("day", ["2026-06-10", "2026-13-40", "today", "2026-6-9", "0000-00-00"])
async def test_a_day_without_digests_is_a_friendly_404(site: Site, day: str) -> None:
    assert "<h1>web.error." in await site.text(f"/c/team/days/{day}", 404)


async def test_a_channel_without_digests_has_no_days(opened: Open) -> None:
    site = await opened(FakeHouse(channels=[channel()]))
    assert "web.channel.empty" in await site.text("/c/team/days")


# ---------------------------------------------------------------- statistics

JUDGED = (Judged(1, NASTY, 0.8, 3, 1), Judged(2, "Dull", 0.3, 0, 2))


def counted(show: str = "always") -> FakeHouse:
    made = filled()
    made.archive.held[0] = counting(made.archive.held[0], show)
    source = Source(id=7, spec=SourceSpec(address="/srv/secret"), origin="file", next_at=NOW)
    made.statistics.counted = replace(
        made.statistics.counted, judged=JUDGED, sources=((source, Standing(posted=4, valued=2)),)
    )
    return made


async def test_statistics_are_drawn_and_said_in_tables_too(opened: Open) -> None:
    page = await (await opened(counted())).text("/c/team/statistics")
    assert page.count("<rect") > 4
    assert page.count("<circle") == 2
    assert NASTY not in page
    for words in ("1 Jun 2026", "web.count count=7", ">secret<", "stage.min_quality", "count=5 picked=2"):
        assert words in page
    assert "<table" in page.partition("<details>")[2]


@pytest.mark.parametrize("show", ["voted", "never"])
async def test_where_counts_are_not_for_all_no_plot_tells_how_an_article_fared(opened: Open, show: str) -> None:
    page = await (await opened(counted(show))).text("/c/team/statistics")
    assert "<circle" not in page
    assert "web.statistics.for" not in page


async def test_who_is_no_admin_sees_no_path_of_this_machine(opened: Open) -> None:
    site = await opened(counted(), user_header="X-User", trusted_proxies=["127.0.0.1"])
    page = await site.text("/c/team/statistics", headers=BO)
    assert "secret" not in page
    assert "web.sources.folder" in page


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_bars_stay_inside_and_are_as_high_as_what_they_stand_for(values: list[int]) -> None:
    drawn = bars(values)
    assert [bar.value for bar in drawn] == values
    for bar in drawn:
        assert 0 <= bar.x <= bar.x + bar.width <= 100.01
        assert bar.y + bar.height == pytest.approx(100, abs=0.02)
        assert bar.height == pytest.approx(100 * bar.value / max([1, *values]), abs=0.01)


judged = st.builds(Judged, st.just(1), st.just("T"), st.floats(0, 1), st.integers(0, 99), st.integers(0, 99))


@given(st.lists(judged, max_size=30))
def test_dots_stay_inside_and_bands_lose_no_vote(found: list[Judged]) -> None:
    drawn = dots(found, width=600, height=240)
    assert len(drawn) == sum(1 for one in found if one.valued + one.unvalued)
    assert all(0 <= dot.x <= 600 and 0 <= dot.y <= 240 and dot.radius > 0 for dot in drawn)
    tabled = bands(found)
    assert sum(band.articles for band in tabled) == len(found)
    assert sum(band.valued for band in tabled) == sum(one.valued for one in found)
    assert sum(band.unvalued for band in tabled) == sum(one.unvalued for one in found)


# ---------------------------------------------------------------- the health of sources


def source(state: str, **facts: object) -> Source:
    spec = SourceSpec(address=f"https://{state}.example/feed?token=s3cret")
    return Source(id=len(state), spec=spec, origin="file", next_at=NOW, state=state, **facts)  # type: ignore[arg-type]


@pytest.fixture
def sick() -> FakeHouse:
    made = filled()
    made.statistics.read = [
        (source("ok", last_success=NOW, title="Fine"), Standing(posted=9, valued=5)),
        (source("failing", error="https://failing.example/feed?token=s3cret: 403"), Standing()),
        (source("paused"), Standing()),
    ]
    return made


async def test_an_admin_sees_what_is_wrong_with_a_source_and_when_it_is_tried_again(
    opened: Open, sick: FakeHouse
) -> None:
    site = await opened(sick)
    page = await site.text("/sources")
    assert page.index("state.failing") < page.index("state.paused") < page.index("state.ok"), "the worst first"
    for words in ("?token=s3cret: 403", "9 Jun, 08:00", "web.sources.never", "web.sources.not_again", "count=9"):
        assert words in page
    assert site.house.statistics.viewers == [None]


async def test_what_is_wrong_is_said_in_the_readers_language_before_the_exact_words(opened: Open) -> None:
    house = filled()
    team = house.archive.held[0]
    house.archive.held[0] = replace(team, spec=replace(team.spec, settings=replace(team.settings, locale="de")))
    ill = source("failing", error="403 Forbidden: it is barred", fault=Reason("error.status", {"status": 403}))
    house.statistics.read = [(ill, Standing())]
    page = await (await opened(house)).text("/sources")
    assert "error.status status=403 403 Forbidden: it is barred" in page


async def test_others_see_how_sources_are_but_no_address_and_no_error(opened: Open, sick: FakeHouse) -> None:
    site = await opened(sick, user_header="X-User", trusted_proxies=["127.0.0.1"])
    page = await site.text("/sources", headers=BO)
    for words in ("Fine", "failing.example", "state.failing"):
        assert words in page
    assert "s3cret" not in page
    assert site.house.statistics.viewers == [Workspace("web", "web")]
    await site.text("/sources", 403)


async def test_an_admin_takes_the_list_of_sources_to_another_reader(opened: Open, sick: FakeHouse) -> None:
    site = await opened(sick, user_header="X-User", trusted_proxies=["127.0.0.1"], admins=["ada"])
    response = await site.client.get("/sources.opml", headers={"X-User": "ada"})
    assert response.content_type == "text/x-opml"
    assert 'filename="digestbot.opml"' in response.headers["Content-Disposition"]
    assert await response.text() == "<opml><head><title>web.sources.title</title></head></opml>"
    await site.text("/sources.opml", 403, BO)
    assert "/sources.opml" not in await site.text("/sources", headers=BO)


@pytest.mark.parametrize(
    ("address", "title", "admin", "name"),
    [
        ("https://www.news.example/feed", None, False, "news.example"),
        ("https://www.news.example/feed", None, True, "https://www.news.example/feed"),
        ("https://user:pass@news.example/feed", None, False, "folder"),
        ("/srv/articles", None, False, "folder"),
        ("/srv/articles", None, True, "articles"),
        ("/srv/articles", "Notes", False, "Notes"),
    ],
)
def test_what_a_source_is_called(address: str, title: str | None, admin: bool, name: str) -> None:
    one = Source(id=1, spec=SourceSpec(address=address), origin="file", title=title, next_at=NOW)
    assert name_of(one, Visitor("x", admin), "folder") == name


# ---------------------------------------------------------------- a story


async def test_an_article_names_the_others_on_its_story(opened: Open) -> None:
    house = filled()
    house.archive.stored[2] = replace(house.archive.stored[2], story=1)
    site = await opened(house)
    assert 'href="/a/2?c=team"' in (await site.text("/a/1")).partition("web.article.story")[2]
    assert "web.article.story" not in await site.text("/a/9")
