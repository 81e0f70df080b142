"""The web platform's own secrets in the vault: the key of its forms, the key of sign-ins, which links were used.

They are read each time, so that several processes agree whichever wrote them.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import datetime
from typing import Literal

from adapters.web.passes import Pass
from bot.errors import BotError
from bot.ports import Vault

Name = Literal["form-key", "session-key"]
_HERE = "web"
_USED = "links-used"


class Keys:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._turn = asyncio.Lock()

    async def known(self, name: Name) -> bytes | None:
        return await self._vault.get(_HERE, name)

    async def of(self, name: Name) -> bytes:
        """The key, made where there is none. Raises BotError where it cannot be kept."""
        if await self.known(name) is None:
            await self._vault.put(_HERE, name, secrets.token_bytes(32))
        key = await self.known(name)
        if key is None:
            raise BotError("the vault did not keep a key of the web pages: check that the database can be written")
        return key

    async def forget(self, name: Name) -> None:
        await self._vault.delete(_HERE, name)

    async def is_used(self, link: Pass) -> bool:
        return link.nonce in await self._used()

    async def use(self, link: Pass, now: datetime) -> bool:
        """Marks a link as used, for as long as it could be used again. False: it was before."""
        async with self._turn:
            used = await self._used()
            if link.nonce in used:
                return False
            kept = {nonce: until for nonce, until in used.items() if until > now.timestamp()}
            kept[link.nonce] = int(link.until.timestamp())
            await self._vault.put(_HERE, _USED, json.dumps(kept).encode())
            return True

    async def _used(self) -> dict[str, int]:
        """Nonce -> when the link is over."""
        found = await self._vault.get(_HERE, _USED)
        used: dict[str, int] = json.loads(found) if found else {}
        return used
