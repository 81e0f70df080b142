"""What is true of votes on every platform: a function each, and what a platform must have the means for.

Those in PHASES stop twice: the bot goes down, and comes back having read again what members hold.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from tests.contract.votes.team import Phases, Team

NEEDS: dict[str, tuple[str, ...]] = {}
LIVE: dict[str, Callable[[Team], Awaitable[None]]] = {}
PHASES: dict[str, Phases] = {}
C = TypeVar("C", bound=Callable[[Team], object])


def live(*needs: str) -> Callable[[C], C]:
    return _into(LIVE, needs)


def through_downtime(*needs: str) -> Callable[[C], C]:
    return _into(PHASES, ("downtime", *needs))


def _into(cases: dict[str, C], needs: tuple[str, ...]) -> Callable[[C], C]:  # type: ignore[misc]
    def kept(case: C) -> C:
        cases[case.__name__] = case
        NEEDS[case.__name__] = needs
        return case

    return kept


# ------------------------------------------------------------ the first choice


@live()
async def the_first_choice_is_the_vote_and_a_later_one_changes_nothing(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "👎")
    await team.comes_to(ada, {"value": "👎"})
    await team.choose(ada, "👍")
    await team.stays(ada, {"value": "👎"})


@live()
async def of_two_choices_at_once_the_first_is_the_vote(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "👎")
    await team.choose(ada, "👍")
    await team.stays(ada, {"value": "👎"})


@live()
async def the_same_choice_told_again_is_one_vote(team: Team) -> None:
    ada = team.newcomer()
    before = (await team.tally(3)).get("👍", 0)
    await team.choose(ada, "👍")
    await team.choose(ada, "👍", article=3)
    await team.choose_again(ada, "👍")
    await team.choose(ada, "👍", article=3)
    await team.stays(ada, {"value": "👍"})
    await team.comes_to(ada, {"value": "👍"}, article=3)
    assert (await team.tally(3))["👍"] == before + 1


@live()
async def each_ballot_and_each_article_has_its_own_vote(team: Team) -> None:
    ada = team.newcomer()
    for emoji, article in (("👍", 0), ("😀", 0), ("👎", 1), ("😮", 1)):
        await team.choose(ada, emoji, article=article)
    await team.comes_to(ada, {"value": "👍", "emotion": "😀"})
    await team.comes_to(ada, {"value": "👎", "emotion": "😮"}, article=1)


@live()
async def two_channels_of_a_workspace_have_one_ballot(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "👎", where="twin")
    await team.comes_to(ada, {"value": "👎"})
    await team.choose(ada, "👍")
    await team.stays(ada, {"value": "👎"})


@live()
async def many_members_at_once_have_a_vote_each(team: Team) -> None:
    members = [team.newcomer() for _ in range(40)]
    before = Counter(await team.tally(3))
    await asyncio.gather(*(team.choose(one, "👍" if n % 3 else "👎", article=3) for n, one in enumerate(members)))
    for number, member in enumerate(members):
        await team.comes_to(member, {"value": "👍" if number % 3 else "👎"}, article=3)
    assert await team.tally(3) == before + Counter({"👍": 26, "👎": 14})


@live("release")
async def a_choice_that_is_taken_away_stays_the_vote(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "👍")
    await team.release(ada, "👍")
    await team.choose(ada, "👎")
    await team.stays(ada, {"value": "👍"})


@live("early")
async def a_choice_that_comes_before_the_message_is_saved_counts(team: Team) -> None:
    assert sorted(team.early) == list(range(len(team.numbers)))
    for article, member in team.early.items():
        await team.comes_to(member, {"value": "👍"}, article=article)


# ------------------------------------------------------------ what is an option


@live()
async def every_writing_of_an_emoji_is_the_option(team: Team) -> None:
    ballots = {"❤️": "own", team.own: "own"}
    for written, option in team.writings.items():
        member = team.newcomer()
        await team.choose(member, written)
        await team.comes_to(member, {ballots.get(option, "value"): option})


@live()
async def an_emoji_of_the_teams_own_is_an_option(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, team.own)
    await team.comes_to(ada, {"own": team.own})


@live()
async def an_emoji_of_no_ballot_is_no_vote_and_stands_in_the_way_of_none(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "🍕")
    await team.stays(ada, {})
    await team.choose(ada, "👎")
    await team.comes_to(ada, {"value": "👎"})


@live()
async def a_ballot_that_is_changed_leaves_old_votes_as_they_are_and_takes_new_ones(team: Team) -> None:
    ada, bob = team.newcomer(), team.newcomer()
    await team.choose(ada, "👎")
    await team.comes_to(ada, {"value": "👎"})
    changed = '[ballots.value]\nquestion = "Well?"\noptions = [{ emoji = "👍", label = "Yes" }, '
    changed += '{ emoji = "🎉", label = "Hurray" }]\n[ballots.own]'
    async with team.configured("[ballots.own]", changed):
        await team.choose(ada, "🎉")
        await team.choose(bob, "👎")  # no option any more
        await team.choose(bob, "🎉")
        await team.comes_to(bob, {"value": "🎉"})
        await team.stays(ada, {"value": "👎"})
    assert (await team.votes(ada), await team.votes(bob)) == ({"value": "👎"}, {"value": "🎉"})


@live()
async def a_ballot_that_is_gone_takes_no_votes_and_keeps_those_it_has(team: Team) -> None:
    ada, bob = team.newcomer(), team.newcomer()
    await team.choose(ada, "😮")
    await team.comes_to(ada, {"emotion": "😮"})
    async with team.configured('"emotion", ', ""):
        await team.choose(bob, "😮")
        await team.stays(bob, {})
        assert await team.votes(ada) == {"emotion": "😮"}


# ------------------------------------------------------------ what is voted on, and by whom


@live("any article")
async def an_article_that_was_not_posted_here_takes_no_votes(team: Team) -> None:
    ada = team.newcomer()
    await team.vote(ada, "👍", 10**6)  # type: ignore[attr-defined]
    assert team.told(ada) == ["not_a_vote None"]


@live()
async def after_the_voting_time_nothing_is_recorded(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "👎", article=1, where="old")
    await team.stays(ada, {}, article=1)
    await team.choose(ada, "👍", article=1)  # the same ballot, still open in another channel
    await team.comes_to(ada, {"value": "👍"}, article=1)


@live("react")
async def on_a_header_and_on_somebody_elses_message_nothing_is_voted(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "👍", article=-1)
    await team.choose_elsewhere(ada, "👍")
    for article in range(len(team.numbers)):
        await team.stays(ada, {}, article=article)


@live("delete")
async def what_was_voted_on_a_message_stands_when_it_is_deleted(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "👍", article=4)
    await team.comes_to(ada, {"value": "👍"}, article=4)
    team.delete(4)
    await team.stays(ada, {})
    assert await team.votes(ada, 4) == {"value": "👍"}


@live("react")
async def bots_do_not_vote(team: Team) -> None:
    robot = team.newcomer(bot=True)
    await team.choose(robot, "👍")
    await team.stays(robot, {})


@live("seed")
async def the_bots_own_emoji_do_not_count(team: Team) -> None:
    assert team.seeded(2) == ["👍", "👎"]
    assert await team.votes(team.bot, 2) == {}


@live("leave")
async def who_leaves_keeps_the_vote(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "👍")
    await team.comes_to(ada, {"value": "👍"})
    team.leave(ada)
    await team.stays(ada, {"value": "👍"})


@live()
async def who_is_forgotten_leaves_the_vote_to_nobody(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "😀", article=2)
    await team.comes_to(ada, {"emotion": "😀"}, article=2)
    before = await team.tally(2)
    async with team.app.store.begin() as tx:
        assert await tx.votes.forget(team.voter(ada))
    assert await team.votes(ada, 2) == {}
    assert await team.tally(2) == before


# ------------------------------------------------------------ buttons and receipts


@live("button")
async def a_button_is_a_vote_and_the_first_press_counts(team: Team) -> None:
    ada = team.newcomer()
    await team.press(ada, "👎")
    await team.press(ada, "👍")
    await team.stays(ada, {"value": "👎"})


@live("button and reaction")
async def a_button_and_a_reaction_are_one_ballot(team: Team) -> None:
    ada, bob = team.newcomer(), team.newcomer()
    await team.choose(ada, "👎")
    await team.comes_to(ada, {"value": "👎"})
    await team.press(ada, "👍")
    await team.press(bob, "👍")
    await team.choose(bob, "👎")
    await team.stays(ada, {"value": "👎"})
    assert await team.votes(bob) == {"value": "👍"}


@live("receipt")
async def a_voter_is_told_what_stands(team: Team) -> None:
    ada = team.newcomer()
    await team.choose(ada, "👍")
    await team.is_told(ada, "👍")
    await team.choose(ada, "👎")
    await team.is_told(ada, "👍", "👍")
    first, second = team.told(ada)
    assert first != second


# ------------------------------------------------------------ while nobody listened


@through_downtime()
async def who_holds_one_option_after_downtime_has_voted(team: Team) -> AsyncGenerator[None]:
    ada = team.newcomer()
    yield
    await team.choose(ada, "👎")
    await team.choose(ada, "😀")
    yield
    await team.comes_to(ada, {"value": "👎", "emotion": "😀"})


@through_downtime()
async def who_holds_several_has_not_voted_until_one_remains(team: Team) -> AsyncGenerator[None]:
    ada = team.newcomer()
    yield
    for emoji in ("👍", "👎", "😀"):
        await team.choose(ada, emoji, article=1)
    yield
    await team.stays(ada, {"emotion": "😀"}, article=1)
    await team.release(ada, "👍", article=1)
    await team.app.engine.reread.recent()
    await team.comes_to(ada, {"value": "👎", "emotion": "😀"}, article=1)


@through_downtime()
async def who_holds_several_chooses_by_a_new_reaction(team: Team) -> AsyncGenerator[None]:
    ada = team.newcomer()
    yield
    for emoji in ("👍", "👎"):
        await team.choose(ada, emoji)
    yield
    await team.stays(ada, {})
    await team.release(ada, "👍")
    await team.choose(ada, "👍")
    await team.comes_to(ada, {"value": "👍"})


@through_downtime("button")
async def who_holds_several_chooses_by_a_button(team: Team) -> AsyncGenerator[None]:
    ada = team.newcomer()
    yield
    for emoji in ("👍", "👎"):
        await team.choose(ada, emoji)
    yield
    await team.press(ada, "👎")
    await team.comes_to(ada, {"value": "👎"})


@through_downtime("receipt")
async def who_holds_several_is_told_so_once(team: Team) -> AsyncGenerator[None]:
    ada, bob = team.newcomer(), team.newcomer()
    await team.choose(bob, "👍")
    await team.comes_to(bob, {"value": "👍"})
    await team.is_told(bob, "👍")
    yield
    for emoji in ("👍", "👎"):
        await team.choose(ada, emoji)
        await team.choose(bob, emoji)  # has voted, so there is nothing to say
    yield
    await team.is_told(ada, "👍 👎")
    await team.app.engine.reread.recent()
    await team.stays(ada, {})
    assert (len(team.told(ada)), len(team.told(bob))) == (1, 1)


@through_downtime()
async def who_holds_different_options_in_two_channels_has_not_voted(team: Team) -> AsyncGenerator[None]:
    ada, bob = team.newcomer(), team.newcomer()
    yield
    await team.choose(ada, "👍", article=2)
    await team.choose(ada, "👎", article=2, where="twin")
    await team.choose(bob, "👍", article=2)
    await team.choose(bob, "👍", article=2, where="twin")
    yield
    await team.comes_to(bob, {"value": "👍"}, article=2)
    await team.stays(ada, {}, article=2)


@through_downtime()
async def what_was_put_there_and_taken_away_unseen_is_no_vote(team: Team) -> AsyncGenerator[None]:
    ada = team.newcomer()
    yield
    await team.choose(ada, "👍")
    await team.release(ada, "👍")
    yield
    await team.stays(ada, {})


@through_downtime()
async def who_had_voted_before_keeps_that_vote(team: Team) -> AsyncGenerator[None]:
    ada = team.newcomer()
    await team.choose(ada, "👍")
    await team.comes_to(ada, {"value": "👍"})
    yield
    await team.release(ada, "👍")
    await team.choose(ada, "👎")
    yield
    await team.stays(ada, {"value": "👍"})


@through_downtime("delete")
async def a_message_that_is_deleted_meanwhile_hinders_no_other(team: Team) -> AsyncGenerator[None]:
    ada = team.newcomer()
    yield
    await team.choose(ada, "👍", article=5)
    await team.choose(ada, "👍")
    team.delete(5)
    yield
    await team.comes_to(ada, {"value": "👍"})
    assert await team.votes(ada, 5) == {}


@through_downtime("leave")
async def who_left_meanwhile_has_voted_all_the_same(team: Team) -> AsyncGenerator[None]:
    ada = team.newcomer()
    yield
    await team.choose(ada, "👍")
    team.leave(ada)
    yield
    await team.comes_to(ada, {"value": "👍"})


@through_downtime("react")
async def bots_and_strange_emoji_count_for_nothing_after_downtime(team: Team) -> AsyncGenerator[None]:
    robot, ada = team.newcomer(bot=True), team.newcomer()
    yield
    await team.choose(robot, "👍")
    await team.choose(ada, "🍕")
    await team.choose(ada, "👍", article=-1)
    await team.choose(ada, "👎", article=3, where="old")
    yield
    await team.stays(robot, {})
    for article in (0, 3):
        await team.stays(ada, {}, article=article)
