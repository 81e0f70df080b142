"""Secrets out of the environment, and the key file that stands in for one. No other file reads the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ConfigError

if TYPE_CHECKING:
    from bot.config.settings import Settings

_KEY_FILE = "digestbot.key"
_SHORTEST_SECRET = 16  # characters


class Secrets:
    """The environment's secrets by name: `NAME`, or the content of the file that `NAME_FILE` names. Never printed."""

    __slots__ = ("_environment",)

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment

    def __repr__(self) -> str:
        return "Secrets(…)"

    def get(self, name: str) -> str | None:
        """The secret, or None where it is not set. Raises ConfigError where its file cannot be read or is empty."""
        value, file = self._environment.get(name, "").strip(), self._environment.get(f"{name}_FILE", "").strip()
        if value and file:
            raise ConfigError(f"environment: {name} and {name}_FILE are both set: keep one of them")
        if not file:
            return value or None
        try:
            value = Path(file).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigError(f"environment: {name}_FILE = {file}: cannot be read: {reason}") from None
        if not value:
            raise ConfigError(f"environment: {name}_FILE = {file}: the file is empty")
        return value

    def require(self, name: str) -> str:
        """The secret. Raises ConfigError, which says what to set."""
        value = self.get(name)
        if value is None:
            raise ConfigError(f"environment: {name} is not set: set it, or {name}_FILE to a file that holds it")
        return value


def secret_of(settings: Settings) -> bytes:
    """What voters are hashed and the vault is sealed with: `DIGESTBOT_SECRET`, else the key file beside the SQLite
    database, made on first use. Raises ConfigError where there is neither, and where it is too short or not private."""
    file = key_file_of(settings)
    if file is None:
        return _long_enough(settings.secrets.require("DIGESTBOT_SECRET"), "environment: DIGESTBOT_SECRET")
    try:
        if not file.exists():
            _make(file)
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise ConfigError(f"{file}: others may read this key: chmod 600 {file}")
        return _long_enough(file.read_text("utf-8").strip(), str(file))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(f"{file}: {reason}: mend it, or set DIGESTBOT_SECRET in the environment") from error


def key_file_of(settings: Settings) -> Path | None:
    """The file that the secret is kept in; None where the environment holds it, or should."""
    prefix, _, database = settings.database_url.partition(":///")
    if prefix != "sqlite" or settings.secrets.get("DIGESTBOT_SECRET") is not None:
        return None
    return Path(database).with_name(_KEY_FILE)


def _make(file: Path) -> None:
    """Puts a new key there, whole and on the disk before anybody can see it; who comes second leaves the first's."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_hex(32) + "\n")
            out.flush()
            os.fsync(descriptor)
        os.link(draft, file)  # fails where the file exists, as a rename would not
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _long_enough(secret: str, where: str) -> bytes:
    if len(secret) < _SHORTEST_SECRET:
        raise ConfigError(
            f"{where}: {'is empty' if not secret else 'is too short'}: it takes {_SHORTEST_SECRET} characters or more"
        )
    return secret.encode()
