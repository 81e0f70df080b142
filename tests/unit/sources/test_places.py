"""Where platforms have their feeds, and where sites often have theirs."""

import pytest

from bot.sources.discover import feeds_of, usual_feeds_of
from bot.sources.places import feeds_at

CHANNEL = "UC_x5XG1OV2P6uZZ5FSM9Ttw"
VIDEOS = "https://www.youtube.com/feeds/videos.xml"


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        (f"https://www.youtube.com/channel/{CHANNEL}", f"{VIDEOS}?channel_id={CHANNEL}"),
        (f"https://m.youtube.com/channel/{CHANNEL}/videos", f"{VIDEOS}?channel_id={CHANNEL}"),
        ("https://youtube.com/user/somebody", f"{VIDEOS}?user=somebody"),
        ("https://www.youtube.com/playlist?list=PL123&x=1", f"{VIDEOS}?playlist_id=PL123"),
        ("https://www.youtube.com/watch?v=abc", None),
        (f"{VIDEOS}?user=x", None),
        ("https://www.youtube.com/@somebody", None),
        ("https://www.reddit.com/r/Python", "https://www.reddit.com/r/Python/.rss"),
        ("https://old.reddit.com/r/Python/top/?t=week", "https://www.reddit.com/r/Python/top/.rss?t=week"),
        ("https://www.reddit.com/r/Python/.rss", None),
        ("https://www.reddit.com/", None),
        ("https://github.com/python/cpython", "https://github.com/python/cpython/releases.atom"),
        ("https://github.com/python/cpython/tags/", "https://github.com/python/cpython/tags.atom"),
        ("https://github.com/python/cpython/commits/main", "https://github.com/python/cpython/commits/main.atom"),
        ("https://github.com/gvanrossum", "https://github.com/gvanrossum.atom"),
        ("https://github.com/trending", None),
        ("https://github.com/python/cpython/issues/1", None),
        ("https://github.com/python/cpython/releases.atom", None),
        ("https://mastodon.social/@Gargron", "https://mastodon.social/@Gargron.rss"),
        ("https://social.example:8443/@me/", "https://social.example:8443/@me.rss"),
        ("https://mastodon.social/users/Gargron", "https://mastodon.social/users/Gargron.rss"),
        ("https://www.threads.net/@somebody", None),
        ("https://writer.substack.com/", "https://writer.substack.com/feed"),
        ("https://writer.substack.com/p/a-post", "https://writer.substack.com/feed"),
        ("https://open.substack.com/pub/writer/p/a-post", "https://writer.substack.com/feed"),
        ("https://writer.substack.com/feed", None),
        ("https://www.substack.com/", None),
        ("https://medium.com/@writer", "https://medium.com/feed/@writer"),
        ("https://medium.com/netflix-techblog", "https://medium.com/feed/netflix-techblog"),
        ("https://medium.com/tag/python", "https://medium.com/feed/tag/python"),
        ("https://writer.medium.com", "https://writer.medium.com/feed"),
        ("https://medium.com/@writer/a-post-1234", None),
        ("https://medium.com/feed/@writer", None),
        ("https://notgithub.com/python/cpython", None),
        ("https://example.org/blog", None),
        ("/srv/@articles", None),
        ("http://[", None),
    ],
)
def test_a_platform_has_its_feed_where_its_rule_says(page: str, feed: str | None) -> None:
    assert feeds_at(page) == ((feed,) if feed else ())


def test_a_page_that_says_whose_it_is_is_enough() -> None:
    page = f"<link rel='canonical' href='https://www.youtube.com/channel/{CHANNEL}'>".encode()
    assert feeds_of(page, "https://www.youtube.com/@somebody") == (f"{VIDEOS}?channel_id={CHANNEL}",)


@pytest.mark.parametrize(
    ("page", "first", "count"),
    [
        ("https://example.org", "https://example.org/feed", 7),
        ("https://example.org/?p=1#x", "https://example.org/feed", 7),
        ("https://example.org/blog/", "https://example.org/blog/feed", 11),
        ("https://example.org/blog/post.html", "https://example.org/blog/feed", 11),
    ],
)
def test_sites_that_name_none_are_looked_at_where_others_have_theirs(page: str, first: str, count: int) -> None:
    found = usual_feeds_of(page)
    assert (found[0], len(set(found))) == (first, count)
