"""What the pictures of every platform show: a digest of the samples by the real readers, and answers to commands."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.app import App, opened
from bot.commands import Commands
from bot.config import demo_settings
from bot.delivery.render import messages_of, posting_key
from bot.locales import say, say_date
from bot.model import Channel, Command, Message, Occurrence, Posting, Reply
from bot.samples import folder

ASKED = (
    "/article cache", "/article 41 minutes", "/sources list", "/why 1", "/votes", "/help", "/digest next",
    "/digest preview", "/articel x",
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """A digest's messages by language, and the replies to `ASKED`."""

    digests: dict[str, tuple[Message, ...]]
    replies: dict[str, Reply]
    channel: Channel


async def composed(*, under: str = "") -> Scene:
    """`under`: the command that the others are words of, on a platform that has but few."""
    with tempfile.TemporaryDirectory() as place:
        async with opened(demo_settings(Path(place), samples=folder()), connect=False) as app:
            return await _composed(app, under)


async def _composed(app: App, under: str) -> Scene:
    await app.engine.refresh.due()
    await app.engine.read.due()
    async with app.store.read() as view:
        channel = next(one for one in await view.channels.all() if one.spec.platform == "web")
    (composition,) = await app.engine.compose.preview(channel)
    following = Occurrence(datetime(2026, 11, 25, 9, tzinfo=UTC), "2026-11-25T09:00")
    digests = {}
    for locale in ("en", "zh-Hant"):
        settings = replace(channel.settings, locale=locale)
        digest = replace(composition.digest, channel=replace(channel, spec=replace(channel.spec, settings=settings)))
        digests[locale] = messages_of(digest, say=say, say_date=say_date, following=following)
    commands = Commands(store=app.store, engine=app.engine, clock=app.clock)
    replies = {asked: await commands.answer(_command(asked, channel, under)) for asked in ASKED}
    return Scene(digests, replies, channel)


def _command(asked: str, channel: Channel, under: str) -> Command:
    name, _, text = asked.removeprefix("/").partition(" ")
    spec = channel.spec
    return Command(
        name=name,
        text=text,
        platform=spec.platform,
        workspace=spec.workspace,
        place=spec.place,
        member="m",
        admin=True,
        under=under,
    )


def postings(scene: Scene, messages: Sequence[Message]) -> list[Posting]:
    """The messages as parts of one digest."""
    return [
        Posting(
            id=part,
            key=posting_key(1, "2026-11-24T09:00", part),
            digest=1,
            part=part,
            kind="message",
            channel=scene.channel,
            message=message,
        )
        for part, message in enumerate(messages)
    ]
