"""How well takeaways are found, chosen and checked, on the public corpora, against sumy in the same run.

`python -m bench takeaways [PEERS]`: PEERS is the Python of an environment with sumy and numpy in it (`python -m venv
peers && peers/bin/pip install sumy numpy`); without it the rows of sumy are left out. The corpora are where
DIGESTBOT_CORPORA says, else in ../shared/data.
"""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median

from bot.takeaways import takeaways_of
from bot.takeaways.support import SUPPORTED
from tests.conformance.takeaway_figures import (
    BORDERLINE,
    Abstract,
    abstracts,
    area,
    rouge,
    section_readings,
    supports,
)

ROUNDS = 3
_ROOT = Path(__file__).parents[1]


def main(arguments: Sequence[str]) -> None:
    corpora = Path(os.environ.get("DIGESTBOT_CORPORA") or _ROOT.parent / "shared" / "data")
    parts: Mapping[str, Callable[[Path], None]] = {
        "takeaway_sections": _sections,
        "summaries": lambda folder: _summaries(folder, arguments[0] if arguments else None),
    }
    for name, measure in parts.items():
        if (corpora / name).is_dir():
            measure(corpora / name)
        else:
            print(
                f"\n{name}: left out, there is no such corpus in {corpora}; DIGESTBOT_CORPORA may name another folder"
            )


def _sections(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place, tarfile.open(folder / f"{folder.name}.tar.xz") as archive:
        archive.extractall(place, filter="data")
        readings = [*section_readings(Path(place) / folder.name)]
    counted = [reading for reading in readings if reading.kind != BORDERLINE]
    positive = [reading for reading in counted if reading.positive]
    wanted = sum(len(reading.wanted) for reading in positive)
    unequal = sum(len(reading.unequal) for reading in positive)
    found = sum(len(reading.found) for reading in positive)
    print("\n| documents | with a section | missed | look-alikes taken | items equal | items found | kept out |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {len(counted)} | {len(positive)} | {sum(not reading.found for reading in positive)}"
        f" | {sum(bool(reading.found) for reading in counted if not reading.positive)} of"
        f" {sum(not reading.positive for reading in counted)} | {wanted - unequal} of {wanted} | {found}"
        f" | {sum(reading.hidden for reading in positive)} |"
    )
    print("\nNot as labelled:")
    for reading in positive:
        for item in reading.unequal:
            print(f"- {reading.file[:40]}: labelled “{item[:60]}”")
        for item in reading.unlabelled:
            print(f"- {reading.file[:40]}: found “{item[:60]}”")
    borderline = [reading for reading in readings if reading.kind == BORDERLINE]
    print(f"- borderline `{BORDERLINE}`: {sum(bool(one.found) for one in borderline)} of {len(borderline)} taken")


def _summaries(folder: Path, peers: str | None) -> None:
    documents = abstracts(folder)
    _extracts(documents, peers)
    print("\n| summaries | of | AUC | one half / other | own below | another's from |")
    print("|---|---|---|---|---|---|")
    for authors in (True, False):
        for titled in (True, False):
            own, foreign = supports(documents, titled=titled, authors=authors)
            every = range(len(documents))
            halves = " / ".join(f"{area(own, foreign, every[half::2]):.4f}" for half in (0, 1))
            high, low = [[score for scores in side.values() for score in scores] for side in (own, foreign)]
            print(
                f"| {'the author’s' if authors else 'all'}, {len(high)} | {'title and ' if titled else ''}abstract"
                f" | {area(own, foreign, every):.4f} | {halves} | {_share(high, below=True)} | {_share(low)} |"
            )


def _share(scores: Sequence[float], *, below: bool = False) -> str:
    return f"{fmean((score < SUPPORTED) == below for score in scores):.0%}"


def _extracts(documents: Sequence[Abstract], peers: str | None) -> None:
    """One sentence of each abstract, as each method would choose it, against what people wrote."""
    chosen: dict[str, list[str]] = {"first sentence": [one.sentences[0] for one in documents]}
    times: dict[str, list[float]] = {"first sentence": [0.0]}
    for _ in range(ROUNDS):
        for titled in (True, False):
            name = "digestbot" if titled else "digestbot, title unknown"
            began = time.process_time()
            chosen[name] = [takeaways_of(one.article(titled=titled), limit=1)[0].text for one in documents]
            times.setdefault(name, []).append(1000 * (time.process_time() - began) / len(documents))
        for name, (places, milliseconds) in _peers(documents, peers).items():
            chosen[name] = [
                " ".join(one.sentences[place] for place in picked)
                for one, picked in zip(documents, places, strict=True)
            ]
            times.setdefault(name, []).append(milliseconds)
    print("\n| method | ROUGE-1 | ROUGE-2 | other half: R-1 | R-2 | the author's: R-1 | R-2 | ms |")
    print("|---|---|---|---|---|---|---|---|")
    for name, texts in sorted(chosen.items(), key=lambda row: -_rouge(documents, row[1], 1)):
        scores = [_rouge(documents, texts, n, **how) for how in ({}, {"first": 1}, {"authors": True}) for n in (1, 2)]
        print(f"| {name} | {' | '.join(f'{score:.3f}' for score in scores)} | {median(times[name]):.1f} |")
    if peers is None:
        print("sumy: left out, no environment of it was named")


def _rouge(
    documents: Sequence[Abstract], texts: Sequence[str], n: int, *, first: int = 0, authors: bool = False
) -> float:
    """The mean over all documents, or with `first=1` over every second, which no weight was chosen on."""
    step = 2 if first else 1
    told = zip(documents[first::step], texts[first::step], strict=True)
    return fmean(rouge(text, one.summaries[:1] if authors else one.summaries, n) for one, text in told)


def _peers(documents: Sequence[Abstract], peers: str | None) -> Mapping[str, tuple[list[list[int]], float]]:
    if peers is None:
        return {}
    asked = json.dumps([(one.sentences, 1) for one in documents])
    script = Path(__file__).parent / "peers" / "sumy_extracts.py"
    answered = subprocess.run([peers, script], input=asked, capture_output=True, text=True, check=True)
    answer: Mapping[str, tuple[list[list[int]], float]] = json.loads(answered.stdout)
    return answer
