import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Block
from bot.takeaways import takeaways_of
from tests.unit.takeaways.build import FERRY, article_of


def listed(*items: str) -> Block:
    return Block(kind="list", text="\n".join(items), items=items)


TRUE = (
    "Three of 12 ferries now charge with shore power.",
    "Fuel use of these ferries fell by 31 per cent.",
    "Noise at the quay is down from 62 to 44 decibels.",
    "The plant cost 4.2 million euros, half of it paid by the city.",
    "The other ferries will follow by 2028 if the grid is made stronger.",
    "The grid company asks for two more cables to the harbour.",
)


def test_the_articles_own_takeaways_are_shown_as_written_and_in_order() -> None:
    takeaways = takeaways_of(article_of(*FERRY, own=listed(*TRUE[:3])))
    assert [takeaway.text for takeaway in takeaways] == list(TRUE[:3])
    assert all(t.kind == "section" and t.shown and t.reason is None and t.evidence for t in takeaways)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("Regulators must turn their principles into enforceable standards.", "off_topic"),
        ("Three of the 12 ferries charge with shore power now.", "duplicate"),
        ("Subscribe for more on the harbour, its ferries and shore power.", "promotional"),
        ("Fuel use of the three ferries at the harbour fell by 47 per cent.", "unverified"),
    ],
)
def test_what_should_not_be_shown_is_listed_with_its_reason(item: str, reason: str) -> None:
    takeaways = takeaways_of(article_of(*FERRY, own=listed(TRUE[0], item, TRUE[1])))
    assert [(t.text, t.shown, t.reason) for t in takeaways] == [
        (TRUE[0], True, None),
        (item, False, reason),
        (TRUE[1], True, None),
    ]


def test_a_repeated_takeaway_is_judged_by_what_was_shown_not_by_what_was_hidden() -> None:
    wrong = "Fuel use of the three ferries fell by 47 per cent."
    takeaways = takeaways_of(
        article_of(*FERRY, own=listed(wrong, "Fuel use of the three ferries fell by 31 per cent."))
    )
    assert [takeaway.reason for takeaway in takeaways] == ["unverified", None]


def test_no_more_than_the_limit_are_shown() -> None:
    takeaways = takeaways_of(article_of(*FERRY, own=listed(*TRUE)), limit=4)
    assert [takeaway.shown for takeaway in takeaways] == [True] * 4 + [False] * 2
    assert {takeaway.reason for takeaway in takeaways[4:]} == {"over_limit"}


def test_without_a_supported_section_the_articles_sentences_stand_in() -> None:
    invented = ("Regulators must act on principle.", "Stakeholders want equity.")
    takeaways = takeaways_of(article_of(*FERRY, own=listed(*invented)))
    assert [t.text for t in takeaways[:2]] == list(invented)
    assert not any(t.shown for t in takeaways[:2])
    assert takeaways[2:]
    assert all(t.kind == "extracted" and t.shown for t in takeaways[2:])


def test_the_evidence_of_an_extract_is_its_own_sentence() -> None:
    article = article_of(*FERRY)
    for takeaway in takeaways_of(article):
        ((start, end),) = takeaway.evidence
        assert article.text[start:end] == takeaway.text


def test_drafts_are_checked_and_failing_ones_replaced() -> None:
    drafts = ("Fuel use of the three ferries fell by 31%.", "Fuel use fell by 47%.", "Google runs the harbour ferries.")
    takeaways = takeaways_of(article_of(*FERRY), drafts=drafts)
    assert [(t.text, t.shown) for t in takeaways[:3]] == [(drafts[0], True), (drafts[1], False), (drafts[2], False)]
    assert [t.kind for t in takeaways if t.shown] == ["model", "extracted", "extracted"]


def test_drafts_may_not_count_or_name_what_the_article_does_not() -> None:
    for draft in ("Five of the ferries charge with shore power.", "Captain Solberg of Oslo says engines stand still."):
        assert takeaways_of(article_of(*FERRY), drafts=[draft])[0].reason == "unverified"


def test_good_drafts_alone_are_shown() -> None:
    takeaways = takeaways_of(article_of(*FERRY), drafts=TRUE[:3])
    assert [(t.text, t.kind) for t in takeaways] == [(text, "model") for text in TRUE[:3]]


def test_a_summary_of_two_sentences_gets_them() -> None:
    article = Article(
        title="Cable mended",
        text="The cable to Rostock was mended on Tuesday. The repairs of the cable took twelve days.",
    )
    assert [t.text for t in takeaways_of(article)] == article.text.replace(". T", ".\nT").split("\n")


@pytest.mark.parametrize("text", ["", " \n", "🎉🎉🎉", "x" * 5000, "?!"])
def test_an_article_that_says_nothing_has_few_takeaways_or_none(text: str) -> None:
    assert len(takeaways_of(Article(title="", text=text))) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "word word. " * 100_000,
        "".join(f"aaaaab{i} " for i in range(100_000)),
        "x" * 1_000_000,
        "這" * 300_000,
    ],
)
def test_hostile_articles_take_bounded_time(text: str) -> None:
    own = listed(*(f"word aaaaab{i} this is bullet number {i}" for i in range(400)))
    article = replace(article_of("# Nothing", own=own), text=text)
    began = time.perf_counter()
    takeaways = takeaways_of(article)
    assert time.perf_counter() - began < 5
    assert len(takeaways) >= 400


@given(
    text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from(" .\nabcAB12"))),
    items=st.lists(st.text(max_size=80), max_size=8),
    drafts=st.lists(st.text(max_size=80), max_size=4),
    limit=st.integers(min_value=0, max_value=6),
)
def test_any_article_has_checked_takeaways(text: str, items: list[str], drafts: list[str], limit: int) -> None:
    own = Block(kind="list", text="", items=tuple(items))
    article = Article(title="T", text=text, blocks=(Block(kind="heading", text="TL;DR", level=2), own))
    takeaways = takeaways_of(article, limit, drafts)
    assert sum(takeaway.shown for takeaway in takeaways) <= limit
    for takeaway in takeaways:
        assert takeaway.shown is (takeaway.reason is None)
        assert 0 <= takeaway.support <= 1
        assert all(0 <= start < end <= len(text) for start, end in takeaway.evidence)
    assert takeaways == takeaways_of(article, limit, drafts)
