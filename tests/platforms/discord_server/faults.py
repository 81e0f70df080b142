"""What goes wrong on demand in the local Discord: singly by rule, or at random."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

KINDS = (
    "error_before",
    "error_after",
    "drop_before",
    "drop_after",
    "503",
    "429",
    "429_global",
    "429_cloudflare",
    "slow",
    "hang",
    "bad_json",
)
_CHANGING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class Rule:
    method: str
    path: re.Pattern[str]
    how: str
    times: int
    seconds: float = 0.0


@dataclass
class Faults:
    rules: list[Rule] = field(default_factory=list)
    rate: float = 0.0
    kinds: tuple[str, ...] = ("drop_before", "drop_after", "error_before", "error_after", "503")
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    given: int = 0

    def of(self, method: str, path: str) -> Rule | None:
        """What happens to this request, if anything does."""
        for rule in self.rules:
            if rule.times and rule.method == method and rule.path.search(path):
                rule.times -= 1
                self.given += 1
                return rule
        if method in _CHANGING and self.rate and self.chance.random() < self.rate:
            self.given += 1
            return Rule(method, re.compile(""), self.chance.choice(self.kinds), 0, seconds=0.3)
        return None
