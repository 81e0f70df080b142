"""Every form of a takeaway section in every language, through the real readers."""

import json

import pytest

from bot.takeaways.sections import section_items
from tests.unit.takeaways.pages import HTML, LANGUAGES, TEXT, article_in, article_with, wanted

ITEMS = LANGUAGES["en"][1]
SAID = " ".join(ITEMS)
HEADINGS = [(language, heading) for language, (headings, *_) in LANGUAGES.items() for heading in headings]
ORDINARY = [(language, heading) for language, (*_, others) in LANGUAGES.items() for heading in others]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*HTML, *TEXT])
def test_takeaways_are_found_in_every_form_and_language(kind: str, language: str) -> None:
    headings, items, _ = LANGUAGES[language]
    article = article_in(language, kind, headings[0])
    assert section_items(article.blocks) == wanted(kind, items)


@pytest.mark.parametrize(("language", "heading"), HEADINGS)
def test_every_heading_of_takeaways_opens_a_section(language: str, heading: str) -> None:
    items = LANGUAGES[language][1]
    for written in (heading, f"{heading}:", f"📌 {heading.upper()}"):
        assert section_items(article_in(language, "list", written).blocks) == items


@pytest.mark.parametrize(("language", "heading"), ORDINARY)
def test_other_headings_open_none(language: str, heading: str) -> None:
    for kind in ("list", "bold heading", "md list"):
        assert section_items(article_in(language, kind, heading).blocks) == ()


@pytest.mark.parametrize(
    "section",
    [
        '<h2>Highlights</h2><ul><li><a href="/a">Home</a></li><li><a href="/b">Sport and games</a></li></ul>',
        "<h2>Highlights</h2><ul><li>Home</li><li>News</li><li>Sport</li><li>Contact</li></ul>",
        "<h2>Highlights</h2><table><tr><td>Power</td><td>40 kW</td></tr><tr><td>Weight</td><td>2 t</td></tr></table>",
        "<h2>Highlights</h2><p>Win our survey</p>",
        '<div class="takeaway"><p>Note!</p></div>',
        "<h2>Summary</h2>",
        "<nav><h2>In brief</h2><ul><li>One long thing.</li><li>Another long thing.</li></ul></nav>",
        '<div style="display:none"><h2>Summary</h2><p>What nobody can see is no takeaway.</p></div>',
    ],
    ids=["links", "menu", "figures", "teaser", "label in a class", "nothing", "navigation", "hidden"],
)
def test_look_alikes_are_not_taken(section: str) -> None:
    assert section_items(article_with(section, SAID, markup=True).blocks) == ()


def test_several_sections_of_one_article_are_all_read_in_order() -> None:
    first, second = HTML["list"]("Key Takeaways", ITEMS[:2]), HTML["aside"]("TL;DR", (ITEMS[2], "Fuel use fell too."))
    article = article_with(f"{first}<h2>Between</h2><p>{SAID}</p>{second}", SAID, markup=True)
    assert section_items(article.blocks) == (*ITEMS, "Fuel use fell too.")


@pytest.mark.parametrize(
    "stated",
    [
        {"@type": "NewsArticle", "keyTakeaways": list(ITEMS)},
        {"@type": "NewsArticle", "abstract": "\n".join(ITEMS)},
        {"@graph": [{"@type": "ItemList", "name": "Key Takeaways", "itemListElement": list(ITEMS)}]},
        {
            "@type": "Article",
            "hasPart": {
                "@type": "ItemList",
                "name": "TL;DR",
                "itemListElement": [{"@type": "ListItem", "item": {"name": item}} for item in ITEMS],
            },
        },
    ],
    ids=["property", "abstract", "list", "part"],
)
def test_takeaways_stated_in_json_ld_alone_are_read(stated: object) -> None:
    head = f'<script type="application/ld+json">{json.dumps(stated)}</script>'
    assert section_items(article_with("", SAID, markup=True, head=head).blocks) == ITEMS


def test_those_of_the_page_itself_go_before_those_of_json_ld() -> None:
    head = '<script type="application/ld+json">{"@type": "Article", "abstract": "Another summary of it all."}</script>'
    article = article_with(HTML["list"]("Summary", ITEMS), SAID, markup=True, head=head)
    assert section_items(article.blocks) == ITEMS


@pytest.mark.parametrize("broken", ["{", "[[[[", '{"abstract": 7}', '{"abstract": [[], {}, null]}', "null", '"x"'])
def test_json_ld_that_says_nothing_is_passed_over(broken: str) -> None:
    head = f'<script type="application/ld+json">{broken}</script>'
    assert section_items(article_with("", SAID, markup=True, head=head).blocks) == ()
