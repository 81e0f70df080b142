"""How much of a digest a workspace may still have: it is cut, or waits, and what is left out stays for the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.contest import Composition
from bot.errors import StaleWrite
from bot.model import Digest, Reason, Stage
from bot.ports import UnitOfWork

_DAY = timedelta(days=1)
_TOLD = timedelta(days=7)  # before admins are told again
_NO_PLACE = ("limit", "variety")  # why those are left that would have had the next place
POSTS = "posts"  # what they are told of


class Allowance:
    def __init__(self, posts_each: int | None) -> None:
        """`posts_each`: messages that a workspace may have in a day; None: as many as it likes."""
        self._most = posts_each

    async def bounded(self, view: UnitOfWork, digest: Digest, now: datetime) -> tuple[Digest, Reason | None]:
        """The digest with no more places than its workspace has left beside its header, and why it has fewer."""
        if self._most is None:
            return digest, None
        had = await view.quotas.messages(digest.channel.spec.home, now - _DAY)
        places = max(0, self._most - had - 1)
        settings = digest.channel.settings
        if places >= settings.max_articles:
            return digest, None
        spec = replace(digest.channel.spec, settings=replace(settings, max_articles=places))
        cut = Reason("gate.posts", {"limit": self._most, "had": had})
        return replace(digest, channel=replace(digest.channel, spec=spec)), cut

    async def take(self, tx: UnitOfWork, digest: Digest, cut: Reason | None, now: datetime) -> None:
        """With what this transaction settled. Raises StaleWrite where the workspace has too much by that: others were
        settled meanwhile."""
        if self._most is None:
            return
        if await tx.quotas.messages(digest.channel.spec.home, now - _DAY, alone=True) > self._most:
            raise StaleWrite(f"the workspace of {digest.channel.name} has had its {self._most} messages meanwhile")
        if cut is not None:
            await self.note(tx, digest, now)

    async def note(self, tx: UnitOfWork, digest: Digest, now: datetime) -> None:
        await tx.quotas.notice(digest.channel, POSTS, now, before=now - _TOLD)


def as_cut(composition: Composition, digest: Digest, cut: Reason | None) -> Composition:
    """The composition for the digest as it was, with the reason of what there was no place for."""
    places = composition.digest.channel.settings.max_articles
    composition = replace(composition, digest=replace(composition.digest, channel=digest.channel))
    left = [one for one, stage in composition.reasons.items() if stage.stage in _NO_PLACE]
    if cut is None or not left or len(composition.digest.items) < places:
        return composition
    told = Stage(stage="posts", passed=False, value=None, limit=None, reason=cut)
    return replace(composition, reasons={**composition.reasons, **dict.fromkeys(left, told)}, cut=cut)
