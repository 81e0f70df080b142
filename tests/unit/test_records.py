from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bot.model import Article, Quality, QualityParts, Rating, Takeaway
from bot.records import article_record, duration_text, time_text


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (None, None),
        (date(2026, 6, 9), "2026-06-09"),
        (datetime(2026, 6, 9, 9, 22, 34, 72000, tzinfo=UTC), "2026-06-09T09:22:34.072Z"),
        (datetime(2026, 6, 9, 9, 0, tzinfo=timezone(timedelta(hours=2))), "2026-06-09T07:00:00Z"),
    ],
)
def test_times_are_utc_with_z_and_a_bare_date_stays_bare(when: date | None, text: str | None) -> None:
    assert time_text(when) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (90, "90s"), (1800, "30m"), (3600, "1h"), (86400, "1d")])
def test_a_duration_is_written_as_the_configuration_takes_it(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


def test_an_article_has_every_field_of_the_contract() -> None:
    article = Article(title="T", text="One. Two.", rating=Rating(9, 10))
    takeaway = Takeaway(text="One.", kind="section", support=0.91234, shown=True, evidence=((0, 4),))
    parts = QualityParts(publisher=0.5, substance=0.5, headline=1, support=1, templating=1, source=0.5)
    record = article_record(article, [takeaway], Quality(0.71234, parts))
    fields = "url title author published generated category language text summary rating quality takeaways"
    added = "partial site image"
    assert list(record) == [*fields.split(), *added.split()]
    assert record["rating"] == {"value": 9, "scale": 10}
    assert record["quality"] == {
        "score": 0.712,
        "parts": {"publisher": 0.5, "substance": 0.5, "headline": 1, "support": 1, "templating": 1, "source": 0.5},
    }
    assert record["takeaways"] == [
        {"text": "One.", "kind": "section", "support": 0.912, "shown": True, "reason": None, "evidence": [[0, 4]]}
    ]
