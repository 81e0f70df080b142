"""What a worker process does: reads documents, one after another, until its parent is gone. Parents: `workers.py`.

On the pipes each message is its length in eight bytes and a pickle. The first message says only that all is loaded;
each after it is an answer, and whether there is room for another document.
"""

from __future__ import annotations

import gc
import io
import math
import os
import pickle
import re
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from bot.errors import ParseError
from bot.model import Article

LENGTH = 8  # bytes
_NEAR = 8_000_000  # bytes below the limit of memory at which a library gave up, whatever it says
_LOADED_LATE = ("feedparser", "trafilatura", "trafilatura.metadata")  # by the readers; no document shall pay for it


def main(memory: int, seconds: float) -> None:
    """Serves the standard streams. A document may take `seconds` of real time, and `memory` bytes beyond the start."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the parent's affair
    requests, answers = _own_streams()
    from bot.sources.feed import unfolded
    from bot.sources.sniff import read_document

    for module in _LOADED_LATE:
        import_module(module)
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not go through it again at every other feed
    limit = _limit_memory(memory)
    _send(answers, None)
    while (request := _received(requests)) is not None:
        url, what = pickle.loads(request)  # noqa: S301 from the parent alone
        # The parent ends a late worker; should the parent be gone, the alarm does.
        signal.setitimer(signal.ITIMER_REAL, seconds + 1)
        try:
            answer: object = unfolded(what) if isinstance(what, Article) else read_document(url=url, **what)
        except ParseError as error:
            answer = error
        except MemoryError:
            answer = None
        except Exception as error:  # a defect, or a library over hostile input: the document is left out, no more
            answer = ParseError(f"{url}: cannot be read ({type(error).__name__}: {str(error)[:200]})")
        signal.setitimer(signal.ITIMER_REAL, 0)
        # A library may take the end of memory for the end of the document, and find no text in what it has.
        spent = answer is None or _most_held() > limit - _NEAR
        if answer is None or (spent and isinstance(answer, ParseError)):
            answer = ParseError(f"{url}: takes more than {memory // 1_000_000} MB of memory to read")
            answer = answer.told("error.too_heavy", address=url)
        _send(answers, (answer, not spent))
        if spent:
            return


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """The pipes, taken away from the standard streams so that no library's chatter gets among the messages."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    sys.stdin, sys.stdout = io.StringIO(), sys.stderr
    return requests, answers


def _limit_memory(memory: int) -> float:
    """Bounds what this process may take beyond what it has now, and leaves no core dumps. The bound: bytes in all."""
    try:
        import resource

        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):  # not on this system
        return math.inf
    resource.setrlimit(resource.RLIMIT_AS, (held + memory, held + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return held + memory


def _most_held() -> float:
    """The most bytes of address space that this process ever had; 0 where the system does not tell."""
    try:
        found = re.search(r"^VmPeak:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    except OSError:
        return 0
    except MemoryError:  # that much
        return math.inf
    return int(found[1]) * 1024 if found else 0


def _received(stream: BinaryIO) -> bytes | None:
    """The next message; None when the other end is gone."""
    head = stream.read(LENGTH)
    return stream.read(int.from_bytes(head)) if len(head) == LENGTH else None


def _send(stream: BinaryIO, message: object) -> None:
    data = pickle.dumps(message)
    stream.write(len(data).to_bytes(LENGTH))
    stream.write(data)
    stream.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
