from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, HiddenReason, Rating, Standing, Takeaway, TakeawayKind
from bot.ranking.headline import honesty_of
from bot.ranking.quality import quality_of
from bot.ranking.substance import substance_of
from bot.ranking.templating import originality_of
from tests.unit.takeaways.build import FERRY, article_of

TITLE = "Northwick ferries charge with shore power"
SOLID = article_of(
    *FERRY,
    "The university will measure again in 2027. Until then Solberg keeps a diary of every night on which the cable"
    " fails: four since March, all of them in the first three weeks, when frost had bent a pin of the plug.",
    "Two other harbours, Eastby and Tarn, have asked for the drawings. Eastby wants to pay with a fee of 12 cents a"
    " passenger; Tarn has applied for a grant of the county and expects an answer in May.",
    title=TITLE,
)
MOULD = (
    "In today's fast-paced world, it is important to note that {0} is a game-changer. {0} is not just a tool but a"
    " paradigm shift that unlocks the power of innovation. By leveraging {0}, you can navigate the complex landscape."
)
TEMPLATED = Article(
    title="The Power of Innovation", text="\n\n".join(map(MOULD.format, ("the cloud", "big data", "automation", "AI")))
)
PROMOTION = Article(
    title="You Won't Believe This Deal!!",
    text="Subscribe now and get 50% off our best plan! Don't miss out: click here to start your free trial. Use code"
    " SAVE today. It is the best choice for you, with great value. Join now and you will love it.",
)
THIN = Article(title="Product update", text="A short update. There is not much to say yet. We will tell more soon.")
BRIEF = Article(
    title="Baltic cable mended after anchor damage",
    text="Engineers have mended the Baltic cable between Helsinki and Rostock that a ship's anchor cut in November, the"
    " operator Cinia said on Tuesday. It took 12 days and cost about 3 million euros; traffic went through Sweden.",
)


def takeaway(reason: HiddenReason | None = None, kind: TakeawayKind = "section") -> Takeaway:
    return Takeaway(text="x", kind=kind, support=1, shown=reason is None, reason=reason)


@pytest.mark.parametrize(
    ("article", "least", "most"),
    [(SOLID, 0.65, 0.9), (BRIEF, 0.4, 0.6), (THIN, 0, 0.4), (PROMOTION, 0, 0.3), (TEMPLATED, 0, 0.5)],
    ids=["solid", "brief", "thin", "promotion", "templated"],
)
def test_quality_tells_a_solid_article_from_a_thin_a_selling_and_a_templated_one(
    article: Article, least: float, most: float
) -> None:
    assert least <= quality_of(article).score <= most


def test_a_rating_that_an_article_gives_itself_carries_nothing() -> None:
    boasting = quality_of(replace(TEMPLATED, rating=Rating(10, 10)))
    assert boasting.score < 0.6
    assert boasting.score - quality_of(TEMPLATED).score < 0.05


@pytest.mark.parametrize(
    ("standing", "publisher"),
    [
        (None, 0.58),
        (Standing(valued=0, unvalued=0), 0.58),
        (Standing(valued=40, unvalued=0), 0.772),
        (Standing(valued=0, unvalued=40), 0.516),
    ],
)
def test_a_publishers_rating_is_trusted_as_far_as_votes_bear_it_out(
    standing: Standing | None, publisher: float
) -> None:
    rated = replace(SOLID, rating=Rating(9, 10))
    assert quality_of(rated, (), standing).parts.publisher == pytest.approx(publisher)


@pytest.mark.parametrize("rating", [None, Rating(3, 0), Rating(5, 10)])
def test_no_rating_is_neither_good_nor_bad(rating: Rating | None) -> None:
    assert quality_of(replace(SOLID, rating=rating)).parts.publisher == 0.5


