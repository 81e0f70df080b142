"""Prints digests. A terminal keeps no history and gives no reactions, and this says so."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence

from adapters.console.format import drawn, noticed
from bot.errors import OutcomeUnknown, PlatformUnavailable, PostingRejected
from bot.model import Channel, MessageRef, Posting, Reaction


class Terminal:
    async def post(self, posting: Posting) -> MessageRef:
        """Raises PlatformUnavailable where nobody reads the output any more."""
        await _print(drawn(posting))
        return MessageRef("console", "console", posting.channel.spec.place, posting.key)

    async def find(self, posting: Posting) -> MessageRef | None:
        raise OutcomeUnknown(
            f"posting {posting.key} may have been printed before: a terminal keeps no history; "
            "look at its screen or at the file that the output went to"
        )

    async def seed(self, ref: MessageRef, emoji: Sequence[str]) -> None:
        """There is nothing to react on."""

    async def remove(self, ref: MessageRef) -> None:
        raise PostingRejected("what a terminal has printed stays there")

    async def reactions_of(self, refs: Sequence[MessageRef]) -> AsyncIterator[Reaction]:
        for _ in ():
            yield _

    async def tell_admin(self, channel: Channel, notice: str) -> None:
        await _print(noticed(channel.name, notice))

    def routes(self) -> Sequence[object]:
        return ()

    async def run(self) -> None:
        await asyncio.Event().wait()


async def _print(text: str) -> None:
    # In a thread: a terminal on hold (Ctrl-S) must not hold the other platforms.
    try:
        await asyncio.to_thread(_write, text)
    except (OSError, ValueError) as error:  # ValueError: the stream is closed
        raise PlatformUnavailable(f"standard output cannot be written to: {error}") from error


def _write(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()
