"""Members, two processes and a platform that do anything in any order to the real Record, Reread and store on one file;
after every step the votes are those of `votes_rule`. Run with few steps by a test, with many by the soak."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.engine.record import Record
from bot.engine.reread import Reread
from bot.jobs.local import LocalJobs
from bot.model import Ballot, BallotOption, MessageRef, Reaction, VoteOutcome
from bot.storage.database import Database
from bot.votes.voters import voter_of
from tests.contract.things import NOW, channel, composed, post, read_articles
from tests.fakes.clock import FakeClock
from tests.fakes.platform import FakePlatform
from tests.scenario.votes_rule import Key, Rule

SECRET, VOTING = b"a secret", timedelta(days=14)
AGES = {"here": timedelta(0), "there": timedelta(days=10)}  # of each channel's digest; both have articles 1 and 2
BALLOTS = (
    {"👍": "value", "👎": "value", "😀": "emotion", "😢": "emotion"},
    {"👍": "value", "🎉": "value"},  # an option less, another more, a ballot gone
    {"👍": "emotion", "😀": "value", "👎": "value"},  # what an emoji means has changed
)
VOTERS = {
    voter_of(SECRET, platform="web", workspace="local", member=member): member for member in ("ada", "bob", "cid")
}
MEMBERS, PROCESSES = st.sampled_from([*VOTERS.values()]), st.sampled_from([0, 1])
_SAME = {"👍🏽": "👍", ":+1:": "👍"}
EMOJI = st.sampled_from(["👍", "👎", *_SAME, "😀", "😢", "🎉", "🍕"])
ARTICLES = [(place, message) for place in AGES for message in ("1", "2")]
MESSAGES = st.sampled_from([*ARTICLES, *ARTICLES, ("here", "0"), ("there", "a stranger's")])
CHOICES, DIGESTS = st.tuples(MEMBERS, MESSAGES, EMOJI), st.sampled_from([1, 2])
Choice = tuple[str, tuple[str, str], str]  # member, place and message, emoji


class DiscreetPlatform(FakePlatform):
    """One that can have a word with a member."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, frozenset[str]]] = []

    async def tell_undecided(self, reaction: Reaction, *, title: str, options: Sequence[str]) -> None:
        self.told.append((reaction.member, frozenset(options)))


class Process:
    """A process of the bot: its own connections, its own queue, nothing else in mind."""

    def __init__(self, database: Database, platform: FakePlatform, clock: FakeClock) -> None:
        self.database = database
        self.record = Record(store=database, clock=clock, secret=SECRET, voting=VOTING)
        self.reread = Reread(
            store=database,
            clock=clock,
            jobs=LocalJobs(),
            platforms={"web": platform},
            record=self.record,
            voting=VOTING,
        )
        self.told: set[Key] = set()  # of what it has told members


