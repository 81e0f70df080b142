import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.sentences import sentences_of


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences_of(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["One sentence.", "Another one!", "A third?"],
        ["Dr. Smith met J. R. Tolkien at 3.5 p.m. in the U.S.", "The talk cost $3.50."],
        ['"Why?" he asked.', '"No."', "She left."],
        ["A.B. Foo Inc. announced it.", "See fig. 3 of that."],
        ["Am 3. Mai kam z.B. Herr Müller.", "Er ging."],
        ["Visit www.example.org. now or never.", "Version 2.0 is out."],
        ["Next... and so on?", "Yes.[12]", "Fine."],
        ['The question was "how large? "', 'Now it is "how well? "', "That is all."],
        ["Is this so?!", "It is."],
        ["Es kostet ca. 5 Euro.", "Mehr nicht."],
    ],
)
def test_sentences_end_where_a_reader_would_say(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["今天天氣很好。", "我們去公園！", "「真的嗎？」", "他問。"],
        ["「すごい！」と言った。", "次の文です。"],
        ["第一句。", "GPT-4 是模型。", "完"],
    ],
)
def test_sentences_of_unspaced_scripts_need_no_space(sentences: list[str]) -> None:
    assert split("".join(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("A heading\n\nThe text begins.", ["A heading", "The text begins."]),
        ("a\n\nb", ["a", "b"]),
        ("This line\nruns on.\nThis does not", ["This line\nruns on.", "This does not"]),
        ("", []),
        ("  \n ", []),
        ("...", ["..."]),
    ],
)
def test_blank_lines_end_sentences_and_soft_breaks_do_not(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(' ."!?\n。'))))
def test_spans_are_in_order_inside_the_text_and_hold_all_that_is_not_space(text: str) -> None:
    spans = sentences_of(text)
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize("text", ["a. " * 100_000, '"' * 200_000 + ".", "\n " * 100_000, "x" * 300_000])
def test_hostile_text_takes_time_in_proportion(text: str) -> None:
    began = time.perf_counter()
    sentences_of(text)
    assert time.perf_counter() - began < 3
