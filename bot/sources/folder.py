"""Local files and folders -> documents. What comes over the network is fetched in `fetch.py`."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import structlog

from bot.errors import FetchError
from bot.model import Document, Fetched, Validators

_log = structlog.get_logger(__name__)
_MOST_FILES = 10_000
_LARGEST_FOLDER = 50  # times the largest file


async def read_local(address: str, validators: Validators, max_bytes: int) -> Fetched:
    """A file as one document, or a folder as its files, hidden ones and links out of it left out, in order of path.

    Raises FetchError where nothing can be had; of a folder, files that cannot be had are logged and left out.
    """
    return await asyncio.to_thread(_read, Path(address), validators, max_bytes)


def _read(path: Path, validators: Validators, max_bytes: int) -> Fetched:
    try:
        files = [*_files_in(path)] if path.is_dir() else [_state_of(path, path)]
    except FileNotFoundError as error:
        missing = FetchError(f"{path}: there is no such file or folder; check the path")
        raise missing.told("error.no_file") from error
    except (OSError, ValueError) as error:
        raise FetchError(f"{path}: cannot be read: {_reason(error)}") from error
    told = repr([(str(file.relative_to(path)), state.st_size, state.st_mtime_ns) for file, state in files])
    seen = Validators(body_hash=blake2b(told.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest())
    if seen.body_hash == validators.body_hash:
        return Fetched((), seen, unchanged=True)
    if sum(state.st_size for _, state in files) > _LARGEST_FOLDER * max_bytes:
        raise FetchError(f"{path}: holds more than {_LARGEST_FOLDER * max_bytes // 1_000_000} MB; read it in parts")
    documents: list[Document] = []
    problems: list[str] = []
    for file, state in files:
        try:
            documents.append(_document(file, state.st_size, max_bytes))
        except FetchError as error:
            problems.append(str(error))
    if problems and not documents:
        raise FetchError("; ".join(problems[:3]))
    for problem in problems:
        _log.warning("file left out", reason=problem)
    return Fetched(tuple(documents), seen)


def _document(file: Path, size: int, max_bytes: int) -> Document:
    if size > max_bytes:
        raise FetchError(f"{file}: is larger than {max_bytes:,} bytes ([fetch] max_bytes)")
    try:
        return Document(str(file), file.read_bytes(), None)
    except OSError as error:
        raise FetchError(f"{file}: cannot be read: {_reason(error)}") from error


def _files_in(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The folder's own regular files by path. A link counts where it stays inside."""
    home = root.resolve()
    found = 0
    for folder, folders, names in os.walk(root, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if name.startswith(".") or not file.resolve().is_relative_to(home) or not file.is_file():
                continue
            found += 1
            if found > _MOST_FILES:
                raise FetchError(f"{root}: holds more than {_MOST_FILES:,} files; read it in parts")
            yield file, file.stat()


def _state_of(path: Path, named: Path) -> tuple[Path, os.stat_result]:
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise FetchError(f"{named}: is neither a file nor a folder")
    return path, state


def _raise(error: OSError) -> None:
    raise error


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
