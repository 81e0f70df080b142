"""What is fetched stays words in Discord's markdown, and the same words."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings

from adapters.discord.markdown import clipped, drawn_to, escaped, inert, link, safe_url, units_of
from tests.platforms.discord_look.markdown import parsed, text_of, walked
from tests.unit.adapters.discord.naughty import TEXTS, URLS, texts, urls

URL = "https://example.org/a"
PINGS = re.compile(r"@everyone|@here|<@[!&]?\d|<#\d|discord(?:app)?\.(?:gg|com)/", re.IGNORECASE)
_LOOK_ALIKES = str.maketrans("∗ˋ∖‹›ˍ∼∣·", "*`\\<>_~|.")


def folded(text: str) -> str:
    """The text as the eye takes it: without spaces, schemes, and the difference between a sign and its look-alike."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).translate(_LOOK_ALIKES).lower()
    while (less := re.sub(r"(?:https?|steam)://", "", text)) != text:
        text = less
    return text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain words", "plain words"),
        ("  two\n\tlines \r\n", "two lines"),
        ("nul\x00 bell\x07", "nul bell"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("half \ud83d", "half \ufffd"),
        ("全角\u3000空白", "全角 空白"),
        ("e\u0301", "é"),
        ("a" + "\u0316" * 300, "a" + "\u0316" * 4),
        ("\u0301x", "x"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200db", "ab"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("❤\ufe0f 1\ufe0f\u20e3", "❤\ufe0f 1\ufe0f\u20e3"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("a\U000e0067b", "ab"),
        ("\u3164\u2800\uffa0", ""),
        ("\ufffe\ufdd0", ""),
        ("שלום", "שלום"),
    ],
)
def test_a_line_loses_what_cannot_be_seen_and_keeps_what_scripts_and_emoji_need(text: str, line: str) -> None:
    assert inert(text) == line


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("It's 3.5 % (or so) & more!", "It's 3.5 % (or so) & more!"),
        ("**bold**", r"\*\*bold\*\*"),
        ("- item", r"\- item"),
        ("12. item", r"12\. item"),
        ("a - b", "a - b"),
        ("# x", r"\# x"),
        ("> x", r"\> x"),
        ("<@123>", r"\<\@123\>"),
        ("@everyone", "＠everyone"),
        ("mail @HERE", "mail ＠HERE"),
        ("https://x.example", r"https\://x.example"),
        ("discord.gg/abc", r"discord\.gg/abc"),
        ("Discord. Then", "Discord. Then"),
        ("back\\", "back\\\\"),
    ],
)
def test_only_what_means_something_is_escaped(text: str, source: str) -> None:
    assert escaped(text) == source


@pytest.mark.parametrize(
    ("title", "source"),
    [
        ("Plain: words, 3.5 %", f"[Plain: words, 3.5 %]({URL})"),
        ("[RFC] a*b `c` \\", f"[［RFC］ a∗b ˋcˋ ∖]({URL})"),
        ("my_var and __init__", f"[my_var and ˍˍinitˍˍ]({URL})"),
        ("a | b || c ~ d ~~ e", f"[a | b ∣∣ c ~ d ∼∼ e]({URL})"),
        ("Vec<T> and a < b", f"[Vec‹T› and a < b]({URL})"),
        ("See https://evil.example/x", f"[See evil.example/x]({URL})"),
        ("ask @everyone, @jack", f"[ask ＠everyone, @jack]({URL})"),
        ("join discord.gg/x", f"[join discord·gg/x]({URL})"),
        ("std::vec::Vec at 10:30:15", f"[std:﹕vec::Vec at 10:30:15]({URL})"),
        ("🚀 Launch: it works 🎉", f"🚀 [Launch: it works]({URL}) 🎉"),
        ("🚀🚀", f"🚀🚀 [example.org]({URL})"),
        ("", f"[example.org]({URL})"),
    ],
)
def test_a_links_words_carry_look_alikes_because_discord_shows_backslashes_there(title: str, source: str) -> None:
    assert link(title, URL) == source


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=c&d#e", "https://example.org/a?b=c&d#e"),
        ("HTTPS://Example.ORG:8443/A", "https://example.org:8443/A"),
        ("https://example.org/a_(b)", "https://example.org/a_%28b%29"),
        ("https://example.org/<@1>/@here", "https://example.org/%3C%401%3E/%40here"),
        ("https://例え.example/道", "https://xn--r8jz45g.example/%E9%81%93"),
        ("https://example.org/%28?u=discord.gg/x", "https://example.org/%28?u=discord%2Egg/x"),
        ("https://discord.com/blog/x", "https://discord.com/blog/x"),
        *(
            (url, None)
            for url in URLS
            if not url
            or not url.lower().startswith(("https://e", "http://e", "https://例", "https://discord.com/blog"))
            if url != "https://a..b/"
        ),
        ("https://example.org/ space", None),
        ("https://example.org/\n", None),
        ("https://example.org\\@evil", None),
        ("https://example.org:99999/", None),
        ("https://example.org/\ud800", None),
        ("https://example.org/" + "a" * 9000, None),
    ],
)
def test_only_an_open_http_address_is_a_link(url: str | None, safe: str | None) -> None:
    assert safe_url(url) == safe


@pytest.mark.parametrize("text", [text for text in TEXTS if text.strip()])
def test_an_address_not_to_lead_to_leaves_the_title(text: str) -> None:
    assert link(text, "javascript:alert(1)") == escaped(text)


@pytest.mark.parametrize(
    ("text", "units", "cut"),
    [
        ("short", 5, "short"),
        ("one two three", 10, "one two…"),
        ("one two three", 8, "one two…"),
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
    assert drawn_to("*" * 9, 9) == r"\*\*\*\*…"


@settings(max_examples=10 * settings.default.max_examples)
@given(text=texts)
def test_escaped_text_is_shown_letter_by_letter(text: str) -> None:
    line = inert(text)
    nodes = parsed(escaped(line))
    assert {node.kind for node in nodes} <= {"text"}
    assert text_of(nodes).replace("＠", "@") == line.replace("＠", "@")
    assert not PINGS.search(escaped(line))
    line.encode()


@settings(max_examples=8 * settings.default.max_examples)
@given(title=texts, url=urls)
def test_a_title_is_one_link_to_its_address_and_nothing_else(title: str, url: str | None) -> None:
    line = inert(title)[:200]
    source = link(line, url)
    nodes = parsed(f"x {source}")
    links = [node.url for node in walked(nodes) if node.kind == "link"]
    assert links == ([safe_url(url)] if safe_url(url) else [])
    assert {node.kind for node in walked(nodes)} <= {"text", "link"}
    assert not PINGS.search(source.replace("discord.com/blog", ""))
    host = urlsplit(safe_url(url) or "").hostname or ""
    assert folded(text_of(nodes)) in (folded(f"x {line}"), folded(f"x {line} {host}"))
