"""Headlines of news stories as people grouped them (UCI News Aggregator): what is folded together belongs together."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from pathlib import Path

from bot.model import Article
from bot.ranking.stories import cluster, joined_one_by_one


def headlines(corpora: Path) -> list[dict[str, str]]:
    with gzip.open(corpora / "story_clusters" / "uci_news_aggregator.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


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


def test_headlines_are_grouped_as_people_grouped_them(corpora: Path) -> None:
    rows = headlines(corpora)
    found = cluster([Article(title=row["TITLE"]) for row in rows])
    precision, recall = bcubed(found, [row["STORY"] for row in rows])
    print(f"{len(rows)} headlines: BCubed precision {precision:.3f}, recall {recall:.3f}")
    assert 2 * precision * recall / (precision + recall) >= 0.87


def test_headlines_that_are_joined_one_by_one_tell_the_same_story(corpora: Path) -> None:
    """As a store does, which never sees a batch."""
    rows = headlines(corpora)[::3]
    found = joined_one_by_one([Article(title=row["TITLE"], url=row["URL"]) for row in rows])
    precision, recall = bcubed(found, [row["STORY"] for row in rows])
    assert precision >= 0.96
    assert recall >= 0.25
