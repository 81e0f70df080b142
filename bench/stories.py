"""Titles of the UCI News Aggregator by story, against hashed words and wordllama; and joining among 50,000.

`python -m bench stories PYTHON FOLDER`: an interpreter with numpy, scipy and tokenizers, and a folder in which
wordllama's wheel was unpacked (`pip download --no-deps wordllama==0.4.0.post1`, `unzip`). Thresholds are chosen on one
half of the stories and measured on the other, both ways.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench.grouping import average_precision, bcubed_f1, halves
from bot.engine.intake import examined
from bot.engine.read import reading_of
from bot.model import Article
from bot.ranking.stories import bands_of, cluster, fingerprint_of, joined_one_by_one, title_words_of
from bot.ranking.wording import groups_of, likeness, vectors_of
from bot.storage.database import Database
from bot.text.words import content_words_of
from tests.conformance.test_stories_headlines import bcubed, headlines
from tests.conftest import corpora_folder
from tests.contract.things import NOW, draft, reading

RECENT, JOINS, ROUNDS, TITLES = 50_000, 50, 5, 10_000
_THRESHOLDS = [round(0.02 * step, 2) for step in range(10, 36)]


def main(arguments: Sequence[str]) -> None:
    interpreter, folder = arguments
    rows = headlines(corpora_folder())
    titles, stories = [row["TITLE"] for row in rows], [row["STORY"] for row in rows]
    asked = "\n".join(json.dumps(pair) for pair in zip(titles, stories, strict=True))
    command = [interpreter, "-m", "bench.peers.words", folder]
    told = json.loads(subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout)
    parts = halves(stories)
    for number, (chosen_on, measured_on) in enumerate((parts, parts[::-1])):
        threshold = max(_THRESHOLDS, key=lambda t, on=chosen_on: _f1(titles, stories, on, t))
        labels = [stories[i] for i in measured_on]
        vectors = _vectors(titles, measured_on)
        precision = average_precision(
            [[likeness(one, other) for other in vectors[:place]] for place, one in enumerate(vectors)], labels
        )
        shipped = bcubed_f1(cluster([Article(title=titles[i]) for i in measured_on]), labels)
        peer = told["halves"][number]
        print(
            f"half {number + 1}: average precision {precision:.3f}, peer {peer['precision']:.3f}; "
            f"BCubed F1 {_f1(titles, stories, measured_on, threshold):.3f} at {threshold}, as shipped {shipped:.3f}, "
            f"peer by leader {peer['leader'][1]:.3f}, by average linkage {peer['average'][1]:.3f}"
        )
    order = random.Random(6).sample(range(len(titles)), len(titles))
    found = joined_one_by_one([Article(title=titles[i], url=rows[i]["URL"]) for i in order])
    precision, recall = bcubed(found, [stories[i] for i in order])
    print(
        f"joined one by one: BCubed precision {precision:.3f}, recall {recall:.3f}, "
        f"F1 {2 * precision * recall / (precision + recall):.3f}"
    )
    many = [Article(title=title) for title in (titles * 4)[:TITLES]]
    began = time.process_time()
    cluster(many)
    print(f"{TITLES} titles in {time.process_time() - began:.2f} s of processor")
    with tempfile.TemporaryDirectory() as place:
        floor = [interpreter, "-m", "bench.peers.words"]
        asyncio.run(
            _joined(
                Path(place) / "recent.db",
                titles,
                lambda: float(subprocess.run(floor, capture_output=True, check=True).stdout),
            )
        )


def _vectors(titles: Sequence[str], part: Sequence[int]) -> list[dict[str, float]]:
    return vectors_of([content_words_of(titles[i]) for i in part])


def _f1(titles: Sequence[str], stories: Sequence[str], part: Sequence[int], threshold: float) -> float:
    return bcubed_f1(groups_of(_vectors(titles, part), alike=threshold), [stories[i] for i in part])


async def _joined(file: Path, titles: Sequence[str], product: Callable[[], float]) -> None:
    """Milliseconds from an article that was read to its story, among 50,000 of recent days, beside the floor's."""
    chance = random.Random(6)
    words = [word for title in titles for word in title.split()]
    database = await Database.open(f"sqlite:///{file}")
    for start in range(0, RECENT, 5_000):
        async with database.begin() as tx:
            ids = await tx.articles.file([draft(n) for n in range(start, start + 5_000)], NOW)
            readings = []
            for article_id in ids:
                title = " ".join(chance.choices(words, k=9))
                article = Article(title=title, text=title, url=f"https://{article_id}.example.org/")
                print_ = fingerprint_of(article)
                bands = (*bands_of(print_), *title_words_of(title))
                readings.append(replace(reading(article_id), article=article, fingerprint=print_, bands=bands))
            await tx.articles.save(readings)
    rounds = []
    for _ in range(ROUNDS):
        waits = []
        async with database.read() as view:
            for title in chance.sample(list(titles), JOINS):
                result = examined(Article(title=title, text=f"{title}. " * 60, url="https://new.example.net/"))
                began = time.perf_counter()
                await reading_of(view, RECENT + 1, result, NOW + timedelta(days=1))
                waits.append(1000 * (time.perf_counter() - began))
        rounds.append((statistics.median(waits), product()))
    await database.aclose()
    ours, floor = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratios = sorted(mine / theirs for mine, theirs in rounds)
    print(
        f"joins among {RECENT}: {ours:.2f} ms, one product {floor:.2f} ms; "
        f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )
