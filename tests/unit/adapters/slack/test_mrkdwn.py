"""What is fetched stays words in Slack's markup, and what members type arrives as they typed it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from adapters.slack.mrkdwn import clipped, drawn_to, escaped, inert, plain_of, safe_url, units_of
from tests.platforms.slack_server.pings import pings
from tests.unit.adapters.slack.naughty import TEXTS, texts

URL = "https://example.org/a"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain words", "plain words"),
        ("  two\n\tlines \r\n", "two lines"),
        ("nul\x00 bell\x07", "nul bell"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("<\u200b!channel>", "<!channel>"),
        ("half \ud83d", "half \ufffd"),
        ("全角\u3000空白", "全角 空白"),
        ("e\u0301", "é"),
        ("a" + "\u0316" * 300, "a" + "\u0316" * 4),
        ("\u0301x", "x"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("❤\ufe0f 1\ufe0f\u20e3", "❤\ufe0f 1\ufe0f\u20e3"),
        ("\u3164\u2800\uffa0", ""),
        ("שלום", "שלום"),
    ],
)
def test_a_line_loses_what_cannot_be_seen_and_keeps_what_scripts_and_emoji_need(text: str, line: str) -> None:
    assert inert(text) == line


@settings(max_examples=5 * settings.default.max_examples)
@given(text=texts)
def test_what_is_inert_stays_as_it_is(text: str) -> None:
    line = inert(text)
    assert inert(line) == line
    assert line.isprintable() or not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", line)
    line.encode()


def test_only_three_characters_are_escaped() -> None:
    assert escaped("a & b <c> *d* _e_ 'f' \"g\"") == "a &amp; b &lt;c&gt; *d* _e_ 'f' \"g\""
    assert escaped("&lt;!channel&gt;") == "&amp;lt;!channel&amp;gt;"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=c&d#e", "https://example.org/a?b=c&d#e"),
        ("HTTPS://Example.ORG:8443/A", "https://example.org:8443/A"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("https://example.org/a|b>c<d e", "https://example.org/a%7Cb%3Ec%3Cd%20e"),
        ('https://example.org/"q"', "https://example.org/%22q%22"),
        ("https://例え.example/道", "https://xn--r8jz45g.example/%E9%81%93"),
        ("https://example.org/%7C", "https://example.org/%7C"),
        (" https://example.org/ ", "https://example.org/"),
        ("https://example.org/\n", None),
        ("https://example.org/\x00", None),
        ("https://example.org\\@evil", None),
        ("https://user:pw@example.org/", None),
        ("https://example.org:99999/", None),
        ("https://example.org/\ud800", None),
        ("https://example.org/" + "a" * 9000, None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("slack://open", None),
        ("//example.org", None),
        ("https://", None),
        ("", None),
        (None, None),
    ],
)
def test_only_an_open_http_address_is_a_link(url: str | None, safe: str | None) -> None:
    assert safe_url(url) == safe


@settings(max_examples=5 * settings.default.max_examples)
@given(text=texts)
def test_inert_words_ping_nobody(text: str) -> None:
    assert not pings({"text": escaped(inert(text))})


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("plain", "plain"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&amp;lt;", "&lt;"),
        ("<https://example.org/?a=1&amp;b=2>", "https://example.org/?a=1&b=2"),
        ("<https://example.org|example.org>", "https://example.org"),
        ("add <http://a.example/feed|a.example/feed> please", "add http://a.example/feed please"),
        ("<@U0123ABCD|mira> and <@W1>", "@U0123ABCD and @W1"),
        ("<#C0123ABCD|general> <#C1|>", "#C0123ABCD #C1"),
        ("<!here> <!subteam^S1|@team> <!subteam^S1>", "@here @team @subteam"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("< > <> <|x>", "  <> <|x>"),
    ],
)
def test_what_a_member_typed_arrives_as_typed(text: str, typed: str) -> None:
    assert plain_of(text) == typed


@settings(max_examples=5 * settings.default.max_examples)
@given(text=texts)
def test_what_slack_escaped_comes_back(text: str) -> None:
    assert plain_of(escaped(text)) == text
    plain_of(text)


@pytest.mark.parametrize(
    ("text", "units", "cut"),
    [
        ("short", 5, "short"),
        ("one two three", 10, "one two…"),
        ("abcdefghij", 5, "abcd…"),
        ("日本語の題名", 4, "日本語…"),
        ("ab👍🏽", 5, "ab…"),
        ("a👨\u200d👩\u200d👧 x", 6, "a…"),
        ("🇫🇷🇩🇪", 7, "🇫🇷…"),
        ("ab, cd", 5, "ab…"),
        ("abc", 0, ""),
    ],
)
def test_a_text_is_cut_at_a_word_and_never_inside_a_letter(text: str, units: int, cut: str) -> None:
    assert clipped(text, units) == cut
    assert units_of(cut) <= units


def test_what_is_cut_is_measured_as_drawn() -> None:
    assert drawn_to("&&&&", 12) == "&amp;&amp;…"
    assert drawn_to("&&&&", 0) == ""


@pytest.mark.parametrize("text", TEXTS)
def test_a_cut_keeps_to_its_units(text: str) -> None:
    for units in (1, 7, 75, 150):
        assert units_of(clipped(inert(text), units)) <= units
        assert units_of(drawn_to(inert(text), units)) <= units
