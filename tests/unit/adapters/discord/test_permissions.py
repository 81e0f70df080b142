"""Permissions in a channel by Discord's rule: roles first, then the overwrites of everyone, roles and member."""

import discord
import pytest

from adapters.discord.permissions import POST, VOTE, lacking, permissions_in

VIEW, SEND, HISTORY, REACT, ADMIN = 1 << 10, 1 << 11, 1 << 16, 1 << 6, 1 << 3
MEMBER = {"user": {"id": "9"}, "roles": ["2", "3"]}


def guild(everyone: int = VIEW | SEND | HISTORY | REACT, two: int = 0, three: int = 0) -> dict[str, object]:
    permissions = {"1": everyone, "2": two, "3": three, "4": ADMIN}
    return {"id": "1", "owner_id": "8", "roles": [{"id": i, "permissions": str(p)} for i, p in permissions.items()]}


def channel(*overwrites: tuple[str, int, int]) -> dict[str, object]:
    return {"permission_overwrites": [{"id": i, "allow": str(a), "deny": str(d)} for i, a, d in overwrites]}


@pytest.mark.parametrize(
    ("overwrites", "missing"),
    [
        ([], []),
        ([("1", 0, SEND)], ["Send Messages"]),
        ([("1", 0, SEND), ("2", SEND, 0)], []),
        ([("2", 0, SEND), ("3", SEND, 0)], []),  # among roles a grant wins
        ([("2", SEND, 0), ("9", 0, SEND)], ["Send Messages"]),  # the member's own comes last
        ([("4", 0, VIEW)], []),  # of a role that the member has not
        ([("9", 0, VIEW | SEND)], ["View Channel", "Send Messages"]),
    ],
)
def test_overwrites_apply_in_discords_order(overwrites: list[tuple[str, int, int]], missing: list[str]) -> None:
    assert lacking(permissions_in(channel(*overwrites), guild(), member=MEMBER), POST) == missing


def test_roles_add_up_and_an_administrator_or_owner_may_do_everything() -> None:
    denied = channel(("9", 0, VIEW | SEND | HISTORY | REACT))
    assert lacking(permissions_in(channel(), guild(everyone=VIEW, two=SEND, three=REACT), member=MEMBER), VOTE) == [
        "Read Message History"
    ]
    assert permissions_in(denied, guild(three=ADMIN), member=MEMBER) == discord.Permissions.all()
    owner = {"user": {"id": "8"}, "roles": []}
    assert permissions_in(denied, guild(everyone=0), member=owner) == discord.Permissions.all()
