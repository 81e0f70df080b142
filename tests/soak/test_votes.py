"""What takes long of votes: the machine of members, processes and restarts, with other steps in every run."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.scenario.votes_machine import Votes, prepared

STEPS, EACH = 20_000, 80


@pytest.mark.timeout(3600)
def test_after_twenty_thousand_steps_of_all_kinds_the_votes_are_those_of_the_rule(tmp_path: Path) -> None:
    Votes.template, Votes.steps = asyncio.run(prepared(tmp_path)), 0
    runs = settings(max_examples=STEPS // EACH + 20, stateful_step_count=EACH, derandomize=False, print_blob=True)
    run_state_machine_as_test(Votes, settings=runs)
    assert Votes.steps >= STEPS
