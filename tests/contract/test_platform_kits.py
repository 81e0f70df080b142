"""What every platform's kit holds, the plug-in guide's too: it is made without token and network, draws what it would
send, says how it is set up, and finds what is wrong with the mend of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from bot.config import Secrets
from bot.config.settings import settings_of
from bot.errors import ConfigError
from bot.model import Ballot, BallotOption, Channel, ChannelSettings, ChannelSpec, Message, MessageKind, Posting
from bot.platforms import kit_of
from bot.ports import PlatformKit
from tests.fakes.house import FakeHouse
from tests.scenario.webhook_world import installed

IDS = {"discord": "1234567890", "slack": "C0123456", "webhook": "team-room"}
OWN = {"webhook": {"url": "http://127.0.0.1:9/digests"}}
NAMES = ("web", "console", "discord", "slack", "webhook")
WITHOUT_TOKEN = ("web", "console")
_BALLOT = Ballot("value", "Worth your time?", (BallotOption("👍", "Valuable", 1), BallotOption("👎", "Not for us", -1)))


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with installed(tmp_path):
        monkeypatch.delenv("WEBHOOK_SECRET")
        yield request.param


@pytest.fixture
def kit(name: str) -> PlatformKit:
    """As the composition root makes it, with no secret in the environment."""
    channel = {"name": "team", "platform": name, **({"id": IDS[name]} if name in IDS else {})}
    data = {"channels": [channel], "platforms": {name: OWN[name]} if name in OWN else {}}
    return kit_of(name, settings_of(data, Path("/"), secrets=Secrets({})).platform_settings(name))


def posting(name: str, kind: MessageKind) -> Posting:
    settings, place = ChannelSettings(ballots=(_BALLOT,)), IDS.get(name, "team")
    spec = ChannelSpec(name="team", platform=name, place=place, workspace="", settings=settings)
    message = Message(
        kind=kind,
        title="A title & <more>",
        url="https://example.org/a" if kind == "article" else None,
        takeaways=("One.", "重點。") if kind == "article" else (),
        ballots=(_BALLOT,) if kind == "article" else (),
        article=7 if kind == "article" else None,
    )
    channel = Channel(id=1, spec=spec)
    return Posting(id=1, key="0123456789abcdef0123", digest=1, part=0, kind="message", channel=channel, message=message)


def test_a_kit_has_the_name_that_it_is_found_by(name: str, kit: PlatformKit) -> None:
    assert kit.name == name


@pytest.mark.parametrize("kind", get_args(MessageKind))
def test_it_draws_every_kind_of_message_and_always_alike(name: str, kit: PlatformKit, kind: MessageKind) -> None:
    drawn = kit.draw(posting(name, kind))
    assert "title" in json.dumps(drawn)
    assert kit.draw(posting(name, kind)) == drawn


def test_it_says_how_it_is_set_up(kit: PlatformKit) -> None:
    steps = kit.setup()
    assert steps
    assert all(step.title and step.detail for step in steps)


async def test_what_it_finds_wrong_comes_with_its_mend(name: str, kit: PlatformKit) -> None:
    findings = await kit.check()
    assert findings
    assert all(finding.fix for finding in findings if not finding.ok)
    assert all(finding.ok for finding in findings) == (name in WITHOUT_TOKEN)


def test_it_wants_its_token_when_it_is_connected_and_names_it(name: str, kit: PlatformKit) -> None:
    if name in WITHOUT_TOKEN:
        assert kit.connect(FakeHouse()) is not None
        return
    with pytest.raises(ConfigError, match=r"[A-Z]+_(TOKEN|SECRET)"):
        kit.connect(FakeHouse())
