"""Articles of the tests' own writing, built as the readers would build them."""

from __future__ import annotations

from bot.model import Article, Block


def article_of(*parts: str, title: str = "A title", own: Block | None = None) -> Article:
    """An article of paragraphs; a part that begins with `# ` is a heading. `own` are its takeaways under a heading."""
    text = ""
    blocks: list[Block] = []
    for part in parts:
        line = part.removeprefix("# ")
        text += "\n\n" if text else ""
        kind = "heading" if part.startswith("# ") else "paragraph"
        blocks.append(Block(kind=kind, text=line, level=2, start=len(text), end=len(text) + len(line)))
        text += line
    if own is not None:
        blocks += [Block(kind="heading", text="Key Takeaways", level=2), own]
    return Article(title=title, text=text, blocks=tuple(blocks))


_COST = (
    "The plant cost 4.2 million euros, of which the city paid half. Captain Ingrid Solberg says that the engines of"
    " her ferry now stand still for nine hours a night. Fuel use of the three ferries fell by 31 per cent."
)
_NEIGHBOURS = (
    "People who live at the harbour sleep better. Noise at the quay fell from 62 to 44 decibels, as measured by the"
    " university over six weeks. The measurements of the university are public."
)
_NEXT = (
    "The other ferries will follow by 2028, if the grid is made stronger. The grid company asks for two more cables to"
    " the harbour, and the city has agreed to one of them."
)
FERRY = (
    "The harbour of Northwick began to charge ferries with shore power in March. Three of the twelve ferries take it.",
    "# What it costs",
    _COST,
    "# What the neighbours say",
    _NEIGHBOURS,
    "# What comes next",
    _NEXT,
)
