"""What each command's help shows of its use. A test reads every one of them as the command line would."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_LINES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "": (
            "digestbot demo  # the main job on samples; no tokens, no network",
            "digestbot inspect https://example.org  # what would be read out of an address",
            "digestbot doctor  # what does not work yet, and how to mend it",
            "digestbot run  # everything, until Ctrl-C",
            "digestbot --config team.toml preview --channel web",
        ),
        "demo": (
            "digestbot demo",
            "digestbot demo --once  # prints the digest and ends",
            "digestbot demo --port 9000",
        ),
        "run": ("digestbot run", "digestbot run --config /etc/digestbot/config.toml"),
        "worker": (
            "digestbot worker --role tick",
            "digestbot worker --role refresh,read  # on as many machines as there are feeds for",
            "digestbot worker --role compose,deliver",
        ),
        "gateway": ("digestbot gateway", "digestbot gateway --shards 0-3/16 --port 8090"),
        "init": (
            "digestbot init  # asks",
            "digestbot init slack --topic ai --at 08:30 --timezone Europe/London",
            "digestbot init web --opml subscriptions.opml",
        ),
        "doctor": (
            "digestbot doctor",
            "digestbot doctor --json  # exit code 1 if anything is not well",
        ),
        "inspect": (
            "digestbot inspect https://example.org/feed.xml",
            "digestbot inspect articles/ page.html",
            "digestbot inspect --json - < article.txt",
        ),
        "ingest": ("digestbot ingest https://example.org/article", "digestbot ingest articles/"),
        "refresh": ("digestbot refresh", "digestbot --quiet refresh  # for cron: says nothing but errors"),
        "tick": ("digestbot tick", "digestbot tick --json"),
        "compose": ("digestbot compose",),
        "deliver": ("digestbot deliver",),
        "preview": (
            "digestbot preview --channel web",
            "digestbot preview --channel web --last 7d --min-quality 0.7",
            "digestbot preview --channel web --format slack",
        ),
        "post": ("digestbot post --channel web",),
        "settle": (
            "digestbot settle  # lists what nobody can tell",
            "digestbot settle 12 there  # it stands in the channel",
            "digestbot settle 12 missing  # it does not, so it is posted",
        ),
        "articles": ("digestbot articles", "digestbot articles inference cost --limit 5", "digestbot articles --json"),
        "article": ("digestbot article 12", "digestbot article https://example.org/article"),
        "why": ("digestbot why 12", "digestbot why 12 --channel web"),
        "votes": ("digestbot votes", "digestbot votes 12"),
        "best": ("digestbot best", "digestbot best --last 30d --limit 20 --channel web"),
        "export": (
            "digestbot export votes > votes.csv",
            "digestbot export articles --format json --output articles.jsonl",
        ),
        "forget": ("digestbot forget slack T0123456 U0123456",),
        "link": (
            "digestbot link  # signs your own browser in, as an admin",
            "digestbot link ada --valid 1d",
            "digestbot link --revoke  # signs everybody out",
        ),
        "sources list": ("digestbot sources list", "digestbot sources list --json"),
        "sources add": (
            "digestbot sources add https://example.org --category ai",
            "digestbot sources add articles/ --every 1m",
        ),
        "sources check": ("digestbot sources check", "digestbot sources check 3 --json"),
        "sources import": ("digestbot sources import subscriptions.opml", "digestbot sources import --check old.opml"),
        "sources export": ("digestbot sources export subscriptions.opml",),
        "sources remove": ("digestbot sources remove 3", "digestbot sources remove https://example.org/feed.xml"),
        "db upgrade": ("digestbot db upgrade",),
        "db check": ("digestbot db check", "digestbot db check --json"),
        "db copy": ("digestbot db copy postgresql://digestbot@db.example/digestbot  # PGPASSWORD holds the password",),
        "db backup": ("digestbot db backup /backups/monday.db",),
        "db restore": ("digestbot db restore /backups/monday.db",),
    }
)


def examples(command: str = "") -> str:
    """The end of a command's help; "" is the whole program's. Nothing where none are kept."""
    lines = _LINES.get(command, ())
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines))) if lines else ""
