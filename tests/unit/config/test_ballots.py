"""Which words a channel's ballots are asked in: the built-in ones in its language, configured ones as they are."""

from pathlib import Path
from typing import Any

import pytest

from bot.config.settings import settings_of
from bot.model import Ballot


def ballots_of(locale: str, **ballots: Any) -> dict[str, Ballot]:
    channels = [{"name": "web", "locale": locale, "ballots": ["value", "emotion", *(ballots.keys() - {"value"})]}]
    settings = settings_of({"channels": channels, "ballots": ballots}, Path("/"))
    return {ballot.name: ballot for ballot in settings.channels[0].settings.ballots}


@pytest.mark.parametrize(
    ("locale", "question", "labels"),
    [
        ("en", "Worth your time?", ["Valuable", "Not for us"]),
        ("zh-TW", "值得花時間看嗎？", ["有價值", "不適合我們"]),
        ("ja", "読む価値がありますか？", ["価値がある", "私たち向きではない"]),
        ("de-AT", "Lesenswert?", ["Wertvoll", "Nichts für uns"]),
        ("fr", "Worth your time?", ["Valuable", "Not for us"]),
    ],
)
def test_the_built_in_ballots_are_asked_in_the_channels_language(locale: str, question: str, labels: list[str]) -> None:
    value = ballots_of(locale)["value"]
    assert value.question == question
    assert [option.label for option in value.options] == labels
    assert [(option.emoji, option.value) for option in value.options] == [("👍", 1), ("👎", -1)]


def test_what_is_configured_is_asked_as_it_is_configured() -> None:
    options = [{"emoji": "🚀", "label": "Happy"}, {"emoji": "💤", "label": "Valuable"}]
    asked = ballots_of("de", value={"question": "Read it?"}, mood={"question": "Worth your time?", "options": options})
    assert asked["value"].question == "Read it?"
    assert [option.label for option in asked["value"].options] == ["Wertvoll", "Nichts für uns"]
    assert asked["mood"].question == "Worth your time?"
    assert [option.label for option in asked["mood"].options] == ["Happy", "Valuable"]
