"""Who voted: what a member voted on, and being forgotten. Votes themselves stay; how they are cast is record's."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import Workspace
from bot.ports import Store, UnitOfWork
from bot.votes.voters import voter_of


class Voters:
    def __init__(self, *, store: Store, secret: bytes) -> None:
        self._store = store
        self._secret = secret

    async def voted(
        self, view: UnitOfWork, workspace: Workspace, member: str, articles: Sequence[int]
    ) -> set[tuple[int, str]]:
        """The (article, ballot) of these articles that this member voted on."""
        votes = await view.votes.of({self._voter(workspace, member)}, workspace.name, articles)
        return {(vote.article, vote.ballot) for vote in votes}

    async def forget(self, workspace: Workspace, member: str) -> bool:
        """At once: the member's votes are nobody's. Whoever votes again, also on a ballot that is still open, is
        somebody new. False: nobody of that name voted."""
        async with self._store.begin() as tx:
            return await tx.votes.forget(self._voter(workspace, member))

    async def leave(self, workspace: Workspace, member: str) -> bool:
        """Once no ballot is open on which the member voted, since till then that vote has to be known as theirs.
        False: nobody of that name voted."""
        async with self._store.begin() as tx:
            return await tx.retention.leave(self._voter(workspace, member))

    def _voter(self, workspace: Workspace, member: str) -> str:
        return voter_of(self._secret, platform=workspace.platform, workspace=workspace.name, member=member)
