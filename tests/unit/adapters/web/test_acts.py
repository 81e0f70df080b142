"""Votes and commands: what is handed on, what is answered, and what is refused."""

import re

import pytest

from bot.model import Command, Message, Reaction, Reply
from tests.unit.adapters.web.conftest import Open, Site

PAGE = {"Accept": "text/html,application/xhtml+xml"}


async def test_a_vote_is_recorded_once_and_final(site: Site) -> None:
    token = await site.token()
    answers = []
    for emoji in ("👍", "👍", "👎"):
        response = await site.send("/c/team/react", {"article": "1", "emoji": emoji, "token": token})
        assert response.status == 200
        answers.append(await response.json())
    assert answers == [
        {"outcome": "recorded", "option": "👍"},
        {"outcome": "already", "option": "👍"},
        {"outcome": "already", "option": "👍"},
    ]
    assert site.house.listener.reactions[0] == Reaction(
        platform="web", workspace="w", place="place-team", member="local", emoji="👍", article=1, via="button"
    )


async def test_a_vote_may_be_json_with_its_token_in_a_header(site: Site) -> None:
    headers = {"Origin": site.origin, "X-Token": await site.token()}
    response = await site.client.post("/c/team/react", json={"article": 1, "emoji": "👎"}, headers=headers)
    assert await response.json() == {"outcome": "recorded", "option": "👎"}


async def test_a_browsers_vote_goes_back_to_its_page_which_says_the_outcome(site: Site) -> None:
    form = {"article": "1", "emoji": "👍", "token": await site.token(), "back": "/c/team?before=12"}
    response = await site.send("/c/team/react", form, **PAGE)
    assert response.status == 303
    assert response.headers["Location"] == "/c/team?before=12&voted=1&outcome=recorded#a1"
    page = await site.text(response.headers["Location"].partition("#")[0])
    assert "web.vote.recorded" in page
    assert "web.vote.yours emoji=👍 label=Valuable" in page
    assert re.findall(r'value="(.)" aria-pressed="(\w+)"', page) == [("👍", "true"), ("👎", "false")]
    assert 'name="back" value="/c/team?before=12"' in page  # without the old outcome


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/c/team",
        "/\\evil.example",
        "/c/../../evil",
        "javascript:x",
        "/c/team\r\nX: y",
        "",
    ],
)
async def test_a_vote_goes_back_to_no_foreign_page(site: Site, back: str) -> None:
    form = {"article": "1", "emoji": "👍", "token": await site.token(), "back": back}
    response = await site.send("/c/team/react", form, **PAGE)
    assert response.headers["Location"].startswith("/c/team?voted=1&outcome=recorded#a1")


async def test_an_outcome_that_is_none_is_not_shown(site: Site) -> None:
    assert "web.vote" not in await site.text("/c/team?voted=1&outcome=elected")


async def test_what_is_no_option_stores_nothing(site: Site) -> None:
    response = await site.send("/c/team/react", {"article": "1", "emoji": "🍕", "token": await site.token()})
    assert response.status == 422
    assert await response.json() == {"outcome": "not_a_vote", "option": None}


