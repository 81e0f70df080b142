"""A web in memory: what stands at each address, and nothing elsewhere."""

from __future__ import annotations

from bot.errors import FetchError
from bot.model import Document, Fetched, Validators


class FakeFetcher:
    """Implements `ports.Fetcher` over `pages`, by address."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages

    async def fetch(self, address: str, validators: Validators | None = None, *, trusted: bool = False) -> Fetched:
        if address not in self.pages:
            raise FetchError(f"{address}: there is nothing", status=404)
        return Fetched((Document(address, self.pages[address].encode(), None),), Validators())
