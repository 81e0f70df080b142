"""Every link in every Markdown file leads to a file that is there, and to a heading that is in it, without any network;
and the reference is what the code says."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot import metrics
from docs.generate import REFERENCE, drifted, pages

ROOT = Path(__file__).parents[1]
_LEFT_OUT = {".venv", ".hypothesis", ".pytest_cache", "node_modules"}
PAGES = [path for path in sorted(ROOT.rglob("*.md")) if not _LEFT_OUT & set(path.relative_to(ROOT).parts)]
_CODE = re.compile(r"(?ms)^( *)```.*?^\1```$|`[^`\n]*`")
_LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)|^\[[^\]]+\]: (\S+)", re.MULTILINE)


def links_of(page: Path) -> list[str]:
    text = _CODE.sub("", page.read_text("utf-8"))
    return [one or other for one, other in _LINK.findall(text)]


@cache
def anchors_of(page: Path) -> frozenset[str]:
    """What GitHub calls a page's headings; one that comes again gets a number."""
    found: dict[str, int] = {}
    anchors = set()
    for heading in re.findall(r"(?m)^#{1,6} (.+?) *#*$", _CODE_BLOCK.sub("", page.read_text("utf-8"))):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        anchor = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        count = found.get(anchor, 0)
        found[anchor] = count + 1
        anchors.add(f"{anchor}-{count}" if count else anchor)
    return frozenset(anchors)


_CODE_BLOCK = re.compile(r"(?ms)^( *)```.*?^\1```$")


def broken(page: Path, link: str) -> str | None:
    """What is wrong with a link; None where nothing is, or it leads out of the house."""
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return None
    path, _, anchor = link.partition("#")
    target = (page.parent / unquote(path)).resolve() if path else page
    if not target.exists():
        return f"{link}: there is no {target}"
    if not target.is_relative_to(ROOT):
        return f"{link}: leads out of the repository"
    if anchor and (target.suffix != ".md" or anchor not in anchors_of(target)):
        return f"{link}: {target.name} has no heading of that name; it has {', '.join(sorted(anchors_of(target)))}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [why for link in links_of(page) if (why := broken(page, link))] == []


def test_every_page_of_the_documentation_is_reached_from_its_index() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or not page.is_relative_to(ROOT / "docs"):
            continue
        seen.add(page)
        paths = (link.partition("#")[0] for link in links_of(page))
        waiting += [
            (page.parent / path).resolve() for path in paths if path.endswith(".md") and "://" not in path and path
        ]
    assert {page for page in PAGES if page.is_relative_to(ROOT / "docs")} - seen == set()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[a](gone.md)", "there is no"),
        ("[a](page.md#nowhere)", "has no heading"),
        ("[a](../../../etc/passwd)", "there is no|leads out"),
        ("[a](page.md#it-is-here)", None),
        ("`[a](gone.md)` and [b](https://example.org/x)", None),
    ],
)
def test_a_broken_link_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str | None) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(f"# It is *here*\n\n{text}\n", "utf-8")
    found = [one for link in links_of(page) if (one := broken(page, link))]
    assert bool(found) == (why is not None)
    assert why is None or re.search(why, found[0])


def test_the_reference_is_what_the_code_says() -> None:
    assert drifted(REFERENCE, pages()) == []


def test_a_change_of_the_code_alone_is_seen_as_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in pages().items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "http.md").unlink()
    monkeypatch.setattr(metrics, "METRICS", metrics.METRICS[1:])
    assert drifted(tmp_path, pages()) == ["http.md", "metrics.md"]
