"""A peer of refresh: `reader` from PyPI (https://reader.readthedocs.io), search on. `feeds_reader.py DATABASE`

The addresses of the feeds stand on the first line of its standard input.
"""

from __future__ import annotations

import sys

from reader import make_reader
from rounds import serve

if __name__ == "__main__":
    library = make_reader(sys.argv[1], search_enabled=True)
    for url in sys.stdin.readline().split():
        library.add_feed(url)

    def update(phase: str) -> int:
        done = 0
        for result in library.update_feeds_iter(workers=10, scheduled=False):
            if isinstance(result.value, Exception):
                raise result.value
            done += 1
        return done

    serve(update)
