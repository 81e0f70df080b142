"""The floor of composing: one `select` of all that choosing may need, fetched into Python, nothing else."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

_SELECT = """
    SELECT a.id, a.title, a.url, a.score, a.story, a.aged_from, a.takeaways, a.category, a.source_id, s.title,
           s.max_age, a.baseline
      FROM articles a LEFT JOIN sources s ON s.id = a.source_id
     WHERE a.state = 'read' AND a.first_seen < ?
       AND NOT EXISTS (SELECT 1 FROM digest_items d WHERE d.channel_id = ? AND d.article_id = a.id)"""


def seconds_of(file: Path, channel: int, before: int) -> tuple[float, float, int]:
    """Wall and processor seconds, and how many rows; `before` in microseconds, as the table keeps it."""
    with closing(sqlite3.connect(file)) as connection:
        began, busy = time.perf_counter(), time.process_time()
        rows = connection.execute(_SELECT, (before, channel)).fetchall()
        return time.perf_counter() - began, time.process_time() - busy, len(rows)
