"""Feeds to start from, by topic. Each publishes whole or well-summed-up articles, and few enough to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

STARTERS: Mapping[str, Sequence[str]] = {
    "ai": (
        "https://huggingface.co/blog/feed.xml",
        "https://simonwillison.net/atom/everything/",
        "https://www.technologyreview.com/topic/artificial-intelligence/feed",
        "https://bair.berkeley.edu/blog/feed.xml",
    ),
    "engineering": (
        "https://blog.cloudflare.com/rss/",
        "https://github.blog/feed/",
        "https://martinfowler.com/feed.atom",
        "https://netflixtechblog.com/feed",
    ),
    "python": (
        "https://blog.python.org/rss.xml",
        "https://planetpython.org/rss20.xml",
        "https://realpython.com/atom.xml",
    ),
    "web": (
        "https://web.dev/static/blog/feed.xml",
        "https://developer.mozilla.org/en-US/blog/rss.xml",
        "https://css-tricks.com/feed/",
    ),
    "security": (
        "https://www.schneier.com/feed/atom/",
        "https://krebsonsecurity.com/feed/",
        "https://googleprojectzero.blogspot.com/feeds/posts/default",
    ),
    "science": (
        "https://www.quantamagazine.org/feed/",
        "https://www.nature.com/nature.rss",
        "https://phys.org/rss-feed/",
    ),
}
