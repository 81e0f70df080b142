"""Runs the readers in worker processes, each document within a time and a memory limit. What one does: `worker.py`."""

from __future__ import annotations

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from bot.errors import ParseError
from bot.model import Article, ParsedFeed
from bot.sources.worker import LENGTH

_START = 60.0  # seconds that a worker may take to load, on a busy machine
_MODULE = "bot.sources.worker"


class WorkerReader:
    """Reads documents in a few processes of our own (`ports.Reader`), which start when they are first needed.

    A worker that takes too long, too much memory, or dies is replaced; the document is left out with a ParseError.
    A worker ends when the pipe to it closes, so none outlives this process. Close with `aclose` or as a context.
    """

    def __init__(self, *, workers: int = 2, seconds: float = 20.0, memory: int = 150_000_000) -> None:
        self._free = asyncio.Semaphore(workers)
        self._idle: list[Process] = []
        self._busy: set[Process] = set()
        self._seconds = seconds
        self._memory = memory  # bytes of address space for a document; real pages of 3 MB take some 50 MB

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Ends all workers, also those at work."""
        for worker in [*self._idle, *self._busy]:
            await end(worker)
        self._idle.clear()

    async def read(
        self, body: bytes, url: str, content_type: str | None, *, whole: bool = True
    ) -> ParsedFeed | Article:
        return await self._answer(url, {"body": body, "content_type": content_type, "whole": whole}, len(body))

    async def unfolded(self, article: Article) -> Article:
        if article.markup is None:
            return article
        found = await self._answer(article.url or article.title, article, len(article.markup))
        assert isinstance(found, Article)
        return found

    async def _answer(self, url: str, what: Article | Mapping[str, object], size: int) -> ParsedFeed | Article:
        """What a worker makes of an article or a document of so many bytes. Raises ParseError naming the address."""
        async with self._free:
            worker = self._idle.pop() if self._idle else await self._start()
            self._busy.add(worker)
            lives_on = False
            try:
                async with asyncio.timeout(self._seconds):
                    answer, lives_on = await _asked(worker, (url, what))
            except TimeoutError:
                slow = ParseError(f"{url}: cannot be read within {self._seconds:g} seconds ({_weight_of(size)})")
                raise slow.told("error.too_heavy", address=url) from None
            except (EOFError, OSError):
                raise ParseError(f"{url}: cannot be read: its reading ended the process that read it") from None
            finally:
                self._busy.discard(worker)
                if lives_on:
                    self._idle.append(worker)
                else:
                    await end(worker)
        if isinstance(answer, ParseError):
            raise answer
        if not isinstance(answer, ParsedFeed | Article):
            raise ParseError(f"{url}: cannot be read: its reading gave nothing")
        return answer

    async def _start(self) -> Process:
        # A session of its own: a Ctrl-C at the terminal reaches this process alone, which then ends its workers.
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            _MODULE,
            str(self._memory),
            str(self._seconds),
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(_START):
                await _answer_of(worker)
        except BaseException as error:
            await end(worker)
            if isinstance(error, TimeoutError | EOFError | OSError):
                raise ParseError("no process to read documents in could be started") from error
            raise
        return worker


def _weight_of(size: int) -> str:
    """What may be to blame where reading took too long."""
    return f"{size / 1_000_000:.1f} MB; a busy machine takes longer"


async def _asked(worker: Process, request: object) -> tuple[object, bool]:
    """The answer, and whether the worker is fit for another document."""
    if worker.stdin is None:
        raise EOFError
    data = pickle.dumps(request)
    worker.stdin.write(len(data).to_bytes(LENGTH) + data)
    await worker.stdin.drain()
    answer, fit = await _answer_of(worker)
    return answer, fit is True


async def _answer_of(worker: Process) -> Any:
    if worker.stdout is None:
        raise EOFError
    length = int.from_bytes(await worker.stdout.readexactly(LENGTH))
    return pickle.loads(await worker.stdout.readexactly(length))  # noqa: S301 from our own process


async def end(worker: Process) -> None:
    """Ends a worker at once, and waits until it is gone and its pipes are closed."""
    with suppress(ProcessLookupError):
        worker.kill()
    if worker.stdin is not None:
        worker.stdin.close()
    # Reads what is left of an answer: asyncio waits for ever for a process whose pipe nobody reads to its end.
    await worker.communicate()
