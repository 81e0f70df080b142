"""How the command line shows things: JSON Lines for programs, well-set lines for people, progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bot.cli.options import QUIET
from bot.model import Article, Finding, Quality, Takeaway
from bot.records import Record, finding_record, quality_record, time_text

_QUOTE = 90
_LIVE: ContextVar[Console | None] = ContextVar("live", default=None)  # where a bar is on the terminal now


def console() -> Console:
    """Where people read: colours on a terminal, plain lines in a pipe; nothing fetched is taken for markup."""
    live = _LIVE.get()
    if live is not None and sys.stdout.isatty():
        return live  # above the bar, which is on the same terminal
    return Console(markup=False, highlight=False, emoji=False, soft_wrap=not sys.stdout.isatty(), quiet=QUIET.get())


@contextmanager
def progress(*, counted: bool = True) -> Iterator[Progress]:
    """A bar on stderr while a person watches, with how many are done, else with the time that it takes; nothing in a
    pipe. Lines on stdout come above it where that is the terminal too, and go where it leads."""
    here = Console(stderr=True, markup=False, highlight=False, emoji=False, quiet=QUIET.get())
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn() if counted else TimeElapsedColumn(),
        console=here,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
        disable=QUIET.get() or not sys.stderr.isatty(),
    ) as bar:
        _LIVE.set(None if bar.disable else here)
        try:
            yield bar
        finally:
            _LIVE.set(None)


@contextmanager
def busy(what: str) -> Iterator[None]:
    """A bar of which nobody knows how long it takes."""
    with progress(counted=False) as bar:
        bar.add_task(what, total=None)
        yield


def print_records(records: Iterable[Record]) -> None:
    """JSON Lines: one object a line."""
    for record in records:
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_finding(finding: Finding, *, as_json: bool) -> None:
    """What a check found, with the mend below it."""
    if as_json:
        print_records([finding_record(finding)])
        return
    out, (mark, style) = console(), ("✓", "green") if finding.ok else ("✗", "red")
    # lines are left to the terminal to wrap, so that a command can be copied whole
    out.print(Text.assemble((mark, style), f" {finding.check}: {finding.detail}"), soft_wrap=True)
    if finding.fix:
        out.print(f"  → {finding.fix}", soft_wrap=True)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, none: str = "") -> None:
    """A table without the columns that are empty, or `none` where there is no row; in a pipe every cell keeps its whole
    text."""
    lines = list(rows)
    if not lines:
        if none:
            console().print(none)
        return
    shown = [number for number in range(len(columns)) if any(line[number] for line in lines)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number in shown:
        table.add_column(columns[number], overflow="fold")
    for line in lines:
        table.add_row(*(Text(line[number]) for number in shown))
    console().print(table)


def print_article(article: Article, takeaways: Sequence[Takeaway], quality: Quality | None) -> None:
    """All that is read out of an article, the reasons and the evidence too."""
    out = console()
    out.print(Text(article.title, style="bold"))
    facts = {
        "url": article.url,
        "author": article.author,
        "published": time_text(article.published),
        "generated": time_text(article.generated),
        "category": article.category,
        "language": article.language,
        "rating": f"{article.rating.value:g}/{article.rating.scale:g}" if article.rating else None,
        "site": article.site if article.site != article.author else None,
        "partial": article.partial,
        "text": f"{len(article.text):,} characters",
    }
    out.print(Text(" · ".join(f"{name} {value}" for name, value in facts.items() if value), style="dim"))
    if quality:
        parts = quality_record(quality)["parts"]
        shown = "  ".join(f"{name} {value:.2f}" for name, value in parts.items()) if isinstance(parts, dict) else ""
        out.print(Text.assemble(("quality ", "dim"), (f"{quality.score:.2f}", "bold"), (f"   {shown}", "dim")))
    for takeaway in takeaways:
        _print_takeaway(out, article, takeaway)
    out.print()


def _print_takeaway(out: Console, article: Article, takeaway: Takeaway) -> None:
    mark, style = ("•", "") if takeaway.shown else ("×", "dim")
    state = f"{takeaway.kind}, support {takeaway.support:.2f}" if takeaway.shown else f"not shown: {takeaway.reason}"
    _print_hanging(out, f"  {mark} ", Text.assemble((takeaway.text, style), (f"  ({state})", "dim")))
    if takeaway.shown:
        for start, end in takeaway.evidence[:2]:
            quote = " ".join(article.text[start:end].split())
            quote = quote if len(quote) <= _QUOTE else quote[: _QUOTE - 1] + "…"
            _print_hanging(out, "      ", Text(f"“{quote}”", style="dim italic"))


def _print_hanging(out: Console, lead: str, text: Text) -> None:
    """Wraps text behind its lead on a terminal; in a pipe a line stays a line."""
    if out.soft_wrap:
        out.print(Text.assemble(lead, text))
        return
    for number, line in enumerate(text.wrap(out, max(20, out.width - len(lead)))):
        out.print(Text.assemble(lead if number == 0 else " " * len(lead), line))
