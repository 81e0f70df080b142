"""What visitors see: pages, their headers, and what hostile words and visitors come to."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bot.model import Appearance, Channel
from tests.fakes.house import FakeHouse
from tests.unit.adapters.web.conftest import Open, Site, filled
from tests.unit.adapters.web.samples import NASTY, article, channel, digest

PAGES = [
    "/",
    "/c/team",
    "/c/team?before=12",
    "/c/team/days",
    "/c/team/days/2026-06-09",
    "/c/team/valued",
    "/c/team/statistics",
    "/d/12",
    "/a/1",
    "/a/9",
    "/search?q=river",
    "/search",
    "/sources",
    "/admin",
    "/admin/c/team",
    "/sign-in/x",
    "/c/nowhere",
]


async def test_the_channels_are_listed_with_their_latest_headlines(site: Site) -> None:
    page = await site.text("/")
    assert 'href="/c/team"' in page
    assert 'href="/c/ops"' in page
    assert "A second story" in page
    assert "The river rose" in page  # of the other channel


async def test_a_channel_shows_its_digests_newest_first(site: Site) -> None:
    page = await site.text("/c/team")
    assert (
        page.index("Digest 12") < page.index("A second story") < page.index("Digest 11") < page.index("The river rose")
    )
    assert "Digest 13" not in page


async def test_an_article_message_says_everything_that_the_message_says(site: Site) -> None:
    page = await site.text("/c/team")
    words = ("News · Ida", "Two metres overnight", "Also in 2 sources:", "Paper only", "Why: fresh", "Worth your time?")
    assert [said for said in words if said not in page] == []
    assert '<a href="https://news.example/river" rel="noopener noreferrer nofollow ugc">' in page


async def test_a_digest_of_which_nothing_is_posted_is_not_there(opened: Open) -> None:
    house = filled()
    empty = digest(14, channel())
    house.archive.kept.append(type(empty)(id=14, channel=empty.channel, key="k14", at=empty.at, state="composed"))
    site = await opened(house)
    assert 'id="d14"' not in await site.text("/c/team")
    await site.text("/d/14", 404)


async def test_older_digests_are_pages_away(opened: Open) -> None:
    team = channel()
    site = await opened(FakeHouse(channels=[team], digests=[digest(n, team) for n in range(1, 24)]))

    async def shown(path: str) -> list[int]:
        return [int(number) for number in re.findall(r'id="d(\d+)"', await site.text(path))]

    assert await shown("/c/team") == list(range(23, 13, -1))
    assert 'href="/c/team?before=14"' in await site.text("/c/team")
    assert await shown("/c/team?before=14") == list(range(13, 3, -1))
    assert await shown("/c/team?before=4") == [3, 2, 1]
    last = await site.text("/c/team?before=4")
    assert 'rel="next"' not in last
    assert "data-live" not in last


async def test_an_article_page_links_each_takeaway_to_its_evidence(site: Site) -> None:
    page = await site.text("/a/1")
    assert 'href="#e1-1"' in page
    assert '<mark id="e1-1" class="e1">two metres</mark>' in page
    assert 'href="#t1"' in page
    assert 'id="t1"' in page
    assert re.search(r"<details>.*Act now.*web\.reason\.off_topic.*</details>", page, re.DOTALL)
    assert "web.rating value=9" in page
    assert '<rect width="70.0"' in page  # support 0.7


async def test_an_article_is_voted_on_where_it_was_posted(site: Site) -> None:
    assert 'action="/c/team/react"' in await site.text("/a/1")
    assert "/react" not in await site.text("/c/ops")  # a Slack channel: its votes are cast there


async def test_an_article_that_was_posted_nowhere_has_no_ballot(opened: Open) -> None:
    house = filled()
    stored = article(5)
    fields = {name: getattr(stored, name) for name in type(stored).__slots__ if name != "posted"}
    house.archive.stored[5] = type(stored)(**fields)
    page = await (await opened(house)).text("/a/5?c=team")
    assert "Worth your time?" not in page


async def test_search_finds_and_says_when_it_does_not(site: Site) -> None:
    assert 'href="/a/1"' in await site.text("/search?q=river")
    assert "web.search.none" in await site.text("/search?q=nothing-like-it")
    assert "web.search.none" not in await site.text("/search")


@pytest.mark.parametrize(
    "path", ["/c/nowhere", "/c/nowhere/live", "/d/99", "/d/x", "/d/-1", "/a/99", "/a/9" + "9" * 30, "/static/web/x.css"]
)
async def test_what_is_not_there_is_a_friendly_404(site: Site, path: str) -> None:
    page = await site.text(path, 404)
    assert "<h1>web.error." in page
    assert 'href="/"' in page


@pytest.mark.parametrize("path", ["/static/web/..%2Fguard.py", "/static/web/%2Fetc%2Fpasswd"])
async def test_static_files_are_those_of_the_list(site: Site, path: str) -> None:
    await site.text(path, 404)


@pytest.mark.parametrize(
    ("name", "kind"), [("web.css", "text/css"), ("live.js", "javascript"), ("icon.svg", "image/svg+xml")]
)
async def test_static_files_are_served(site: Site, name: str, kind: str) -> None:
    response = await site.client.get(f"/static/web/{name}")
    assert response.status == 200
    assert kind in response.headers["Content-Type"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_lost_database_is_a_page_that_says_so(site: Site) -> None:
    site.house.archive.broken = True
    page = await site.text("/c/team", 503)
    assert "the database is locked: stop what uses it" in page


async def test_only_an_admin_is_told_what_is_wrong(opened: Open) -> None:
    site = await opened(archive="open")
    site.house.archive.broken = True
    page = await site.text("/c/team", 503, {"X-Forwarded-For": "192.0.2.1"})
    assert "web.error.trouble" in page
    assert "locked" not in page


STRANGER = {"X-Forwarded-For": "192.0.2.1"}


async def test_a_stranger_of_an_open_archive_reads_what_was_posted_in_its_channels_and_nothing_else(
    opened: Open,
) -> None:
    kept = replace(article(1), posted=(), story=3)
    gone = replace(article(2, title="A gone channel"), posted=(Appearance("gone", "2026-06-09T09:00"),), story=3)
    posted = article(3, title="The river fell")
    site = await opened(FakeHouse(channels=[channel()], articles=[kept, gone, posted]), archive="open")
    for number in (1, 2):
        assert "web.error.article" in await site.text(f"/a/{number}", 404, STRANGER)
        assert "web.article.takeaways" in await site.text(f"/a/{number}")  # to a member
    found = await site.text("/search?q=river", headers=STRANGER)
    assert "The river fell" in found
    assert "A gone channel" not in found
    assert "A gone channel" in await site.text("/a/3")
    assert "A gone channel" not in await site.text("/a/3", headers=STRANGER)


async def test_an_address_of_nothing_is_a_page_that_says_so(site: Site) -> None:
    for path in ("/nowhere", "/c/team/nowhere/at/all", "/a", "/sign-in/x/y"):
        page = await site.text(path, 404)
        assert "web.error.page" in page
        assert 'href="/"' in page
    assert "web.error.page" in await site.text("/sign-out", 405)


async def test_a_paused_channel_says_why(opened: Open) -> None:
    paused = Channel(id=1, spec=channel().spec, paused="the bot was removed")
    site = await opened(FakeHouse(channels=[paused]))
    assert "reason=the bot was removed" in await site.text("/c/team")


async def test_a_channel_that_was_taken_out_of_the_configuration_says_so_in_its_language(opened: Open) -> None:
    gone = Channel(id=1, spec=channel().spec, paused="it is no longer there", stopped=True)
    site = await opened(FakeHouse(channels=[gone]))
    assert "reason=paused.stopped" in await site.text("/c/team")


@pytest.mark.parametrize(("asked", "spoken"), [("?c=japanese", "ja"), ("?c=team", "en"), ("", "en"), ("?c=none", "en")])
async def test_an_article_that_was_not_posted_is_shown_in_the_language_of_the_channel_that_asks(
    opened: Open, asked: str, spoken: str
) -> None:
    japanese = channel("japanese", number=2)
    japanese = replace(japanese, spec=replace(japanese.spec, settings=replace(japanese.settings, locale="ja")))
    site = await opened(FakeHouse(channels=[channel(), japanese], articles=[replace(article(), posted=())]))
    assert f'<html lang="{spoken}">' in await site.text(f"/a/1{asked}")


# ---------------------------------------------------------------- attacks


def tags_of(page: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a page as a browser takes them, with their attributes."""
    found: list[tuple[str, dict[str, str]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, {name: value or "" for name, value in attrs}))

    Reader().feed(page)
    return found


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_runs_foreign_script_or_holds_any_of_its_own(site: Site, path: str) -> None:
    response = await site.client.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    page = await response.text()
    assert "<script>" not in page
    assert "javascript:" not in page
    tags = tags_of(page)
    assert {tag for tag, _ in tags} & {"script", "style", "img", "iframe", "object", "base"} == {"script"}
    assert [name for _, given in tags for name in given if name == "style" or name.startswith("on")] == []
    assert [given["src"] for _, given in tags if "src" in given] == ["/static/web/live.js"]
    links = {given.get("href") or given.get("action") or "/" for _, given in tags}
    assert {link for link in links if not re.match(r"[/#](?!/)|https://(news|other)\.example/", link)} == set()


