"""Dates in every odd form: what a feed or a page says, and nothing that it does not."""

from datetime import UTC, date, datetime

import pytest

from bot.sources import feed
from bot.sources.dates import when_of
from bot.sources.spelled import spelled_date

DAY = date(2026, 3, 2)
FORMS = """
2026-03-02 | 2026/03/02 | 2026.03.02 | 02.03.2026 | 2. 3. 2026 | 02-03-2026 | 02-Mar-2026 | Mar 2, 2026
March 2nd, 2026 | 2 March 2026 | Monday, March 2, 2026 | Montag, 2. März 2026 | lun. 2 mars 2026 | 2 de marzo de 2026
lunedì 2 marzo 2026 | 2 de março de 2026 | 2 maart 2026 | 2 mars 2026 | 2 marca 2026 | 2 марта 2026 | 2026年3月2日
2026 年 03 月 02 日 | 2026년 3월 2일 | 2026. 3. 2. | Mon, 02 Mar 2026
"""
TIMES = {
    "Mon, 02 Mär 2026 08:00:00 +0100": 7,
    "Mo, 02 Mrz 2026 08:00 +01:00": 7,
    "lun., 2 mar. 2026 08:00:00 GMT": 8,
    "Пн, 02 мар 2026 08:00:00 +0300": 5,
    "March 2, 2026 8:00 PM": 20,
    "March 2, 2026 at 12:00 a.m.": 0,
    "Tuesday, March 2, 2026 - 14:00": 14,
    "2 Mar 2026 at 14:00 EST": 19,
    "02.03.2026, 14.00 Uhr": 14,
    "2. März 2026 um 14:00 Uhr": 14,
    "2026年3月2日 下午2:00": 14,
    "2026年3月2日 14時00分": 14,
    "2026년 3월 2일 오후 2:00": 14,
    "2026년 3월 2일 14시 00분": 14,
    "2026/03/02 08:00:00": 8,
    "2026-03-02 08:00:00 UTC": 8,
    "2026-03-02T08:00:00-5:00": 13,
    "20260302T080000Z": 8,
    "Mon, 02 Mar 2026 08:00:00 CEST": 6,
    "Mon, 02 Mar 2026 09:00:00 JST": 0,
    "Mon, 02 Mar 2026 08:00:00 GMT+1": 7,
    "Mon, 02 Mar 2026 08:00:00 Mars/Olympus": 8,
    "1772438400": 8,
    "1772438400000": 8,
}


def dated(stated: str) -> object:
    item = f"<item><title>x</title><pubDate>{stated}</pubDate></item>"
    body = f"<rss version='2.0'><channel>{item}</channel></rss>".encode()
    return feed.parse(body, "https://example.org/feed", None).articles[0].published


@pytest.mark.parametrize("stated", " | ".join(FORMS.strip().split("\n")).split(" | "))
def test_a_date_without_a_time_is_a_date_in_feeds_and_pages(stated: str) -> None:
    assert (dated(stated), when_of(stated)) == (DAY, DAY)


@pytest.mark.parametrize(("stated", "hour"), TIMES.items())
def test_a_time_is_the_instant_that_it_says(stated: str, hour: int) -> None:
    at = datetime(2026, 3, 2, hour, tzinfo=UTC)
    assert (dated(stated), when_of(stated)) == (at, at)


@pytest.mark.parametrize(
    "stated", ["03/02/2026", "2/3/2026", "31 February 2026", "2 hours ago", "March 2026 issue 14", "13 pm"]
)
def test_what_may_be_one_day_or_another_is_none(stated: str) -> None:
    assert when_of(stated) is None


@pytest.mark.parametrize(("stated", "day"), [("13/03/2026", 13), ("03/13/2026", 13), ("03/03/2026", 3)])
def test_a_day_in_slashes_is_read_where_it_can_be_but_one(stated: str, day: int) -> None:
    assert when_of(stated) == date(2026, 3, day)


def test_a_line_may_go_on_after_its_date() -> None:
    assert spelled_date("March 2, 2026 by Ada") == DAY
    assert spelled_date("It was March 2, 2026") is None
