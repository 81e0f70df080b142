"""The fetcher against a real local server: conditions, limits, redirects, and the address guard at connect time."""

import asyncio
import gzip
import sys
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import brotli
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.errors import FetchError
from bot.model import Validators
from bot.sources.fetch import SourceFetcher
from bot.sources.guard import may_reach, networks_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BODY = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


async def _tagged(request: web.Request) -> web.Response:
    if request.headers.get("If-None-Match") == '"one"':
        return web.Response(status=304)
    return web.Response(body=BODY, headers={"ETag": '"one"'})


async def _plain(_: web.Request) -> web.Response:
    return web.Response(body=BODY)


async def _away(_: web.Request) -> web.Response:
    raise web.HTTPFound("http://169.254.169.254/latest/meta-data/")


async def _loop(_: web.Request) -> web.Response:
    raise web.HTTPFound("/loop")


async def _sent(request: web.Request) -> web.Response:
    """Sends on by the statuses in its path, one after another: /sent/301,302."""
    status, _, rest = request.match_info["statuses"].partition(",")
    return web.Response(status=int(status), headers={"Location": f"/sent/{rest}" if rest else "/plain"})


async def _slow(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    return web.Response()


async def _stuck(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(BODY[:10])
    await asyncio.Event().wait()
    return response


async def _bomb(_: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(bytes(20_000_000)), headers={"Content-Encoding": "gzip"})


async def _sound(_: web.Request) -> web.Response:
    return web.Response(body=b"ID3", content_type="audio/mpeg")


async def _packed(request: web.Request) -> web.Response:
    pack = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress, "deflate": zlib.compress}
    coding = request.query["coding"]
    assert coding in request.headers["Accept-Encoding"]
    return web.Response(body=pack[coding](BODY), headers={"Content-Encoding": coding})


async def _fresh(request: web.Request) -> web.Response:
    return web.Response(body=BODY, headers={"Date": "Tue, 09 Jun 2026 09:00:00 GMT"} | dict(request.query))


async def _busy(_: web.Request) -> web.Response:
    return web.Response(status=429, headers={"Retry-After": "120"})


@pytest.fixture
async def site() -> AsyncIterator[str]:
    app = web.Application()
    pages = {"tagged": _tagged, "plain": _plain, "away": _away, "loop": _loop, "slow": _slow, "bomb": _bomb}
    pages |= {"stuck": _stuck, "busy": _busy, "sound": _sound, "packed": _packed, "fresh": _fresh}
    app.add_routes([web.get(f"/{name}", page) for name, page in pages.items()])
    app.add_routes([web.get("/sent/{statuses}", _sent)])
    server = TestServer(app)
    await server.start_server()
    yield f"http://127.0.0.1:{server.port}"
    await server.close()


@pytest.fixture
async def fetcher() -> AsyncIterator[SourceFetcher]:
    async with SourceFetcher(timeout=2.0, max_bytes=1_000_000, allow_private=["127.0.0.0/8"]) as fetcher:
        yield fetcher


async def test_who_has_no_time_left_does_not_wait_for_ever(site: str) -> None:
    async with SourceFetcher(timeout=0.0, allow_private=["127.0.0.0/8"]) as fetcher:
        with pytest.raises(FetchError, match="within 0 seconds"):
            await fetcher.fetch(f"{site}/slow", trusted=True)


@pytest.mark.parametrize("page", ["tagged", "plain"])
async def test_the_second_fetch_of_an_unchanged_document_says_so(site: str, fetcher: SourceFetcher, page: str) -> None:
    first = await fetcher.fetch(f"{site}/{page}", trusted=True)
    assert [document.body for document in first.documents] == [BODY]
    again = await fetcher.fetch(f"{site}/{page}", first.validators, trusted=True)
    assert (again.unchanged, again.documents) == (True, ())


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("nowhere", "404"),
        ("away", "169.254.169.254"),
        ("loop", "redirects more than"),
        ("slow", "2 seconds"),
        ("stuck", "2 seconds"),
        ("bomb", "larger than"),
        ("sound", "audio/mpeg"),
    ],
)
async def test_what_goes_wrong_is_told_with_the_address(
    site: str, fetcher: SourceFetcher, page: str, said: str
) -> None:
    with pytest.raises(FetchError) as told:
        await fetcher.fetch(f"{site}/{page}", trusted=True)
    assert said in str(told.value)
    assert f"{site}/{page}" in str(told.value)


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ("301", "/plain"),
        ("308", "/plain"),
        ("302", None),
        ("307", None),
        ("301,308", "/plain"),
        ("301,302", "/sent/302"),
        ("302,301", None),
    ],
)
async def test_what_moved_for_good_is_told_as_far_as_it_is_for_good(
    site: str, fetcher: SourceFetcher, statuses: str, moved: str | None
) -> None:
    fetched = await fetcher.fetch(f"{site}/sent/{statuses}", trusted=True)
    assert fetched.documents[0].body == BODY
    assert fetched.moved == (site + moved if moved else None)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
