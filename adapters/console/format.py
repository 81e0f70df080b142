"""Posting -> the text of a well-set terminal page: hanging indents, a readable measure, links. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO

from rich.console import Console
from rich.style import Style
from rich.text import Text

from adapters.console.wrap import inert, wrapped
from bot.errors import PostingRejected
from bot.model import Link, Message, Posting

_NARROWEST, _MEASURE = 40, 92  # beyond some 90 columns the eye loses the next line
_INDENT = 4
_PLAIN = Style()
_TITLE = Style(bold=True)
_QUIET = Style(dim=True)
_MARK = Style(color="cyan", bold=True)


@dataclass(frozen=True, slots=True)
class _Page:
    """Lines of one width. `mark` stands in the margin of the first line of a paragraph."""

    width: int

    def paragraph(self, text: str, style: Style = _PLAIN, *, indent: int = 0, mark: str = "") -> Iterator[Text]:
        for number, line in enumerate(wrapped(inert(text), self.width - indent)):
            margin = mark if number == 0 else ""
            yield Text.assemble((margin, _MARK), " " * (indent - len(margin)), (line, style))

    def address(self, url: str) -> Iterator[Text]:
        """In one piece however long it is, so that it can be clicked and copied."""
        if clean := inert(url):
            yield Text.assemble(" " * _INDENT, (clean, _QUIET + _linked(clean)))


def drawn(posting: Posting) -> str:
    """The posting as the terminal on standard output would get it. Raises PostingRejected where it says nothing."""
    if posting.message is None:
        raise PostingRejected(f"posting {posting.key} carries no message, so there is nothing to print")
    return _set(_message(posting.message, _page()))


def noticed(channel: str, notice: str) -> str:
    """A notice to whoever looks after the channel."""
    return _set(_page().paragraph(f"{channel}: {notice}", _TITLE, indent=2, mark="!"))


def _page() -> _Page:
    return _Page(max(_NARROWEST, min(Console().width, _MEASURE)))


def _set(lines: Iterable[Text]) -> str:
    text = StringIO()  # written by a console that takes standard output's colours, and none of its troubles
    console = Console(file=text, force_terminal=Console().is_terminal, highlight=False, emoji=False)
    for line in lines:
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    return text.getvalue()


def _message(message: Message, page: _Page) -> Iterator[Text]:
    if message.kind == "article":
        yield from _article(message, page)
        return
    if message.kind == "header":
        yield Text("─" * page.width, _MARK)
    yield from page.paragraph(message.title, _TITLE)
    yield from page.paragraph(message.byline)
    for line in message.footer:
        yield from page.paragraph(line, _QUIET)


def _article(message: Message, page: _Page) -> Iterator[Text]:
    rank = f"{message.rank:>2}" if message.rank else ""
    title = _TITLE + _linked(inert(message.url or ""))
    yield from page.paragraph(message.title, title, indent=_INDENT, mark=rank)
    yield from page.paragraph(message.byline, _QUIET, indent=_INDENT)
    if message.takeaways:
        yield Text()
    for takeaway in message.takeaways:
        yield from page.paragraph(takeaway, indent=_INDENT + 2, mark=" " * _INDENT + "•")
    yield Text()
    yield from _also(message.also_lead, message.also, page)
    yield from page.paragraph(message.why, _QUIET, indent=_INDENT)
    for line in message.footer:
        yield from page.paragraph(line, _QUIET, indent=_INDENT)
    yield from page.address(message.url or "")


def _also(lead: str, also: tuple[Link, ...], page: _Page) -> Iterator[Text]:
    if not also:
        return
    yield from page.paragraph(lead, _QUIET, indent=_INDENT)
    for link in also:
        style = _QUIET + _linked(inert(link.url or ""))
        yield from page.paragraph(link.title, style, indent=_INDENT + 2, mark=" " * _INDENT + "◦")


def _linked(url: str) -> Style:
    """A link where it leads to the web; any other address is only words."""
    return Style(link=url) if url.startswith(("http://", "https://")) else _PLAIN
