"""`digestbot init`: a file to start from, and the steps of each platform."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.starters import STARTERS
from bot.config import load
from tests.scenario.cli import ROOT, digestbot

OPML = (
    '<opml version="2.0"><body><outline text="ai"><outline xmlUrl="https://example.org/feed"/></outline></body></opml>'
)


@pytest.mark.parametrize("platform", ["web", "console", "discord", "slack"])
def test_it_writes_a_file_that_loads_and_says_what_to_do_next(tmp_path: Path, platform: str) -> None:
    ended = digestbot("init", platform, cwd=tmp_path)
    assert ended.code == 0
    assert "config.toml: written" in ended.out
    assert "1. " in ended.out
    assert [spec.platform for spec in load(tmp_path / "config.toml").channels] == [platform]


def test_flags_say_what_the_file_is_to_say(tmp_path: Path) -> None:
    flags = (
        "--channel C012345 --at 17:30 --days fri --timezone Europe/London --topic ai --feed https://example.org/feed"
    )
    assert digestbot("init", "slack", *flags.split(), cwd=tmp_path).code == 0
    settings = load(tmp_path / "config.toml")
    (channel,) = settings.channels
    assert (channel.place, channel.settings.schedule) == ("C012345", "30 17 * * fri")
    assert channel.settings.timezone == "Europe/London"
    found = [(source.address, source.category) for source in settings.sources]
    assert found == [*((url, "ai") for url in STARTERS["ai"]), ("https://example.org/feed", None)]


def test_a_list_of_feeds_from_another_reader_is_taken_in(tmp_path: Path) -> None:
    (tmp_path / "mine.opml").write_text(OPML)
    assert "there is no such file" in digestbot("init", "web", "--opml", "other.opml", cwd=tmp_path).err
    assert digestbot("init", "web", "--opml", "mine.opml", cwd=tmp_path).code == 0
    (source,) = digestbot("sources", "list", "--json", cwd=tmp_path).records
    assert (source["url"], source["category"]) == ("https://example.org/feed", "ai")


def test_every_flag_that_cannot_be_taken_is_told_at_once_and_nothing_written(tmp_path: Path) -> None:
    flags = "--channel xoxb-12-34 --at 25:00 --days monday-ish --timezone Europe/Londn --topic aii --feed example.org"
    ended = digestbot("init", "slack", *flags.split(), cwd=tmp_path)
    assert ended.code == 2
    for told in ("looks like a token", "'25:00': must be a time of day", "'monday-ish'", "did you mean Europe/London"):
        assert told in ended.err
    assert "there is no topic 'aii'; did you mean ai?" in ended.err
    assert "--feed 'example.org': must be a URL" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_who_sits_at_a_terminal_is_asked_until_the_answers_can_be_taken(tmp_path: Path) -> None:
    (tmp_path / "mine.opml").write_text(OPML)
    answers = ["slak", "slack", "xoxb-12-34", "C012345", "ai", "my.opml", "mine.opml"]
    answers += ["9", "08:15", "Europe/Londn", "Europe/London"]
    shown = at_a_terminal([sys.executable, "-m", "bot", "init"], answers, cwd=tmp_path)
    assert "did you mean slack?" in shown
    assert f"there is no file {tmp_path / 'my.opml'}" in shown
    assert "1 feeds: 1 added" in shown
    assert "must be a time of day such as 09:00" in shown
    assert "config.toml: written" in shown
    (channel,) = load(tmp_path / "config.toml").channels
    assert (channel.platform, channel.place, channel.settings.schedule) == ("slack", "C012345", "15 8 * * mon-fri")
    assert channel.settings.timezone == "Europe/London"


def at_a_terminal(command: list[str], answers: list[str], *, cwd: Path) -> str:
    """All that a command shows on a terminal of its own, where each question, which ends in a colon, is answered."""
    ours, theirs = os.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"}
    with subprocess.Popen(command, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown, left = "", list(answers)
        while True:
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:  # it has ended
                break
            if left and shown.endswith(": "):
                os.write(ours, f"{left.pop(0)}\n".encode())
    os.close(ours)
    assert process.returncode == 0, shown
    assert not left, shown
    return shown


def test_a_file_that_is_there_is_left_as_it_is_and_its_platforms_are_told(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[[channels]]\nname = "team"\nplatform = "discord"\nid = "12345"\n')
    before = file.read_bytes()
    ended = digestbot("init", "--json", cwd=tmp_path)
    assert {record["platform"] for record in ended.records} == {"discord"}
    assert file.read_bytes() == before


def test_slacks_manifest_can_be_copied_from_it(tmp_path: Path) -> None:
    out = digestbot("init", "slack", cwd=tmp_path).out
    manifest = json.loads(out[out.index("\n{\n") : out.index("\n}\n") + 3])
    assert manifest["display_information"]["name"] == "digestbot"


def test_a_platform_that_is_not_there_is_named_and_nothing_written(tmp_path: Path) -> None:
    ended = digestbot("init", "pigeon", cwd=tmp_path)
    assert ended.code == 1
    assert "pigeon" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    ended = digestbot("init", "--config", "no/such/folder.toml", cwd=tmp_path)
    assert ended.code == 2
    assert "no/such/folder.toml" in ended.err