async def test_a_packed_answer_is_asked_for_and_unpacked(site: str, fetcher: SourceFetcher, coding: str) -> None:
    fetched = await fetcher.fetch(f"{site}/packed?coding={coding}", trusted=True)
    assert [document.body for document in fetched.documents] == [BODY]


@pytest.mark.parametrize(
    ("header", "value", "seconds"),
    [
        ("Cache-Control", "public, max-age=600", 600),
        ("Cache-Control", "no-cache", 0),
        ("Expires", "Tue, 09 Jun 2026 10:00:00 GMT", 3600),
        ("Expires", "0", 0),
        ("Retry-After", "600", 0),
    ],
)
async def test_how_long_an_answer_stays_fresh_is_read_by_the_servers_own_clock(
    site: str, fetcher: SourceFetcher, header: str, value: str, seconds: float
) -> None:
    fetched = await fetcher.fetch(str(URL(f"{site}/fresh").with_query({header: value})), trusted=True)
    assert fetched.fresh_for == seconds


async def test_a_server_that_is_busy_says_when_to_come_again(site: str, fetcher: SourceFetcher) -> None:
    with pytest.raises(FetchError) as told:
        await fetcher.fetch(f"{site}/busy", trusted=True)
    assert (told.value.status, told.value.retry_after) == (429, 120.0)


async def test_an_address_that_nobody_trusts_stays_out_though_the_network_was_opened(
    site: str, fetcher: SourceFetcher
) -> None:
    await fetcher.fetch(f"{site}/plain", trusted=True)
    with pytest.raises(FetchError, match="refused"):
        await fetcher.fetch(f"{site}/plain")


@pytest.mark.parametrize(
    "address", ["ftp://example.org/x", "file:///etc/passwd", "http://", "http://[::1", "gopher://x"]
)
async def test_only_web_addresses_are_fetched(fetcher: SourceFetcher, address: str) -> None:
    with pytest.raises(FetchError):
        await fetcher.fetch(address)


@pytest.mark.parametrize(
    ("host", "fine"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("168.63.129.16", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("nonsense", False),
    ],
)
def test_only_the_public_internet_may_be_reached(host: str, fine: bool) -> None:
    assert may_reach(host) is fine


def test_an_opened_network_may_be_reached_and_no_other() -> None:
    opened = networks_of(["10.0.0.0/8"])
    assert may_reach("10.1.2.3", opened)
    assert may_reach("::ffff:10.1.2.3", opened)
    assert not may_reach("192.168.1.1", opened)


async def test_a_folder_is_its_files_in_order_and_unchanged_until_one_changes(
    tmp_path: Path, fetcher: SourceFetcher
) -> None:
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / ".hidden").write_text("h")
    (tmp_path / "outside").symlink_to("/etc/hostname")
    first = await fetcher.fetch(str(tmp_path))
    assert [Path(document.url).name for document in first.documents] == ["a.txt", "b.txt"]
    assert (await fetcher.fetch(str(tmp_path), first.validators)).unchanged
    (tmp_path / "c.txt").write_text("c")
    later = await fetcher.fetch(str(tmp_path), first.validators)
    assert len(later.documents) == 3


async def test_a_missing_file_is_named(tmp_path: Path, fetcher: SourceFetcher) -> None:
    with pytest.raises(FetchError, match=r"gone\.txt"):
        await fetcher.fetch(str(tmp_path / "gone.txt"), Validators())
