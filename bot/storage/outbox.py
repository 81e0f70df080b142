"""The outbox: digests on their way, and each of their messages from composed to posted. Their slots: `schedules.py`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StaleWrite, StorageError
from bot.model import Channel, Digest, DigestItem, Fate, MessageRef, NewPosting, Posting, Uncertain
from bot.storage.codec import message_of
from bot.storage.rows import CHANNELS, channel_of, digests_of
from bot.storage.tables import channels, digest_items, digests, outbox, removals

_OPEN = ("pending", "uncertain")  # the parts after such a one wait for it


class SqlOutbox:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def digest(self, digest_id: int) -> Digest:
        rows = await self._connection.execute(select(digests).where(digests.c.id == digest_id))
        found = await digests_of(self._connection, rows.mappings().all(), whole=True)
        if not found:
            raise StorageError(f"digest {digest_id} is unknown")
        return found[0]

    async def settle(self, digest: Digest, items: Sequence[DigestItem], postings: Sequence[NewPosting]) -> None:
        taken = await self._connection.execute(
            update(digests)
            .where(digests.c.id == digest.id, digests.c.state == "due")
            .values(state=digest.state, considered=digest.considered)
        )
        if taken.rowcount != 1:
            raise StaleWrite(f"digest {digest.id} is no longer due: somebody else composed or dropped it")
        await settled_alone(self._connection, digest.channel.id)
        try:
            if items:
                await self._connection.execute(insert(digest_items), [_item(digest, item) for item in items])
            if postings:
                await self._connection.execute(insert(outbox), [_row(digest, posting) for posting in postings])
        except IntegrityError as error:
            raise StaleWrite(f"{digest.channel.name} was served one of these articles meanwhile") from error
        removed = select(removals.c.article_id).where(
            removals.c.channel_id == digest.channel.id,
            removals.c.article_id.in_([item.article.id for item in items]),
        )
        if (await self._connection.execute(removed)).first() is not None:
            raise StaleWrite(f"one of these articles was taken out of {digest.channel.name} meanwhile")

    async def waiting(self, now: datetime, limit: int) -> tuple[int, ...]:
        """Those of a paused channel wait until it is resumed."""
        same = outbox.alias()
        first = select(func.min(same.c.part)).where(same.c.digest_id == outbox.c.digest_id, same.c.state.in_(_OPEN))
        rows = await self._connection.execute(
            select(digests.c.id)
            .select_from(digests.join(outbox).join(channels, channels.c.id == digests.c.channel_id))
            .where(
                digests.c.state == "composed",
                outbox.c.state == "pending",
                outbox.c.part == first.scalar_subquery(),
                or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now),
                or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now),
                channels.c.paused.is_(None),
                ~channels.c.stopped,
            )
            .order_by(digests.c.at, digests.c.id)
            .limit(limit)
        )
        return tuple(rows.scalars())

    async def lease(
        self, digest_id: int, *, token: str, now: datetime, until: datetime, platforms: Collection[str] | None = None
    ) -> Posting | None:
        found = await self._connection.execute(
            select(outbox)
            .where(outbox.c.digest_id == digest_id, outbox.c.state.in_(_OPEN))
            .order_by(outbox.c.part)
            .limit(1)
            .with_for_update()
        )
        row = found.mappings().one_or_none()
        if row is None or row["state"] != "pending":
            return None
        held = row["lease_until"] is not None and row["lease_until"] > now
        renewed = held and row["token"] == token
        put_off = row["not_before"] is not None and row["not_before"] > now
        if (held and not renewed) or put_off:
            return None
        (posting,) = await self.postings(digest_id, [row])  # `unsure` as it was before this attempt
        channel = posting.channel
        if not renewed and (channel.paused or (platforms is not None and channel.spec.platform not in platforms)):
            return None
        attempts = row["attempts"] if renewed else row["attempts"] + 1
        first_try_at = row["first_try_at"] or now
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.id == row["id"])
            .values(token=token, lease_until=until, attempts=attempts, first_try_at=first_try_at, unsure=True)
        )
        return replace(posting, attempts=attempts, first_try_at=first_try_at)

    async def close(self, posting_id: int, token: str, fate: Fate) -> bool:
        return await self.end(posting_id, fate, outbox.c.token == token, outbox.c.state == "pending")

    async def uncertain(self, channel_id: int | None = None) -> tuple[Uncertain, ...]:
        query = select(outbox, digests.c.at).join(digests).where(outbox.c.state == "uncertain")
        if channel_id is not None:
            query = query.where(digests.c.channel_id == channel_id)
        found = await self._connection.execute(query.order_by(outbox.c.settled_at, outbox.c.id))
        waiting = []
        for row in found.mappings().all():
            (posting,) = await self.postings(row["digest_id"], [row])
            waiting.append(Uncertain(posting=posting, at=row["at"], since=row["settled_at"], reason=row["reason"]))
        return tuple(waiting)

    async def resolve(self, posting_id: int, fate: Fate) -> bool:
        return await self.end(posting_id, fate, outbox.c.state == "uncertain")

    async def end(self, posting_id: int, fate: Fate, *here: ColumnElement[bool]) -> bool:
        """Writes a posting's fate if it is still as it was; with its last part the digest is posted."""
        ended = await self._connection.execute(
            update(outbox).where(outbox.c.id == posting_id, *here).values(_closed(fate))
        )
        if ended.rowcount != 1:
            return False
        digest_id = select(outbox.c.digest_id).where(outbox.c.id == posting_id).scalar_subquery()
        # who ends another part at this moment comes before or after, so that one of the two sees that none is left
        await self._connection.execute(
            select(digests.c.id).where(digests.c.id == digest_id).with_for_update(key_share=True)
        )
        left = exists().where(outbox.c.digest_id == digests.c.id, outbox.c.state.in_(_OPEN))
        await self._connection.execute(
            update(digests)
            .where(digests.c.id == digest_id, digests.c.state == "composed", ~left)
            .values(state="posted")
        )
        return True

    async def refs(self, digest_id: int) -> tuple[tuple[MessageRef, Posting], ...]:
        posted = await self._connection.execute(
            select(outbox)
            .where(outbox.c.digest_id == digest_id, outbox.c.state == "posted", outbox.c.message.is_not(None))
            .order_by(outbox.c.part)
        )
        rows = posted.mappings().all()
        return tuple(zip(map(ref_of, rows), await self.postings(digest_id, rows), strict=True))

    async def postings(self, digest_id: int, rows: Sequence[RowMapping]) -> tuple[Posting, ...]:
        """Rows of one digest's outbox; where its layout is a thread, under the header that was posted first."""
        channel_id = select(digests.c.channel_id).where(digests.c.id == digest_id).scalar_subquery()
        found = await self._connection.execute(CHANNELS.where(channels.c.id == channel_id))
        channel = channel_of(found.mappings().one())
        header = None
        if channel.settings.layout == "thread":
            first = select(outbox).where(
                outbox.c.digest_id == digest_id, outbox.c.part == 0, outbox.c.message.is_not(None)
            )
            top = (await self._connection.execute(first)).mappings().one_or_none()
            header = ref_of(top) if top else None
        return tuple(_posting_of(row, channel, parent=header if row["part"] else None) for row in rows)


