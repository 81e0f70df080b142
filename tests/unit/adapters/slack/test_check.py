"""What the doctor says of tokens that are none."""

import pytest

from adapters.slack.check import taken_for


@pytest.mark.parametrize(
    ("token", "wanted", "said"),
    [
        ("xoxb-1-2", "xoxb-", None),
        ("xapp-1", "xapp-", None),
        ("xapp-1", "xoxb-", "an App-Level Token"),
        ("xoxb-1-2", "xapp-", "a Bot User OAuth Token"),
        ("xoxp-1-2", "xoxb-", "a User OAuth Token"),
        ("xoxe.xoxp-1", "xoxb-", "configures apps"),
        ("0a1b2c3d", "xoxb-", "begins with xoxb-"),
    ],
)
def test_a_token_of_the_wrong_kind_is_told_by_how_it_begins(token: str, wanted: str, said: str | None) -> None:
    found = taken_for(token, wanted)
    assert found is None if said is None else said in str(found)
    assert token not in str(found)
