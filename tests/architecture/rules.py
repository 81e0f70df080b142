"""The table of rules: a name, what it says, and the check that yields a line for each place that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.architecture import rooms, shapes
from tests.architecture.tree import Tree

Check = Callable[[Tree], Iterator[str]]

RULES: dict[str, Check] = {
    "known-rooms": rooms.known_rooms,
    "room-imports": rooms.room_imports,
    "nouns-on-stdlib": rooms.nouns_on_stdlib,
    "no-adapter-in-the-engine": rooms.no_adapter_in_the_engine,
    "adapters-alone": rooms.adapters_alone,
    "platform-sdks": rooms.libraries("platform-sdks"),
    "sql": rooms.libraries("sql"),
    "job-engine": rooms.libraries("job-engine"),
    "http-client": rooms.libraries("http-client"),
    "environment": rooms.environment,
    "pure": rooms.pure,
    "small-ports": shapes.small_ports,
    "long-files": shapes.long_files,
    "long-functions": shapes.long_functions,
    "opening-sentences": shapes.opening_sentences,
    "telling-names": shapes.telling_names,
    "no-state": shapes.no_state,
    "short-transactions": shapes.short_transactions,
    "mirrored-tests": shapes.mirrored_tests,
}
