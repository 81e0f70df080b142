"""What the measured rates say of 1, 10 and 100 machines: which limit is reached first. Arithmetic alone.

A machine here is what was measured on: two cores, with PostgreSQL and the far side on the same ones. What workers do by
themselves (fetching, reading, composing) grows with the machines, at two processes each. What is done in one
place does not: filing is one transaction at a time, slots and votes are rows of one PostgreSQL, a Discord token has one
limit. What a stage bears is its rate by what the load asks of it; the least of them is what the house bears. Looks are
reckoned as first readings, which take five times an unchanged one: so the first row errs on the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.feeds.made import ENTRIES
from bench.scale.drawn import bars, lines
from bench.scale.figures import measured

PLOTS = Path(__file__).parents[1] / "plots"
MACHINES = (1, 10, 100)
FEEDS, CHANNELS, VOTES = 1_000_000, 100_000, 1_000_000  # the load: hourly, daily within two hours, a day
_HOUR, _DAY, _PEAK = 3600, 86_400, 20
_FRESH = 1.0  # articles a feed brings a day
_SPREAD = 2 * _HOUR  # in which all digests of a day are to be out
_MESSAGES = 2  # a digest, as embeds


@dataclass(frozen=True)
class Stage:
    """`asks`: a second, of the whole load. `grows`: with the machines; else there is one of it."""

    name: str
    rate: float
    asks: float
    grows: bool

    def bears(self, machines: int) -> float:
        """How many times the load."""
        return self.rate * (machines if self.grows else 1) / self.asks


def stages() -> list[Stage]:
    known = measured()
    rates = {key: known[key]["rate"] for key in ("feeds_2", "articles_2", "digests_2", "claims_1", "votes")}
    return [
        Stage("feeds looked at", rates["feeds_2"], FEEDS / _HOUR, grows=True),
        Stage("articles read", rates["articles_2"], FEEDS * _FRESH / _DAY, grows=True),
        Stage("digests composed", rates["digests_2"], CHANNELS / _SPREAD, grows=True),
        Stage("articles filed under one lock", rates["feeds_2"] * ENTRIES, FEEDS * _FRESH / _DAY, grows=False),
        Stage("slots claimed", rates["claims_1"], CHANNELS / _SPREAD, grows=False),
        Stage("votes at their peak", rates["votes"], VOTES / _DAY * _PEAK, grows=False),
        Stage("one Discord token", known["discord"]["rate"], CHANNELS * _MESSAGES / _SPREAD, grows=False),
    ]


def main() -> None:
    found = stages()
    print(f"| stage | asked a second | {' | '.join(f'{n} machines' for n in MACHINES)} |\n|---|---|---|---|---|")
    for stage in found:
        borne = " | ".join(f"{stage.bears(machines):,.2f}" for machines in MACHINES)
        print(f"| {stage.name} | {stage.asks:,.1f} | {borne} |")
    for machines in MACHINES:
        first = min(found, key=lambda stage: stage.bears(machines))
        print(f"{machines} machines bear {first.bears(machines):,.2f} of the load; the first limit: {first.name}")
    PLOTS.mkdir(exist_ok=True)
    known = measured()
    pairs = [
        (name, known[f"{name}_1"]["rate"], known[f"{name}_2"]["rate"]) for name in ("feeds", "articles", "digests")
    ]
    (PLOTS / "scale-processes.svg").write_text(bars("A second, by one process and by two", pairs), encoding="utf-8")
    series = {stage.name: [(n, stage.bears(n)) for n in MACHINES] for stage in found}
    (PLOTS / "scale-machines.svg").write_text(lines("Times the load, by machines", series), encoding="utf-8")
