"""Where platforms have the feeds of what they show: a rule for each, address -> addresses. Fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

_YOUTUBE = "https://www.youtube.com/feeds/videos.xml"
_NO_OWNERS = re.compile(
    r"about|apps|blog|collections|contact|customer-stories|enterprise|events?|explore|features|issues|login|marketplace"
    r"|new|notifications|orgs|organizations|pricing|pulls|search|security|settings|signup|site|sponsors|topics|trending"
)
_NO_PUBLICATIONS = frozenset({"about", "feed", "m", "me", "membership", "p", "search", "tag", "topic", "topics"})
# Other platforms that write members as Mastodon does, /@name, and have no feed there.
_NOT_MASTODON = re.compile(r"(?:^|\.)(?:medium|youtube|threads|tiktok|substack|pinterest|unsplash)\.(?:com|net)$")


@lru_cache(maxsize=10_000)  # asked of every source at each of its turns
def feeds_at(url: str) -> tuple[str, ...]:
    """The feeds of a page of YouTube, Reddit, GitHub, Substack, Medium or a Mastodon server, by its address alone."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return ()
    path = [part for part in parts.path.split("/") if part]
    if parts.scheme not in ("http", "https") or not host:
        return ()
    for pattern, feeds in _RULES:
        if pattern.search(host):
            return feeds(host, path, parts.query)
    return _mastodon(parts.netloc, path) if not _NOT_MASTODON.search(host) else ()


def _youtube(_host: str, path: list[str], query: str) -> tuple[str, ...]:
    listed = parse_qs(query).get("list", [])
    match path:
        case ["channel", channel, *_] if re.fullmatch(r"UC[\w-]{22}", channel):
            return (f"{_YOUTUBE}?channel_id={channel}",)
        case ["user", name, *_]:
            return (f"{_YOUTUBE}?user={name}",)
        case ["playlist"] if listed:
            return (f"{_YOUTUBE}?playlist_id={listed[0]}",)
    return ()  # of /@name its page tells the channel


def _reddit(_host: str, path: list[str], query: str) -> tuple[str, ...]:
    if len(path) < 2 or path[0] not in ("r", "u", "user") or path[-1].endswith((".rss", ".json")):
        return ()
    return (f"https://www.reddit.com/{'/'.join(path)}/.rss{'?' + query if query else ''}",)


def _github(_host: str, path: list[str], _query: str) -> tuple[str, ...]:
    if not path or _NO_OWNERS.fullmatch(path[0]) or path[-1].endswith(".atom"):
        return ()
    match path:
        case [owner]:
            return (f"https://github.com/{owner}.atom",)
        case [owner, repository] | [owner, repository, "releases"]:
            return (f"https://github.com/{owner}/{repository}/releases.atom",)
        case [owner, repository, "tags"]:
            return (f"https://github.com/{owner}/{repository}/tags.atom",)
        case [owner, repository, "commits", *branch]:
            return (f"https://github.com/{'/'.join([owner, repository, 'commits', *branch])}.atom",)
    return ()


def _substack(host: str, path: list[str], _query: str) -> tuple[str, ...]:
    if host == "open.substack.com" and path[:1] == ["pub"] and len(path) > 1:
        return (f"https://{path[1]}.substack.com/feed",)
    name = host.removesuffix(".substack.com")
    return () if name in ("www", "open", host) or path == ["feed"] else (f"https://{host}/feed",)


def _medium(host: str, path: list[str], _query: str) -> tuple[str, ...]:
    if host not in ("medium.com", "www.medium.com"):
        return (f"https://{host}/feed",) if not path else ()
    match path:
        case [name] if name.startswith("@") or name not in _NO_PUBLICATIONS:
            return (f"https://medium.com/feed/{name}",)
        case ["tag", name, *_]:
            return (f"https://medium.com/feed/tag/{name}",)
    return ()


def _mastodon(host: str, path: list[str]) -> tuple[str, ...]:
    match path:
        case [name] if re.fullmatch(r"@\w+", name):
            return (f"https://{host}/{name}.rss",)
        case ["users", name] if re.fullmatch(r"\w+", name):
            return (f"https://{host}/users/{name}.rss",)
    return ()


_RULES: tuple[tuple[re.Pattern[str], Callable[[str, list[str], str], tuple[str, ...]]], ...] = (
    (re.compile(r"^(?:www\.|m\.)?youtube\.com$"), _youtube),
    (re.compile(r"^(?:\w+\.)?reddit\.com$"), _reddit),
    (re.compile(r"^(?:www\.)?github\.com$"), _github),
    (re.compile(r"\.substack\.com$"), _substack),
    (re.compile(r"(?:^|\.)medium\.com$"), _medium),
)
