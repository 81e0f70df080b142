"""The console platform: what is printed at which width, that fetched text stays words, and that nothing comes back."""

import asyncio
import io
import re
import sys
from importlib.metadata import entry_points

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.console import kit
from bot.errors import ConfigError, OutcomeUnknown, PlatformUnavailable, PostingRejected
from bot.model import (
    Channel,
    ChannelSpec,
    Link,
    Message,
    MessageRef,
    Posting,
)
from bot.ports import ChatPlatform, PlatformKit

CHANNEL = Channel(id=1, spec=ChannelSpec(name="ai-team", platform="console", place="main", workspace="console"))
HEADER = Message(
    kind="header",
    title="ai-team digest",
    byline="Tuesday, 24 November 2026, 09:00 · 2 articles",
    footer=("Your vote is final once cast · 投票後不可更改", "Next digest Wednesday, 25 November 2026, 09:00"),
)
ARTICLE = Message(
    kind="article",
    title="A reservoir under the data centre cuts its water bill by two fifths",
    url="https://example.org/2026/reservoir",
    byline="Example Weekly · Ada Quill · Quality 0.81",
    takeaways=(
        "The plant stores rain under its car park, 4,000 cubic metres of it, and cools with that first.",
        "再生水取代自來水冷卻，六個月內用水量減少 41%，電費只增加 2.3%。",
    ),
    also=(Link("Rain for racks", "https://example.net/rain"), Link("No address", None)),
    also_lead="Also in 2 sources:",
    why="Why: quality 0.81; fresh; new for this channel",
    rank=1,
)
NOTE = Message(kind="note", title="Nothing worth your time today.", footer=("Next digest tomorrow",))
WIDTHS = (40, 60, 80, 120)


def posting(message: Message | None, key: str = "k1") -> Posting:
    return Posting(
        id=1, key=key, digest=1, part=0, kind="message" if message else "seed", channel=CHANNEL, message=message
    )


def drawn(message: Message) -> str:
    return str(kit({}).draw(posting(message))["text"])


def terminal() -> ChatPlatform:
    return kit({}).connect(object())  # type: ignore[arg-type]  # it asks nothing of the house


@pytest.fixture
def coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_an_article_is_well_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert drawn(ARTICLE).splitlines() == [
        " 1  A reservoir under the data centre cuts its water bill by",
        "    two fifths",
        "    Example Weekly · Ada Quill · Quality 0.81",
        "",
        "    • The plant stores rain under its car park, 4,000 cubic",
        "      metres of it, and cools with that first.",
        "    • 再生水取代自來水冷卻，六個月內用水量減少 41%，電費只增",
        "      加 2.3%。",
        "",
        "    Also in 2 sources:",
        "    ◦ Rain for racks",
        "    ◦ No address",
        "    Why: quality 0.81; fresh; new for this channel",
        "    https://example.org/2026/reservoir",
    ]


def test_a_header_opens_with_a_rule_and_a_note_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert drawn(HEADER).splitlines() == [
        "─" * 50,
        "ai-team digest",
        "Tuesday, 24 November 2026, 09:00 · 2 articles",
        "Your vote is final once cast · 投票後不可更改",
        "Next digest Wednesday, 25 November 2026, 09:00",
    ]
    assert drawn(NOTE).splitlines() == ["Nothing worth your time today.", "Next digest tomorrow"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("message", [HEADER, ARTICLE, NOTE], ids=lambda message: message.kind)
def test_lines_keep_to_the_width_and_to_a_readable_measure(
    width: int, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = drawn(message).splitlines()
    assert [line for line in lines if cell_len(line) > min(width, 92)] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_an_address_stays_in_one_piece_however_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    url = "https://example.org/" + "long/" * 40
    assert drawn(Message(kind="article", title="Long", url=url)).splitlines()[-1] == f"    {url}"


@pytest.mark.usefixtures("coloured")
def test_on_a_terminal_titles_are_bold_links_takeaways_plain_and_bullets_coloured() -> None:
    text = drawn(ARTICLE)
    assert "https://example.org/2026/reservoir\x1b\\\x1b[1mA reservoir under" in text
    assert "\x1b[1;36m    •\x1b[0m The plant stores" in text


def test_piped_output_has_no_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert "\x1b" not in drawn(HEADER) + drawn(ARTICLE) + drawn(NOTE)


@pytest.mark.usefixtures("coloured")
def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert re.findall(r"\x1b\[[0-9;]*3[0-9]m", drawn(ARTICLE)) == []


HOSTILE = "\x1b[31m[red]x[/red]\x1b]8;;http://evil.example\x07 [/] :smile: \u202e\x9b2J\x07\r\n{0}%s"


def hostile(text: str) -> Message:
    return Message(
        kind="article",
        title=text,
        url=text,
        byline=text,
        takeaways=(text,),
        also=(Link(text, text),),
        also_lead=text,
        why=text,
        footer=(text,),
        rank=1,
    )


def test_markup_and_escapes_in_fetched_text_stay_words() -> None:
    text = drawn(hostile(HOSTILE))
    assert text.count("[red]x[/red] [/] :smile: {0}%s") == 8
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.usefixtures("coloured")
def test_on_a_terminal_the_only_escapes_are_our_styles_and_links() -> None:
    text = drawn(hostile("https://example.org/\x1b]8;;http://evil.example\x07\x1b[5mblink\x9b2J"))
    ours = r"\x1b\[[0-9;]*m|\x1b\]8;(id=\d+;|;)(https://example\.org/blink)?\x1b\\"
    assert "\x1b" in text
    assert all(character.isprintable() or character == "\n" for character in re.sub(ours, "", text))
    assert "\x1b[5m" not in text


@pytest.mark.usefixtures("coloured")
@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "not a url", "HTTP", "//x"])
def test_only_web_addresses_become_links(url: str) -> None:
    assert "\x1b]8;" not in drawn(Message(kind="article", title="Title", url=url))


