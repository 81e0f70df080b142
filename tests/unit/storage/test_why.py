"""Why an article was picked, as a digest keeps it: in no language, and what older versions kept as English words."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.locales import say
from bot.model import Reason
from bot.storage.database import Database
from tests.contract.things import composed, declared, read_articles


async def test_why_comes_back_as_it_was_and_older_words_can_still_be_said(tmp_path: Path) -> None:
    reasons = (
        Reason("why.quality", {"value": 1.0}),
        Reason("why.also_told", {"count": 2}),
        Reason("why.interests", {"interests": ("open models", "1")}),
    )
    database = await Database.open(f"sqlite:///{tmp_path / 'bot.db'}")
    (channel,) = await declared(database)
    digest = await composed(database, channel, await read_articles(database, 1))
    stored = [{"key": one.key, "values": dict(one.values)} for one in reasons]
    with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
        connection.execute("update digest_items set why = ?", [json.dumps([*stored, "quality 0.81"])])
        connection.commit()
    async with database.read() as view:
        (item,) = (await view.outbox.digest(digest)).items
    await database.aclose()
    assert item.why[:3] == reasons
    assert [type(one.values.get("value")) for one in item.why[:1]] == [float]
    assert say(item.why[3].key, "de", **item.why[3].values) == "quality 0.81"
