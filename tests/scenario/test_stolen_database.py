"""Who steals the database without its key can confirm of nobody that they voted; with the key, of each."""

from __future__ import annotations

import hashlib
import hmac
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import App
from bot.commands import Commands
from bot.config import secret_of
from bot.engine import record
from bot.model import Command, Reaction, VoteResult
from bot.votes.voters import voter_of
from tests.fakes.clock import FakeClock
from tests.scenario.steps import posted
from tests.scenario.world import CONFIG, read_all, world

pytestmark = pytest.mark.file

MEMBERS = [*(str(1_150_000_000_000_000_000 + 7_919 * n) for n in range(500)), *(f"U0{n:05}QZX" for n in range(500))]
PLACE = {"platform": "web", "workspace": "web", "place": "web"}
ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s")
_SALTY = 64  # characters; what is longer is an article, not a salt
_HEX = re.compile(r"[0-9a-f]{16,128}")


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with world(tmp_path, FakeClock(), config=CONFIG + 'ballots = ["value", "emotion"]\n') as app:
        await read_all(app)
        await posted(app, name="web")
        yield app


async def voted(app: App) -> None:
    """Every member votes, and does what else leaves traces."""
    outcomes = await app.engine.record.all(
        [
            Reaction(**PLACE, member=member, emoji=emoji, article=1, event_id=f"event{number}")
            for number, member in enumerate(MEMBERS)
            for emoji in ("👍" if number % 3 else "👎", "😀")
        ]
    )
    assert {one.result for one in outcomes} == {VoteResult.RECORDED}
    commands = Commands(store=app.store, engine=app.engine, clock=app.clock)
    for name, text in (("votes", ""), ("article", "1"), ("why", "1"), ("digest", "next"), ("sources", "list")):
        for member in MEMBERS[::250]:
            await commands.answer(Command(name=name, text=text, **PLACE, member=member, admin=True))


def stolen(app: App, folder: Path) -> Path:
    """A copy of the database's files as they lie there while the bot runs."""
    folder.mkdir()
    files = list(app.database.file.parent.glob(f"{app.database.file.name}*"))
    assert app.database.file.with_name(f"{app.database.file.name}-wal").stat().st_size > 0
    for file in files:
        shutil.copy(file, folder)
    return folder / app.database.file.name


def values_in(file: Path) -> set[str | bytes | int | float]:
    """All that stands in any column of any table."""
    with closing(sqlite3.connect(file)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            value
            for (table,) in tables
            for row in connection.execute(f'SELECT * FROM "{table}"')
            for value in row
            if value is not None
        }


def guesses(salts: list[bytes]) -> Iterator[Callable[[str], str]]:
    """The obvious ways to hash a member's id: alone or with where they are, and with each of these salts as a key."""
    where = (PLACE["platform"], PLACE["workspace"])
    for joint in ("", "\0", ":", "/", "|", "-", " ", "\n"):
        for parts in ((), where, where[:1], where[1:]):
            for algorithm in ALGORITHMS:
                yield lambda member, a=algorithm, j=joint, p=parts: hashlib.new(
                    a, j.join((*p, member)).encode()
                ).hexdigest()
    for salt in salts:
        yield lambda member, s=salt: hmac.new(s, member.encode(), "sha256").hexdigest()
        yield lambda member, s=salt: hashlib.sha256(s + member.encode()).hexdigest()
        yield lambda member, s=salt: hashlib.blake2b(member.encode(), key=s[:64], digest_size=16).hexdigest()
        yield lambda member, s=salt: voter_of(s, platform=where[0], workspace=where[1], member=member)


def confirmed(file: Path, salts: list[bytes]) -> set[str]:
    """The members whose votes a thief can tell by guessing."""
    texts = [
        value.hex() if isinstance(value, bytes) else value
        for value in values_in(file)
        if isinstance(value, str | bytes)
    ]
    marks = {token for text in texts for token in _HEX.findall(text)}
    lengths = {len(mark) for mark in marks}
    hashes = ((member, guess(member)) for guess in guesses(salts) for member in MEMBERS)
    return {member for member, guessed in hashes if any(guessed[:length] in marks for length in lengths)}


def salts_of(file: Path) -> list[bytes]:
    """Every short constant that the database has: the thief's own salts."""
    texts = {value for value in values_in(file) if isinstance(value, str | bytes) and 0 < len(value) <= _SALTY}
    words = {value if isinstance(value, bytes) else value.encode() for value in texts}
    return sorted(one for one in words if not _HEX.fullmatch(one.decode("utf-8", "replace")))


async def test_without_the_key_no_voter_can_be_confirmed_and_with_it_each_can(app: App, tmp_path: Path) -> None:
    await voted(app)
    file = stolen(app, tmp_path / "loot")
    secret = secret_of(app.settings)
    salts = [b"digestbot-voter", b"digestbot", *salts_of(file)]
    assert confirmed(file, salts) == set()
    assert confirmed(file, [secret]) == set(MEMBERS)


async def test_the_thief_would_confirm_all_voters_of_a_house_that_hashes_without_a_key(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(_secret: bytes, *, platform: str, workspace: str, member: str) -> str:
        return hashlib.sha256(f"{platform}:{workspace}:{member}".encode()).hexdigest()[:32]

    monkeypatch.setattr(record, "voter_of", careless)
    await voted(app)
    assert confirmed(stolen(app, tmp_path / "loot"), []) == set(MEMBERS)


async def test_no_byte_of_the_files_names_a_member_or_the_key(app: App, tmp_path: Path) -> None:
    await voted(app)
    loot = stolen(app, tmp_path / "loot")
    bytes_of = b"\n".join(file.read_bytes() for file in loot.parent.iterdir())
    clear = set(re.findall(rb"1150\d{15}|U0\d{5}QZX", bytes_of))
    wide = re.findall("U0".encode("utf-16-le") + rb"(?:\d\0){5}", bytes_of)
    numbers = {int(member).to_bytes(8, order) for member in MEMBERS[:500:25] for order in ("big", "little")}
    assert (clear, wide) == (set(), [])
    assert not [one for one in numbers if one in bytes_of]
    secret = secret_of(app.settings)
    for shown in (secret, secret.hex().encode(), hashlib.blake2b(secret, person=b"digestbot-voter").digest()):
        assert shown not in bytes_of
    assert bytes_of.count("👍".encode()) > 500  # the votes are in it
