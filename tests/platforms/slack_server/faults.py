"""What goes wrong on demand in the local Slack: singly by rule, or at random."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

KINDS = (
    "error_before",  # HTTP 500, and nothing was done
    "error_after",  # HTTP 500, and it was done
    "drop_before",  # the connection breaks off
    "drop_after",
    "fatal_error_before",  # ok: false, fatal_error
    "fatal_error",  # the same, and it was done: "some aspect may have succeeded"
    "internal_error",  # nothing was done, which nobody can know
    "503",
    "429",
    "slow",
    "hang",
    "bad_json",
)
CHANGING = frozenset(("chat.postMessage", "chat.postEphemeral", "reactions.add"))  # what chaos is for
_USUAL = ("drop_before", "drop_after", "error_before", "error_after", "fatal_error", "503")


@dataclass
class Rule:
    """`times` None: for ever. `seconds` are those of "slow", and what a 429 asks to wait (in whole ones)."""

    method: re.Pattern[str]
    how: str
    times: int | None = 1
    seconds: float = 0.2

    def __post_init__(self) -> None:
        if self.how not in KINDS:
            raise ValueError(f"{self.how!r} is none of {', '.join(KINDS)}")

    def takes(self, method: str) -> bool:
        return self.times != 0 and self.method.search(method) is not None


@dataclass
class Faults:
    """`given` counts the faults so far."""

    rules: list[Rule] = field(default_factory=list)
    rate: float = 0.0
    kinds: tuple[str, ...] = _USUAL
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    given: int = 0

    def of(self, method: str) -> Rule | None:
        """What happens to this request, if anything does."""
        for rule in self.rules:
            if rule.takes(method):
                if rule.times is not None:
                    rule.times -= 1
                self.given += 1
                return rule
        if self.rate and method in CHANGING and self.chance.random() < self.rate:
            self.given += 1
            return Rule(re.compile(""), self.chance.choice(self.kinds), seconds=0.3)
        return None

    def at_random(self, seed: int, rate: float, kinds: tuple[str, ...] = ()) -> None:
        """Each changing request goes wrong by this chance from now on; at rate 0, and without rules, none does."""
        self.chance, self.rate, self.kinds = random.Random(seed), rate, kinds or _USUAL

    def end(self) -> None:
        self.rate = 0.0
        self.rules.clear()
