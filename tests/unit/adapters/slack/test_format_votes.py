"""Buttons that vote, and the reading of what is pressed, whoever sent it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.format import payload_of, vote_of_action
from bot.model import Ballot, BallotOption
from bot.votes.ballots import option_of
from tests.unit.adapters.slack.test_format import ARTICLE, buttons, posting


def test_a_button_says_what_it_votes_on() -> None:
    first, second = buttons(payload_of(posting(ARTICLE)))
    assert (first["action_id"], second["action_id"]) == ("vote:value:0", "vote:value:1")
    assert json.loads(first["value"]) == {"article": 7, "emoji": "👍"}
    assert first["value"].isascii()
    assert first["accessibility_label"] == "Valuable: Ten times faster"
    assert vote_of_action(first) == (7, "👍")
    assert vote_of_action(second) == (7, "👎")


def test_each_button_chooses_its_own_option() -> None:
    emoji = ("👍🏽", "❤️", "👨\u200d👩\u200d👧", ":party_parrot:", "<:yes:123456789012345678>", "1️⃣", "🏳️\u200d🌈", "🇹🇼")
    ballot = Ballot("mood", "Well?", tuple(BallotOption(one, str(number)) for number, one in enumerate(emoji)))
    drawn = buttons(payload_of(posting(replace(ARTICLE, ballots=(ballot,)))))
    assert [button["text"]["text"] for button in drawn][3:5] == [":party_parrot: 3", ":yes: 4"]
    for button, option in zip(drawn, ballot.options, strict=True):
        vote = vote_of_action(button)
        assert vote is not None
        assert option_of(vote[1], [ballot]) == (ballot, option)


def test_a_message_that_is_no_article_of_ours_is_voted_on_by_where_it_is() -> None:
    assert vote_of_action(buttons(payload_of(posting(replace(ARTICLE, article=None))))[0]) == (None, "👍")


VOTE = {"action_id": "vote:value:0", "value": '{"article": 7, "emoji": "👍"}'}


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"action_id": "vote:value:0"},
        VOTE | {"action_id": "open"},
        VOTE | {"action_id": None},
        VOTE | {"action_id": ["vote:"]},
        *(
            VOTE | {"value": value}
            for value in (
                None, 7, "", "x", "[]", "7", '"x"', "null", "{}", '{"article": 7}', '{"emoji": 1}', '{"emoji": ""}',
                '{"article": "7", "emoji": "👍"}', '{"article": true, "emoji": "👍"}',
                '{"article": 1.5, "emoji": "👍"}',
                '{"article": -1, "emoji": "👍"}', '{"article": 0, "emoji": "👍"}', '{"article": NaN, "emoji": "👍"}',
                '{"article": 1e400, "emoji": "👍"}', '{"article": 99999999999999999999, "emoji": "👍"}',
                '{"article": 7, "emoji": "\\ud83d"}', '{"article": 7, "emoji": "a\\u0000"}',
                '{"article": 7, "emoji": "\\u202e👍"}', json.dumps({"article": 7, "emoji": "👍" * 99}),
                "[" * 1999, '{"a":' * 400, '{"article": ' + "9" * 1900 + ', "emoji": "👍"}', "x" * 99_999,
            )
        ),
    ],
)  # fmt: skip
def test_an_action_that_is_no_vote_is_none(action: Mapping[str, object]) -> None:
    assert vote_of_action(action) is None


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["article", "emoji", "x"]), inner),
    max_leaves=6,
)


@settings(max_examples=5 * settings.default.max_examples)
@given(action=st.dictionaries(st.sampled_from(["action_id", "value", "type"]), _json | _json.map(json.dumps)))
def test_no_action_breaks_the_reading_of_votes(action: dict[str, Any]) -> None:
    for name in (action.get("action_id"), "vote:value:0"):
        vote = vote_of_action(action | {"action_id": name})
        assert vote is None or (isinstance(vote[1], str) and vote[1])
