"""What goes wrong on demand in the local Discord: singly by rule, or at random."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

KINDS = (
    "error_before",  # 500, and nothing was done
    "error_after",  # 500, and it was done
    "drop_before",  # the connection breaks off
    "drop_after",
    "503",
    "429",
    "429_global",
    "429_cloudflare",  # not by Discord itself: no Via, and HTML
    "slow",
    "hang",
    "bad_json",
)
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
_USUAL = ("drop_before", "drop_after", "error_before", "error_after", "503")


@dataclass
class Rule:
    """`times` None: for ever. `seconds` are those of "slow", and what a 429 asks to wait."""

    method: str
    path: re.Pattern[str]
    how: str
    times: int | None = 1
    seconds: float = 0.2

    def __post_init__(self) -> None:
        if self.how not in KINDS:
            raise ValueError(f"{self.how!r} is none of {', '.join(KINDS)}")

    def takes(self, method: str, path: str) -> bool:
        return self.times != 0 and self.method in (method, "*") and self.path.search(path) is not None


@dataclass
class Faults:
    """`given` counts the faults so far."""

    rules: list[Rule] = field(default_factory=list)
    rate: float = 0.0
    kinds: tuple[str, ...] = _USUAL
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    given: int = 0

    def of(self, method: str, path: str) -> Rule | None:
        """What happens to this request, if anything does."""
        for rule in self.rules:
            if rule.takes(method, path):
                if rule.times is not None:
                    rule.times -= 1
                self.given += 1
                return rule
        if method in CHANGING and self.rate and self.chance.random() < self.rate:
            self.given += 1
            return Rule(method, re.compile(""), self.chance.choice(self.kinds), seconds=0.3)
        return None

    def at_random(self, seed: int, rate: float, kinds: tuple[str, ...] = ()) -> None:
        """Each changing request goes wrong by this chance from now on; at rate 0, and without rules, none does."""
        self.chance, self.rate, self.kinds = random.Random(seed), rate, kinds or _USUAL

    def end(self) -> None:
        self.rate = 0.0
        self.rules.clear()
