"""Secrets, and the key file beside the database."""

import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from bot.config import Secrets, secret_of
from bot.config.settings import settings_of
from bot.errors import ConfigError

LONG = "0123456789abcdef"


def secret_in(folder: Path, environment: dict[str, str] | None = None) -> bytes:
    return secret_of(settings_of({}, folder, secrets=Secrets(environment or {})))


def test_a_secret_is_what_the_environment_holds() -> None:
    assert Secrets({"DISCORD_TOKEN": " abc\n"}).require("DISCORD_TOKEN") == "abc"


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc\n", "utf-8")
    assert Secrets({"DISCORD_TOKEN_FILE": str(file)}).require("DISCORD_TOKEN") == "abc"


def test_a_secret_that_is_not_set_is_named_when_it_is_needed() -> None:
    secrets = Secrets({"SLACK_BOT_TOKEN": "  "})
    assert secrets.get("SLACK_BOT_TOKEN") is None
    with pytest.raises(ConfigError, match="SLACK_BOT_TOKEN is not set: set it, or SLACK_BOT_TOKEN_FILE"):
        secrets.require("SLACK_BOT_TOKEN")


@pytest.mark.parametrize(
    ("content", "says"), [(None, "No such file"), (b"", "is empty"), (b" \n", "is empty"), (b"\xff", "not UTF-8")]
)
def test_a_secrets_file_that_holds_none_is_named(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=says) as caught:
        Secrets({"DISCORD_TOKEN_FILE": str(file)}).get("DISCORD_TOKEN")
    assert f"DISCORD_TOKEN_FILE = {file}" in str(caught.value)


def test_a_secret_given_twice_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="are both set"):
        Secrets({"DISCORD_TOKEN": "a", "DISCORD_TOKEN_FILE": "b"}).get("DISCORD_TOKEN")


def test_secrets_are_not_printed() -> None:
    settings = settings_of({}, Path("/"), secrets=Secrets({"DISCORD_TOKEN": "hush"}))
    assert "hush" not in repr(settings)
    assert "hush" not in f"{settings.secrets}"


def test_the_key_is_made_on_first_use_and_stays(tmp_path: Path) -> None:
    first = secret_in(tmp_path)
    file = tmp_path / "digestbot.key"
    assert len(first) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret_in(tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == ["digestbot.key"]


def test_keys_of_two_databases_differ(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert secret_in(tmp_path) != secret_in(tmp_path / "other")


def test_the_environments_secret_wins_and_makes_no_file(tmp_path: Path) -> None:
    assert secret_in(tmp_path, {"DIGESTBOT_SECRET": LONG}) == LONG.encode()
    assert not list(tmp_path.iterdir())


def test_processes_that_race_get_the_same_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("fork")) as pool:
        keys = list(pool.map(secret_in, [tmp_path] * 40))
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["digestbot.key"]


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secret_in(tmp_path)
    (tmp_path / "digestbot.key").chmod(0o640)
    with pytest.raises(ConfigError, match=r"digestbot\.key: others may read this key: chmod 600"):
        secret_in(tmp_path)


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "is empty"), (b"short", "is too short"), (b"\xff" * 40, "it is not text")]
)
def test_a_key_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "digestbot.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match=rf"digestbot\.key: {says}"):
        secret_in(tmp_path)


def test_a_key_file_that_cannot_be_made_says_what_else_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"No such file or directory: mend it, or set DIGESTBOT_SECRET"):
        secret_in(tmp_path / "missing")


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="DIGESTBOT_SECRET: is too short: it takes 16 characters"):
        secret_in(tmp_path, {"DIGESTBOT_SECRET": "x"})


def test_beside_postgresql_there_is_no_file_so_the_secret_must_be_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="DIGESTBOT_SECRET is not set"):
        secret_in(tmp_path, {"DIGESTBOT_DATABASE": "postgresql://h/x"})
