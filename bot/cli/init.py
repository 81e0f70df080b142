"""init: a configuration to start from, and what is to be done on each platform: links, a manifest, tokens."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.cli.show import console, print_records
from bot.cli.subscriptions import take_in
from bot.cli.wishes import Wishes, asked, written
from bot.config import Settings, load
from bot.errors import ConfigError
from bot.model import Step
from bot.platforms import kit_of

_FILE = Path("config.toml")


def init(config: Path | None, wishes: Wishes, *, ask: bool, as_json: bool) -> None:
    """Writes the file where there is none, and says the steps for these platforms, or for those of the file.

    `ask`: nothing was said by flags, so that who sits at a terminal is asked.
    """
    file = config or _FILE
    new = not file.exists()
    if new:
        wishes = asked(wishes) if ask and not as_json and sys.stdin.isatty() else wishes.checked()
        _write(file, replace(wishes, platforms=tuple(dict.fromkeys(wishes.platforms)) or ("web",)))
    settings = load(file)
    names = [*dict.fromkeys(wishes.platforms)] or sorted({spec.platform for spec in settings.channels})
    steps = [(name, step) for name in names for step in _steps(settings, name)]
    if as_json:
        print_records({"platform": name, "title": step.title, "detail": step.detail} for name, step in steps)
    else:
        what = f"{file}: written" if new else f"{file}: is there already, and was left as it is"
        _say(what, names, steps, [spec.name for spec in settings.channels])
    if new and wishes.opml:
        take_in(file, [str(wishes.opml)], check=False, as_json=as_json)


def _say(what: str, names: Sequence[str], steps: Sequence[tuple[str, Step]], channels: Sequence[str]) -> None:
    out = console()
    out.print(what)
    for name in names:
        out.print(f"\n{name}")
        for number, step in enumerate((step for one, step in steps if one == name), 1):
            out.print(f"  {number}. {step.title}. {step.detail}", soft_wrap=True)  # a manifest is copied from here
    name = channels[0] if channels else "NAME"
    out.print("\nThen:")
    out.print("  digestbot doctor   # what does not work yet, and what to type")
    out.print(f"  digestbot post --channel {name}   # a first digest at once")
    out.print("  digestbot run   # from then on by itself, until Ctrl-C")


def _write(file: Path, wishes: Wishes) -> None:
    """A platform that is not installed is told before anything is written."""
    for name in wishes.platforms:
        kit_of(name, {})
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(written(wishes))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror}") from error


def _steps(settings: Settings, name: str) -> Sequence[Step]:
    return kit_of(name, settings.platform_settings(name)).setup()
