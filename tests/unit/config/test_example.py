"""config.example.toml shows every setting with its default and a sentence, and works as it stands."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.config import Secrets, Settings
from bot.config.ballots import BUILT_IN_BALLOTS
from bot.config.channels import ChannelTable
from bot.config.settings import settings_of
from bot.config.tables import ConfigFile

TEXT = (Path(__file__).parents[3] / "config.example.toml").read_text("utf-8")
SETTING = re.compile(r"(?m)^# (?=\[\[?[a-z.]+\]\]?$|[a-z_]+ = )")  # a setting that is shown, but does nothing
SHOWN: Mapping[str, Any] = tomllib.loads(SETTING.sub("", TEXT))
LIVE: Mapping[str, Any] = tomllib.loads(TEXT)
TABLES = [name for name in ConfigFile.model_fields if name not in ("sources", "channels", "ballots", "platforms")]


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def settings(data: Mapping[str, Any]) -> Settings:
    return settings_of(data, Path("/"), secrets=Secrets({}))


def test_every_table_is_shown() -> None:
    assert set(SHOWN) == set(ConfigFile.model_fields)


@pytest.mark.parametrize("name", [*TABLES, "sources", "channels", "ballots"])
def test_every_key_of_a_table_is_shown(name: str) -> None:
    (model,) = models_in(ConfigFile.model_fields[name].annotation)
    tables = {"sources": list, "channels": list, "ballots": lambda found: list(found.values())}.get(
        name, lambda found: [found]
    )(SHOWN[name])
    assert {key for table in tables for key in table} == set(model.model_fields)


@pytest.mark.parametrize("name", [name for name in TABLES if name != "llm"])
def test_every_key_that_has_a_default_stands_there_with_it(name: str) -> None:
    fields = type(getattr(ConfigFile(), name)).model_fields
    assert set(LIVE[name]) == {key for key, field in fields.items() if field.default is not None}
    assert getattr(settings({name: LIVE[name]}), name) == getattr(ConfigFile(), name)


def test_every_key_of_a_channel_that_has_a_default_stands_there_with_it() -> None:
    (channel,) = LIVE["channels"]
    ballots = {"value": (), "emotion": ()}
    default = ChannelTable.model_validate({"name": "web"}, context=ballots)
    assert ChannelTable.model_validate(channel, context=ballots) == default
    without = {key for key, field in ChannelTable.model_fields.items() if field.default is None}
    assert set(channel) == set(ChannelTable.model_fields) - without


def test_the_built_in_ballots_stand_there() -> None:
    assert LIVE["ballots"] == {
        name: {**ballot, "options": [{"value": 0, **option} for option in ballot["options"]]}
        for name, ballot in BUILT_IN_BALLOTS.items()
    }


def test_the_example_as_it_stands_changes_nothing() -> None:
    ours, defaults = settings(LIVE), settings({})
    for name in Settings.__dataclass_fields__:
        if name != "secrets":
            assert getattr(ours, name) == getattr(defaults, name), name


def test_what_it_shows_beyond_the_defaults_is_right_too() -> None:
    shown = settings(
        {**SHOWN, "channels": [{**SHOWN["channels"][0], "platform": "slack"}], "sources": SHOWN["sources"]}
    )
    assert [source.address for source in shown.sources] == ["https://example.org/feed.xml", "/articles"]
    assert shown.channels[0].settings.schedule == "0 9 * * mon-fri"
    assert shown.llm is not None
    assert shown.platform_settings("example") == {"greeting": "Good morning"}


def test_every_setting_has_a_sentence_above_it() -> None:
    lines = TEXT.splitlines()
    explained: set[str] = set()
    for number, line in enumerate(lines):
        key = re.match(r"(?:# )?([a-z_]+) = ", line)
        if key and key[1] not in explained and key[1] != "greeting":  # a plug-in explains its own
            above = lines[number - 1]
            assert re.fullmatch(r"# .+[.…]", above), line
            explained.add(key[1])


def test_every_secret_is_named() -> None:
    from bot.config.mistakes import SECRET_KEYS

    assert [name for name in SECRET_KEYS.values() if name not in TEXT] == []