@pytest.mark.parametrize(
    "fields", [{}, {"article": "1"}, {"emoji": "👍"}, {"article": "x", "emoji": "👍"}, {"article": "-1", "emoji": "👍"}]
)
async def test_a_vote_that_lacks_something_is_refused(site: Site, fields: dict[str, str]) -> None:
    response = await site.send("/c/team/react", fields | {"token": await site.token()})
    assert response.status == 400
    assert "web.error.form" in (await response.json())["error"]
    assert site.house.listener.reactions == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"7", "application/json"),
        (b"[" * 60_000, "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"article=1", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"--x", "multipart/form-data"),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused(site: Site, body: bytes, kind: str) -> None:
    headers = {"Origin": site.origin, "Content-Type": kind, "X-Token": await site.token()}
    response = await site.client.post("/c/team/react", data=body, headers=headers)
    assert response.status == 400
    assert "web.error.form" in (await response.json())["error"]


# ---------------------------------------------------------------- commands


async def test_a_command_is_handed_on_and_its_reply_is_json(site: Site) -> None:
    site.house.listener.reply = Reply(columns=("a",), rows=(("b",),))
    response = await site.send("/c/team/command", {"text": " /article  inference cost ", "token": await site.token()})
    assert response.status == 200
    assert (await response.json())["rows"] == [["b"]]
    assert site.house.listener.commands == [
        Command(
            name="article",
            text="inference cost",
            platform="web",
            workspace="w",
            place="place-team",
            member="local",
            admin=True,
            locale="en",
        )
    ]


async def test_a_browsers_command_is_answered_on_the_channels_page(site: Site) -> None:
    site.house.listener.reply = Reply(
        text="Found <two>",
        columns=("Article", "Votes"),
        rows=(("River & bridge", "👍 3"),),
        messages=(Message(kind="article", title="The river rose", article=1, takeaways=("Two metres",)),),
    )
    response = await site.send("/c/team/command", {"text": "votes", "token": await site.token()}, **PAGE)
    page = await response.text()
    assert response.status == 200
    for words in ("Found &lt;two&gt;", "River &amp; bridge", '<th scope="col">Votes</th>', 'id="r1"', "Digest 12"):
        assert words in page
    assert 'name="text" value="votes"' in page


async def test_an_empty_command_is_refused(site: Site) -> None:
    response = await site.send("/c/team/command", {"text": " / ", "token": await site.token()}, **PAGE)
    assert response.status == 400
    assert "web.error.command" in await response.text()


async def test_a_member_without_admin_rights_commands_without_them(opened: Open) -> None:
    site = await opened(user_header="X-User", trusted_proxies=["127.0.0.1"], admins=["ada"])
    for name, admin in (("bo", False), ("ada", True)):
        user = {"X-User": name}
        response = await site.send("/c/team/command", {"text": "/help", "token": await site.token(user)}, **user)
        assert response.status == 200
        command = site.house.listener.commands[-1]
        assert (command.member, command.admin) == (name, admin)


# ---------------------------------------------------------------- attacks


@pytest.mark.parametrize("path", ["/c/team/react", "/c/team/command"])
@pytest.mark.parametrize(
    ("headers", "status", "key"),
    [
        ({"Origin": "https://evil.example"}, 403, "origin"),
        ({"Origin": "null"}, 403, "origin"),
        ({"Origin": "", "Sec-Fetch-Site": "same-origin"}, 403, "origin"),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 421, "host"),
        ({"X-Forwarded-For": "192.0.2.1"}, 403, "signin"),
    ],
)
async def test_a_form_from_elsewhere_changes_nothing(
    site: Site, path: str, headers: dict[str, str], status: int, key: str
) -> None:
    form = {"article": "1", "emoji": "👍", "text": "/help", "token": await site.token()}
    response = await site.send(path, form, **headers)
    assert response.status == status
    assert f"web.error.{key}" in await response.text()
    assert (site.house.listener.reactions, site.house.listener.commands) == ([], [])


async def test_a_form_without_any_origin_changes_nothing(site: Site) -> None:
    form = {"article": "1", "emoji": "👍", "token": await site.token()}
    assert (await site.client.post("/c/team/react", data=form)).status == 403
    assert site.house.listener.reactions == []


async def test_a_token_is_needed_and_is_the_members_own(opened: Open) -> None:
    site = await opened(user_header="X-User", trusted_proxies=["127.0.0.1"])
    token = await site.token({"X-User": "ada"})
    for given in ({}, {"token": ""}, {"token": "0" * 64}, {"token": token}, {"token": "é"}):
        response = await site.send("/c/team/react", {"article": "1", "emoji": "👍", **given}, **{"X-User": "bo"})
        assert response.status == 403
        assert "web.error.token" in (await response.json())["error"]
    assert site.house.listener.reactions == []


async def test_the_key_of_the_tokens_is_kept(site: Site, opened: Open) -> None:
    token = await site.token()
    again = await opened(site.house)
    assert await again.token() == token
    assert len(site.house.vault.kept["web", "form-key"]) == 32


@pytest.mark.parametrize("path", ["/c/team/react", "/c/team/command"])
async def test_what_changes_something_is_not_done_by_a_link(site: Site, path: str) -> None:
    response = await site.client.get(path, params={"article": "1", "emoji": "👍", "text": "/help"})
    assert response.status == 405
    assert (site.house.listener.reactions, site.house.listener.commands) == ([], [])


async def test_a_channel_of_another_platform_is_not_acted_in(site: Site) -> None:
    form = {"article": "1", "emoji": "👍", "token": await site.token()}
    response = await site.send("/c/ops/react", form)
    assert response.status == 409
    assert site.house.listener.reactions == []
