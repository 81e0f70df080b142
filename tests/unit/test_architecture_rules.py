# ruff: noqa: E501 - in the tiny trees a file is a line
"""Each rule of the house, broken on purpose, is the one rule that fails; and a house that keeps them fails none."""

from pathlib import Path

import pytest

from tests.architecture.rules import RULES
from tests.architecture.shapes import LONGEST_FILE, LONGEST_FUNCTION, MOST_METHODS
from tests.architecture.tree import Tree

SOUND = {
    "bot/__init__.py": '"""The engine."""\n',
    "bot/model/__init__.py": '"""The nouns."""\nfrom dataclasses import dataclass\n\n@dataclass\nclass Vote:\n    article: int\n',
    "bot/errors.py": '"""The errors."""\nclass BotError(Exception): ...\n',
    "bot/ports.py": '"""The protocols."""\nfrom typing import Protocol\nfrom bot.model import Vote\n\nclass Votes(Protocol):\n    async def cast(self, vote: Vote) -> None: ...\n',
    "bot/votes/__init__.py": "",
    "bot/votes/tally.py": '"""Counts votes."""\nfrom bot.model import Vote\nfrom bot.errors import BotError\n_WORDS = {"up": 1}\n\ndef tally_of(votes: list[Vote]) -> int:\n    return len(votes)\n',
    "bot/sources/__init__.py": "",
    "bot/sources/fetch.py": '"""Fetches."""\nimport aiohttp\nfrom bot.ports import Votes\nfrom bot.sources import feed\n',
    "bot/sources/feed.py": '"""Reads feeds."""\nfrom functools import cache\nfrom pathlib import Path\n\n@cache\ndef words() -> str:\n    return Path(__file__).with_name("words.txt").read_text()\n',
    "bot/storage/__init__.py": '"""Keeps."""\nimport sqlalchemy\nfrom bot.ports import Votes\n',
    "bot/http.py": '"""Serves."""\nfrom aiohttp import web\n',
    "bot/config/__init__.py": '"""Settings."""\nimport os\nHOME = os.environ["HOME"]\n',
    "bot/engine.py": '''"""The verbs."""
from bot.ports import Votes
from bot.votes.tally import tally_of

async def cast(store, jobs, fetcher, vote):
    page = await fetcher.fetch("x")
    async with store.begin() as tx:
        for one in await tx.votes.all():
            await tx.votes.cast(one)
        await jobs.defer(tx, "deliver", digest=1)
        await story_of(tx, page)
    await fetcher.fetch("y")

async def story_of(tx, page):
    return await tx.articles.get(page)
''',
    "bot/app.py": '"""The root."""\nfrom bot.storage import Votes\nfrom bot.engine import cast\n',
    "bot/cli/__init__.py": '"""Commands."""\nfrom bot.app import cast\n',
    "bot/__main__.py": '"""python -m bot"""\nfrom bot.cli import cast\n',
    "adapters/__init__.py": "",
    "adapters/discord/__init__.py": '"""Discord."""\nimport discord\nfrom bot.ports import Votes\nfrom adapters.discord.client import post\n',
    "adapters/discord/client.py": '"""Posts."""\nfrom bot.model import Vote\nfrom . import format\n',
    "adapters/discord/format.py": '"""Draws."""\nfrom bot.errors import BotError\n',
    "tests/unit/votes/test_tally.py": "",
    "tests/unit/test_http.py": "",
    "tests/unit/adapters/discord/test_format.py": "",
    "tests/scenario/test_day.py": "",
}

MANY_METHODS = "".join(f"    def m{number}(self) -> None: ...\n" for number in range(MOST_METHODS + 1))
IN_BEGIN = '"""Verbs."""\nasync def work(self, platform):\n    async with self.store.begin() as tx:\n        '

