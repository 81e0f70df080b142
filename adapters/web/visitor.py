"""Who a visitor is, what they may do, and whether a request is what it seems: the pure rule. Serving is guard's."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from multidict import MultiMapping
from yarl import URL

from adapters.web.passes import Pass, is_member_name
from bot.errors import ConfigError

LOCAL = "local"
ARCHIVES = ("local", "members", "open")
Headers = MultiMapping[str]

_FORWARDING = {"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"}
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::[0-9]{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    user_header: str = ""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    admins: frozenset[str] = frozenset()
    archive: str = "local"
    public_url: URL = URL("http://127.0.0.1:8080")

    @property
    def is_shared(self) -> bool:
        """Whether the pages have a name by which other machines reach them."""
        return not is_loopback(self.public_url.host or "")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks; `member` is None for nobody."""

    member: str | None = None
    admin: bool = False

    def reads(self, settings: WebSettings) -> bool:
        """An archive for `local` or for `members` is read by whoever is somebody, an open one by all."""
        return self.member is not None or settings.archive == "open"


def settings_of(given: Mapping[str, object]) -> WebSettings:
    """The settings of `[web]`, with `public_url` of `[http]`. Raises ConfigError with every mistake."""
    mistakes: list[str] = []
    archive = given.get("archive", "local")
    if archive not in ARCHIVES:
        mistakes.append(f"[web] archive = {archive!r}: must be one of {', '.join(ARCHIVES)}")
    proxies = []
    for proxy in _listed(given, "trusted_proxies", mistakes):
        try:
            proxies.append(ip_network(proxy, strict=False))
        except ValueError:
            mistakes.append(f'[web] trusted_proxies: {proxy!r} is no address or network, write e.g. "10.0.0.0/8"')
    user_header = given.get("user_header", "")
    if not isinstance(user_header, str) or re.search(r"[^\w-]", user_header):
        mistakes.append(f'[web] user_header = {user_header!r}: must be a header\'s name, e.g. "X-Remote-User"')
    public_url = _origin(str(given.get("public_url") or WebSettings().public_url))
    if public_url is None:
        mistakes.append(f"[http] public_url = {given['public_url']!r}: must be an http or https URL")
    admins = frozenset(_listed(given, "admins", mistakes))
    if mistakes or public_url is None:
        raise ConfigError(*mistakes)
    return WebSettings(
        user_header=str(user_header),
        trusted_proxies=tuple(proxies),
        admins=admins,
        archive=str(archive),
        public_url=public_url,
    )


def _listed(given: Mapping[str, object], key: str, mistakes: list[str]) -> Iterable[str]:
    value = given.get(key, ())
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(value)
    mistakes.append(f"[web] {key} = {value!r}: must be a list of texts")
    return ()


def visitor_of(
    peer: str | None, headers: Headers, settings: WebSettings, signed_in: Pass | None = None, *, http_1_0: bool = False
) -> Visitor:
    """Who asks, from the address of the other end of the connection, the request's headers, and the sign-in that its
    cookie holds: whom a trusted proxy names, else who signed in by a link, else `local`, else nobody.

    Of a trusted proxy only the header counts, and the cookie: one on this machine that names nobody is not `local`.
    Neither is anybody where `public_url` is not this machine: a proxy here that adds no header hands on what strangers
    ask as if it came from it. Nor is a request in HTTP/1.0, which browsers no longer speak and old nginx does.
    """
    by_proxy = _trusted(peer, settings)
    if by_proxy and settings.user_header:
        named = [name.strip() for name in headers.getall(settings.user_header, [])]
        if any(named):
            known = len(named) == 1 and is_member_name(named[0])
            return Visitor(named[0], named[0] in settings.admins) if known else Visitor()
    if signed_in is not None:
        return Visitor(signed_in.member, signed_in.admin or signed_in.member in settings.admins)
    if by_proxy or settings.is_shared:
        return Visitor()
    here = peer is not None and is_loopback(peer) and is_loopback(host_of(headers) or "")
    if here and not http_1_0 and not _forwarded(headers):
        return Visitor(LOCAL, admin=True)
    return Visitor()


def cookie_name(settings: WebSettings) -> str:
    """Of the sign-in. Under `__Host-` browsers take it from this very host over HTTPS alone."""
    return "__Host-digestbot" if settings.public_url.scheme == "https" else "digestbot"


def _trusted(peer: str | None, settings: WebSettings) -> bool:
    try:
        address = ip_address(peer or "")
    except ValueError:
        return False
    plain = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
    return any(plain in network for network in settings.trusted_proxies)


def _forwarded(headers: Headers) -> bool:
    names = {name.lower() for name in headers}
    return bool(names & _FORWARDING) or any(name.startswith("x-forwarded") for name in names)


def is_loopback(host: str) -> bool:
    """Whether a host name, or an address with or without brackets, is this machine itself."""
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return host == "localhost"
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def host_of(headers: Headers) -> str | None:
    """The name that the request was sent to, lower case, without port; None where it is missing, doubled or odd."""
    given = headers.getall("Host", [])
    match = _HOST.fullmatch(given[0]) if len(given) == 1 else None
    return match[1].lower() if match else None


def host_is_ours(headers: Headers, settings: WebSettings) -> bool:
    """Whether the request was sent to a name of ours; another name in `Host` is a DNS rebinding attack."""
    host = host_of(headers)
    return host is not None and (is_loopback(host) or host.strip("[]") == settings.public_url.host)


def same_origin(headers: Headers, origin: URL, settings: WebSettings) -> bool:
    """Whether a page of ours sent this; `origin` is the one that the request itself was sent to."""
    ours = (_origin(str(origin)), settings.public_url)
    if "Origin" in headers:
        return all(_origin(given) in ours for given in headers.getall("Origin"))
    if "Sec-Fetch-Site" in headers:
        return all(given == "same-origin" for given in headers.getall("Sec-Fetch-Site"))
    return _origin(headers.get("Referer", "")) in ours


def _origin(text: str) -> URL | None:
    """Scheme, host and a port that is not the usual one; None where there is no such thing."""
    try:
        url = URL(text).origin()
    except ValueError:
        return None
    if url.scheme not in ("http", "https"):
        return None
    return url.with_port(None) if url.is_default_port() else url


def token_of(key: bytes, member: str) -> str:
    """What a form of this member's page carries."""
    return hmac.new(key, member.encode(), sha256).hexdigest()


def token_fits(given: str, key: bytes, member: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), token_of(key, member).encode())
