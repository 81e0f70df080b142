"""Where a takeaway's evidence is marked in the text."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.evidence import claims_of, hidden_of, passages_of
from bot.model import Article, Block, Span, StoredArticle, Takeaway
from tests.unit.adapters.web.samples import TEXT, article, span


def stored(text: str, *evidence: tuple[Span, ...], blocks: tuple[Block, ...] = ()) -> StoredArticle:
    takeaways = tuple(Takeaway(text="t", kind="section", support=1, shown=True, evidence=spans) for spans in evidence)
    return replace(article(), article=Article(title="T", text=text, blocks=blocks), takeaways=takeaways)


def drawn(one: StoredArticle) -> list[str]:
    """Each line, with `[n:…]` around what bears out takeaway n."""
    return [
        "".join(
            f"[{','.join(map(str, piece.takeaways))}:{piece.text}]" if piece.takeaways else piece.text for piece in line
        )
        for passage in passages_of(one)
        for line in passage.lines
    ]


def test_text_without_blocks_is_cut_into_paragraphs() -> None:
    assert drawn(stored("One.\n\nTwo,\nstill two.\n \nThree.")) == ["One.", "Two,\nstill two.", "Three."]


def test_evidence_is_marked_where_it_stands() -> None:
    assert drawn(stored(TEXT, (span("two metres"),), (span("The bridge is closed."),))) == [
        "The river rose by [1:two metres] in one night.",
        "Nobody was hurt, the mayor said. [2:The bridge is closed.]",
    ]


def test_evidence_of_two_takeaways_may_overlap() -> None:
    assert drawn(stored("abcdef", ((0, 4),), ((2, 6),))) == ["[1:ab][1,2:cd][2:ef]"]


def test_evidence_over_two_paragraphs_is_marked_in_both_and_begins_once() -> None:
    one = stored("One.\n\nTwo.", ((0, 10),))
    assert drawn(one) == ["[1:One.]", "[1:Two.]"]
    pieces = [piece for passage in passages_of(one) for line in passage.lines for piece in line]
    assert [(piece.anchors, piece.ends) for piece in pieces] == [(("e1-1",), ()), ((), (1,))]


def test_a_list_is_drawn_item_by_item() -> None:
    block = Block(kind="list", text="• One.\n• Two.", items=("One.", "Two."), start=0, end=13)
    one = stored("• One.\n• Two.", ((7, 13),), blocks=(block,))
    assert drawn(one) == ["One.", "[1:Two.]"]


def test_items_that_are_not_in_the_text_leave_the_block_whole() -> None:
    block = Block(kind="table", text="a 1", items=("a | 1",), start=0, end=3)
    assert drawn(stored("a 1", blocks=(block,))) == ["a 1"]


def test_blocks_beside_the_body_are_left_out_and_text_between_blocks_is_not() -> None:
    blocks = (
        Block(kind="heading", text="Key Takeaways"),
        Block(kind="heading", text="First", level=2, start=0, end=5),
        Block(kind="paragraph", text="Last.", start=15, end=20),
        Block(kind="paragraph", text="st.", start=17, end=20),
    )
    assert drawn(stored("First\nBetween.\n\nLast", blocks=blocks[:2])) == ["First", "Between.", "Last"]
    assert drawn(stored("First\nBetween. Last.", blocks=blocks)) == ["First", "Between.", "Last."]


@pytest.mark.parametrize("bad", [(-1, 3), (3, 3), (4, 2), (0, 99)])
def test_evidence_outside_the_text_is_left_out(bad: Span) -> None:
    one = stored("abcdef", (bad, (1, 2)))
    assert drawn(one) == ["a[1:b]cdef"]
    assert claims_of(one)[0].anchors == ("e1-1",)


def test_hidden_takeaways_are_apart() -> None:
    assert [claim.text for claim in claims_of(article())] == ["Two metres overnight"]
    assert [takeaway.reason for takeaway in hidden_of(article())] == ["off_topic"]


words = st.text(alphabet="ab •\n", max_size=40)
spans = st.lists(st.tuples(st.integers(-2, 45), st.integers(-2, 45)), max_size=4).map(tuple)
kinds = st.sampled_from(["paragraph", "list", "heading"])


@given(
    words, st.lists(spans, max_size=3), st.lists(st.tuples(kinds, st.integers(0, 40), st.integers(0, 40)), max_size=4)
)
def test_all_text_is_drawn_once_and_every_evidence_link_arrives(
    text: str, evidence: list[tuple[Span, ...]], cuts: list[tuple[str, int, int]]
) -> None:
    blocks = tuple(Block(kind=kind, text=text[a:b], start=a, end=b) for kind, a, b in cuts)  # type: ignore[arg-type]
    one = stored(text, *evidence, blocks=blocks)
    pieces = [piece for passage in passages_of(one) for line in passage.lines for piece in line]
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
    anchors = [anchor for piece in pieces for anchor in piece.anchors]
    assert len(anchors) == len(set(anchors))
    for claim, given_spans in zip(claims_of(one), evidence, strict=True):
        kept = [text[a:b] for a, b in sorted(given_spans) if 0 <= a < b <= len(text)]
        reachable = {anchor for anchor, words in zip(claim.anchors, kept, strict=True) if words.strip()}
        assert reachable <= set(anchors)
