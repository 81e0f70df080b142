import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.words import content_words_of, folded, fts_text, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Twelve models", ["12", "model"]),
        ("twenty-one labs", ["21", "lab"]),
        ("two hundred fifty pages", ["250", "page"]),
        ("one hundred million", ["100000000"]),
        ("1,200 users", ["1200", "user"]),
        ("1.200.300,5", ["1200300.5"]),
        ("$1.2 billion", ["1200000000"]),
        ("3bn", ["3000000000"]),
        ("5M", ["5000000"]),
        ("5 m", ["5", "m"]),
        ("3,50 and 3.5", ["3.5", "and", "3.5"]),
        ("007", ["7"]),
        ("five six", ["5", "6"]),
        ("3bn, two hundred", ["3000000000", "200"]),
        ("5.1.2", ["5.1.2"]),
        ("GPT-4", ["gpt", "4"]),
        ("the users' and the user's", ["the", "user", "and", "the", "user"]),
        ("optimizing", words_of("optimisation")),
        ("Competition", words_of("competing")),
        ("ＡＢＣ １２", ["abc", "12"]),
        ("Café", ["cafe"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("人工智能", ["人工", "工智", "智能"]),
        ("東", ["東"]),
        ("한국어", ["한국", "국어"]),
        ("用GPT做12題", ["用", "gpt", "做", "12", "題"]),
        ("", []),
        ("… — !", []),
    ],
)
def test_words_are_folded_stemmed_and_counted_in_digits(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_a_number_in_words_equals_the_same_in_digits() -> None:
    for words, digits in [("twelve", "12"), ("ninety-nine", "99"), ("two million", "2,000,000"), ("seven", "7")]:
        assert words_of(words) == words_of(digits)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("It is the one that they have", []),
        ("one model", ["model"]),
        ("Das ist ein Modell", ["modell"]),
        ("これはペンです", ["はペ", "ペン", "ンで"]),
        ("a b c", []),
    ],
)
def test_content_words_leave_out_what_carries_no_meaning(text: str, content: list[str]) -> None:
    assert content_words_of(text) == content


@pytest.mark.parametrize(
    ("text", "indexed"),
    [
        ("Größe, v5.1!", "grosse v5 1"),
        ("人工智能 AI", "人工 工智 智能 ai"),
        ("it's 1,200", "it s 1 200"),
    ],
)
def test_what_is_indexed_is_plain_words_between_spaces(text: str, indexed: str) -> None:
    assert fts_text(text) == indexed


def test_a_two_character_query_is_found_inside_a_longer_run() -> None:
    assert fts_text("工智") in fts_text("用人工智能做的").split()


@given(st.text())
def test_any_text_has_words_and_indexing_is_stable(text: str) -> None:
    assert len(content_words_of(text)) <= len(words_of(text))
    assert fts_text(fts_text(text)).replace(" ", "") == fts_text(text).replace(" ", "")
    assert folded(folded(text)) == folded(text)
