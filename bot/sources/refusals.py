"""What goes wrong in fetching -> errors that name the address, say what to do, and never show a password."""

from __future__ import annotations

from http import HTTPStatus

import aiohttp
from yarl import URL

from bot.errors import FetchError
from bot.text.harmless import harmless_line

_ADVICE = {
    304: "it says that nothing changed since we were here, but we never were",
    400: "check the address",
    401: "it asks for a password, which digestbot does not have",
    402: "it asks to be paid",
    403: "it refuses us; open the address in a browser to see whether it is public",
    404: "check the address",
    406: "it offers nothing that digestbot reads",
    410: "it is gone for good; remove the source",
    429: "it asks for fewer requests",
    451: "it is withheld for legal reasons",
}
_UNTIMELY = (9, 10)  # OpenSSL's codes for a certificate that is not valid yet, or not any more


class Refused(OSError):
    """A connection that the address guard does not allow."""


def failure(status: int, shown: str, *, retry_after: float | None) -> FetchError:
    """An answer that is none of those that are read."""
    try:
        name = HTTPStatus(status).phrase
    except ValueError:
        name = "unknown answer"
    advice = _ADVICE.get(status, "the server is in trouble; it will be tried again" if status >= 500 else "check it")
    error = FetchError(f"{shown}: {status} {name}: {advice}", status=status, retry_after=retry_after)
    if status == HTTPStatus.GONE:
        return error.told("error.gone", address=shown)
    return error.told("error.status", address=shown, status=status)


def too_large(shown: str, limit: int, status: int) -> FetchError:
    error = FetchError(f"{shown}: is larger than {limit:,} bytes ([fetch] max_bytes)", status=status)
    return error.told("error.too_large", address=shown)


def unreachable(error: aiohttp.ClientError, url: URL, shown: str) -> FetchError:
    refused = _refusal_in(error)
    if refused is not None:
        opened = "[fetch] allow_private opens private networks, to sources of the configuration file"
        private = FetchError(f"{shown}: refused: {refused} ({opened})")
        return private.told("error.private", address=shown)
    if isinstance(error, aiohttp.InvalidURL):
        return FetchError(f"{shown}: is no address that can be fetched").told("error.address", address=shown)
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        inner = getattr(error, "certificate_error", error)
        timely = "; is this machine's clock right?" if getattr(inner, "verify_code", 0) in _UNTIMELY else ""
        return FetchError(f"{shown}: its certificate is not valid{timely}")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        unknown = FetchError(f"{shown}: there is no host {url.raw_host}; check the address")
        return unknown.told("error.no_host", host=url.raw_host)
    if isinstance(error, aiohttp.ClientConnectorError):
        return FetchError(f"{shown}: cannot be reached: {error.os_error.strerror or error.os_error}")
    if isinstance(error, aiohttp.ClientResponseError):
        return FetchError(f"{shown}: answers with broken HTTP: {harmless_line(error.message)[:100]}")
    return FetchError(f"{shown}: the connection broke ({type(error).__name__})")


def _refusal_in(error: BaseException | None) -> Refused | None:
    """The guard's refusal among an error's causes."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, Refused):
            return error
        inner = getattr(error, "os_error", None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
        seen += 1
    return None


def shown_as(address: str) -> str:
    """The address as messages may show it: without user name and password."""
    head, mark, rest = address.strip().partition("://")
    host, slash, path = rest.partition("/")
    return f"{head}{mark}{host.rpartition('@')[2]}{slash}{path}"
