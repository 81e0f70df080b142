"""The tree of errors, sorted by what the catcher can do. Messages say what to do next and never hold a token.

BotError
├── ConfigError            the person who wrote the configuration can mend it (exit 2)
├── SourceError            this input is left out, the others go on
│   ├── FetchError         it could not be had: missing, refused, too large, too slow
│   │   └── Crowded        it was not asked for: too much waits for its host
│   └── ParseError         it was had, and cannot be read
├── SummaryError           a model's drafts are not to be had; the article's own words are used
├── StorageError           the database is missing, locked, full, or from another version
│   ├── StorageAway        it cannot be reached, for now: wait for it
│   └── StaleWrite         somebody else was first; look again and decide anew
└── PlatformError
    ├── AdapterNotFound    no platform of that name is installed
    ├── PlatformUnavailable  certainly not posted: try again, after `retry_after` where given
    ├── OutcomeUnknown     perhaps posted: look before trying again
    ├── PostingRejected    never will be posted: mark it, tell it, go on with the next part
    ├── PostingDeleted     was posted, and somebody deleted it since: counts as posted
    └── ChannelLost        pause the channel, keep its settings, tell an admin the fix
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Self


class BotError(Exception):
    """Anything that digestbot expects to go wrong. What members may meet has words in the catalogues too: `key`, filled
    with `values`."""

    key: str | None = None
    values: Mapping[str, object] = MappingProxyType({})

    def told(self, key: str, **values: object) -> Self:
        """The same error with the words for members."""
        self.key, self.values = key, values
        return self


class ConfigError(BotError):
    """One or more mistakes in the configuration; `mistakes` holds a line for each."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class QuotaReached(BotError):
    """A workspace has had what it may have."""


class SourceError(BotError):
    """An input could not be used."""


class FetchError(SourceError):
    """An input could not be had. `status` is the HTTP status, `retry_after` seconds, where known."""

    key = "error.fetch"

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class Crowded(FetchError):
    """An input was not asked for, because too many requests wait for its host: try again after `retry_after`."""

    key = "error.crowded"


class ParseError(SourceError):
    """An input was had and cannot be read."""

    key = "error.parse"


class SummaryError(BotError):
    """A language model cannot be asked; `fix` says what to do. `retry_after` in seconds where its server said so;
    `unsure` where the request may have been worked on all the same, and so be charged."""

    def __init__(
        self, message: str, *, fix: str | None = None, retry_after: float | None = None, unsure: bool = False
    ) -> None:
        super().__init__(message)
        self.fix = fix
        self.retry_after = retry_after
        self.unsure = unsure


class StorageError(BotError):
    """The database cannot do what was asked."""

    key = "command.trouble"


class StorageAway(StorageError):
    """The database cannot be reached: it is stopping, starting, full of connections, or not there."""


class StaleWrite(StorageError):
    """The row changed since it was read; nothing of this transaction was kept."""


class PlatformError(BotError):
    """A chat platform cannot do what was asked."""


class AdapterNotFound(PlatformError):
    """No installed package offers this platform."""


class PlatformUnavailable(PlatformError):
    """Certainly not posted; `retry_after` in seconds where the platform said so."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OutcomeUnknown(PlatformError):
    """Perhaps posted, perhaps not."""


class PostingRejected(PlatformError):
    """The platform will never take this posting as it is."""


class PostingDeleted(PlatformError):
    """The posting was there, and somebody deleted it; it is not posted again."""


class ChannelLost(PlatformError):
    """The channel cannot be posted to; `fix` tells an admin what to do."""

    def __init__(self, reason: str, *, fix: str) -> None:
        super().__init__(f"{reason}: {fix}")
        self.reason = reason
        self.fix = fix
