"""The terminal as a platform: a digest is printed, and that is all. No votes come back and nothing is remembered."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from adapters.console.client import Terminal
from adapters.console.format import drawn
from bot.errors import ConfigError
from bot.model import Finding, Posting, Step
from bot.ports import House


class ConsoleKit:
    name = "console"

    def draw(self, posting: Posting) -> Mapping[str, object]:
        """`text` as this terminal gets it: its width, coloured; plain and 80 wide where the output is piped."""
        return {"text": drawn(posting)}

    def setup(self) -> Sequence[Step]:
        return (Step("Nothing to set up", "Digests are printed in the terminal that `digestbot run` was started in."),)

    async def check(self) -> Sequence[Finding]:
        where = "a terminal" if sys.stdout.isatty() else "piped, so digests are plain text"
        return (Finding("console", ok=True, detail=f"standard output is {where}"),)

    def connect(self, house: House) -> Terminal:
        return Terminal()


def kit(settings: Mapping[str, object]) -> ConsoleKit:
    """Raises ConfigError for any setting: there is none."""
    if settings:
        raise ConfigError(*(f"platforms.console.{key}: the console has no settings; remove it" for key in settings))
    return ConsoleKit()
