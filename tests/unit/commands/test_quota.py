"""How much may be read on the spot in an hour: counted to the second, by member and by workspace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.commands.quota import Quota
from bot.model import Workspace

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOME, AWAY = Workspace("slack", "T1"), Workspace("slack", "T2")
MINUTE = timedelta(minutes=1)


def test_a_member_is_put_off_until_the_first_of_the_hour_is_an_hour_old() -> None:
    quota = Quota(member=2, workspace=100)
    assert quota.put_off(HOME, "ada", NOW) is None
    assert quota.put_off(HOME, "ada", NOW + 10 * MINUTE) is None
    assert quota.put_off(HOME, "ada", NOW + 20 * MINUTE) == NOW + 60 * MINUTE
    assert quota.put_off(HOME, "bob", NOW + 20 * MINUTE) is None
    assert quota.put_off(AWAY, "ada", NOW + 20 * MINUTE) is None
    assert quota.put_off(HOME, "ada", NOW + 60 * MINUTE) is None
    assert quota.put_off(HOME, "ada", NOW + 60 * MINUTE) == NOW + 70 * MINUTE


def test_all_members_together_have_a_limit_and_who_is_put_off_is_not_counted() -> None:
    quota = Quota(member=1, workspace=2)
    assert quota.put_off(HOME, "ada", NOW) is None
    for _ in range(5):
        assert quota.put_off(HOME, "ada", NOW + MINUTE) is not None
    assert quota.put_off(HOME, "bob", NOW + 2 * MINUTE) is None
    assert quota.put_off(HOME, "eve", NOW + 3 * MINUTE) == NOW + 60 * MINUTE
    assert quota.put_off(HOME, "ada", NOW + 3 * MINUTE) == NOW + 60 * MINUTE


def test_a_member_named_as_the_whole_workspace_is_does_not_use_up_its_limit() -> None:
    quota = Quota(member=3, workspace=2)
    assert quota.put_off(HOME, "all", NOW) is None
    assert quota.put_off(HOME, "all", NOW) is None
    assert quota.put_off(HOME, "all", NOW) is not None


def test_a_limit_of_nothing_grants_nothing() -> None:
    assert Quota(member=0, workspace=5).put_off(HOME, "ada", NOW) is not None


def test_who_asked_long_ago_is_not_remembered() -> None:
    quota = Quota(member=1, workspace=10**6)
    for number in range(10_001):
        quota.put_off(HOME, f"m{number}", NOW)
    quota.put_off(HOME, "late", NOW + 61 * MINUTE)
    assert len(quota._taken) < 10
