"""The contract that keeps workspaces apart: whose a source is, for whom an article is there, and what each is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model import (
    Appearance,
    ChannelSpec,
    NewArticle,
    Reaction,
    SourceReport,
    SourceSpec,
    Standing,
    Tally,
    Vote,
    Workspace,
)
from bot.ports import Store
from tests.contract.things import HOUR, NOW, composed, declared, draft, post, reading, ref, vote

ONE, TWO = Workspace("slack", "T1"), Workspace("slack", "T2")
NAMESAKE = Workspace("discord", "T1")  # the same name on another platform is another workspace
FEED = SourceSpec(address="https://example.org/feed", every=HOUR, max_age=timedelta(3))


def brought(number: int, workspace: Workspace | None, source: int | None = None, text: str | None = None) -> NewArticle:
    key = f"https://key.example/{number}"
    return replace(draft(number, source=source, text=text), key=key, workspace=workspace)


def channel(name: str, workspace: Workspace, place: str | None = None) -> ChannelSpec:
    return ChannelSpec(name=name, platform=workspace.platform, place=place or name, workspace=workspace.name)


def cast(article: int, workspace: Workspace, *, voter: str = "v1", value: float = 1) -> Vote:
    return replace(vote(article, workspace=workspace.name, voter=voter, value=value), platform=workspace.platform)


async def sources_of(store: Store, *owners: Workspace | None) -> list[int]:
    """A source for each of these, with a title."""
    async with store.begin() as tx:
        added = [
            await tx.sources.add(SourceSpec(address=f"https://s{number}.example"), NOW, owner)
            for number, owner in enumerate(owners)
        ]
        await tx.sources.report(
            [SourceReport(source_id=one.id, next_at=NOW, title=f"Feed {one.id}", succeeded_at=NOW) for one in added]
        )
    return [one.id for one in added]


async def filed(store: Store, *drafts: NewArticle) -> tuple[int, ...]:
    """Filed an hour before NOW, and read."""
    async with store.begin() as tx:
        ids = await tx.articles.file(drafts, NOW - HOUR)
        await tx.articles.save([reading(article_id) for article_id in ids])
    return ids


async def there_for(store: Store, viewer: Workspace | None, article_id: int) -> set[str]:
    """By which ways an article is there for who asks."""
    async with store.read() as view:
        ways = {
            "number": await view.articles.find(str(article_id), 9, viewer),
            "url": await view.articles.find(f"https://example.org/{article_id}", 9, viewer),
            "key": await view.articles.find(f"https://key.example/{article_id}", 9, viewer),
            "newest": await view.articles.find("", 9, viewer),
            "words": await view.articles.find(f"shown {article_id}", 9, viewer),
            "id": [one.id for one in await view.articles.get([article_id], viewer=viewer)],
        }
        if viewer is not None:
            ways["candidate"] = [one.id for one in await view.candidates.newest(0, NOW, viewer, 9)]
    return {way for way, ids in ways.items() if article_id in ids}


WAYS = {"number", "url", "key", "newest", "words", "id", "candidate"}


# ------------------------------------------------------------ sources


async def test_a_source_is_there_for_the_workspace_that_added_it_and_the_houses_for_all(store: Store) -> None:
    async with store.begin() as tx:
        house = await tx.sources.add(SourceSpec(address="/srv/articles"), NOW)
        own = await tx.sources.add(FEED, NOW, ONE)
        assert (house.workspace, own.workspace) == (None, ONE)
        assert await tx.sources.all(ONE) == (house, own)
        assert await tx.sources.all(TWO) == await tx.sources.all(NAMESAKE) == (house,)
        assert await tx.sources.all() == (house, own)


async def test_an_address_is_added_once_by_each_workspace_and_not_where_the_house_has_it(store: Store) -> None:
    async with store.begin() as tx:
        first = await tx.sources.add(FEED, NOW, ONE)
        other = await tx.sources.add(FEED, NOW, TWO)
        assert first.id != other.id
        assert await tx.sources.add(FEED, NOW, ONE) == first
        house = await tx.sources.add(FEED, NOW)
        assert house.id not in (first.id, other.id)
        assert await tx.sources.add(FEED, NOW, NAMESAKE) == house
        assert [one.id for one in await tx.sources.claim(NOW, NOW + HOUR, 9)] == [first.id, other.id, house.id]


async def test_removing_a_workspaces_source_leaves_the_others_of_that_address(store: Store) -> None:
    async with store.begin() as tx:
        first, other = await tx.sources.add(FEED, NOW, ONE), await tx.sources.add(FEED, NOW, TWO)
        await tx.sources.remove(first.id)
        assert await tx.sources.all() == (other,)
        assert (await tx.sources.add(FEED, NOW, ONE)).id == first.id


async def test_declaring_sources_of_the_file_leaves_those_of_workspaces_alone(store: Store) -> None:
    async with store.begin() as tx:
        own = await tx.sources.add(FEED, NOW, ONE)
        await tx.sources.declare([FEED], NOW)
        await tx.sources.declare([], NOW)
        assert await tx.sources.all() == (own,)


# ------------------------------------------------------------ articles


async def test_what_a_workspace_brought_is_there_for_it_alone(store: Store) -> None:
    feed, house = await sources_of(store, ONE, None)
    own, handed_in, everybodys = await filed(store, brought(1, ONE, feed), brought(2, TWO), brought(3, None, house))
    for viewer, article, ways in [
        (ONE, own, WAYS),
        (TWO, own, set()),
        (NAMESAKE, own, set()),
        (Workspace("slack", ""), own, set()),
        (None, own, WAYS - {"candidate"}),
        (TWO, handed_in, WAYS),
        (ONE, handed_in, set()),
        (ONE, everybodys, WAYS),
        (TWO, everybodys, WAYS),
    ]:
        assert await there_for(store, viewer, article) == ways, (viewer, article)


async def test_what_two_brought_is_there_for_each_from_its_own_source_in_its_own_words(store: Store) -> None:
    sources = await sources_of(store, ONE, TWO)
    async with store.begin() as tx:
        drafts = [brought(1, ONE, sources[0], "As one has it."), brought(1, TWO, sources[1], "As two has it.")]
        ids = await tx.articles.file(drafts, NOW)
        assert await tx.articles.file(drafts, NOW) == ids
        texts = [one.article.text for one in await tx.articles.unread(9, NOW)]
        for viewer, source, article in zip((ONE, TWO), sources, ids, strict=True):
            await tx.articles.save([reading(article)])
            (stored,) = await tx.articles.get(ids, viewer=viewer)
            (candidate,) = await tx.candidates.newest(0, NOW + HOUR, viewer, 9)
            assert (stored.id, stored.source_title) == (article, f"Feed {source}")
            assert (candidate.id, candidate.source_title) == (article, f"Feed {source}")
        assert texts == ["As one has it.", "As two has it."]
        await tx.articles.file([brought(1, TWO, sources[1], "As two corrects it.")], NOW)
        (unread,) = await tx.articles.unread(9, NOW)
    assert (unread.id, unread.article.text) == (ids[1], "As two corrects it.")
    assert await there_for(store, NAMESAKE, ids[0]) == set()


async def test_what_a_member_asked_for_is_not_what_anothers_source_brought(store: Store) -> None:
    (feed,) = await sources_of(store, ONE)
    theirs, own = await filed(store, brought(1, ONE, feed), brought(1, TWO))
    async with store.read() as view:
        (stored,) = await view.articles.get([theirs, own], viewer=TWO)
    assert (stored.id, stored.source_id, stored.source_title) == (own, None, None)


async def test_what_the_house_brings_is_there_for_all_and_who_had_it_keeps_its_own(store: Store) -> None:
    feed, house = await sources_of(store, ONE, None)
    (own,) = await filed(store, brought(1, ONE, feed, "What a workspace made of it."))
    async with store.begin() as tx:
        (everybodys,) = await tx.articles.file([brought(1, None, house, "As published.")], NOW - HOUR)
        (unread,) = await tx.articles.unread(9, NOW)
        await tx.articles.save([reading(everybodys)])
        assert unread.article.text == "As published."
        for viewer, article in ((ONE, own), (TWO, everybodys)):
            assert [one.id for one in await tx.candidates.newest(0, NOW, viewer, 9)] == [article]
            assert await tx.articles.find("", 9, viewer) == (article,)
        assert await tx.articles.file([brought(1, ONE, feed), brought(1, TWO)], NOW) == (own, everybodys)


async def test_no_workspace_edits_what_is_everybodys(store: Store) -> None:
    (feed,) = await sources_of(store, ONE)
    (article,) = await filed(store, brought(1, None, None, "As published."))
    async with store.begin() as tx:
        for text in ("Another word for it.", "And another."):
            assert await tx.articles.file([brought(1, ONE, feed, text), brought(1, ONE, None, text)], NOW) == (
                article,
                article,
            )
        assert await tx.articles.unread(9, NOW) == ()
    assert await there_for(store, TWO, article) == WAYS


async def test_what_everybody_has_stays_so_whoever_brings_it_again(store: Store) -> None:
    (article,) = await filed(store, brought(1, None))
    await filed(store, brought(1, ONE))
    assert await there_for(store, TWO, article) == WAYS


async def test_what_a_workspace_hands_in_of_everybodys_backlog_stays_backlog(store: Store) -> None:
    (house,) = await sources_of(store, None)
    await filed(store, replace(brought(1, None, house), baseline=True))
    await filed(store, brought(1, ONE))
    async with store.read() as view:
        (candidate,) = await view.candidates.newest(0, NOW, TWO, 9)
    assert candidate.baseline


async def test_a_digest_keeps_its_articles_whoever_looks(store: Store) -> None:
    (article,) = await filed(store, brought(1, ONE))
    (here,) = await declared(store, channel("here", ONE))
    async with store.read() as view:
        stored = list(await view.articles.get([article]))
    digest = await composed(store, here, stored)
    async with store.read() as view:
        assert [one.article.id for one in (await view.outbox.digest(digest)).items] == [article]


# ------------------------------------------------------------ what each is told


async def test_a_workspace_is_told_its_own_postings_votes_and_standings_alone(store: Store) -> None:
    (house,) = await sources_of(store, None)
    (article,) = await filed(store, brought(1, None, house))
    for number, channel_id in enumerate(await declared(store, channel("here", ONE), channel("there", TWO))):
        async with store.read() as view:
            stored = list(await view.articles.get([article]))
        await post(store, await composed(store, channel_id, stored, key=f"k{number}"), parts=2)
    async with store.begin() as tx:
        await tx.votes.cast(
            [cast(article, ONE), cast(article, TWO, voter="v2", value=-1), cast(article, TWO, voter="v3", value=-1)]
        )
        await tx.votes.cast([cast(article, NAMESAKE, voter="v4")])
        for viewer, appearance, counts, standing in [
            (ONE, (Appearance("here", "k0"),), {"👍": 1}, Standing(posted=1, valued=1, voters=1)),
            (TWO, (Appearance("there", "k1"),), {"👍": 2}, Standing(posted=1, unvalued=2, voters=2)),
            (NAMESAKE, (), {"👍": 1}, Standing(valued=1, voters=1)),
        ]:
            (stored_one,) = await tx.articles.get([article], viewer=viewer)
            (candidate,) = await tx.candidates.newest(0, NOW, viewer, 9)
            told = (Tally(article, viewer.name, "value", counts),)
            assert stored_one.posted == appearance
            assert await tx.votes.tallies([article], viewer) == await tx.votes.tallies([], viewer) == told
            assert await tx.sources.standings(viewer) == {house: standing}
            assert candidate.standing == replace(standing, posted=0)
            assert await tx.candidates.tastes(viewer) == ({house: candidate.standing}, {})
        assert (await tx.sources.standings())[house] == Standing(posted=1, valued=2, unvalued=2, voters=4)


async def test_a_workspace_with_many_overdue_sources_does_not_put_off_anothers(store: Store) -> None:
    async with store.begin() as tx:
        for number in range(60):
            spec = replace(FEED, address=f"https://noisy.example/{number}")
            await tx.sources.add(spec, NOW - HOUR, ONE)
        quiet = [await tx.sources.add(replace(FEED, address=f"https://quiet.example/{n}"), NOW, TWO) for n in range(3)]
        house = await tx.sources.add(replace(FEED, address="https://house.example/"), NOW)
        claimed = await tx.sources.claim(NOW, NOW + HOUR, 10)
        rest = await tx.sources.claim(NOW, NOW + HOUR, 100)
    assert {one.id for one in (*quiet, house)} <= {one.id for one in claimed}
    assert len(claimed) == 10
    assert len({one.id for one in (*claimed, *rest)}) == 64


async def test_a_source_is_judged_by_its_own_workspace_or_by_the_only_one_that_voted(store: Store) -> None:
    own, house, disputed, unvoted = await sources_of(store, ONE, None, None, None)
    of_one, by_one, by_two, _ = await filed(
        store, brought(1, ONE, own), brought(2, None, house), brought(3, None, disputed), brought(4, None, unvoted)
    )
    async with store.begin() as tx:
        await tx.votes.cast(
            [
                cast(of_one, ONE),
                cast(of_one, TWO, voter="v2", value=-1),
                cast(by_one, TWO, value=-1),
                cast(by_two, ONE),
                cast(by_two, TWO, voter="v2"),
            ]
        )
        judged = await tx.valuations.reputations([own, house, disputed, unvoted])
    assert judged == {own: Standing(valued=1, voters=1), house: Standing(unvalued=1, voters=1)}


async def test_a_reaction_from_one_workspace_is_not_on_a_message_of_another(store: Store) -> None:
    (article,) = await filed(store, brought(1, None))
    (here,) = await declared(store)
    async with store.read() as view:
        stored = list(await view.articles.get([article]))
    await post(store, await composed(store, here, stored), parts=2)
    own = Reaction(platform="web", workspace="local", place="place-team", member="m", emoji="👍")
    async with store.read() as view:
        found = await view.votes.placed(
            [
                replace(own, ref=ref("1")),
                replace(own, ref=ref("1"), workspace="elsewhere"),
                replace(own, ref=ref("1"), platform="slack"),
                replace(own, article=article),
                replace(own, article=article, workspace="elsewhere"),
            ]
        )
    assert [placement is not None for placement in found] == [True, False, False, True, False]


# ------------------------------------------------------------ channels


async def test_a_place_that_two_workspaces_share_is_a_channel_of_each(store: Store) -> None:
    specs = channel("here", ONE, "C1"), channel("there", TWO, "C1")
    await declared(store, *specs)
    async with store.read() as view:
        assert tuple(one.spec for one in await view.channels.all(platform="slack", place="C1")) == specs


async def test_a_workspace_that_was_learnt_stays_until_the_file_names_one(store: Store) -> None:
    unnamed = replace(channel("here", ONE), workspace="")
    (here,) = await declared(store, unnamed)
    async with store.begin() as tx:
        await tx.channels.locate(here, "learnt")
    for spec, workspace in ((unnamed, "learnt"), (channel("here", ONE), "T1"), (unnamed, "T1")):
        await declared(store, spec)
        async with store.read() as view:
            (found,) = await view.channels.all()
        assert found.spec.workspace == workspace
