"""Signing in by a link: one browser, once, for as long as it is good; and what else is tried with links and cookies."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import CookieJar
from yarl import URL

from adapters.web.client import WebPlatform
from adapters.web.keys import Keys
from adapters.web.passes import Pass, sealed
from tests.unit.adapters.web.conftest import Open, Site, filled

STRANGER = {"X-Forwarded-For": "192.0.2.1"}
HOUR = timedelta(hours=1)


async def link(site: Site, member: str = "ada", *, admin: bool = False, valid: timedelta = HOUR) -> str:
    """The link's path."""
    assert isinstance(site.platform, WebPlatform)
    address = await site.platform.sign_in_link(member, admin=admin, until=datetime.now(UTC) + valid)
    return URL(address).path


async def entered(site: Site, path: str, **headers: str) -> tuple[int, str]:
    """Presses the button of a link's page; the status, and the cookie that is set."""
    response = await site.send("/sign-in", {"link": path.removeprefix("/sign-in/")}, **headers)
    site.client.session.cookie_jar.clear()
    return response.status, response.headers.get("Set-Cookie", "")


def held(cookie: str) -> dict[str, str]:
    """The headers of a stranger's browser that holds it."""
    return {**STRANGER, "Cookie": cookie.partition(";")[0]}


async def test_following_a_link_offers_to_sign_in_and_uses_nothing_up(site: Site) -> None:
    path = await link(site)
    for _ in range(3):
        response = await site.client.get(path, headers=STRANGER)
        assert response.status == 200
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"
    assert "web.sign_in.as_member member=ada" in await response.text()
    assert (await entered(site, path))[0] == 303


async def test_a_link_works_once_even_when_pressed_twice_at_the_same_time(site: Site) -> None:
    path = await link(site)
    answers = await asyncio.gather(*(entered(site, path) for _ in range(5)))
    assert sorted(status for status, _ in answers) == [303, 410, 410, 410, 410]
    assert "web.error.link" in await site.text(path, 410)


async def test_who_signed_in_reads_votes_and_commands_under_that_name_and_no_more(opened: Open) -> None:
    site = await opened(archive="members")
    await site.text("/c/team", 403, STRANGER)
    cookie = (await entered(site, await link(site)))[1]
    assert "member=ada" in await site.text("/c/team", 200, held(cookie))
    token = await site.token(held(cookie))
    sent = await site.send("/c/team/react", {"article": "1", "emoji": "👍", "token": token}, **held(cookie))
    assert sent.status == 200
    assert site.house.listener.reactions[-1].member == "ada"
    await site.send("/c/team/command", {"text": "/help", "token": token}, **held(cookie))
    assert site.house.listener.commands[-1].admin is False
    await site.text("/admin", 403, held(cookie))


async def test_a_link_may_make_an_admin(site: Site) -> None:
    cookie = (await entered(site, await link(site, "chief", admin=True)))[1]
    await site.text("/admin", 200, held(cookie))


async def test_a_member_whom_the_file_calls_an_admin_is_one_by_a_link_too(opened: Open) -> None:
    site = await opened(admins=["ada"])
    await site.text("/admin", 200, held((await entered(site, await link(site)))[1]))


@pytest.mark.parametrize(
    ("url", "name", "secure"),
    [("https://digest.example", "__Host-digestbot", True), ("http://127.0.0.1:8080", "digestbot", False)],
)
async def test_the_cookie_is_for_this_host_and_no_script(opened: Open, url: str, name: str, secure: bool) -> None:
    site = await opened(public_url=url)
    cookie = (await entered(site, await link(site)))[1]
    assert cookie.startswith(f"{name}=")
    for word in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"):
        assert word in cookie
    assert "Domain" not in cookie
    assert ("Secure" in cookie) is secure


