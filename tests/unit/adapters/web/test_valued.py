"""What a team valued on the web: its page, feeds that readers can read, and counts for whom they may be shown to."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import feedparser
import pytest

from adapters.web.format import ballot_views
from bot.model import Channel, Source, SourceSpec, Standing, Tally, Valued
from bot.sources.feed import parse
from tests.fakes.house import FakeHouse
from tests.unit.adapters.web.conftest import Open, Site, filled
from tests.unit.adapters.web.samples import NASTY, NOW, VALUE, article, channel, digest, nasty


def house(show: str = "always") -> FakeHouse:
    made = filled()
    team = made.archive.held[0] = counting(made.archive.held[0], show)
    made.archive.kept = [replace(one, channel=team) if one.channel.name == "team" else one for one in made.archive.kept]
    made.standings.valued = [(article(1), Valued(1, 2, 3, 1)), (nasty(), Valued(9, 1, 1, 0))]
    source = Source(id=7, spec=SourceSpec(address="https://dull.example/feed"), origin="file", title=NASTY, next_at=NOW)
    made.standings.drop = [(source, Standing(posted=40, valued=0))]
    return made


def counting(where: Channel, show: str) -> Channel:
    return replace(where, spec=replace(where.spec, settings=replace(where.settings, show_counts=show)))  # type: ignore[arg-type]


async def test_the_page_shows_what_was_valued_and_which_sources_to_drop(opened: Open) -> None:
    site = await opened(house())
    page = await site.text("/c/team/valued")
    assert '<a href="/a/1?c=team">The river rose</a>' in page
    assert "web.valued.votes valued=3 count=4" in page
    assert "web.valued.earned posted=40 valued=0" in page
    assert "<script>alert" not in page
    assert "javascript:" not in page
    assert 'href="/c/team/valued"' in await site.text("/c/team")
    await site.text("/c/nowhere/valued", 404)


@pytest.mark.parametrize("show", ["voted", "never"])
async def test_where_counts_are_not_for_all_the_page_has_none(opened: Open, show: str) -> None:
    page = await (await opened(house(show))).text("/c/team/valued")
    assert "The river rose" in page
    assert "web.valued.votes" not in page


@pytest.mark.parametrize(
    "path", ["/feed/team.xml", "/feed/team.json", "/feed/team/valued.xml", "/feed/team/valued.json"]
)
async def test_feeds_are_read_by_readers_and_by_ourselves(opened: Open, path: str) -> None:
    made = house()
    made.archive.stored[9] = nasty()
    site = await opened(made, public_url="https://digest.example", archive="open")
    response = await site.client.get(path, headers={"Host": "127.0.0.1"})
    body = await response.read()
    parsed = parse(body, f"https://digest.example{path}", response.headers["Content-Type"])
    titles = [one.title for one in parsed.articles]
    assert "The river rose" in titles
    assert parsed.articles[titles.index("The river rose")].url == "https://news.example/river"
    assert b"javascript:" not in body
    for page in ("https://digest.example/a/1?c=team", "https://digest.example/a/9?c=team"):
        assert page.encode() in body
    if path.endswith(".xml"):
        told = feedparser.parse(body)
        assert not told.bozo, told.get("bozo_exception")
        assert told.feed.links[-1].href == f"https://digest.example{path}"
        assert "Two metres overnight" in told.entries[titles.index("The river rose")].summary
    else:
        assert response.content_type == "application/feed+json"
        assert json.loads(body)["version"] == "https://jsonfeed.org/version/1.1"


async def test_what_no_xml_can_hold_is_left_out(opened: Open) -> None:
    odd = article(3, title="Bell \x07 null \x00 lone \ud800 emoji 🙂 bidi \u202e")
    team = channel()
    site = await opened(FakeHouse(channels=[team], digests=[digest(1, team, odd)], articles=[odd]))
    told = feedparser.parse((await site.text("/feed/team.xml")).encode())
    assert not told.bozo, told.get("bozo_exception")
    assert "emoji 🙂" in told.entries[0].title


async def test_feeds_are_for_who_may_read_the_pages(opened: Open) -> None:
    site = await opened(house(), user_header="X-User", trusted_proxies=["127.0.0.0/8"], archive="members")
    await site.text("/feed/team.xml", 403)
    await site.text("/feed/team/valued.json", 403, headers={"X-User": ""})
    await site.text("/feed/team.xml", 200, headers={"X-User": "ada"})


async def test_a_feed_of_nothing_is_a_feed(opened: Open) -> None:
    site = await opened(FakeHouse(channels=[channel()]))
    for path in ("/feed/team.xml", "/feed/team/valued.xml"):
        told = feedparser.parse((await site.text(path)).encode())
        assert not told.bozo
        assert told.entries == []
    await site.text("/feed/nowhere.xml", 404)
    await site.text("/feed/team.atom", 404)


# ------------------------------------------------------------ counts

TALLY = [Tally(1, "w", "value", {"👍": 5})]


@pytest.mark.parametrize(
    ("show", "voted", "counts"),
    [
        ("always", False, [5, 0]),
        ("voted", False, [None, None]),
        ("voted", True, [5, 0]),
        ("never", True, [None, None]),
    ],
)
def test_counts_are_for_whom_the_channel_shows_them_to(show: str, voted: bool, counts: list[int | None]) -> None:
    standing = {(1, "value"): "👍"} if voted else {}
    (view,) = ballot_views([VALUE], 1, tallies=TALLY, standing=standing, show=show)
    assert [option.count for option in view.options] == counts


async def counts_on(site: Site, path: str) -> list[str]:
    return re.findall(r'class="count">[^<]*?([0-9]+)<', await site.text(path))


@pytest.mark.parametrize("path", ["/a/1?c=team", "/d/11", "/c/team"])
async def test_counts_appear_once_the_visitor_has_voted(opened: Open, path: str) -> None:
    made = house("voted")
    made.archive.votes["bob", 1, "value"] = "👍"
    site = await opened(made)
    assert await counts_on(site, path) == []
    sent = await site.send("/c/team/react", {"article": "1", "emoji": "👎", "token": await site.token()})
    assert sent.status == 200
    assert await counts_on(site, path) == ["1", "1"], "of what was voted on, and of nothing else"


async def test_a_channel_that_never_shows_counts_shows_none_after_a_vote_either(opened: Open) -> None:
    made = house("never")
    made.archive.votes["local", 1, "value"] = "👍"
    site = await opened(made)
    for path in ("/a/1?c=team", "/d/11", "/c/team"):
        assert await counts_on(site, path) == []
