"""The built-in ballots, and a ballot's table put into the bot's own noun. The shape of the table is in channels.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.config.channels import BallotTable
from bot.locales import say
from bot.model import Ballot, BallotOption

# In English, as the example in the configuration has them; what is said in other languages is in the catalogues.
BUILT_IN_BALLOTS: Mapping[str, Mapping[str, Any]] = {
    "value": {
        "question": "Worth your time?",
        "options": [
            {"emoji": "👍", "label": "Valuable", "value": 1},
            {"emoji": "👎", "label": "Not for us", "value": -1},
        ],
    },
    "emotion": {
        "question": "How does it make you feel?",
        "options": [
            {"emoji": "😀", "label": "Happy"},
            {"emoji": "😮", "label": "Surprised"},
            {"emoji": "😢", "label": "Sad"},
            {"emoji": "😡", "label": "Angry"},
            {"emoji": "🤔", "label": "Thoughtful"},
        ],
    },
}


def ballot_of(name: str, table: BallotTable, locale: str) -> Ballot:
    """The ballot as a channel of this language asks it: built-in wording in that language, other wording as it is."""
    keys = keys_of(name)

    def words(given: str) -> str:
        return say(keys[given], locale) if given in keys else given

    options = (BallotOption(one.emoji, words(one.label), one.value) for one in table.options)
    return Ballot(name, words(table.question), tuple(options))


def keys_of(name: str) -> Mapping[str, str]:
    """The built-in wording of this ballot -> its key in the catalogues: `ballot.value`, `ballot.value.not_for_us`."""
    table = BUILT_IN_BALLOTS.get(name)
    if table is None:
        return {}
    labels = [option["label"] for option in table["options"]]
    keys = {label: f"ballot.{name}.{label.lower().replace(' ', '_')}" for label in labels}
    return {table["question"]: f"ballot.{name}", **keys}