async def test_signing_out_takes_the_cookie_away_and_needs_our_form(site: Site) -> None:
    cookie = (await entered(site, await link(site)))[1]
    page = await site.text("/", headers=held(cookie))
    assert 'action="/sign-out"' in page
    token = await site.token(held(cookie))
    assert (await site.send("/sign-out", {}, **held(cookie))).status == 403
    evil = {**held(cookie), "Origin": "https://evil.example"}
    assert (await site.send("/sign-out", {"token": token}, **evil)).status == 403
    response = await site.send("/sign-out", {"token": token}, **held(cookie))
    assert response.status == 303
    assert "Max-Age=0" in response.headers["Set-Cookie"]
    assert 'action="/sign-out"' not in await site.text("/"), "who did not sign in by a link cannot sign out"


async def test_everybody_can_be_signed_out_and_old_links_end_too(site: Site) -> None:
    assert isinstance(site.platform, WebPlatform)
    path, other = await link(site), await link(site)
    cookie = (await entered(site, path))[1]
    await site.platform.sign_everybody_out()
    await site.text("/c/team", 403, held(cookie))
    await site.text(other, 410)
    assert (await entered(site, await link(site)))[0] == 303


# ---------------------------------------------------------------- attacks


@pytest.mark.parametrize("valid", [timedelta(seconds=-1), timedelta(days=-30)])
async def test_a_link_that_is_too_old_signs_nobody_in(site: Site, valid: timedelta) -> None:
    path = await link(site, valid=valid)
    await site.text(path, 410)
    assert await entered(site, path) == (410, "")


async def test_a_form_of_another_page_signs_nobody_in(site: Site) -> None:
    path = await link(site)
    for origin in ("https://evil.example", "null"):
        assert await entered(site, path, Origin=origin) == (403, "")
    assert (await entered(site, path))[0] == 303, "and the link was not used up"


@pytest.mark.parametrize("given", ["", "x", "x.y", "W10.00", "é"])
async def test_what_is_no_link_of_ours_signs_nobody_in(site: Site, given: str) -> None:
    await link(site)  # there is a key
    assert await entered(site, f"/sign-in/{given}") == (410, "")
    assert await site.client.get("/sign-in") is not None


async def test_a_link_is_no_cookie_nor_a_cookie_of_another_house(site: Site, opened: Open) -> None:
    path = await link(site, admin=True)
    ada = Pass(member="ada", admin=True, until=datetime.now(UTC) + HOUR)
    key = await Keys(site.house.vault).of("session-key")
    others = await Keys((await opened(filled())).house.vault).of("session-key")
    over = Pass(member="ada", admin=True, until=datetime.now(UTC) - HOUR)
    for forged in (
        path.removeprefix("/sign-in/"),
        sealed(ada, others, "cookie"),
        sealed(ada, key, "link"),
        sealed(over, key, "cookie"),
        sealed(ada, key, "cookie")[:-1],
        "ada",
    ):
        await site.text("/admin", 403, held(f"digestbot={forged}"))
    await site.text("/admin", 200, held(f"digestbot={sealed(ada, key, 'cookie')}"))


async def test_whom_a_proxy_names_comes_before_whom_a_cookie_names(opened: Open) -> None:
    site = await opened(user_header="X-User", trusted_proxies=["127.0.0.0/8"])
    cookie = held((await entered(site, await link(site, admin=True), **{"X-User": "x"}))[1])
    assert "member=bo" in await site.text("/", 200, {**cookie, "X-User": "bo"})
    await site.text("/admin", 403, {**cookie, "X-User": "bo"})
    assert "member=ada" in await site.text("/", 200, {**cookie, "X-User": ""}), "one who names nobody"


async def test_a_cookie_is_not_believed_under_another_host_name(site: Site) -> None:
    cookie = held((await entered(site, await link(site)))[1])
    await site.text("/", 421, {**cookie, "Host": "evil.example"})


async def test_used_links_are_kept_in_mind_no_longer_than_they_could_be_used(site: Site) -> None:
    assert isinstance(site.client.session.cookie_jar, CookieJar)
    keys = Keys(site.house.vault)
    now = datetime.now(UTC)
    first, second = (Pass(member="a", admin=False, until=now + HOUR, nonce=nonce) for nonce in "12")
    assert await keys.use(first, now)
    assert not await keys.use(first, now)
    assert await keys.use(second, now + 2 * HOUR)
    assert site.house.vault.kept["web", "links-used"].count(b'"') == 2
