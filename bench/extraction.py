"""Article pages through digestbot and through trafilatura, its default and its fast form: quality and processor time.

`python -m bench extraction ARTICLES DATES [ROUNDS]`: the folders of the unpacked `article_extraction` and
`dates_metadata` corpora. Contenders take turns, all pages a round.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from trafilatura import bare_extraction

from bot.errors import ParseError
from bot.sources import page
from tests.conformance.page_truths import Extract, Score, Truth, extract_of, score_of, truths_in

ROUNDS = 3
_NOTHING = Extract("", None, None, frozenset())


def main(arguments: Sequence[str]) -> None:
    if len(arguments) < 2:
        raise SystemExit("python -m bench extraction ARTICLES DATES [ROUNDS]")
    truths = truths_in(Path(arguments[0]), Path(arguments[1]))
    rounds = int(arguments[2]) if len(arguments) > 2 else ROUNDS
    contenders = {
        "digestbot": _digestbot,
        "trafilatura": _trafilatura(fast=False),
        "its fast form": _trafilatura(fast=True),
    }
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    scores: dict[str, Score] = {}
    for _ in range(rounds):
        for name, read in contenders.items():
            began = time.process_time()
            pairs = [(truth, read(truth)) for truth in truths]
            spent[name].append(1000 * (time.process_time() - began) / len(truths))
            scores[name] = score_of(pairs)
    _table(scores, spent, len(truths))


def _digestbot(truth: Truth) -> Extract:
    try:
        return extract_of(page.read(truth.html, truth.url))
    except ParseError:
        return _NOTHING


def _trafilatura(*, fast: bool) -> Callable[[Truth], Extract]:
    def read(truth: Truth) -> Extract:
        found = bare_extraction(truth.html, truth.url, fast=fast, with_metadata=True)
        if found is None or isinstance(found, dict):
            return _NOTHING
        return Extract(found.text or "", found.title, found.author, frozenset({found.date} if found.date else ()))

    return read


def _table(scores: dict[str, Score], spent: dict[str, list[float]], pages: int) -> None:
    print(f"{pages} pages; behind each column: {scores['digestbot'].pages}")
    print(
        "| | F1 | P | R | told | leaked | title | author (wrong) | date (wrong) | ms a page | share |\n"
        + "|---" * 11
        + "|"
    )
    for name, score in scores.items():
        shares = (score.f1, score.precision, score.recall, score.told, score.leaked, score.title)
        ratios = [own / its for own, its in zip(spent[name], spent["trafilatura"], strict=True)]
        cells = [*(f"{share:.3f}" for share in shares), f"{score.author:.3f} ({score.author_wrong:.3f})"]
        cells += [f"{score.date:.3f} ({score.date_wrong:.3f})", f"{statistics.median(spent[name]):.1f}"]
        cells += [f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"]
        print(f"| {name} | {' | '.join(cells)} |")
