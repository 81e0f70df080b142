"""A team on some platform with the whole house running, and what its members can do there. Each platform says how."""

from __future__ import annotations

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import ClassVar

from bot.app import App, opened, run
from bot.config import load, secret_of
from bot.model import MessageRef
from bot.votes.voters import voter_of
from tests.fakes.reader import InlineReader
from tests.scenario.steps import posted, state, until
from tests.scenario.world import read_all, write_world

ARTICLES = 6
CHANNELS = ("team", "twin", "old")  # of one workspace, with the same articles; the last one's digest is too old
_KEYS = f"""
max_articles = {ARTICLES}
ballots = ["value", "emotion", "own"]
"""
_OWN = """
[ballots.own]
question = "And the look of it?"
options = [{{ emoji = "{own}", label = "Party" }}, {{ emoji = "❤️", label = "Love" }}]
"""
_BEFORE = (14 * 86_400 + 60) * 1_000_000  # microseconds
Phases = Callable[["Team"], AsyncGenerator[None]]  # until the bot goes down; while it is down; once it is back


class Team(ABC):
    """`cannot`: what members or the bot have no means for there -> why. Articles are named by their place in the
    digest, from 0."""

    name: ClassVar[str]
    cannot: ClassVar[Mapping[str, str]]
    writings: ClassVar[Mapping[str, str]]  # of options, in the ways that this platform has -> the option

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app: App
        self.port = 0  # of the house's own server
        self.numbers: list[int] = []  # of the articles in the store
        self.refs: dict[tuple[str, int], MessageRef] = {}  # by channel and article; -1 is the header
        self.early: dict[int, str] = {}  # who reacted on an article's message before the bot knew of it
        self.begun: dict[str, AsyncGenerator[None]] = {}
        self.failed: dict[str, Exception] = {}

    # ------------------------------------------------------------ how it is on the platform

    own: str  # an emoji of their own, as the configuration names it
    bot: str  # the bot's own id as a member

    @abstractmethod
    def served(self) -> AbstractAsyncContextManager[None]:
        """The platform's server, with the channels; `own` is known then."""

    @abstractmethod
    def config(self, keys: Mapping[str, str]) -> str:
        """The configuration's text, with these further keys of each channel."""

    def quicken(self) -> None:  # noqa: B027
        """Before it runs: no waiting for what the local server does not ask for."""

    async def connected(self) -> None:  # noqa: B027
        """Returns when the house hears what happens there."""

    @abstractmethod
    def newcomer(self, *, bot: bool = False) -> str:
        """A new member."""

    @abstractmethod
    async def choose(self, member: str, emoji: str, *, article: int = 0, where: str = "team") -> None:
        """A member votes in the way that comes first there."""

    async def release(self, member: str, emoji: str, *, article: int = 0) -> None:
        raise NotImplementedError

    async def choose_again(self, member: str, emoji: str) -> None:
        """The bot is told once more what `choose` told it."""
        await self.choose(member, emoji)

    async def press(self, member: str, emoji: str) -> None:
        """A member votes by the button under the first article."""
        raise NotImplementedError

    async def choose_elsewhere(self, member: str, emoji: str) -> None:
        """A member puts an emoji on somebody else's message."""
        raise NotImplementedError

    def seeded(self, article: int) -> list[str]:
        """The emoji that the bot itself holds on an article."""
        raise NotImplementedError

    def leave(self, member: str) -> None:
        raise NotImplementedError

    def delete(self, article: int) -> None:
        raise NotImplementedError

    def told(self, member: str) -> list[str]:
        """What this member was told privately, in order."""
        raise NotImplementedError

    def react_early(self) -> None:  # noqa: B027
        """From now on a newcomer reacts by 👍 on each article's message as soon as it is there; see `early`."""

    # ------------------------------------------------------------ the house

    @asynccontextmanager
    async def going(self, phases: Mapping[str, Phases]) -> AsyncIterator[Team]:
        """The house, running. Each of `phases` has gone as far as to where the bot is back."""
        async with self.served():
            keys = {name: _KEYS + f"seed = {['value'] if name == 'team' else []}\n" for name in CHANNELS}
            text = self.config(keys) + _OWN.format(own=self.own)
            write_world(self.folder, articles=ARTICLES, config=text)
            self.begun = {name: begin(self) for name, begin in phases.items()}
            async with self._up():
                await self._post()
                await self._go_on()
            witness = self.newcomer()
            if self.begun:
                await self._go_on()
                await self.choose(witness, "👍", article=1)
                await self.choose(witness, "👍", article=2, where="twin")
            async with self._up():
                if self.begun:  # both digests have been read again
                    await self.comes_to(witness, {"value": "👍"}, article=1)
                    await self.comes_to(witness, {"value": "👍"}, article=2)
                yield self

    @asynccontextmanager
    async def _up(self) -> AsyncIterator[None]:
        async with opened(load(self.folder / "config.toml"), reading=InlineReader) as self.app:
            await read_all(self.app)
            self.quicken()
            port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            house = asyncio.create_task(run(self.app, port=0, started=port.set_result))
            try:
                self.port = await port
                await self.connected()
                yield
            finally:
                house.cancel()
                await asyncio.gather(house, return_exceptions=True)

    async def _post(self) -> None:
        self.react_early()
        for name in CHANNELS:
            digest = await posted(self.app, name=name)
            async with asyncio.timeout(30):  # the house's own jobs may be delivering it
                while await state(self.app, digest) != "posted":
                    await asyncio.sleep(0.02)
            async with self.app.store.read() as view:
                refs = {
                    posting.message and posting.message.article: ref for ref, posting in await view.outbox.refs(digest)
                }
            self.numbers = self.numbers or [number for number in refs if number is not None]
            assert refs.keys() == {None, *self.numbers}
            self.refs |= {(name, -1): refs[None]} | {(name, n): refs[one] for n, one in enumerate(self.numbers)}
        await asyncio.to_thread(self._age, digest)  # the house may be writing, and ends that on this loop

    def _age(self, digest: int) -> None:
        with closing(sqlite3.connect(self.folder / "digest.db", timeout=30)) as file, file:
            file.execute(f"UPDATE digests SET at = at - {_BEFORE} WHERE id = {digest}")

    async def _go_on(self) -> None:
        """The next phase of every case; one that fails goes no further."""
        for name, phases in list(self.begun.items()):
            try:
                await anext(phases)
            except Exception as error:
                self.failed[name] = error

    @asynccontextmanager
    async def configured(self, old: str, new: str) -> AsyncIterator[None]:
        """Meanwhile the configuration says `new` in the place of `old`."""
        file = self.folder / "config.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        try:
            await self._declare(file, text.replace(old, new))
            yield
        finally:
            await self._declare(file, text)

    async def _declare(self, file: Path, text: str) -> None:
        file.write_text(text, encoding="utf-8")
        async with self.app.store.begin() as tx:
            await tx.channels.declare(load(file).channels)

    # ------------------------------------------------------------ what came of it

    def voter(self, member: str) -> str:
        return voter_of(
            secret_of(self.app.settings), platform=self.name, workspace=self.refs["team", 0].workspace, member=member
        )

    async def votes(self, member: str, article: int = 0) -> dict[str, str]:
        """A member's votes on an article, by ballot."""
        async with self.app.store.read() as view:
            found = await view.votes.of([self.voter(member)], self.refs["team", 0].workspace, [self.numbers[article]])
        return {vote.ballot: vote.option for vote in found}

    async def tally(self, article: int) -> dict[str, int]:
        async with self.app.store.read() as view:
            tallies = await view.votes.tallies([self.numbers[article]])
        return {option: count for one in tallies for option, count in one.counts.items()}

    async def comes_to(self, member: str, wanted: Mapping[str, str], *, article: int = 0) -> None:
        """Waits for these votes of a member; fails with those that are there."""
        seen = await self.votes(member, article)
        for _ in range(500):
            if seen == wanted:
                return
            await asyncio.sleep(0.02)
            seen = await self.votes(member, article)
        assert seen == wanted

    async def stays(self, member: str, wanted: Mapping[str, str], *, article: int = 0) -> None:
        """These are the votes when all that was done until now has been heard of."""
        witness = self.newcomer()
        await self.choose(witness, "👍")
        await self.comes_to(witness, {"value": "👍"})
        assert await self.votes(member, article) == wanted

    async def is_told(self, member: str, *words: str) -> None:
        """Waits until a member was told something with each of these words, in this order and nothing more."""
        await until(lambda: len(self.told(member)) >= len(words))
        told = self.told(member)
        assert len(told) == len(words), told
        assert all(word in one for word, one in zip(words, told, strict=True)), told
