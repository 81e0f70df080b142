"""One suite for votes on every platform, through the real SDKs and the whole house. The cases are in `votes/cases.py`;
what a platform has no means for is left out, and LEFT_OUT says why."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from tests.contract.votes.cases import LIVE, NEEDS, PHASES
from tests.contract.votes.on_discord import DiscordTeam
from tests.contract.votes.on_slack import SlackTeam
from tests.contract.votes.on_webhook import WebhookTeam
from tests.contract.votes.team import Team
from tests.contract.votes.web import WebTeam

TEAMS: tuple[type[Team], ...] = (WebTeam, DiscordTeam, SlackTeam, WebhookTeam)
CASES = [(team, case) for team in TEAMS for case in NEEDS if not set(NEEDS[case]) & team.cannot.keys()]
LEFT_OUT = {
    (team.name, case): "; ".join(team.cannot[one] for one in NEEDS[case] if one in team.cannot)
    for team in TEAMS
    for case in NEEDS
    if (team, case) not in CASES
}

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def team(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Team]:
    """One for all the cases of a platform: each has members of its own."""
    kind: type[Team] = request.param
    made = kind(tmp_path_factory.mktemp(kind.name))
    async with made.going({name: case for name, case in PHASES.items() if (kind, name) in CASES}):
        yield made


def suite(kind: type[Team]) -> Callable[[Team, str], Awaitable[None]]:
    """The test of a platform: every case that it has the means for."""

    @pytest.mark.parametrize("team", [kind], indirect=True, ids=[kind.name], scope="module")
    @pytest.mark.parametrize("case", [case for of, case in CASES if of is kind])
    async def test(team: Team, case: str) -> None:
        if case in LIVE:
            await LIVE[case](team)
            return
        if case in team.failed:
            raise team.failed[case]
        with pytest.raises(StopAsyncIteration):
            await anext(team.begun[case])

    return test


test_web, test_discord, test_slack, test_webhook = map(suite, TEAMS)


async def test_every_case_is_run_on_one_platform_at_least_and_nothing_is_left_out_without_a_reason() -> None:
    assert {case for _, case in CASES} == NEEDS.keys()
    assert all(LEFT_OUT.values())
    assert len(CASES) + len(LEFT_OUT) == len(TEAMS) * len(NEEDS)
