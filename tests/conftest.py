"""What all tests share: the corpora, Chromium, and a last word on what was skipped. Only those two may be missing."""

from __future__ import annotations

import logging
import os
import shutil
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from bot.logs import HANDLER
from tests.postgres import PostgresServer

ROOT = Path(__file__).parents[1]
MAY_BE_MISSING = ("corpora:", "chromium:")  # how the reason of an allowed skip begins

# The same examples in every run, and no verdict on how busy the machine is. `make soak` takes other ones, and many.
settings.register_profile("house", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("soak", derandomize=False, deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("house")


def corpora_folder() -> Path:
    """Where the public test corpora are looked for."""
    named = os.environ.get("DIGESTBOT_CORPORA")
    return Path(named) if named else ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of the public test corpora."""
    named, folder = os.environ.get("DIGESTBOT_CORPORA"), corpora_folder()
    if not (folder / "MANIFEST.tsv").is_file():
        place = (
            f"{folder}, which DIGESTBOT_CORPORA names" if named else "../shared/data; DIGESTBOT_CORPORA may name them"
        )
        pytest.skip(f"corpora: not at {place}")
    return folder


@pytest.fixture(scope="session")
def corpus(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives a corpus by name, `feeds_real`, as a folder: its archive unpacked where it has one, once a session."""
    unpacked: dict[str, Path] = {}

    def folder_of(name: str) -> Path:
        if name not in unpacked:
            archive = corpora / name / f"{name}.tar.xz"
            if not archive.parent.is_dir():
                pytest.skip(f"corpora: there is no {name} among them")
            if not archive.is_file():
                return archive.parent
            target = tmp_path_factory.mktemp(name)
            with tarfile.open(archive) as packed:
                packed.extractall(target, filter="data")
            unpacked[name] = target / name
        return unpacked[name]

    return folder_of


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The system's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("chromium: not on PATH; install the package chromium")
    return Path(found)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of this session's own, which no test may stop."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """A database in it with this version's tables and nothing in them."""
    return postgres.prepared()


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A command that runs in this process sends its logs to a stream that ends with its test."""
    root = logging.getLogger()
    level = root.level
    yield
    structlog.reset_defaults()
    root.handlers = [one for one in root.handlers if one.name != HANDLER]
    root.setLevel(level)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a third of the time a test waits for a server, a disk or a process."""
    return min(4, (os.cpu_count() or 1) + 1)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A test that is skipped for another reason is a test that nobody runs."""
    if any(not reason.startswith(MAY_BE_MISSING) for reason in _skipped(session.config)):
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = _skipped(config)
    terminalreporter.section("skipped")
    if not skipped:
        terminalreporter.write_line("nothing")
    for reason, count in sorted(skipped.items()):
        allowed = reason.startswith(MAY_BE_MISSING)
        verdict = "" if allowed else f"  NOT ALLOWED: a reason begins with {' or '.join(MAY_BE_MISSING)}"
        terminalreporter.write_line(f"{count:>6}  {reason}{verdict}", red=not allowed)


def _skipped(config: pytest.Config) -> Counter[str]:
    """How many tests were skipped, by reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return Counter(
        report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else str(report.longrepr)
        for report in reports
    )
