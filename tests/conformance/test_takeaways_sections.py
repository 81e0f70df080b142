"""The public corpus of real takeaway sections, through the real readers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.sources import document, page
from bot.takeaways import takeaways_of
from bot.takeaways.sections import section_items

BORDERLINE = "conclusion"  # the corpus asks to report it apart


@dataclass(frozen=True)
class Reading:
    file: str
    positive: bool
    wanted: tuple[str, ...]
    found: tuple[str, ...]
    hidden: int

    @property
    def equal(self) -> int:
        return sum(item in self.found for item in self.wanted)


@pytest.fixture(scope="module")
def readings(corpus: Callable[[str], Path]) -> list[Reading]:
    folder = corpus("takeaway_sections")
    lines = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    return [_reading(folder, json.loads(line)) for line in lines if json.loads(line)["kind"] != BORDERLINE]


def _reading(folder: Path, label: dict[str, object]) -> Reading:
    path = folder / str(label["file"])
    if path.suffix == ".html":
        article = page.read(path.read_bytes(), "https://example.org/page")
    else:
        article = document.read(path.read_text("utf-8"))
    sections: list[dict[str, list[str]]] = label["sections"]  # type: ignore[assignment]
    return Reading(
        file=path.name,
        positive=label["label"] == "positive",
        wanted=tuple(_bare(item) for section in sections for item in section.get("items", ())),
        found=tuple(map(_bare, section_items(article.blocks))),
        hidden=sum(t.kind == "section" and not t.shown for t in takeaways_of(article, limit=100)),
    )


def _bare(item: str) -> str:
    """An item without space and marks, and of a Markdown link its words alone."""
    return re.sub(r"\W+", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", item))


def test_sections_are_found_and_look_alikes_are_not_taken(readings: list[Reading]) -> None:
    missed = [reading.file for reading in readings if reading.positive and not reading.found]
    taken = [reading.file for reading in readings if not reading.positive and reading.found]
    print(f"{len(readings)} documents, sections missed: {missed}, look-alikes taken: {taken}")
    assert len(readings) > 25
    assert len(missed) <= 1
    assert not taken


def test_items_are_split_as_their_authors_wrote_them(readings: list[Reading]) -> None:
    wanted = sum(len(reading.wanted) for reading in readings)
    found = sum(len(reading.found) for reading in readings)
    equal = sum(reading.equal for reading in readings)
    unequal = {reading.file: len(reading.wanted) - reading.equal for reading in readings}
    print(f"{equal} of {wanted} items equal, {found} found; not equal: { {k: v for k, v in unequal.items() if v} }")
    assert equal >= 0.95 * wanted
    assert equal >= 0.95 * found


def test_real_takeaways_are_borne_out_by_their_own_articles(readings: list[Reading]) -> None:
    found = sum(len(reading.found) for reading in readings)
    hidden = sum(reading.hidden for reading in readings)
    print(f"{hidden} of {found} items hidden")
    assert hidden <= 0.15 * found