async def settled_alone(connection: AsyncConnection, channel_id: int) -> None:
    """From here to its end no other transaction settles a digest of this channel, or takes an article out of it."""
    await connection.execute(select(channels.c.id).where(channels.c.id == channel_id).with_for_update(key_share=True))


def ref_of(row: RowMapping) -> MessageRef:
    """Where a posted row is."""
    return MessageRef(row["platform"], row["workspace"], row["place"], row["message"])


def _posting_of(row: RowMapping, channel: Channel, *, parent: MessageRef | None) -> Posting:
    return Posting(
        id=row["id"],
        key=row["key"],
        digest=row["digest_id"],
        part=row["part"],
        kind=row["kind"],
        channel=channel,
        message=row["payload"],
        parent=parent,
        attempts=row["attempts"],
        first_try_at=row["first_try_at"],
        unsure=row["unsure"],
    )


def _item(digest: Digest, item: DigestItem) -> dict[str, object]:
    return {
        "digest_id": digest.id,
        "article_id": item.article.id,
        "channel_id": digest.channel.id,
        "rank": item.rank,
        "score": item.score,
        "update_of": item.update_of,
        "takeaways": item.takeaways,
        "why": item.why,
        "also": item.also,
    }


def _row(digest: Digest, posting: NewPosting) -> dict[str, object]:
    message = None if posting.payload is None else message_of(posting.payload)
    return {
        "key": posting.key,
        "digest_id": digest.id,
        "part": posting.part,
        "kind": posting.kind,
        "state": "pending",
        "article_id": message and message.article,
        "attempts": 0,
        "unsure": False,
        "payload": message,
    }


def _closed(fate: Fate) -> dict[str, object]:
    ref = fate.ref and asdict(fate.ref)
    return {
        "state": fate.state,
        "token": None,
        "lease_until": None,
        "not_before": fate.retry_at,
        "unsure": fate.unsure,
        "reason": fate.reason,
        "settled_at": None if fate.state == "pending" else fate.at,
        **(ref or {}),
    }
