"""Who a voter is to the store: a keyed hash, never a name. Pure."""

from functools import lru_cache
from hashlib import blake2b


def voter_of(secret: bytes, *, platform: str, workspace: str, member: str) -> str:
    """The keyed hash of a member, 32 hex digits; without the secret it cannot be made or checked."""
    words = "\0".join((platform, workspace, member)).encode()
    return blake2b(words, key=_key_of(secret), digest_size=16).hexdigest()


@lru_cache(maxsize=1)
def _key_of(secret: bytes) -> bytes:
    return blake2b(secret, person=b"digestbot-voter").digest()
