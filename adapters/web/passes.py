"""Sign-in links, and the cookie that one becomes: whom they name, until when, and the seal of ours on them. Pure."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from bot.errors import BotError

Use = Literal["link", "cookie"]  # what a seal is good for: neither stands in for the other
LONGEST_MEMBER = 200  # characters
_LONGEST = 4096  # characters of what is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Says that its holder is this member until that second; `nonce` tells two of the same apart."""

    member: str
    admin: bool
    until: datetime
    nonce: str = ""


def is_member_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST_MEMBER and name == name.strip() and name.isprintable()


def sealed(one: Pass, key: bytes, use: Use) -> str:
    """A pass as text that an address or a cookie can hold. Raises BotError where its member has no possible name."""
    if not is_member_name(one.member):
        raise BotError(f"{one.member[:40]!r}: a member's name is 1 to {LONGEST_MEMBER} printable characters")
    said = json.dumps([one.member, one.admin, int(one.until.timestamp()), one.nonce], ensure_ascii=False)
    body = urlsafe_b64encode(said.encode()).decode().rstrip("=")
    return f"{body}.{_seal(body, key, use)}"


def opened(text: str, key: bytes, use: Use, now: datetime) -> Pass | None:
    """The pass in a text; None where it is not ours, for another use, or over."""
    body, found, seal = text.partition(".")
    if (
        not found
        or len(text) > _LONGEST
        or not hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(body, key, use).encode())
    ):
        return None
    member, admin, until, nonce = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    one = Pass(member=member, admin=admin, until=datetime.fromtimestamp(until, UTC), nonce=nonce)
    return one if now < one.until else None


def _seal(body: str, key: bytes, use: Use) -> str:
    return hmac.new(key, f"{use}\n{body}".encode("utf-8", "replace"), sha256).hexdigest()
