"""Terminal lines: nothing that a terminal obeys, words whole, CJK broken where a reader expects it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.console.wrap import inert, wrapped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\r\nlines\tand  more ", "two lines and more"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x9b2Jgone", "gone"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1bPq#0\x1b\\text", "text"),
        ("\x1b]0;unended title", "]0;unended title"),
        ("bell\x07 back\x08 null\x00", "bell back null"),
        ("price \u202egpj.exe", "price gpj.exe"),
        ("\u2066isolated\u2069 \u200fmarked \ufeffbom", "isolated marked bom"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("line\u2028separator", "line separator"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
        ("half \ud83d", "half \ufffd"),
        ("[red]markup[/red] :smile:", "[red]markup[/red] :smile:"),
    ],
)
def test_text_is_made_inert(text: str, expected: str) -> None:
    assert inert(text) == expected


@given(st.text() | st.text(alphabet="\x1b\x9b\x9d[];?0m\x07\\\r\n\u202e\ud800a "))
def test_nothing_inert_moves_a_cursor(text: str) -> None:
    made = inert(text)
    assert all(character.isprintable() or character in "\u200c\u200d" or ord(character) > 0xA0 for character in made)
    assert "\n" not in made
    assert not {*"\x1b\x9b\u202e\u2028\u2066"} & {*made}
    made.encode()


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, []),
        ("one two three", 13, ["one two three"]),
        ("one two three", 12, ["one two", "three"]),
        ("unbelievably", 5, ["unbel", "ievab", "ly"]),
        ("an unbelievably", 5, ["an", "unbel", "ievab", "ly"]),
        ("well—known", 8, ["well—", "known"]),
        ("再生水冷卻系統", 8, ["再生水冷", "卻系統"]),
        ("再生水，冷卻", 6, ["再生", "水，冷", "卻"]),
        ("他說「冷卻」了", 6, ["他說", "「冷", "卻」了"]),
        ("用 GPT 預測水質", 10, ["用 GPT 預", "測水質"]),
        ("減少41%，很多", 8, ["減少", "41%，很", "多"]),
        ("カーテン", 4, ["カー", "テン"]),
        ("データを使う", 5, ["デー", "タを", "使う"]),
    ],
)
def test_lines_break_where_a_reader_expects(text: str, width: int, expected: list[str]) -> None:
    assert wrapped(text, width) == expected


@given(st.text(alphabet="ab 再生，。「」（）ー—é👍%") | st.text(), st.integers(4, 30))
def test_no_line_is_too_wide_and_nothing_is_lost_but_spaces(text: str, width: int) -> None:
    lines = wrapped(inert(text), width)
    assert [line for line in lines if cell_len(line) > width] == []
    assert "".join(lines).replace(" ", "") == inert(text).replace(" ", "")
