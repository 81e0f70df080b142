"""How the bot logs: one line a fact on stderr, for people or as JSON; what libraries log goes the same way."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

HANDLER = "digestbot"  # the name of ours on the root logger
# Libraries are heard a step later than we are: what they call information is seldom news to who runs the bot.
_LIBRARIES = {
    "debug": logging.INFO,
    "info": logging.WARNING,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def set_up_logs(level: str, form: str = "auto", stream: TextIO | None = None) -> None:
    """Sends what is logged from `level` (debug, info, warning, error) up to `stream` (stderr), as `text`, as `json`, or
    as it fits the stream (`auto`)."""
    out = stream or sys.stderr
    as_text = form == "text" or (form == "auto" and out.isatty())
    told: list[Processor] = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    drawn = _for_people(out) if as_text else _as_json()
    structlog.configure(
        processors=[*told, *drawn],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    named = structlog.stdlib.add_logger_name
    draw = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    _hear_libraries(
        structlog.stdlib.ProcessorFormatter(processors=[draw, *drawn], foreign_pre_chain=[*told, named]), level, out
    )


def _for_people(out: TextIO) -> list[Processor]:
    coloured = False
    if out.isatty():
        from rich.console import Console

        coloured = not Console(file=out).no_color
    # Without this it would draw what every variable held, of which some are secrets.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=coloured, exception_formatter=plain)]


def _as_json() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _hear_libraries(formatter: logging.Formatter, level: str, out: TextIO) -> None:
    """Puts our handler on the root logger, in the place of the one that an earlier call put there."""
    root = logging.getLogger()
    for handler in [one for one in root.handlers if one.name == HANDLER]:
        root.removeHandler(handler)
    ours = logging.StreamHandler(out)
    ours.name = HANDLER
    ours.setFormatter(formatter)
    root.addHandler(ours)
    root.setLevel(_LIBRARIES[level])
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of every turn of the beat
