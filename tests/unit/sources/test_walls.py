"""Pages of which a paywall or a question of consent leaves only a part."""

import pytest

from bot.model import Article
from bot.sources import page
from bot.takeaways import takeaways_of

_URL = "https://herald.example/2026/bridge"
_LEAD = (
    "<p>The council of Brackwater voted on Monday to rebuild the old harbour bridge, which has been closed to lorries"
    " since the floods of 2021. The work is to begin in April and will cost 14 million crowns, said Ilse Varga.</p>"
)
_REST = "".join(
    f"<p>In the {number}th year of the plan, engineers found {number} cracks in the piers, and the harbour office asked"
    " for a survey of the whole quay, which was paid for by the county and took most of the winter.</p>"
    for number in range(4, 40)
)
_NOT_FREE = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": %s}</script>'


def _read(body: str, head: str = "", url: str = _URL) -> Article:
    article = f"<article><h1>A bridge</h1>{body}</article>"
    return page.read(f"<html><head><title>A bridge</title>{head}</head><body>{article}</body></html>".encode(), url)


@pytest.mark.parametrize(
    "plea",
    [
        "Subscribe to continue reading.",
        "Already a subscriber? Log in to keep reading this story.",
        "This article is for subscribers only.",
        "This post is for paying subscribers",
        "Keep reading with a free trial",
        "You've reached your limit of free articles this month.",
        "Jetzt mit Herald Plus weiterlesen.",
        "Weiterlesen mit Ihrem kostenlosen Probemonat",
        "Dieser Artikel ist exklusiv für Abonnenten.",
        "Cet article est réservé aux abonnés.",
        "Pour lire la suite, abonnez-vous.",
        "Para seguir leyendo, suscríbete.",
        "Contenuto riservato agli abbonati",
        "この記事は有料会員限定です。",
        "残り1234文字",
        "訂閱即可繼續閱讀",
        "本文僅限付費會員閱讀",
    ],
)
def test_a_plea_behind_the_lead_is_a_paywall_and_no_part_of_the_text(plea: str) -> None:
    found = _read(f"{_LEAD}<div><p>{plea}</p></div>")
    assert found.partial == "paywall"
    assert "Ilse Varga" in found.text
    assert plea not in found.text
    assert not any(plea in takeaway.text for takeaway in takeaways_of(found))


@pytest.mark.parametrize(
    ("body", "head", "partial"),
    [
        (_LEAD, "", None),
        (_LEAD + _REST + "<p>Subscribe to continue reading.</p>", "", None),  # there is more than any teaser
        (_LEAD + "<p>Subscribe to our newsletter.</p>", "", None),
        (_LEAD + "<p>Subscribe to continue reading.</p>", _NOT_FREE % "true", None),
        (_LEAD + "<p>The mayor said that the</p>", _NOT_FREE % "false", "paywall"),
        (_LEAD + "<p>The mayor said that the</p>", _NOT_FREE % '"False"', "paywall"),
        (_LEAD, _NOT_FREE % "false", None),  # says that it is not free, and yet is all there
        (_LEAD + _REST + "<p>The mayor said that the</p>", _NOT_FREE % "false", None),
        (_LEAD + "<p>The mayor said …</p>", '<meta property="article:content_tier" content="locked">', "paywall"),
        (_LEAD + "<p>The paper's rule that subscribers keep reading for free has won it friends.</p>", "", None),
    ],
)
def test_what_is_there_whole_is_no_part(body: str, head: str, partial: str | None) -> None:
    assert _read(body, head).partial == partial


_QUESTIONS = [
    """<p>We value your privacy.</p><p>We and our 842 partners store and/or access information on a device, such as
    cookies, for personalised ads. You may withdraw your consent at any time.</p><p>Accept all</p>""",
    """<p>Mit Werbung und Cookies weiterlesen. Wir und unsere 210 Partner verarbeiten Daten für personalisierte Werbung.
    Die Einwilligung kann jederzeit widerrufen werden.</p>""",
    "<p>Avec votre consentement, nous et nos 300 partenaires utilisons des cookies.</p><p>Tout accepter</p>",
]


@pytest.mark.parametrize("question", _QUESTIONS)
def test_of_a_question_of_consent_nothing_is_taken_for_the_article(question: str) -> None:
    found = _read(question)
    assert (found.partial, found.text, found.blocks, found.title) == ("consent", "", (), "A bridge")
    assert takeaways_of(found) == ()


def test_a_page_of_a_host_that_asks_for_consent_is_one() -> None:
    assert _read(_LEAD, url="https://consent.herald.example/m?continue=x").partial == "consent"


def test_an_article_about_consent_is_none() -> None:
    assert _read(_LEAD + _QUESTIONS[0] + _REST).partial is None


def test_the_picture_and_the_site_are_those_that_the_page_states() -> None:
    head = '<meta property="og:image" content="/harbour.jpg"><meta property="og:site_name" content="The Herald">'
    found = _read(_LEAD, head)
    assert (found.image, found.site) == ("https://herald.example/harbour.jpg", "The Herald")
    data = """<script type="application/ld+json">{"@type": "NewsArticle", "image": [{"url": "https://i.example/1.jpg"}],
        "publisher": {"name": "The Daily Herald"}}</script>"""
    found = _read(_LEAD, data)
    assert (found.image, found.site) == ("https://i.example/1.jpg", "The Daily Herald")
    assert _read(_LEAD, '<meta property="og:image" content="javascript:alert(1)">').image is None
