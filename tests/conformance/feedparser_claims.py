"""feedparser's own test files -> what each says that a feed holds, as claims about what `bot.sources.feed.parse` gives.

A file's comment holds a Python expression over feedparser's result. Its parts joined by `and` are taken one by one. A
part is a claim where it compares a title, link, id, author, time, summary, content, language or enclosure of feed or
entry with a literal, or says that there is none. All else (rights, tags, images, `bozo`, ...) is not looked at.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_EXPECTED = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)
_HEADER = re.compile(r"^Header:\s*([\w-]+):\s*(.*?)\s*$", re.MULTILINE)
_SERVED_FROM = "http://127.0.0.1:8097"  # where feedparser's own runner serves its files

Keys = tuple[str | int, ...]

# feedparser's names of what an article or a feed carries here. A `description` of an entry is its summary.
_CARRIED: dict[str, tuple[Keys, ...]] = {
    "title": (("title",), ("title_detail", "value")),
    "link": (("link",), ("links", 0, "href")),
    "author": (("author",), ("author_detail", "name")),
    "published": (("published",), ("published_parsed",)),
    "updated": (("updated",), ("updated_parsed",)),
    "summary": (("summary",), ("summary_detail", "value"), ("description",)),
    "content": (("content", 0, "value"),),
    "language": (("language",), ("content", 0, "language"), ("summary_detail", "language")),
}
_FIELDS = {path: field for field, paths in _CARRIED.items() for path in paths}
_NAMED = {"id", "guid", "author_detail", "authors", "links", "enclosures", "content", "title_detail", "summary_detail"}

# Claims that are no claims about digestbot, by rule: the first pattern that fits says why.
_RULES = {
    r"(entry|feed) (id|guid)": "an id: an article is known by its address, else by its words (a link where it is one)",
    r".* (authors\.\d|author_detail)\.(email|url|href)": "a writer's mail or home page: an author is a name",
    r"feed (updated|published)": "a feed's own time: every article has its own",
    r"feed (summary|content)": "a feed's subtitle is not shown",
    r".*\.(type|base|rel|length)": "how feedparser came by a text or link, not the text or link",
    r".* links\.\d(\.title)?": "links other than the page's own",
    r".* title_detail\.language": "a title's own language: an article has one, its body's",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a file says of a field, `entry title`; `expected` is None where it says that there is none."""

    field: str
    path: Keys
    expected: object

    @property
    def left_out(self) -> str | None:
        """The rule by which it is no claim about digestbot."""
        return next((why for rule, why in _RULES.items() if re.fullmatch(rule, self.field)), None)


@dataclass(frozen=True, slots=True)
class Case:
    """A file with the address and the header that it is served with, and its claims."""

    name: str
    body: bytes
    url: str
    content_type: str | None
    claims: tuple[Claim, ...]


def cases_in(folder: Path) -> Iterator[Case]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        body = path.read_bytes()
        told = _text_of(body)
        expected = _EXPECTED.search(told)
        assert expected is not None, f"{name} says nothing"
        headers = {key.lower(): value for key, value in _HEADER.findall(told)}
        yield Case(
            name=name,
            body=body,
            url=headers.get("content-location") or f"{_SERVED_FROM}/{name}",
            content_type=headers.get("content-type"),
            claims=tuple(_claims(expected[1])),
        )


def _text_of(body: bytes) -> str:
    """The file's characters, whatever they are in."""
    for encoding in ("utf-8", "utf-16", "utf-16-be", "utf-32", "utf-32-be"):
        try:
            text = body.decode(encoding)
        except UnicodeError:
            continue
        if "Expect:" in text:
            return text
    return body.decode("latin-1")


def _claims(expression: str) -> Iterator[Claim]:
    for part in _parts(ast.parse(" ".join(expression.split()), mode="eval").body):
        match part:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                try:
                    path, expected = _path(left), ast.literal_eval(right)
                except ValueError:  # no literal
                    continue
            case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Attribute(value=owner), args=[ast.Constant(key)])):
                path, expected = (*_path(owner), key), None
            case _:
                continue
        if (field := _field_of(path)) is not None:
            yield Claim(field, path, expected)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for value in node.values:
            yield from _parts(value)
    else:
        yield node


def _path(node: ast.expr) -> Keys:
    """`entries[0]['content'][0].value` as a tuple; empty where it is something else."""
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Subscript(value=owner, slice=ast.Constant(value=str() | int() as key)):
            return (*_path(owner), key)
        case ast.Attribute(value=owner, attr=key):
            return (*_path(owner), key)
    return ()


def _field_of(path: Keys) -> str | None:
    match path:
        case ("entries", 0, *rest):
            owner = "entry"
        case ("feed", *rest):
            owner = "feed"
        case _:
            return None
    known = _FIELDS.get(tuple(rest))
    if known is None and (not rest or rest[0] not in _NAMED):
        return None
    return f"{owner} {known or '.'.join(map(str, rest))}"