@given(st.builds(hostile, st.text()))
def test_any_text_can_be_drawn(message: Message) -> None:
    text = drawn(message)
    text.encode()
    assert all(character == "\n" or character.isprintable() or ord(character) > 0xA0 for character in text)


async def test_posting_prints_and_tells_where(capsys: pytest.CaptureFixture[str]) -> None:
    there = terminal()
    for part, message in enumerate([HEADER, ARTICLE, NOTE]):
        assert await there.post(posting(message, f"key{part}")) == MessageRef(
            "console", "console", "main", f"key{part}"
        )
    assert capsys.readouterr().out == "".join(f"{drawn(message)}\n" for message in (HEADER, ARTICLE, NOTE))


async def test_a_notice_names_its_channel(capsys: pytest.CaptureFixture[str]) -> None:
    await terminal().tell_admin(CHANNEL, "paused: \x1b[5mno rights")
    assert capsys.readouterr().out == "! ai-team: paused: no rights\n\n"


async def test_a_seed_cannot_be_printed() -> None:
    with pytest.raises(PostingRejected, match="k1"):
        await terminal().post(posting(None))
    with pytest.raises(PostingRejected):
        kit({}).draw(posting(None))


async def test_what_was_printed_cannot_be_looked_up() -> None:
    with pytest.raises(OutcomeUnknown, match="keeps no history"):
        await terminal().find(posting(ARTICLE))


async def test_nothing_comes_back() -> None:
    there = terminal()
    ref = MessageRef("console", "console", "main", "k1")
    await there.seed(ref, ["👍"])
    assert [reaction async for reaction in there.reactions_of([ref])] == []
    assert list(there.routes()) == []


async def test_running_lasts_until_cancelled() -> None:
    running = asyncio.create_task(terminal().run())
    await asyncio.sleep(0)
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


class Gone(io.StringIO):
    def write(self, text: str, /) -> int:
        raise BrokenPipeError(32, "Broken pipe")


async def test_output_that_nobody_reads_is_certainly_not_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Gone())
    with pytest.raises(PlatformUnavailable, match="Broken pipe"):
        await terminal().post(posting(ARTICLE))


async def test_a_terminal_without_unicode_gets_what_it_can_show(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="ascii"))
    await terminal().post(posting(NOTE))
    await terminal().post(posting(ARTICLE))
    assert b"Nothing worth your time today." in out.getvalue()


def test_any_setting_is_a_mistake_that_is_named() -> None:
    with pytest.raises(ConfigError) as refused:
        kit({"width": 80, "colour": True})
    assert [mistake.split(":")[0] for mistake in refused.value.mistakes] == [
        "platforms.console.width",
        "platforms.console.colour",
    ]


async def test_the_kit_says_that_there_is_nothing_to_set_up() -> None:
    made: PlatformKit = kit({})
    assert made.name == "console"
    assert [step.title for step in made.setup()] == ["Nothing to set up"]
    assert [finding.ok for finding in await made.check()] == [True]


def test_the_entry_point_is_this_kit() -> None:
    (entry,) = [entry for entry in entry_points(group="digestbot.platforms") if entry.name == "console"]
    assert entry.load() is kit
