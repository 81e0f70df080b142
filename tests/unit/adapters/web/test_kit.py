"""The kit and the platform that it makes: previews, advice, checks, and posting that is exactly once."""

import asyncio

import pytest

from adapters.web import kit
from bot.errors import ConfigError
from bot.model import MessageRef
from tests.fakes.house import FakeHouse
from tests.unit.adapters.web.samples import NASTY, article, channel, digest, message, nasty, posting


def test_a_preview_is_the_message_as_the_page_draws_it() -> None:
    html = str(kit({}).draw(posting(message(article()), channel()))["html"])
    assert html.startswith('<article class="message"')
    assert html.endswith("</article>")
    for words in ("The river rose", "Two metres overnight", "Why: fresh", "👍", "Valuable"):
        assert words in html
    assert "<form" not in html


def test_a_preview_of_hostile_words_is_words() -> None:
    html = str(kit({}).draw(posting(message(nasty()), channel()))["html"])
    assert NASTY not in html
    assert "<script" not in html
    assert "javascript:" not in html


def test_a_header_and_a_seed_are_drawn_too() -> None:
    header = digest(1, channel()).messages[0]
    assert "<h2" in str(kit({}).draw(posting(header, channel()))["html"])
    assert kit({}).draw(posting(None, channel())) == {}


async def test_posting_says_where_and_finding_says_the_same() -> None:
    platform = kit({}).connect(FakeHouse())
    said = posting(message(article()), channel())
    ref = MessageRef("web", "w", "place-team", "abc123")
    assert await platform.post(said) == await platform.post(said) == await platform.find(said) == ref
    await platform.seed(ref, ["👍"])
    assert [reaction async for reaction in platform.reactions_of([ref])] == []


async def test_the_platform_runs_until_cancelled() -> None:
    task = asyncio.create_task(kit({}).connect(FakeHouse()).run())
    await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("settings", "ok", "words"),
    [
        ({}, True, "`local`"),
        ({"archive": "open"}, True, "anybody"),
        ({"user_header": "X-User"}, False, "trusted_proxies alone"),
        ({"trusted_proxies": ["10.0.0.0/8"]}, True, "not through a proxy"),
        ({"public_url": "https://digest.example"}, True, "members: who has a sign-in link"),
        ({"public_url": "https://digest.example", "trusted_proxies": ["127.0.0.1"]}, True, "sign-in link"),
        ({"public_url": "http://digest.example"}, False, "unencrypted"),
        ({"public_url": "https://digest.example", "user_header": "X-User", "trusted_proxies": ["::1"]}, True, "X-User"),
    ],
)
async def test_check(settings: dict[str, object], ok: bool, words: str) -> None:
    (finding,) = await kit(settings).check()
    assert finding.ok is ok
    assert words in finding.detail
    assert ok or finding.fix


def test_setup_says_where_to_look() -> None:
    steps = kit({"public_url": "http://127.0.0.1:9000"}).setup()
    assert "http://127.0.0.1:9000" in steps[0].detail
    assert "`local`" in steps[1].detail
    shared = kit({"public_url": "https://digest.example"}).setup()
    assert shared[1].title == "Sign in"


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ConfigError):
        kit({"archive": "closed"})
