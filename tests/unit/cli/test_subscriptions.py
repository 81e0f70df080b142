"""What `sources check` tells of a source that was looked at."""

import pytest

from bot.cli.subscriptions import checked_record
from bot.engine.look import Seen
from bot.engine.subscriptions import Checked
from bot.errors import FetchError
from bot.model import Article, Fetched, ParsedFeed, Source, SourceSpec, Validators
from tests.contract.things import NOW
from tests.unit.takeaways.build import article_of

FETCHED = Fetched(documents=(), validators=Validators())
PAGE = article_of("A page that is an article.")
FEED = ParsedFeed(title="Feed", url=None, language=None, articles=(PAGE,))


@pytest.mark.parametrize(
    ("address", "parsed", "feed"),
    [
        ("https://example.org/feed", FEED, True),
        ("https://example.org/page", PAGE, False),
        ("/srv/articles", PAGE, None),
    ],
)
def test_a_page_that_is_read_for_want_of_a_feed_is_told_as_that(
    address: str, parsed: ParsedFeed | Article, feed: bool | None
) -> None:
    source = Source(id=1, spec=SourceSpec(address=address), origin="file", next_at=NOW)
    record = checked_record(Checked(source=source, seen=Seen(fetched=FETCHED, parsed=(parsed,))), {"id": 1})
    assert (record["ok"], record["articles"], record["feed"]) == (True, 1, feed)
    failed = checked_record(Checked(source=source, failure=FetchError("404")), {"id": 1})
    assert (failed["ok"], failed["error"], failed["feed"]) == (False, "404", None)
