"""`digestbot settle` and what doctor says of the same: postings that only somebody who looks can tell of."""

import asyncio
from pathlib import Path

import pytest

from bot.errors import OutcomeUnknown
from bot.storage.database import Database
from tests.fakes.clock import FakeClock
from tests.fakes.platform import FakePlatform
from tests.scenario.cli import digestbot
from tests.scenario.world import read_all, world


@pytest.fixture
def digest(tmp_path: Path) -> int:
    """A digest whose first message may or may not be there."""

    async def posted() -> int:
        platform = FakePlatform(OutcomeUnknown("dropped"), history=OutcomeUnknown("no history here"))
        async with world(tmp_path, FakeClock()) as app:
            app.platforms["web"] = platform  # type: ignore[index]
            await read_all(app)
            async with app.store.read() as view:
                channel = await view.channels.named("web")
            assert channel is not None
            digest = await app.engine.compose.settle(await app.engine.compose.open_now(channel))
            for _ in range(2):
                await app.engine.deliver.digest(digest.id)
                app.clock.advance(minutes=10)  # type: ignore[attr-defined]
            return digest.id

    return asyncio.run(posted())


def test_what_is_uncertain_is_listed_and_settled_once(tmp_path: Path, digest: int) -> None:
    (line,) = digestbot("settle", "--json", cwd=tmp_path).records
    assert line == {
        "digest": digest,
        "channel": "web",
        "part": 0,
        "title": "web digest",
        "reason": "no history here",
        "since": "2026-01-01T00:10:01Z",
    }
    assert "no history here" in digestbot("settle", cwd=tmp_path).out
    settled = digestbot("settle", str(digest), "there", cwd=tmp_path)
    assert (settled.code, "counts as posted" in settled.out) == (0, True)
    again = digestbot("settle", str(digest), "missing", cwd=tmp_path)
    assert (again.code, "nothing of it is uncertain" in again.err) == (1, True)
    assert digestbot("settle", "--json", cwd=tmp_path).out == ""
    assert "nothing is uncertain" in digestbot("settle", cwd=tmp_path).out
    (delivered,) = digestbot("deliver", "--json", cwd=tmp_path).records
    assert (delivered["digest"], delivered["state"]) == (digest, "posted")


@pytest.mark.parametrize("arguments", [["1"], ["1", "perhaps"], ["one", "there"]])
def test_half_a_word_is_wrong_usage_and_settles_nothing(tmp_path: Path, digest: int, arguments: list[str]) -> None:
    assert digestbot("settle", *arguments, cwd=tmp_path).code == 2
    assert len(digestbot("settle", "--json", cwd=tmp_path).records) == 1


@pytest.mark.file
def test_it_works_beside_a_running_bot_which_goes_on(tmp_path: Path, digest: int) -> None:
    async def beside() -> str:
        database = await Database.open(f"sqlite:///{tmp_path / 'digest.db'}")
        with database.lock_for_run():
            ended = await asyncio.to_thread(digestbot, "settle", str(digest), "missing", cwd=tmp_path)
        await database.aclose()
        return ended.out

    assert "the running bot goes on with it" in asyncio.run(beside())


def test_doctor_finds_each_and_says_how_to_settle_it(tmp_path: Path, digest: int) -> None:
    ended = digestbot("doctor", "--json", cwd=tmp_path)
    assert ended.code == 1
    (finding,) = [line for line in ended.records if not line["ok"]]
    assert finding["check"] == "delivery.uncertain"
    assert "“web digest” in web" in str(finding["detail"])
    assert f"digestbot settle {digest} missing" in str(finding["fix"])
