"""Only corpora and Chromium may be missing: any other skip fails the run, and all of them are told at its end."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"


def run(folder: Path, body: str, *options: str) -> subprocess.CompletedProcess[str]:
    tests = folder / "checkout" / "tests"
    tests.mkdir(parents=True)
    (tests / "conftest.py").write_text(CONFTEST.read_text("utf-8"), "utf-8")
    (tests / "test_it.py").write_text(f"import pytest\n{body}", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, str(tests)]
    environment = {"PATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_corpora_and_chromium_may_be_missing_and_are_told_at_the_end(tmp_path: Path) -> None:
    done = run(tmp_path, "def test(corpora): pass\ndef test_a(chromium): pass\ndef test_b(chromium): pass")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "     1  corpora: not at ../shared/data" in done.stdout
    assert "     2  chromium: not on PATH" in done.stdout
    assert "NOT ALLOWED" not in done.stdout


@pytest.mark.parametrize("options", [(), ("--numprocesses=2",)], ids=["one process", "two processes"])
def test_any_other_skip_fails_the_run(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run(
        tmp_path,
        "def test(): pass\n@pytest.mark.skip('slow')\ndef test_a(): pass\n"
        "def test_b(): pytest.importorskip('nothing_such')",
        *options,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "     1  slow  NOT ALLOWED" in done.stdout
    assert "     1  could not import 'nothing_such'" in done.stdout
