"""What scenarios stand on: a database file, as most houses do. Where `DIGESTBOT_SCENARIOS_ON=postgres`, a PostgreSQL
database each, as `make soak` asks of those that are not marked `file`."""

from __future__ import annotations

import os

import pytest

_ON_POSTGRES = os.environ.get("DIGESTBOT_SCENARIOS_ON") == "postgres"


@pytest.fixture(autouse=True)
def ground(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if _ON_POSTGRES:
        monkeypatch.setenv("DIGESTBOT_DATABASE", request.getfixturevalue("postgres").prepared())
        monkeypatch.setenv("DIGESTBOT_SECRET", "a secret of the scenarios")
