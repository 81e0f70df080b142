"""A chat platform in memory: keeps what is posted, and goes wrong as it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.errors import BotError
from bot.model import Channel, MessageRef, Posting, Reaction


class FakePlatform:
    """Implements `ports.ChatPlatform`. Each error in `errors` is raised by one call of `post`, after the message is
    kept where `keeps` says so, as when an answer is lost on the way back."""

    def __init__(self, *errors: BotError, keeps: bool = False, history: BotError | None = None) -> None:
        self.errors = list(errors)
        self._keeps = keeps
        self.history = history
        self.messages: dict[str, Posting] = {}
        self.posts = 0
        self.seeds: dict[str, tuple[str, ...]] = {}
        self.seed_errors: list[BotError] = []
        self.remove_errors: list[BotError] = []
        self.notices: list[str] = []
        self.held: list[Reaction] = []  # what members hold, for whoever re-reads

    @property
    def titles(self) -> list[str]:
        return [p.message.title for p in self.messages.values() if p.message and p.message.kind == "article"]

    def _ref(self, posting: Posting, message: str) -> MessageRef:
        spec = posting.channel.spec
        return MessageRef(spec.platform, spec.workspace, spec.place, message)

    async def post(self, posting: Posting) -> MessageRef:
        self.posts += 1
        error = self.errors.pop(0) if self.errors else None
        if error is None or self._keeps:
            self.messages[f"m{self.posts}"] = posting
        if error is not None:
            raise error
        return self._ref(posting, f"m{self.posts}")

    async def find(self, posting: Posting) -> MessageRef | None:
        if self.history is not None:
            raise self.history
        for name, kept in self.messages.items():
            if kept.key == posting.key:
                return self._ref(posting, name)
        return None

    async def seed(self, ref: MessageRef, emoji: Sequence[str]) -> None:
        if self.seed_errors:
            raise self.seed_errors.pop(0)
        self.seeds[ref.message] = tuple(emoji)

    async def remove(self, ref: MessageRef) -> None:
        if self.remove_errors:
            raise self.remove_errors.pop(0)
        self.messages.pop(ref.message, None)

    async def reactions_of(self, refs: Sequence[MessageRef]) -> AsyncIterator[Reaction]:
        for reaction in self.held:
            if reaction.ref in refs:
                yield reaction

    async def tell_admin(self, channel: Channel, notice: str) -> None:
        self.notices.append(notice)

    def routes(self) -> Sequence[object]:
        return ()

    async def run(self) -> None:
        return
