"""`digestbot init`: a file to start from, and the steps of each platform."""

import json
from pathlib import Path

import pytest

from bot.config import load
from tests.scenario.cli import digestbot


@pytest.mark.parametrize("platform", ["web", "console", "discord", "slack"])
def test_it_writes_a_file_that_loads_and_says_what_to_do_next(tmp_path: Path, platform: str) -> None:
    ended = digestbot("init", platform, cwd=tmp_path)
    assert ended.code == 0
    assert "config.toml: written" in ended.out
    assert "1. " in ended.out
    assert [spec.platform for spec in load(tmp_path / "config.toml").channels] == [platform]


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
