"""Headlines of news stories as people grouped them (UCI News Aggregator): what is folded together belongs together."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from pathlib import Path

from bot.model import Article
from bot.ranking.stories import cluster


def bcubed(found: Sequence[Hashable], true: Sequence[Hashable]) -> tuple[float, float]:
    """BCubed precision and recall (Bagga and Baldwin 1998)."""
    clusters: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for story, label in zip(found, true, strict=True):
        clusters[story][label] += 1
    sizes = Counter(true)
    cells = [
        (count, members.total(), sizes[label]) for members in clusters.values() for label, count in members.items()
    ]
    return (
        sum(count * count / size for count, size, _ in cells) / len(true),
        sum(count * count / size for count, _, size in cells) / len(true),
    )


def test_headlines_that_are_folded_tell_the_same_story(corpora: Path) -> None:
    with gzip.open(corpora / "story_clusters" / "uci_news_aggregator.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    began = time.perf_counter()
    found = cluster([Article(title=row["TITLE"]) for row in rows])
    took = time.perf_counter() - began
    precision, recall = bcubed(found, [row["STORY"] for row in rows])
    print(f"{len(rows)} headlines in {took:.1f} s: BCubed precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.98
    assert len(set(found)) < 0.7 * len(rows)
    assert took < 10
