"""A thousand steps of members, two processes and a platform: the votes are those of the rule after each."""

import asyncio
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.scenario.votes_machine import Votes, prepared


def test_after_a_thousand_steps_of_all_kinds_the_votes_are_those_of_the_rule(tmp_path: Path) -> None:
    Votes.template, Votes.steps = asyncio.run(prepared(tmp_path)), 0
    run_state_machine_as_test(Votes, settings=settings(max_examples=30, stateful_step_count=50))
    assert Votes.steps >= 1_000
