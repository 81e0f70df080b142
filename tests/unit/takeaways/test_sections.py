import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Block
from bot.takeaways.sections import section_items

HEADING = Block(kind="heading", text="Key Takeaways", level=2)
BODY = Block(kind="paragraph", text="Something else that the article says at some length. " * 8)


def items_of(*section: Block) -> tuple[str, ...]:
    return section_items((BODY, HEADING, *section, Block(kind="heading", text="Next", level=2), BODY))


def prose(text: str) -> Block:
    return Block(kind="paragraph", text=text)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("• First thing. - Second thing. - Third thing.", ("First thing.", "Second thing.", "Third thing.")),
        ("• one. - two. - three.", ("one.", "two.", "three.")),
        ("• One half - so to say - is gone. - Two.", ("One half - so to say - is gone.", "Two.")),
        ("• One • Two • Three", ("One", "Two", "Three")),
        ("•One.•Two.", ("One.", "Two.")),
        ('• It is "good." – It is cheap! — Is it?', ('It is "good."', "It is cheap!", "Is it?")),
        ("- Acme Inc. - the maker - grew. - Dr. - well, Ms. Hall left.", None),
        ("1. One. 2. Two of 3. 3. Three.", ("One.", "Two of 3.", "Three.")),
        ("• 第一點。 - 第二點。", ("第一點。", "第二點。")),
        ("• Sales rose 3.5 - 4.0 per cent. - Costs fell.", ("Sales rose 3.5 - 4.0 per cent.", "Costs fell.")),
        ("Just one sentence - with a dash.", ("Just one sentence - with a dash.",)),
    ],
)
def test_run_together_bullets_split_only_where_a_sentence_ends(text: str, items: tuple[str, ...] | None) -> None:
    expected = items or ("Acme Inc. - the maker - grew.", "Dr. - well, Ms. Hall left.")
    assert items_of(prose(text)) == expected


@pytest.mark.parametrize(
    ("block", "items"),
    [
        (
            Block(
                kind="list",
                text="- a b\n- c d",
                items=("one long thing", "- another long thing", "3. a third long thing"),
            ),
            None,
        ),
        (prose("- one long thing\n- another long thing\n- a third long thing"), None),
        (prose("• one long thing\n• another long thing\n• a third long thing"), None),
        (Block(kind="table", text="", items=("one long thing", "another long thing", "a third long thing")), None),
        (
            Block(kind="list", text="", items=("one  \n  deeper", "It means:\n  - this;\n  - that.")),
            ("one: deeper", "It means: this; that."),
        ),
        (
            Block(kind="list", text="", items=("* * *", "— 12 —", "so it is said", "and this too")),
            ("so it is said", "and this too"),
        ),
    ],
)
def test_lists_give_their_items_without_marks(block: Block, items: tuple[str, ...] | None) -> None:
    assert items_of(block) == (items or ("one long thing", "another long thing", "a third long thing"))


def test_prose_that_leads_into_a_list_is_no_item() -> None:
    listed = Block(kind="list", text="", items=("one long thing", "another long thing"))
    assert items_of(prose("Here is what you will learn:"), listed) == ("one long thing", "another long thing")


def test_a_paragraph_is_one_item_unless_it_is_too_long_to_read() -> None:
    assert items_of(prose("It works. It is cheap.")) == ("It works. It is cheap.",)
    long = "It works for everyone who tried it in the summer of last year. "
    assert items_of(prose((long * 8).strip())) == (long.strip(),) * 8


@pytest.mark.parametrize("text", ["TL;DR: It works well.", "The bottom line: It works well."])
def test_of_an_inline_heading_what_follows_remains(text: str) -> None:
    assert section_items((BODY, prose(text), BODY)) == ("It works well.",)


def test_several_sections_are_read_in_order() -> None:
    blocks = (BODY, HEADING, prose("• One. - Two."), BODY, HEADING, prose("• Three. - Four."), BODY)
    assert section_items(blocks) == ("One.", "Two.", "Three.", "Four.")


def test_an_article_without_a_section_has_no_items() -> None:
    assert section_items((BODY, Block(kind="heading", text="Conclusion", level=2), BODY)) == ()


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("•-–. \n1:2)"))))
def test_any_text_splits_into_items_of_one_line_without_losing_words(text: str) -> None:
    for item in items_of(prose(text)):
        assert item == " ".join(item.split())
        assert any(character.isalpha() for character in item)
