"""How the bot logs: one line a fact on stderr, for people on a terminal, as JSON in a pipe."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog


def set_up_logs(level: str, stream: TextIO | None = None) -> None:
    """Sends structlog to `stream` (stderr) from `level` (debug, info, warning, error) up."""
    out = stream or sys.stderr
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of every turn of the beat
    drawn = structlog.dev.ConsoleRenderer() if out.isatty() else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            drawn,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
