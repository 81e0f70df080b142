"""The inbox, as adapters know it: what is kept is there until it is done, also in another process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.ports import Inbox
from bot.storage.database import Database
from bot.storage.inbox import SealedInbox
from tests.fakes.house import FakeInbox

Opened = Callable[[], AbstractAsyncContextManager[Inbox]]


@pytest.fixture(params=["fake", "sealed"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Opens the same inbox, as often as one likes."""
    fake = FakeInbox()

    @asynccontextmanager
    async def faked() -> AsyncIterator[Inbox]:
        yield fake

    @asynccontextmanager
    async def sealed() -> AsyncIterator[Inbox]:
        async with stored(tmp_path) as inbox:
            yield inbox

    return faked if request.param == "fake" else sealed


@asynccontextmanager
async def stored(folder: Path, secret: bytes = b"one") -> AsyncIterator[SealedInbox]:
    database = await Database.open(f"sqlite:///{folder / 'digest.db'}")
    inbox = SealedInbox(database, secret)
    yield inbox
    await inbox.aclose()
    await database.aclose()


async def test_what_is_kept_is_left_until_it_is_done(opened: Opened) -> None:
    async with opened() as inbox:
        await inbox.keep("a 1", b"one")
        await inbox.keep("a 2", b"two")
        await inbox.keep("a 2", b"told again")
        await inbox.keep("b_1", b"of another")
    async with opened() as inbox:
        assert await inbox.left("a ") == {"a 1": b"one", "a 2": b"two"}
        assert await inbox.left("b_") == {"b_1": b"of another"}
        inbox.done("a 1")
        inbox.done("a 1")
    async with opened() as inbox:
        assert await inbox.left("") == {"a 2": b"two", "b_1": b"of another"}


async def test_at_rest_nobody_reads_it_without_the_secret(tmp_path: Path) -> None:
    async with stored(tmp_path) as inbox:
        await inbox.keep("a 1", b"member U12345")
    assert all(b"U12345" not in one.read_bytes() for one in tmp_path.iterdir())
    async with stored(tmp_path, secret=b"another") as inbox:
        assert await inbox.left("") == {}
    async with stored(tmp_path) as inbox:
        assert await inbox.left("") == {}  # what nobody can read is not kept for ever
