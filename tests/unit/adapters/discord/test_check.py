"""What the doctor says of tokens that are none."""

import pytest

from adapters.discord.check import taken_for


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("MTE3NjEyODE3MjM4OTMwMjI3Mg.GxYzAb.wJalrXUtnFEMI_K7MDENG_bPxRfiCYEXAMPLEKEY0", None),
        ("xoxb-123-456-abc", "Slack"),
        ("Bot MTE3.x.y", "leave out the word Bot"),
        ('"MTE3.x.y"', "quotation marks"),
        ("1576128172389302277", "an id"),
        ("0123456789abcdef" * 4, "public key"),
        ("k3Yq0aZp9LxV2mT7bWc4dNe6fRg8hSj1", "client secret"),
    ],
)
def test_a_token_of_the_wrong_kind_is_told_by_its_form(token: str, said: str | None) -> None:
    found = taken_for(token)
    assert found is None if said is None else said in str(found)
    assert token not in str(found)
