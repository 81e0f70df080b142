"""Lists of feeds in and out, the broken and the hostile ones too."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from time import process_time
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.model import Source, SourceSpec
from bot.sources.opml import opml_of, outlines_of
from bot.text.harmless import harmless_line

A, B = "https://a.example/feed", "https://b.example/feed"
NOW = datetime(2026, 6, 9, tzinfo=UTC)


def read(body: str, *, encoding: str = "utf-8") -> list[tuple[str, str | None]]:
    """Address and category of what can be read."""
    return [(one.address, one.category) for one in outlines_of(body.encode(encoding)) if one.problem is None]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f"<opml><body><outline xmlUrl='{A}'/></body></opml>", [(A, None)]),
        (f'<outline text="AI"><outline xmlUrl="{A}"/></outline><outline xmlUrl="{B}"/>', [(A, "AI"), (B, None)]),
        (f"<outline text=AI><outline text=Labs><outline xmlUrl={A}/></outline></outline>", [(f"{A}/", "Labs")]),
        (f'<outline text="AI"><outline><outline xmlUrl="{A}"/></outline></outline>', [(A, "AI")]),
        (f'<outline><outline text="AI"/></outline><outline xmlUrl="{A}"/>', [(A, None)]),
        (f'<outline xmlUrl="{A}" category="/Tech/AI,/Other"/>', [(A, "AI")]),
        (f'<OUTLINE TEXT="AI">\n<Outline XMLURL="{A}"></Outline></OUTLINE>', [(A, "AI")]),
        (f'<outline text="x" xmlUrl="{A}"><outline xmlUrl="{B}"/></outline>', [(A, None), (B, None)]),
        ('<outline xmlUrl="https://a.example/?a=1&amp;b=2&c=3"/>', [("https://a.example/?a=1&b=2&c=3", None)]),
        ('<outline xmlUrl=" feed://A.Example/Feed "/>', [("http://a.example/Feed", None)]),
        ('<outline xmlUrl="feed:https://a.example/"/>', [("https://a.example/", None)]),
        (f'<outline type="rss" url="{A}"/><outline type="link" url="{B}"/>', [(A, None)]),
        (f'<outline type="rss" htmlUrl="{A}"/>', [(A, None)]),
        (f'<!-- <outline xmlUrl="{A}"/> --><outline xmlUrl="{B}"/>', [(B, None)]),
        (f'<outline isComment="true"><outline xmlUrl="{A}"/></outline><outline xmlUrl="{B}"/>', [(B, None)]),
        (f'<outline text="a > b"><outline xmlUrl="{A}"/></outline>', [(A, "a > b")]),
        (
            f'<outline about="<a href="http://x.org">x</a>" xmlUrl="{A}" /><outline xmlUrl="{B}"/>',
            [(A, None), (B, None)],
        ),
        (f'<outline type="rss" text="cut off" tit\n<outline xmlUrl="{B}"/>', [(B, None)]),
        (f'</outline></outline><outline xmlUrl="{A}"/>', [(A, None)]),
        (f'<?xml version="1.0" encoding="utf-16"?><outline xmlUrl="{A}"/>', [(A, None)]),
        ("<opml version='2.0'><head/><body/></opml>", []),
        ("<opml><outline text='just words'/></opml>", []),
    ],
)
def test_feeds_are_found_with_their_category(body: str, found: list[tuple[str, str | None]]) -> None:
    assert read(body) == found


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_a_list_in_any_encoding_is_read(encoding: str) -> None:
    assert read(f'<opml><outline text="Café"><outline xmlUrl="{A}"/></outline></opml>', encoding=encoding) == [
        (A, "Café")
    ]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('\n\n<outline type="rss" text="x"/>', "it names no address"),
        ('<opml>\n\n<outline xmlUrl="ftp://x.org/f"/>', "ftp://x.org/f is no web address"),
        ('<opml>\n\n<outline xmlUrl="http://[/"/>', "is no web address"),
        ('<opml>\n\n<outline xmlUrl="x.org/feed"/>', "x.org/feed is no web address"),
        ('<opml>\n\n<outline xmlUrl="http://x.org/&lol9;&#x202e;"/>', "is no web address"),
        ('<opml>\n\n<outline type="rss" text="cut off" tit', "it names no address"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(body: str, problem: str) -> None:
    (outline,) = outlines_of(body.encode())
    assert outline.line == 3
    assert problem in str(outline.problem)


@pytest.mark.parametrize("body", [b"", b"<rss version='2.0'/>", b"<html><body>", b"\xff\xfe\x00", b'{"outlines": []}'])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="no OPML"):
        outlines_of(body)


def test_folders_may_be_nested_as_deep_as_they_like() -> None:
    deep = "".join(f'<outline text="{number}">' for number in range(100_000))
    assert read(f'{deep}<outline xmlUrl="{A}"/>{"</outline>" * 100_000}') == [(A, "99999")]


def test_entities_mean_no_more_than_they_say() -> None:
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
    body = f"<!DOCTYPE x [<!ENTITY l0 'ha'><!ENTITY f SYSTEM 'file:///etc/passwd'>{bomb}]>"
    (outline,) = outlines_of(f'{body}<outline text="&l19;&f;" xmlUrl="{A}"/>'.encode())
    assert outline.title == "&l19;&f;"


@pytest.mark.parametrize(
    "piece",
    [
        "<outline ",
        '<outline "',
        "<outline '\"",
        '<outline a="<',
        "<!--",
        "<outline <![CDATA[",
        "</outline ",
        'a="" ',
        " ",
    ],
)
@pytest.mark.parametrize("start", ["<outline/>", "<outline "])
def test_no_list_takes_long(start: str, piece: str) -> None:
    body = (start + piece * (200_000 // len(piece))).encode()
    started = process_time()
    for end in (b"", b"/>"):
        with suppress(ParseError):
            outlines_of(body + end)
    assert process_time() - started < 1


@given(st.binary(max_size=300) | st.text("<outline xmlUrl='\">/&;!-[]\n", max_size=300).map(str.encode))
def test_any_bytes_are_a_list_or_none(body: bytes) -> None:
    with suppress(ParseError):
        outlines_of(body)


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(st.lists(st.tuples(WORDS, WORDS | st.none(), WORDS | st.none()), unique_by=lambda one: one[0]))
def test_what_is_exported_is_xml_and_comes_back_the_same(rows: list[tuple[str, str | None, str | None]]) -> None:
    sources = [
        Source(
            id=number,
            spec=SourceSpec(address=f"https://example.org/{path}", category=category),
            origin="command",
            next_at=NOW,
            title=title,
        )
        for number, (path, category, title) in enumerate(rows)
    ]
    folder = Source(id=999, spec=SourceSpec(address="/srv/articles"), origin="file", next_at=NOW)
    text = opml_of([*sources, folder], "Ours & <theirs>")
    assert ET.fromstring(text).tag == "opml"
    back = outlines_of(text.encode())
    assert {(one.address, one.category) for one in back} == {
        (s.spec.address, harmless_line(s.spec.category or "") or None) for s in sources
    }
    assert not [one.problem for one in back if one.problem]
