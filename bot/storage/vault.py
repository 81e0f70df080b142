"""Small secrets by workspace, sealed at rest: `ports.Vault`. The key is made from DIGESTBOT_SECRET or its file."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import ColumnElement, and_, delete, insert, select

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.tables import secrets

_PURPOSE = b"digestbot vault"


def seal_of(secret: bytes, purpose: bytes) -> Fernet:
    """Seals and opens by a key that is made from the house's secret for this purpose alone."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
    return Fernet(urlsafe_b64encode(key))


class SealedVault:
    def __init__(self, database: Database, secret: bytes) -> None:
        self._database = database
        self._fernet = seal_of(secret, _PURPOSE)

    async def get(self, workspace: str, name: str) -> bytes | None:
        """Raises StorageError where the value was sealed under another secret."""
        async with self._database.read() as view:
            found = await view.connection.execute(select(secrets.c.sealed).where(_here(workspace, name)))
            sealed = found.scalar_one_or_none()
        if sealed is None:
            return None
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise StorageError(
                f"the stored secret {name!r} of {workspace!r} does not open: DIGESTBOT_SECRET (or digestbot.key beside "
                "the database) has changed; put the old one back, or connect that workspace again"
            ) from None

    async def put(self, workspace: str, name: str, secret: bytes) -> None:
        sealed = self._fernet.encrypt(secret)
        async with self._database.begin() as tx:
            await tx.connection.execute(delete(secrets).where(_here(workspace, name)))
            await tx.connection.execute(insert(secrets).values(workspace=workspace, name=name, sealed=sealed))

    async def delete(self, workspace: str, name: str) -> None:
        async with self._database.begin() as tx:
            await tx.connection.execute(delete(secrets).where(_here(workspace, name)))


def _here(workspace: str, name: str) -> ColumnElement[bool]:
    return and_(secrets.c.workspace == workspace, secrets.c.name == name)
