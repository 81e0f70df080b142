"""Drafts by a language model behind the OpenAI-compatible API: `ports.Summarizer`, with the extra `digestbot[llm]`.

This file decides whether to ask: once a text, within the day's tokens, and not while the server is out of order.
`asking` is what is asked and what an answer holds, `server` how it is sent.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import structlog

from bot.errors import ConfigError, SummaryError
from bot.model import Article, Finding
from bot.ports import Clock, Drafts
from bot.takeaways.llm.asking import Question, question_of
from bot.text.harmless import harmless_line

if TYPE_CHECKING:
    from bot.takeaways.llm.server import ModelServer

_log = structlog.get_logger(__name__)
_AT_A_TIME = 4
_FIRST_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=1)
_LONGEST_ASKED_REST = timedelta(days=1)  # that a server may ask for
_MOST_NAMED = 10  # models


class ModelSummarizer:
    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        key: str | None,
        timeout: timedelta,
        max_tokens_per_day: int,
        drafts: Drafts,
        clock: Clock,
    ) -> None:
        """`drafts` keeps the answers and the spending. Raises ConfigError where the SDK is not installed."""
        if find_spec("openai") is None:
            raise ConfigError("llm: a model needs the openai package: pip install 'digestbot[llm]'")
        self._base_url, self._model, self._key = base_url, model, key
        self._timeout = timeout
        self._most = max_tokens_per_day
        self._kept = drafts
        self._clock = clock
        self._server: ModelServer | None = None
        self._connecting = asyncio.Lock()
        self._places = asyncio.Semaphore(_AT_A_TIME)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # of each text
        self._failures = 0
        self._rests_until: datetime | None = None
        self._told_of: str | None = None  # the day of which it was told that its tokens are spent

    async def aclose(self) -> None:
        if self._server is not None:
            await self._server.aclose()

    async def drafts(self, article: Article) -> tuple[str, ...]:
        """What the model proposes for an article, at most one request for the same text. Raises SummaryError."""
        question = question_of(article, self._model)
        turn = self._turns.setdefault(question.key, asyncio.Lock())
        async with turn, self._places:
            kept = await self._kept.of(question.key)
            if kept is not None:
                return kept
            return await self._asked(question, article)

    async def _asked(self, question: Question, article: Article) -> tuple[str, ...]:
        now = self._clock.now()
        if self._rests_until is not None and now < self._rests_until:
            raise SummaryError(f"{self._model} is left alone until {self._rests_until:%H:%M:%S} UTC after a failure")
        if not await self._kept.reserve(question.tokens, now, most=self._most):
            self._tell_spent(now)
            raise SummaryError(f"the day's {self._most} tokens of [llm] max_tokens_per_day are spent")
        spent = question.tokens
        try:
            answer = await (await self._connected()).ask(question)
        except SummaryError as error:
            self._rest(error)
            spent = question.tokens if error.unsure else 0
            raise
        else:
            spent = answer.tokens or question.tokens
        finally:
            if spent != question.tokens:
                await self._kept.correct(spent - question.tokens, now)
        self._failures = 0
        if answer.trouble:
            _log.info("the model's answer is of no use", article=article.title, trouble=answer.trouble)
        await self._kept.keep(question.key, answer.drafts, now)
        return answer.drafts

    async def _connected(self) -> ModelServer:
        async with self._connecting:
            if self._server is None:
                self._server = await asyncio.to_thread(self._made)
        return self._server

    def _made(self) -> ModelServer:
        from bot.takeaways.llm.server import ModelServer, Place  # the SDK takes a second to import

        return ModelServer(Place(self._base_url, self._model, self._key, self._timeout.total_seconds()))

    def _rest(self, error: SummaryError) -> None:
        """Leaves the server alone for a while: as long as it says, else twice as long at each failure."""
        now = self._clock.now()
        if self._rests_until is not None and now < self._rests_until:
            return  # requests that were under way together failed together
        rest = min(_LONGEST_REST, _FIRST_REST * 2 ** min(self._failures, 10))
        if error.retry_after is not None:
            rest = min(_LONGEST_ASKED_REST, max(_FIRST_REST, timedelta(seconds=error.retry_after)))
        self._failures += 1
        self._rests_until = now + rest
        _log.warning(
            "the model cannot be asked; articles are said in their own sentences",
            error=str(error),
            fix=error.fix,
            again_at=self._rests_until.isoformat(),
        )

    async def check(self) -> tuple[Finding, ...]:
        """What `doctor` says of the model: server, key, model, tokens."""
        try:
            models = await (await self._connected()).models()
        except SummaryError as error:
            server = Finding("model.server", False, str(error), error.fix)
        else:
            server = self._found_among(models)
        spent = await self._kept.spent(self._clock.now())
        tokens = f"{spent.tokens} of {self._most} tokens spent today (UTC)"
        if spent.reached is None:
            return server, Finding("model.tokens", True, tokens)
        tokens += f"; since {spent.reached:%H:%M} no article is put to the model any more"
        return server, Finding("model.tokens", False, tokens, "Raise [llm] max_tokens_per_day, or wait for tomorrow.")

    def _found_among(self, models: tuple[str, ...]) -> Finding:
        if self._model in models or f"{self._model}:latest" in models:
            return Finding("model.server", True, f"{self._base_url} has {self._model}")
        named = ", ".join(map(harmless_line, models[:_MOST_NAMED])) or "none"
        fix = f"Set [llm] model to one that it has ({named}), or load {self._model} there."
        return Finding("model.server", False, f"{self._base_url} answers, and has no model {self._model}", fix)

    def _tell_spent(self, now: datetime) -> None:
        day = f"{now:%Y-%m-%d}"
        if self._told_of != day:
            self._told_of = day
            _log.warning(
                "the model's tokens for today are spent; articles are said in their own sentences until midnight UTC",
                max_tokens_per_day=self._most,
            )
