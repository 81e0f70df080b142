"""The pages for admins: what they say is said by the chat's own commands; and everybody else who tries to get in."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from adapters.web.guard import Guard
from adapters.web.live import Live
from adapters.web.routes import routes_of
from adapters.web.signing import Signing
from adapters.web.visitor import settings_of
from bot.model import Command, CommandSpec, Reply, Source, SourceSpec, Standing, Workspace
from tests.fakes.house import FakeHouse
from tests.unit.adapters.web.conftest import Open, Site, filled
from tests.unit.adapters.web.samples import NASTY, NOW

PAGES = ("/admin", "/admin/c/team", "/admin/c/ops", "/admin/c/nowhere")
PROXY = {"user_header": "X-User", "trusted_proxies": ["127.0.0.0/8"], "admins": ["chief"]}
_SAID = ("digest now", "digest remove", "schedule set", "schedule pause", "sources add", "sources remove")


def house() -> FakeHouse:
    made = filled()
    own = Source(
        id=8,
        spec=SourceSpec(address="https://own.example/feed"),
        origin="command",
        workspace=Workspace("web", "w"),
        title=NASTY,
        state="failing",
        error=NASTY,
        next_at=NOW,
    )
    theirs = Source(id=7, spec=SourceSpec(address="/srv/articles"), origin="file", next_at=NOW)
    made.statistics.read = [(theirs, Standing(posted=4, valued=2)), (own, Standing())]
    made.commands = (*(CommandSpec(name=name, admin=True) for name in _SAID), CommandSpec(name="forget"))
    return made


@pytest.fixture
async def site(opened: Open) -> Site:
    return await opened(house())


async def token(site: Site, headers: Mapping[str, str] | None = None) -> str:
    return await site.token(headers)


async def said(site: Site, path: str, *words: str, command: str = "schedule set", **headers: str) -> tuple[int, str]:
    """Sends a form of an admin page as a browser would."""
    form = [("token", await token(site)), ("command", command), *(("words", word) for word in words)]
    given = {"Origin": site.origin, "Content-Type": "application/x-www-form-urlencoded", **headers}
    response = await site.client.post(path, data=urlencode(form), headers=given)
    return response.status, await response.text()


async def test_an_admin_sees_every_channel_and_what_it_reads(site: Site) -> None:
    page = await site.text("/admin")
    assert 'href="/admin/c/team"' in page
    assert 'href="/admin/c/ops"' in page
    page = await site.text("/admin/c/team")
    assert "/srv/articles" in page
    assert page.count('value="sources check"') == 2
    assert page.count('value="sources remove"') == 1, "the house's are removed by who runs the bot"
    assert NASTY not in page
    assert site.house.statistics.viewers[-1] == Workspace("web", "w")


async def test_what_a_form_says_is_a_command_in_that_channel_on_whatever_platform(site: Site) -> None:
    site.house.listener.reply = Reply(text="It is <set>", rows=(("a", "b"),), columns=("x", ""))
    status, page = await said(site, "/admin/c/ops", "0 9 * * mon-fri", " Europe/London ")
    assert status == 200
    assert "It is &lt;set&gt;" in page
    assert site.house.listener.commands == [
        Command(
            name="schedule",
            text="set 0 9 * * mon-fri Europe/London",
            platform="slack",
            workspace="w",
            place="place-ops",
            member="local",
            admin=True,
            locale="en",
        )
    ]


@pytest.mark.parametrize("command", ["", "forget", "forget me", "votes", "article", "schedule", "digest now now"])
async def test_what_members_say_for_themselves_is_not_said_for_them(site: Site, command: str) -> None:
    assert (await said(site, "/admin/c/ops", "me", command=command))[0] == 400
    assert site.house.listener.commands == []


async def test_a_command_that_is_too_long_is_refused(site: Site) -> None:
    assert (await said(site, "/admin/c/ops", "x" * 3000))[0] == 400
    assert (await said(site, "/admin/c/nowhere", "x"))[0] == 404
    assert site.house.listener.commands == []


# ---------------------------------------------------------------- everybody else


def test_every_address_that_is_for_admins_is_tried() -> None:
    def handled(*_: object) -> None: ...

    guard = Guard(FakeHouse(), settings_of({}))
    guard.administering = lambda page: handled  # type: ignore[assignment,method-assign,return-value]
    routes = routes_of(guard, Signing(guard), Live(guard.house.archive))
    assert {route.path for route in routes if route.handler is handled} == {
        "/admin",
        "/admin/c/{name}",
        "/sources.opml",
    }


EVERYBODY_ELSE: dict[str, tuple[dict[str, object], dict[str, str], int]] = {
    "a stranger behind a proxy that nobody trusts": ({}, {"X-Forwarded-For": "192.0.2.1"}, 403),
    "a stranger who names himself": ({}, {"X-Forwarded-For": "192.0.2.1", "X-User": "chief"}, 403),
    "a stranger of an open archive": ({"archive": "open"}, {"Forwarded": "for=192.0.2.1"}, 403),
    "a member": (PROXY, {"X-User": "bo"}, 403),
    "a member whose name looks like an admin's": (PROXY, {"X-User": "chief\u00a0x"}, 403),
    "a member named local": (PROXY, {"X-User": "local"}, 403),
    "whom the proxy does not name": (PROXY, {}, 403),
    "by another host name": ({}, {"Host": "evil.example"}, 421),
    "with a cookie of their own making": ({}, {"Via": "1.1 x", "Cookie": "digestbot=W10.00"}, 403),
}


@pytest.mark.parametrize("who", EVERYBODY_ELSE)
async def test_everybody_else_is_shown_the_door_alike_whatever_is_behind_it(opened: Open, who: str) -> None:
    settings, headers, status = EVERYBODY_ELSE[who]
    site = await opened(house(), **settings)
    answers = set()
    for path in (*PAGES, "/sources.opml"):
        response = await site.client.get(path, headers=headers)
        assert response.status == status
        answers.add(await response.text())
    assert len(answers) == 1
    assert "place-" not in answers.pop()


@pytest.mark.parametrize("who", EVERYBODY_ELSE)
async def test_everybody_else_changes_nothing_even_with_an_admins_token(opened: Open, who: str) -> None:
    settings, headers, status = EVERYBODY_ELSE[who]
    chief = {"X-User": "chief"} if "user_header" in settings else {}
    site = await opened(house(), **settings)
    stolen = await site.token(chief)
    for path in ("/admin/c/team", "/admin/c/nowhere"):
        form = {"token": stolen, "command": "schedule pause"}
        assert (await site.send(path, form, **headers)).status == status
    assert site.house.listener.commands == []


@pytest.mark.parametrize(
    ("headers", "token", "key"),
    [
        ({"Origin": "https://evil.example"}, None, "origin"),
        ({"Origin": "null"}, None, "origin"),
        ({}, "", "token"),
        ({}, "0" * 64, "token"),
    ],
)
async def test_an_admins_own_browser_is_not_made_to_change_anything_by_another_page(
    site: Site, headers: dict[str, str], token: str | None, key: str
) -> None:
    form = {"token": await site.token() if token is None else token, "command": "schedule pause"}
    response = await site.send("/admin/c/team", form, **headers)
    assert response.status == 403
    assert f"web.error.{key}" in await response.text()
    assert site.house.listener.commands == []


async def test_no_link_changes_anything(site: Site) -> None:
    await site.client.get("/admin/c/team", params={"command": "schedule pause", "token": await site.token()})
    assert site.house.listener.commands == []


async def test_admin_pages_are_in_the_navigation_of_admins_alone(opened: Open) -> None:
    site = await opened(house(), **PROXY)
    assert 'href="/admin"' in await site.text("/", headers={"X-User": "chief"})
    assert 'href="/admin"' not in await site.text("/", headers={"X-User": "bo"})
