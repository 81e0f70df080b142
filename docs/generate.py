"""Writes docs/reference from the code: `python -m docs.generate`, or `--check` to fail where it has drifted."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

from typer.main import get_command

REFERENCE = Path(__file__).parent / "reference"
HEAD = "<!-- Written by `make docs` from the code; change it there. -->\n\n"
_SLACK = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "0" * 32, "SLACK_SIGNING_SECRET": "0" * 32}

# What is at an address, where its handler does not say so itself.
_PAGES: Mapping[str, str] = {
    "/": "The channels.",
    "/c/{name}": "A channel with its digests, newest first; `?before=` a digest's number, those before it.",
    "/c/{name}/live": "What the channel's page asks for to show what is new without being loaded again.",
    "/c/{name}/valued": "What the team valued most in the last 30 days, and sources that are worth dropping.",
    "/c/{name}/days": "The days with digests of a year, by month: `?year=`, else the newest.",
    "/c/{name}/days/{day}": "The digests of a day, `2026-06-09` in the channel's zone.",
    "/c/{name}/statistics": "Posts and votes a week, sources by value, quality against votes, what is left out.",
    "/sources": "How the sources are: last read, next try, what was wrong, what they earned.",
    "/sources.opml": "The sources as a list for other readers; for admins.",
    "/admin": "Channels with their schedules, and the sources; for admins.",
    "/admin/c/{name}": "A channel's schedule, the next digest, and the past days as they would have been; for admins.",
    "/d/{id}": "A digest.",
    "/a/{id}": "An article: its takeaways with their evidence, its quality, its votes.",
    "/feed/{name}.xml": "The channel's digests as RSS.",
    "/feed/{name}.json": "The channel's digests as JSON Feed.",
    "/feed/{name}/valued.xml": "What the team valued as RSS.",
    "/feed/{name}/valued.json": "What the team valued as JSON Feed.",
    "/search": "Articles by words: `?q=`.",
    "POST /admin/c/{name}": "A command in that channel, as its forms send it; for admins.",
    "/{nowhere:.*}": "Any other address: a page that says so, 404.",
    "/static/web/{name}": "The pages' style sheet, script and icon.",
    "/slack/install": "Begins an installation of the Slack app; for many workspaces.",
    "/slack/oauth_redirect": "Where Slack sends a browser back to at its end.",
    "/slack/events": 'Events from Slack, signed; with `[slack] mode = "http"`.',
    "/slack/commands": "Slash commands from Slack, signed.",
    "/slack/interactive": "Buttons and forms from Slack, signed.",
}


_METRICS = """# Metrics

What `/metrics` tells, in Prometheus's text form; beside these what its client tells of any process (`process_*`).
Those that count what is kept come out of the database at each scrape: they go on where they were after a restart.
How to use them: [running it for real](../how-to/run.md#watch-it).
"""


def command_line() -> str:
    """Every command's own help."""
    from bot.cli import app

    root = get_command(app)
    parts = ["# The command line\n"]
    for name, command in _commands(root, "digestbot"):
        with command.make_context(name, [], resilient_parsing=True, terminal_width=80) as context:
            parts.append(f"## `{name}`\n\n```\n{command.get_help(context).strip()}\n```\n")
    return HEAD + "\n".join(parts)


def _commands(command, name: str) -> Iterator[tuple]:  # typer keeps its own copy of click, whose types are private
    yield name, command
    for sub, child in sorted(getattr(command, "commands", {}).items()):
        yield from _commands(child, f"{name} {sub}")


def configuration() -> str:
    """The example file, which names every setting with its default and a sentence."""
    example = (Path(__file__).parents[1] / "config.example.toml").read_text("utf-8")
    return (
        f"{HEAD}# Configuration\n\nEvery setting, its default, and what it does.\n\n```toml\n{example.strip()}\n```\n"
    )


def metrics() -> str:
    """Every metric with its labels."""
    from bot.metrics import FETCH_ERRORS, METRICS, VERBS

    values = {"kind": FETCH_ERRORS, "verb": VERBS}
    lines = [_METRICS, "| metric | kind | labels | what it says |", "|---|---|---|---|"]
    for metric in METRICS:
        name = f"{metric.name}_total" if metric.kind == "counter" else metric.name
        label = ", ".join(f"`{label}`" for label in metric.labels)
        if found := [value for label in metric.labels for value in values.get(label, ())]:
            label += ": " + ", ".join(f"`{value}`" for value in found)
        lines.append(f"| `{name}` | {metric.kind} | {label} | {metric.help} |")
    return HEAD + "\n".join(lines) + "\n"


def http() -> str:
    """Every address of the one HTTP server, the platforms' too."""
    lines = [
        "# HTTP\n",
        "Everything is on `[http] host` and `port`; `/metrics` on `[http] admin_port` where that is set.\n",
        "| address | for | what is there |",
        "|---|---|---|",
    ]
    lines += [f"| `{method} {path}` | {whose} | {said} |" for whose, method, path, said in asyncio.run(_routes())]
    return HEAD + "\n".join(lines) + "\n"


async def _routes() -> list[tuple[str, str, str, str]]:
    from bot.config import Secrets
    from bot.http import HttpServer
    from bot.platforms import kit_of

    slack = {"mode": "http", "api_url": "https://slack.com/api/", "channels": (), "secret": Secrets(_SLACK).require}
    url = {"public_url": "http://127.0.0.1:8080"}
    house = SimpleNamespace(listener=None, archive=None, standings=None, vault=None, commands=(), say=str)
    server = HttpServer(store=None, metrics=None, routes=())  # type: ignore[arg-type]  # nobody asks it anything
    found = [("all", route) for route in server.routes()]
    for name, settings in (("web", url), ("slack", {**url, **slack})):
        platform = kit_of(name, settings).connect(house)  # type: ignore[arg-type]
        found += [(name, route) for route in platform.routes()]  # type: ignore[misc]
        if hasattr(platform, "aclose"):
            await platform.aclose()
    return [(whose, route.method, route.path, _said(route)) for whose, route in found]


def _said(route) -> str:
    """What the table of pages says, else the first sentence of the handler's own words."""
    listed = _PAGES.get(f"{route.method} {route.path}") or _PAGES.get(route.path)
    words = listed or getattr(getattr(route.handler, "args", [route.handler])[0], "__doc__", None) or ""
    return words.split("\n\n")[0].split(". ")[0].rstrip(".") + "." if words else ""


def pages() -> dict[str, str]:
    """Every page of the reference, by the name of its file."""
    return {
        "command-line.md": command_line(),
        "configuration.md": configuration(),
        "http.md": http(),
        "metrics.md": metrics(),
    }


def drifted(folder: Path, written: Mapping[str, str]) -> list[str]:
    """The pages of a folder that are not as they would be written, or are not there."""
    return [
        name
        for name, text in written.items()
        if not (folder / name).exists() or (folder / name).read_text("utf-8") != text
    ]


def main() -> int:
    written = pages()
    REFERENCE.mkdir(exist_ok=True)
    names = drifted(REFERENCE, written)
    if names and "--check" in sys.argv:
        print(f"docs/reference: {', '.join(names)} is not what the code says; run `make docs`", file=sys.stderr)
        return 1
    for name in names:
        (REFERENCE / name).write_text(written[name], "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