async def test_hostile_words_are_words(site: Site) -> None:
    for path in ("/c/team", "/c/team/days/2026-06-09", "/a/9", "/", "/d/12"):
        page = await site.text(path)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page, path
        assert NASTY not in page, path
    page = await site.text("/search?q=" + "%22%3E%3Cscript%3E")
    assert "<script>" not in page


async def test_every_page_has_one_main_heading_and_no_id_twice(site: Site) -> None:
    for path in PAGES:
        page = await (await site.client.get(path)).text()
        ids = re.findall(r'\sid="([^"]*)"', page)
        assert len(ids) == len(set(ids)), path
        assert page.count("<h1") == 1, path


async def test_another_host_name_is_refused(site: Site) -> None:
    for path in ("/", "/c/team", "/static/web/web.css", "/c/team/live"):
        assert "web.error.host" in await site.text(path, 421, {"Host": "evil.example"})


@pytest.mark.parametrize(("archive", "status"), [("local", 403), ("members", 403), ("open", 200)])
@pytest.mark.parametrize(
    "path",
    ["/", "/c/team", "/c/team/days", "/c/team/statistics", "/d/12", "/a/1", "/search?q=river", "/sources"],
)
async def test_a_stranger_reads_only_what_is_open(opened: Open, archive: str, status: int, path: str) -> None:
    site = await opened(archive=archive)
    page = await site.text(path, status, {"X-Forwarded-For": "192.0.2.1"})
    assert "<form class=" not in page.replace('<form class="search"', "")
    assert "river" not in page or status == 200


async def test_a_stranger_does_not_learn_which_channels_are_there(site: Site) -> None:
    stranger = {"X-Forwarded-For": "192.0.2.1"}
    paths = ["", "/live", "/days", "/days/2026-06-09", "/valued", "/statistics"]
    asked = [*(("GET", f"/c/{{}}{path}") for path in paths), ("POST", "/c/{}/react"), ("POST", "/c/{}/command")]
    for method, path in asked:
        answers = [await site.client.request(method, path.format(name), headers=stranger) for name in ("team", "none")]
        assert [answer.status for answer in answers] == [403, 403]
        assert await answers[0].text() == await answers[1].text()


async def test_whom_a_trusted_proxy_names_reads(opened: Open) -> None:
    site = await opened(user_header="X-User", trusted_proxies=["127.0.0.0/8"], public_url="https://digest.example")
    assert "member=ada" in await site.text("/c/team", headers={"X-User": "ada", "Host": "digest.example"})
    await site.text("/c/team", 403, {"Host": "digest.example"})
