"""Addresses -> documents over HTTP, within limits and behind the address guard. The only HTTP client of this room."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple, Self

import aiohttp
from yarl import URL

from bot.errors import FetchError
from bot.model import Document, Fetched, Validators
from bot.sources.folder import read_local
from bot.sources.guard import Network, may_reach, networks_of
from bot.sources.refusals import Refused, failure, shown_as, too_large, unreachable
from bot.sources.turns import Turns

_NONE = Validators()
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_READ = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})  # the latter through some proxies
_MOST_REDIRECTS = 5
_NO_TIME = 0.001  # seconds; to aiohttp 0 is no limit
_UNREADABLE = ("audio/", "video/", "image/", "font/")  # whole kinds of documents that nobody need download
_LONGEST_WAIT = 7 * 86_400.0  # seconds; a Retry-After beyond it is not believed
_MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9,"
    " text/html;q=0.8, text/plain;q=0.7, */*;q=0.5"
)


class _Onward(NamedTuple):
    """Where an answer sends us, and whether for good."""

    url: URL
    for_good: bool


class SourceFetcher:
    """Fetches http(s) addresses and reads local paths (`ports.Fetcher`). Close with `aclose` or as a context."""

    def __init__(
        self,
        *,
        concurrency: int = 200,
        per_host: int = 2,
        spacing: float = 0.0,  # seconds from one request to a host to the next
        timeout: float = 20.0,  # seconds, all redirects together
        max_bytes: int = 10_000_000,
        user_agent: str = "digestbot",
        allow_private: Sequence[str | IPv4Network | IPv6Network] = (),
    ) -> None:
        self._turns = Turns(concurrency=concurrency, per_host=per_host, spacing=spacing)
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._headers = {"User-Agent": user_agent, "Accept": _ACCEPT}
        self._opened = networks_of([str(network) for network in allow_private])
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def fetch(self, address: str, validators: Validators = _NONE, *, trusted: bool = False) -> Fetched:
        """What is there now, or unchanged since the validators were taken. Raises FetchError naming the address.

        Only `trusted` addresses may reach the private networks that were opened.
        """
        if "://" not in address:
            return await read_local(address, validators, self._max_bytes)
        shown = shown_as(address)
        left = self._timeout
        url = _url_of(address, shown)
        moved, for_good, last = None, True, ""
        for _ in range(_MOST_REDIRECTS + 1):
            host = url.raw_host or ""
            async with self._turns.at(host, again=host == last):
                started = asyncio.get_running_loop().time()
                found = await self._get(url, validators, shown, left, trusted=trusted)
                left -= asyncio.get_running_loop().time() - started
            if isinstance(found, Fetched):
                return found if moved is None else replace(found, moved=moved)
            url, last = found.url, host
            for_good = for_good and found.for_good
            moved = str(url) if for_good else moved
        raise FetchError(f"{shown}: redirects more than {_MOST_REDIRECTS} times")

    async def _get(
        self, url: URL, validators: Validators, shown: str, left: float, *, trusted: bool
    ) -> Fetched | _Onward:
        """One request that may take so many seconds: what came back, or where it sends us."""
        conditions = _conditions(validators)
        within = aiohttp.ClientTimeout(total=max(left, _NO_TIME))
        try:
            async with self._session(trusted).get(
                url, headers=conditions, allow_redirects=False, timeout=within
            ) as response:
                if response.status in _REDIRECTS and "Location" in response.headers:
                    onward = _url_of(str(_joined(url, response.headers["Location"], shown)), shown)
                    return _Onward(onward, response.status in _FOR_GOOD)
                if response.status == HTTPStatus.NOT_MODIFIED and conditions:
                    return Fetched((), validators, unchanged=True, fresh_for=_fresh_for(response))
                if response.status not in _READ:
                    raise failure(response.status, shown, retry_after=_retry_after(response))
                body = await self._body(response, shown)
                return _fetched(body, response, validators)
        except TimeoutError as error:
            slow = FetchError(f"{shown}: no full answer within {self._timeout:g} seconds")
            raise slow.told("error.slow", address=shown) from error
        except aiohttp.ClientError as error:
            raise unreachable(error, url, shown) from error
        except (OSError, ValueError) as error:  # ValueError: a host that cannot be written as a name
            raise FetchError(f"{shown}: cannot be reached: {error}") from error

    async def _body(self, response: aiohttp.ClientResponse, shown: str) -> bytes:
        """The unpacked body, read in pieces so that no bomb is ever held whole."""
        if response.content_type.startswith(_UNREADABLE):
            raise FetchError(f"{shown}: is {response.content_type}, which cannot be read", status=response.status)
        limit, left = self._max_bytes, self._max_bytes
        pieces: list[bytes] = []
        if (response.content_length or 0) <= limit:
            while left >= 0 and (piece := await response.content.readany()):
                pieces.append(piece)
                left -= len(piece)
            if left >= 0:
                return b"".join(pieces)
        raise too_large(shown, limit, response.status)

    def _session(self, trusted: bool) -> aiohttp.ClientSession:
        """Trusted requests have connections of their own: a guarded one must never come upon an open door."""
        trusted = trusted and bool(self._opened)
        if trusted not in self._sessions:
            opened = self._opened if trusted else ()
            self._sessions[trusted] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, socket_factory=lambda info: _guarded_socket(info, opened)),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
            )
        return self._sessions[trusted]


def _guarded_socket(info: aiohttp.AddrInfoType, opened: Sequence[Network]) -> socket.socket:
    """A socket for an address just looked up, so that neither names, literals, redirects nor rebinding get past."""
    family, kind, protocol, _, address = info
    if not may_reach(str(address[0]), opened):
        raise Refused(f"{address[0]} is not on the public internet")
    made = socket.socket(family, kind, protocol)
    made.setblocking(False)
    return made


def _url_of(address: str, shown: str) -> URL:
    try:
        url = URL(address.strip())
        port = url.port
    except ValueError as error:
        raise FetchError(f"{shown}: is no address: {error}").told("error.address", address=shown) from error
    if url.scheme not in ("http", "https"):
        raise FetchError(f"{shown}: only http and https addresses are fetched").told("error.address", address=shown)
    if not url.raw_host or port == 0:
        raise FetchError(f"{shown}: is no address: it names no host or port").told("error.address", address=shown)
    return url


def _joined(url: URL, location: str, shown: str) -> URL:
    try:
        return url.join(URL(location))
    except ValueError as error:
        raise FetchError(f"{shown}: redirects to something that is no address") from error


def _conditions(validators: Validators) -> dict[str, str]:
    stated = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in stated.items() if value and value.isprintable()}


def _fetched(body: bytes, response: aiohttp.ClientResponse, validators: Validators) -> Fetched:
    seen = Validators(
        etag=response.headers.get("ETag"),
        last_modified=response.headers.get("Last-Modified"),
        body_hash=blake2b(body, digest_size=16).hexdigest(),
    )
    if seen.body_hash == validators.body_hash:
        return Fetched((), seen, unchanged=True, fresh_for=_fresh_for(response))
    url = str(response.url.with_user(None).with_fragment(None))
    return Fetched((Document(url, body, response.headers.get("Content-Type")),), seen, fresh_for=_fresh_for(response))


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Seconds, whether the header counts them or names a time, which is read against the server's own clock."""
    stated = response.headers.get("Retry-After", "").strip()
    return min(float(stated), _LONGEST_WAIT) if stated.isdecimal() else _until(response, "Retry-After")


def _fresh_for(response: aiohttp.ClientResponse) -> float:
    """Seconds: Cache-Control's max-age, else what Expires leaves by the server's own clock."""
    stated = response.headers.get("Cache-Control", "")
    if (found := _MAX_AGE.search(stated)) is not None:
        return min(float(found[1]), _LONGEST_WAIT)
    return 0.0 if stated else _until(response, "Expires") or 0.0


def _until(response: aiohttp.ClientResponse, header: str) -> float | None:
    """The seconds from the server's own time to one that a header names."""
    try:
        wait = parsedate_to_datetime(response.headers[header]) - parsedate_to_datetime(response.headers["Date"])
    except (KeyError, TypeError, ValueError):
        return None
    return min(max(wait.total_seconds(), 0.0), _LONGEST_WAIT)
