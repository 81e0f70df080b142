import pytest

from bot.model import Ballot, BallotOption
from bot.votes.ballots import folded_emoji, option_of, seeds_of

VALUE = Ballot("value", "Worth your time?", (BallotOption("👍", "Valuable", 1), BallotOption("👎", "Not for us", -1)))
MOOD = Ballot("mood", "How does it feel?", (BallotOption("❤️", "Warm"), BallotOption("🤔", "Thoughtful")))


@pytest.mark.parametrize(
    ("emoji", "folded"),
    [
        ("👍", "👍"),
        ("👍🏽", "👍"),
        ("❤️", "❤"),
        ("❤", "❤"),
        (":+1:", "👍"),
        ("thumbsup", "👍"),
        ("thumbsdown::skin-tone-4", "👎"),
        ("-1", "👎"),
        ("party_parrot", "party_parrot"),
    ],
)
def test_one_emoji_in_all_its_writings_is_one(emoji: str, folded: str) -> None:
    assert folded_emoji(emoji) == folded


@pytest.mark.parametrize(
    ("emoji", "chosen"),
    [("👍🏿", ("value", "👍")), ("thumbsdown", ("value", "👎")), ("❤", ("mood", "❤️")), ("🍕", None), ("", None)],
)
def test_an_emoji_chooses_the_option_of_the_ballot_that_has_it(emoji: str, chosen: tuple[str, str] | None) -> None:
    found = option_of(emoji, (VALUE, MOOD))
    assert (found and (found[0].name, found[1].emoji)) == chosen


def test_only_the_named_ballots_are_seeded_in_their_order() -> None:
    assert seeds_of((VALUE, MOOD), ("value",)) == ("👍", "👎")
    assert seeds_of((VALUE, MOOD), ()) == ()


def test_a_servers_own_emoji_is_known_by_its_id_whatever_it_is_called_and_whether_it_moves() -> None:
    assert folded_emoji("<a:party:123>") == folded_emoji("<:feast:123>") != folded_emoji("<:party:124>")