class Votes(RuleBasedStateMachine):
    """`steps` counts over all runs, so that who runs it knows how many there were."""

    steps: ClassVar[int] = 0
    template: ClassVar[Path]  # made by `prepared`

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(mkdtemp(prefix="votes", dir=self.template.parent))
        shutil.copy(self.template, self.folder / "votes.db")
        self.clock, self.platform, self.rule = FakeClock(NOW), DiscreetPlatform(), Rule(BALLOTS[0])
        self.processes = [self.run(self.started()) for _ in range(2)]
        self.file = sqlite3.connect(self.folder / "votes.db", isolation_level=None)
        self.log: list[Reaction] = []  # all that the platform had to tell

    def teardown(self) -> None:
        for process in self.processes:
            self.run(process.database.aclose())
        self.runner.close()
        self.file.close()
        shutil.rmtree(self.folder)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    async def started(self) -> Process:
        database = await Database.open(f"sqlite:///{self.folder / 'votes.db'}", migrate=False)
        return Process(database, self.platform, self.clock)

    # ------------------------------------------------------------ what the rule is told

    def is_open(self, place: str) -> bool:
        return self.clock.now() - (NOW - AGES[place]) <= VOTING

    def expected(self, reaction: Reaction) -> tuple[str, str | None]:
        """What has to come of it."""
        on = reaction.ref.message if reaction.ref else str(reaction.article)
        article = {"1": 1, "2": 2}.get(on)
        option = _SAME.get(reaction.emoji, reaction.emoji)
        if article is not None and option in self.rule.ballots and not self.is_open(reaction.place):
            return "closed", None
        return self.rule.learns(reaction.member, article, option)

    # ------------------------------------------------------------ what members do

    def put(self, choice: Choice, **more: Any) -> Reaction:
        member, (place, message), emoji = choice
        ref = MessageRef("web", "local", place, message)
        known = {"platform": "web", "workspace": "local", "place": place, "member": member, "emoji": emoji}
        return Reaction(**known, **({"ref": ref} | more))

    def holds(self, reaction: Reaction) -> None:
        if reaction not in self.platform.held:
            self.platform.held.append(reaction)
        self.log.append(reaction)

    def told(self, processes: Sequence[int], *reactions: Reaction) -> None:
        """Each process hears of all these at once; one of them records what is new."""

        async def all_at_once() -> Sequence[Sequence[VoteOutcome]]:
            records = [self.processes[number].record for number in processes]
            heard = [asyncio.gather(*map(record.reaction, reactions)) for record in records]
            return await asyncio.gather(*heard)

        found = [
            [(one.result.value, one.option) for one in some] for some in zip(*self.run(all_at_once()), strict=True)
        ]
        for seen, (result, option) in zip(found, map(self.expected, reactions), strict=True):
            later = "already" if result == "recorded" else result
            assert Counter(seen) == Counter([(result, option), *[(later, option)] * (len(processes) - 1)])

    @rule(member=MEMBERS, where=MESSAGES, emoji=EMOJI, process=PROCESSES)
    def react(self, member: str, where: tuple[str, str], emoji: str, process: int) -> None:
        reaction = self.put((member, where, emoji))
        self.holds(reaction)
        self.told([process], reaction)

    @precondition(lambda self: self.platform.held)
    @rule(data=st.data(), process=PROCESSES, instead=st.none() | EMOJI)
    def take_away(self, data: st.DataObject, process: int, instead: str | None) -> None:
        """And maybe put another there instead."""
        gone = data.draw(st.sampled_from(self.platform.held))
        self.platform.held.remove(gone)
        outcome = self.run(self.processes[process].record.reaction(replace(gone, held=False)))
        assert outcome.result == "not_a_vote"
        if instead is not None:
            self.react(gone.member, (gone.place, gone.ref.message), instead, process)  # type: ignore[union-attr]

    @rule(
        member=MEMBERS,
        place=st.sampled_from(list(AGES)),
        article=st.sampled_from([1, 2, 99]),
        emoji=EMOJI,
        process=PROCESSES,
    )
    def press(self, member: str, place: str, article: int, emoji: str, process: int) -> None:
        self.told([process], self.put((member, (place, ""), emoji), ref=None, article=article, via="button"))

    @rule(
        choices=st.lists(CHOICES, min_size=2, max_size=8),
        processes=st.sampled_from([(0,), (1,), (0, 1)]),
    )
    def storm(self, choices: list[Choice], processes: tuple[int, ...]) -> None:
        reactions = [self.put(choice) for choice in choices]
        for reaction in reactions:
            self.holds(reaction)
        self.told(processes, *reactions)

    # ------------------------------------------------------------ what befalls the bot

    @precondition(lambda self: self.log)
    @rule(data=st.data(), process=PROCESSES)
    def replay(self, data: st.DataObject, process: int) -> None:
        """An event is told again, or for the first time though it is old."""
        self.told([process], data.draw(st.sampled_from(self.log)))

    @rule(process=PROCESSES)
    def restart(self, process: int) -> None:
        self.run(self.processes[process].database.aclose())
        self.processes[process] = self.run(self.started())

    @rule(choices=st.lists(CHOICES, min_size=1, max_size=6), process=PROCESSES, digest=DIGESTS)
    def downtime(self, choices: list[Choice], process: int, digest: int) -> None:
        """Nobody hears of what members do; then a digest is read again."""
        for choice in choices:
            self.holds(self.put(choice))
        self.reread(process, digest)

    @rule(process=PROCESSES, digest=DIGESTS)
    def reread(self, process: int, digest: int) -> None:
        home = list(AGES)[digest - 1]
        reader = self.processes[process]

        def held_in(places: Sequence[str], articles: set[int]) -> list[tuple[str, int, str]]:
            there = [one for one in self.platform.held if one.place in places and self.is_open(one.place)]
            on = [(one.member, one.ref and one.ref.message, _SAME.get(one.emoji, one.emoji)) for one in there]
            return [(who, int(where), emoji) for who, where, emoji in on if where in map(str, articles)]

        # Elsewhere only what is in question here is looked at.
        asked = Rule(self.rule.ballots)
        asked.votes = dict(self.rule.votes)
        still_open = set(asked.rereads(held_in([home], {1, 2}))) | (asked.votes.keys() - self.rule.votes.keys())
        undecided = self.rule.rereads(held_in(list(AGES), {article for _, article, _ in still_open}))
        self.platform.told.clear()
        self.run(reader.reread.digest(digest))
        news = {key: options for key, options in undecided.items() if key not in reader.told}
        reader.told |= news.keys()
        assert Counter(self.platform.told) == Counter((key[0], frozenset(options)) for key, options in news.items())

    @rule(member=MEMBERS, process=PROCESSES)
    def forget(self, member: str, process: int) -> None:
        async def forgotten() -> None:
            async with self.processes[process].database.begin() as tx:
                await tx.votes.forget(voter_of(SECRET, platform="web", workspace="local", member=member))

        self.run(forgotten())
        self.rule.forgets(member)

    @rule(ballots=st.sampled_from(BALLOTS))
    def configure(self, ballots: dict[str, str]) -> None:
        self.rule.ballots = ballots
        self.run(configured(self.processes[0].database, ballots))

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    # ------------------------------------------------------------ what stands

    @invariant()
    def votes_are_those_of_the_rule(self) -> None:
        type(self).steps += 1
        votes: dict[Key, str] = {}
        nobodys: Counter[tuple[int, str, str]] = Counter()
        for voter, article, ballot, option in self.file.execute(
            "SELECT hash, article, ballot, option FROM votes JOIN voters ON voters.id = voter"
        ):
            if voter is None:
                nobodys[article, ballot, option] += 1
            else:
                votes[VOTERS[voter], article, ballot] = option
        assert votes == self.rule.votes
        assert nobodys == self.rule.nobodys


async def configured(database: Database, ballots: dict[str, str]) -> None:
    """Both channels have these ballots from now on, as after a change of the configuration file."""
    made = tuple(
        Ballot(name, "?", tuple(BallotOption(emoji, emoji) for emoji, whose in ballots.items() if whose == name))
        for name in dict.fromkeys(ballots.values())
    )
    specs = [channel(name) for name in AGES]
    async with database.begin() as tx:
        await tx.channels.declare(
            [replace(one, place=one.name, settings=replace(one.settings, ballots=made)) for one in specs]
        )


async def prepared(folder: Path) -> Path:
    """A database with two channels of one workspace that were posted the same two articles."""
    file = folder / "template.db"
    database = await Database.open(f"sqlite:///{file}")
    await configured(database, BALLOTS[0])
    articles = await read_articles(database, 2)
    async with database.read() as view:
        ids = {one.name: one.id for one in await view.channels.all()}
    for number, (place, age) in enumerate(AGES.items(), 1):
        digest = await composed(database, ids[place], articles, key=place, at=NOW - age)
        assert digest == number
        await post(database, digest, parts=3)
    await database.aclose()
    return file
