"""init: a configuration to start from, and what is to be done on each platform: links, a manifest, tokens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.cli.show import console, print_records
from bot.config import Settings, load
from bot.errors import ConfigError
from bot.model import Step
from bot.platforms import kit_of

_FILE = Path("config.toml")
_START = """\
# A start. Every setting, its default and a sentence: docs/reference/configuration.md.

[[sources]]
path = "articles/"                       # a folder of feeds, pages, texts, Markdown; watched
# [[sources]]
# url = "https://example.org/feed.xml"   # a feed, a site whose feed is found, or an article page
"""
_CHANNEL = """
[[channels]]
name = "{platform}"
platform = "{platform}"
{place}schedule = "0 9 * * mon-fri"
timezone = "UTC"
"""
_NO_PLACE = ("web", "console")  # that have but one channel
_PLACE = 'id = "CHANGE-ME"                         # the channel\'s id there; see the steps\n'


def init(config: Path | None, platforms: Sequence[str], *, as_json: bool) -> None:
    """Writes the file where there is none, and says the steps for these platforms, or for those of the file."""
    file = config or _FILE
    wanted = list(dict.fromkeys(platforms))
    written = _written(file, wanted or ["web"])
    settings = load(file)
    names = wanted or sorted({spec.platform for spec in settings.channels})
    steps = [(name, step) for name in names for step in _steps(settings, name)]
    if as_json:
        print_records({"platform": name, "title": step.title, "detail": step.detail} for name, step in steps)
        return
    out = console()
    out.print(f"{file}: written" if written else f"{file}: is there already, and was left as it is")
    for name in names:
        out.print(f"\n{name}")
        for number, step in enumerate((step for one, step in steps if one == name), 1):
            out.print(f"  {number}. {step.title}. {step.detail}", soft_wrap=True)  # a manifest is copied from here
    out.print("\nThen: digestbot doctor")


def _written(file: Path, platforms: Sequence[str]) -> bool:
    """False where there is a file. A platform that is not installed is told before anything is written."""
    if file.exists():
        return False
    for name in platforms:
        kit_of(name, {})
    channels = [_CHANNEL.format(platform=one, place="" if one in _NO_PLACE else _PLACE) for one in platforms]
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(_START + "".join(channels))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror}") from error
    return True


def _steps(settings: Settings, name: str) -> Sequence[Step]:
    return kit_of(name, settings.platform_settings(name)).setup()
