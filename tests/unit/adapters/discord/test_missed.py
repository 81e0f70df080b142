"""Reactions that were missed while nothing could be stored: their re-reading is asked for until it is heard."""

import pytest

from adapters.discord import client, kit
from adapters.discord.client import DiscordPlatform
from bot.errors import StorageError
from bot.model import ChannelEvent
from tests.fakes.house import FakeHouse


class Deaf:
    """A listener who hears only what is said for the third time."""

    def __init__(self) -> None:
        self.said: list[ChannelEvent] = []

    async def changed(self, event: ChannelEvent) -> None:
        self.said.append(event)
        if len(self.said) < 3:
            raise StorageError("database bot at db: its disk is full")


async def test_it_is_asked_for_again_while_the_database_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_AGAIN", 0.0)
    house = FakeHouse()
    house.listener = deaf = Deaf()  # type: ignore[assignment]
    platform = kit({"secret": lambda _name: "the.local.token"}).connect(house)
    assert isinstance(platform, DiscordPlatform)
    await platform.missed()
    assert [event.kind for event in deaf.said] == ["missed"] * 3