BROKEN = [
    ("known-rooms", "bot/attic.py", '"""New."""\n'),
    ("room-imports", "bot/votes/tally.py", '"""Pure."""\nfrom bot.ports import Votes\n'),
    ("room-imports", "bot/votes/tally.py", '"""Pure."""\nfrom bot import ports\n'),
    ("room-imports", "bot/votes/tally.py", '"""Pure."""\nimport bot.sources.feed\n'),
    (
        "room-imports",
        "bot/sources/feed.py",
        '"""Pure, of its room\'s wired file."""\nfrom bot.sources.fetch import Votes\n',
    ),
    (
        "room-imports",
        "bot/sources/fetch.py",
        '"""Wired, of another wired room."""\nimport aiohttp\nfrom bot.storage import Votes\n',
    ),
    ("room-imports", "bot/engine.py", '"""Verbs, of a wired room."""\nfrom bot.sources import fetch\n'),
    ("room-imports", "bot/ports.py", '"""Ports."""\nfrom bot.errors import BotError\n'),
    ("room-imports", "bot/storage/__init__.py", '"""Keeps."""\nfrom bot.votes.tally import tally_of\n'),
    ("room-imports", "bot/cli/__init__.py", '"""Commands."""\ndef show():\n    from bot.storage import Votes\n'),
    ("nouns-on-stdlib", "bot/model/__init__.py", '"""Nouns."""\nimport pydantic\n'),
    ("nouns-on-stdlib", "bot/errors.py", '"""Errors."""\nfrom rich import print\n'),
    ("no-adapter-in-the-engine", "bot/app.py", '"""Root."""\nfrom adapters.discord import client\n'),
    ("adapters-alone", "adapters/web.py", '"""Web."""\nfrom bot.engine import cast\n'),
    ("adapters-alone", "adapters/web.py", '"""Web."""\nfrom adapters.discord.format import BotError\n'),
    ("adapters-alone", "adapters/discord/format.py", '"""Draws."""\nfrom ..web import page\n'),
    ("platform-sdks", "bot/app.py", '"""Root."""\nimport discord\n'),
    ("platform-sdks", "adapters/web.py", '"""Web."""\nfrom slack_sdk.web import client\n'),
    ("sql", "bot/engine.py", '"""Verbs."""\nfrom sqlalchemy import select\n'),
    ("job-engine", "bot/engine.py", '"""Verbs."""\nimport procrastinate\n'),
    ("sql", "adapters/web.py", '"""Web."""\nimport sqlite3\n'),
    ("http-client", "bot/http.py", '"""Serves."""\nimport aiohttp\n'),
    ("http-client", "bot/http.py", '"""Serves."""\nfrom aiohttp import ClientSession, web\n'),
    ("http-client", "bot/storage/__init__.py", '"""Keeps."""\nimport urllib.request\n'),
    ("environment", "bot/app.py", '"""Root."""\nimport os\nHOME = os.getenv("HOME")\n'),
    ("environment", "adapters/web.py", '"""Web."""\nfrom os import environ\n'),
    ("pure", "bot/votes/tally.py", '"""Pure."""\nfrom datetime import datetime\n\ndef age(): return datetime.now()\n'),
    ("pure", "bot/votes/tally.py", '"""Pure."""\nimport random\n'),
    ("pure", "bot/votes/tally.py", '"""Pure."""\nimport logging\n'),
    ("pure", "bot/votes/tally.py", '"""Pure."""\nfrom time import time\n'),
    ("pure", "bot/votes/tally.py", '"""Pure."""\nWORDS = open("words.txt")\n'),
    ("pure", "bot/sources/feed.py", '"""Pure."""\ndef words(path): return path.read_text()\n'),
    (
        "small-ports",
        "bot/ports.py",
        f'"""Ports."""\nfrom typing import Protocol\nclass Store(Protocol):\n{MANY_METHODS}',
    ),
    ("long-files", "bot/app.py", '"""Root."""\n' + "X = 1\n" * LONGEST_FILE),
    ("long-functions", "bot/app.py", '"""Root."""\ndef run():\n' + "    x = 1\n" * LONGEST_FUNCTION),
    (
        "long-functions",
        "bot/app.py",
        '"""Root."""\nclass A:\n    async def run(self):\n' + "        x = 1\n" * LONGEST_FUNCTION,
    ),
    ("opening-sentences", "bot/app.py", "import asyncio\n"),
    ("telling-names", "bot/votes/utils.py", '"""Pure."""\n'),
    ("telling-names", "bot/votes/vote_helpers.py", '"""Pure."""\n'),
    ("telling-names", "bot/app.py", '"""Root."""\nclass SourceManager: ...\n'),
    ("no-state", "bot/app.py", '"""Root."""\nN = 0\ndef more():\n    global N\n'),
    ("no-state", "bot/app.py", '"""Root."""\nseen = set()\n'),
    ("no-state", "bot/app.py", '"""Root."""\nSEEN: dict[str, int] = {}\ndef see(name):\n    SEEN[name] = 1\n'),
    ("no-state", "bot/app.py", '"""Root."""\nSEEN = []\ndef see(name):\n    SEEN.append(name)\n'),
    ("short-transactions", "bot/engine.py", IN_BEGIN + 'await platform.post("x")\n'),
    ("short-transactions", "bot/engine.py", IN_BEGIN + "await asyncio.gather(tx.votes.all())\n"),
    ("short-transactions", "bot/engine.py", IN_BEGIN + "async with platform.session() as s: ...\n"),
    ("short-transactions", "bot/engine.py", IN_BEGIN + "async for one in platform.reactions_of(tx): ...\n"),
    ("short-transactions", "bot/engine.py", IN_BEGIN + "await platform.tell(tx)\n"),
    ("short-transactions", "bot/engine.py", IN_BEGIN + "await tx.votes.cast(await platform.read())\n"),
    (
        "short-transactions",
        "bot/engine.py",
        '"""Verbs."""\nasync def story_of(tx, platform):\n    await platform.post("x")\n',
    ),
    ("mirrored-tests", "tests/unit/attic/test_attic.py", ""),
    ("mirrored-tests", "tests/unit/test_attic.py", ""),
    ("mirrored-tests", "tests/unit/adapters/irc/test_format.py", ""),
]


def built(folder: Path, files: dict[str, str]) -> Tree:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return Tree.of(folder)


def broken_rules(tree: Tree) -> dict[str, list[str]]:
    found = {name: list(check(tree)) for name, check in RULES.items()}
    return {name: lines for name, lines in found.items() if lines}


def test_a_house_that_keeps_the_rules_breaks_none(tmp_path: Path) -> None:
    assert broken_rules(built(tmp_path, SOUND)) == {}


def test_a_house_of_which_most_rooms_are_missing_breaks_none(tmp_path: Path) -> None:
    assert broken_rules(built(tmp_path, {"bot/__init__.py": SOUND["bot/__init__.py"]})) == {}


@pytest.mark.parametrize(("rule", "path", "source"), BROKEN, ids=[f"{rule}-{n}" for n, (rule, *_) in enumerate(BROKEN)])
def test_a_rule_broken_on_purpose_is_the_one_that_fails(tmp_path: Path, rule: str, path: str, source: str) -> None:
    found = broken_rules(built(tmp_path, {**SOUND, path: source}))
    assert list(found) == [rule]
    assert all(line.startswith(path) for line in found[rule])


def test_every_rule_is_shown_broken() -> None:
    assert {rule for rule, *_ in BROKEN} == set(RULES)