@pytest.mark.parametrize(
    ("valued", "unvalued", "source"), [(0, 0, 0.6), (1, 0, 4 / 6), (95, 0, 0.98), (0, 95, 0.03), (50, 50, 53 / 105)]
)
def test_a_sources_standing_is_shrunk_by_how_few_votes_it_has(valued: int, unvalued: int, source: float) -> None:
    standing = Standing(posted=9, valued=valued, unvalued=unvalued)
    assert quality_of(SOLID, (), standing).parts.source == pytest.approx(source, abs=1e-4)


@pytest.mark.parametrize(
    ("takeaways", "support"),
    [
        ([], 0.6),
        ([takeaway(kind="extracted")], 0.6),
        ([takeaway(), takeaway("duplicate"), takeaway("over_limit")], 1.0),
        ([takeaway(), takeaway("off_topic")], 0.5),
        ([takeaway("off_topic"), takeaway(kind="extracted")], 0.0),
    ],
)
def test_support_is_the_share_of_an_articles_own_takeaways_that_hold(takeaways: list[Takeaway], support: float) -> None:
    assert quality_of(SOLID, takeaways).parts.support == support


@pytest.mark.parametrize(
    ("title", "least", "most"),
    [
        (TITLE, 1, 1),
        ("Shore power makes Northwick harbour quiet", 0.8, 1),
        ("A quiet revolution", 0.4, 0.6),
        ("You won't believe what happened next at Northwick harbour", 0, 0.4),
        ("NORTHWICK HARBOUR FERRIES CHARGE WITH SHORE POWER", 0.6, 0.6),
        ("Northwick harbour ferries charge!!", 0.6, 0.6),
        ("", 0.3, 0.3),
    ],
)
def test_a_headline_is_honest_where_the_text_bears_it_out_and_it_does_not_fish(
    title: str, least: float, most: float
) -> None:
    assert least <= honesty_of(replace(SOLID, title=title)) <= most


def test_length_alone_is_not_substance() -> None:
    padding = "It is what it is and it will be as it was before that and so on. "
    assert substance_of(Article(title="", text=padding * 200)) < 0.6 < substance_of(SOLID)


def test_selling_takes_substance_away() -> None:
    selling = replace(SOLID, text=SOLID.text + " Subscribe now. Click here for your free trial. Buy now, 50% off." * 3)
    assert substance_of(selling) < 0.7 * substance_of(SOLID)


@pytest.mark.parametrize(
    "spoiled",
    [
        SOLID.text + "\n\n" + SOLID.text,
        SOLID.text.replace("harbour", "[insert place]"),
        SOLID.text.replace(
            ". ", ". In today's fast-paced world, it is important to note that only time will tell. ", 4
        ),
    ],
)
def test_repetition_placeholders_and_stock_phrases_are_signs_of_a_mould(spoiled: str) -> None:
    assert originality_of(replace(SOLID, text=spoiled)) < 0.7 < originality_of(SOLID)


@given(st.text(), st.text(), st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_any_article_has_parts_and_a_score_between_nought_and_one(
    title: str, text: str, value: float, scale: float
) -> None:
    quality = quality_of(Article(title=title, text=text, rating=Rating(value, scale)))
    assert 0 <= quality.score <= 1
    assert all(0 <= part <= 1 for part in asdict(quality.parts).values())


def test_of_a_text_behind_a_wall_half_the_substance_is_missing() -> None:
    assert substance_of(replace(SOLID, partial="paywall")) == pytest.approx(substance_of(SOLID) / 2, abs=1e-3)


def test_garbled_text_has_less_substance() -> None:
    told = article_of(*FERRY, title="Ferries charge with shore power")
    text = told.text.replace("e", "é")
    whole = replace(told, text=text)
    garbled = replace(told, text=text.encode().decode("latin-1"))
    assert substance_of(garbled) < 0.5 * substance_of(whole)
    french = replace(
        told, text=told.text + " Ça coûte 3 € l’été, où « l’âge » d’or s’achève. À bientôt à Noël, maïs ça va."
    )
    assert substance_of(french) > 0.95 * substance_of(told)
