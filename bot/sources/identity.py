"""Same article or not: canonical addresses and the identity of an article. A canonical address is for comparing."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from bot.model import NAMED, Article
from bot.text.words import folded

_TRACKING = re.compile(
    r"utm_\w+|(?:fb|g|t)clid|(?:dcl|gbra|wbra|msclk|yclk|twcl|ttcl|igsh|li_fat_|epik|srslt)id|gclsrc|dclid|yclid|igshid|mc_[ce]id"
    r"|_hs(?:enc|mi)|hsctatracking|mkt_tok|vero_\w+|oly_\w+|_ga|_gl|at_(?:medium|campaign|custom\d|link\w*|bbc\w*)"
    r"|ns_(?:mchannel|source|campaign|linkname|fee)|wt[._]mc\w*|wt_zmc|pk_\w+|mtm_\w+|piwik_\w+|cmpid|ocid|ncid|s?cid_source"
    r"|smid|smtyp|partner_?id|spm|scm|share(?:_?(?:id|source|token|from|medium|tag))?|xtor|trk\w*|ito|ref_?(?:src|url)"
    r"|__twitter_impression|__s|s_kwcid|ef_id|sr_share|feature=emb\w*|guccounter|guce_\w+|fb_(?:action|comment|ref|source)\w*"
    r"|action_\w+_map|cmp|dicbo|taid|phpsessid|jsessionid|rss|(?:source|from|ref|mod|ftag|emc|partner)=rss[\w-]*",
    re.IGNORECASE,
)
_AMP_QUERY = re.compile(r"amp(?:=(?:1|true|amp)?)?|outputtype=amp|usqp=.*", re.IGNORECASE)
_AMP_CACHE = re.compile(r"/(?:amp|[acv])/(s/)?(?P<rest>[^/]+\.[^/]+/.*|[^/]+\.[^/]+)$")
_AMP_PATH = re.compile(r"(?:/amp(?:\.html?)?/?|\.amp(?=\.html?$)|\.amp)$|\.amp(?=\.html?$)")
_TWIN_LABEL = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.[^.])")
_INNER_MOBILE = re.compile(r"^([a-z-]{2,12})\.m\.(?=[^.]+\.[^.])")
# An address in which there is nothing to fold but the scheme.
_PLAIN = re.compile(
    r"https?://(?!.*(?:amp|google|\.\.|/\.))(?!www|m\.|mobile\.|[a-z-]{2,12}\.m\.)"
    r"(?P<rest>[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9_.-]+)*)/?"
)
_SESSION = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_GUID = 500  # characters
_UNRESERVED = "-._~!$&'()*+,;=:@/"


def canonical_url(url: str) -> str:
    """The one form of all addresses of a page.

    Scheme and host lower-cased, http and https, `www.`, mobile and AMP twins folded, default ports, tracking parameters
    and fragments dropped, what is left of the query sorted. Anything but http(s) comes back stripped.
    """
    url = url.strip()
    if (plain := _PLAIN.fullmatch(url)) is not None:
        return f"https://{plain['rest']}"
    url = url.encode("utf-8", "backslashreplace").decode()  # half letters cannot be quoted
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.hostname:
        return url
    unwrapped = _AMP_CACHE.search(parts.path) if _is_amp_cache(parts.hostname) else None
    if unwrapped is not None:
        return canonical_url(f"https://{unwrapped['rest']}{'?' + parts.query if parts.query else ''}")
    if port in (None, 80, 443):
        scheme, port = "https", None
    else:
        scheme = parts.scheme.lower()
    host = _host_of(parts.hostname)
    return urlunsplit(
        (
            scheme,
            host if port is None else f"{host}:{port}",
            _path_of(_SESSION.sub("", parts.path)),
            _query_of(parts.query),
            "",
        )
    ) + _route_of(parts.fragment)


def identity_of(article: Article) -> str:
    """What makes an article itself: its canonical address, else `text:` and a hash of its title and text."""
    if article.url and "://" in article.url:
        return canonical_url(article.url)
    words = " ".join(f"{folded(article.title)}\n{folded(article.text)}".split())
    return f"text:{_hash(words)}"


def identities_of(articles: Sequence[Article]) -> list[str]:
    """The identities of a feed's articles. Several that share an address but not a title are not one: all of a feed may
    link to its home, or to places in one page. That place sets them apart, else their feed's name for them, else the
    title."""
    keys = [identity_of(article) for article in articles]
    count = Counter(keys)
    titles: dict[str, set[str]] = defaultdict(set)
    for key, article in zip(keys, articles, strict=True):
        if count[key] > 1:
            titles[key].add(_title(article))
    return [
        f"{key}#{_apart(article)}" if len(titles.get(key, ())) > 1 else key
        for key, article in zip(keys, articles, strict=True)
    ]


def aliases_of(articles: Sequence[Article], source: int) -> list[str | None]:
    """What a feed calls each of its articles by, as a key among all sources'; None where that is its address, or the
    feed calls two by one name."""
    count = Counter(article.guid for article in articles)
    return [
        f"{NAMED}{source}:{article.guid[:_LONGEST_GUID]}"
        if article.guid and article.guid != article.url and count[article.guid] == 1
        else None
        for article in articles
    ]


def _apart(article: Article) -> str:
    place = urlsplit(article.url or "").fragment
    return place or _hash(article.guid if article.guid and article.guid != article.url else _title(article))


def _title(article: Article) -> str:
    return " ".join(folded(article.title).casefold().split())


def _hash(words: str) -> str:
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _is_amp_cache(host: str) -> bool:
    host = host.lower()
    return host.endswith(".cdn.ampproject.org") or re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host) is not None


def _host_of(host: str) -> str:
    host = host.lower().rstrip(".")
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode("ascii")
    if ":" in host:
        return f"[{host}]"
    return _INNER_MOBILE.sub(r"\1.", _TWIN_LABEL.sub("", host))


def _path_of(path: str) -> str:
    path = _SESSION.sub("", unquote(path, errors="surrogateescape"))
    path = quote(path, safe=_UNRESERVED, errors="surrogateescape")
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    path = _AMP_PATH.sub("", "/".join(kept)).rstrip("/")
    return path if not path or path.startswith("/") else f"/{path}"


def _query_of(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=200) if query.count("&") < 200 else []
    kept = [(key, value) for key, value in pairs if not _is_noise(key, value)]
    return urlencode(sorted(kept, key=lambda pair: pair[0]))


def _is_noise(key: str, value: str) -> bool:
    pair = f"{key}={value}"
    return any(pattern.fullmatch(part) for pattern in (_TRACKING, _AMP_QUERY) for part in (key, pair))


def _route_of(fragment: str) -> str:
    """A fragment that is a path of a page's own router names another article; any other is a place in this one."""
    return f"#{fragment}" if fragment.startswith(("!", "/")) else ""
