import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article
from bot.takeaways.extractive import LONGEST, extracts_of, trimmed
from bot.takeaways.support import ground_of
from tests.unit.takeaways.build import FERRY, article_of


def extracts(article: Article, limit: int = 5) -> list[str]:
    return [extract.text for extract in extracts_of(article, ground_of(article), limit)]


def test_extracts_are_whole_sentences_of_the_article_in_reading_order() -> None:
    article = article_of(*FERRY, title="Ferries charge with shore power at Northwick harbour")
    found = extracts_of(article, ground_of(article), 5)
    assert [article.text[slice(*extract.span)] for extract in found] == [extract.text for extract in found]
    assert [extract.span for extract in found] == sorted(extract.span for extract in found)
    assert "The harbour of Northwick began to charge ferries with shore power in March." in extracts(article)


@pytest.mark.parametrize(("sentences", "most"), [(1, 1), (3, 2), (8, 3), (18, 4), (60, 5)])
def test_a_longer_article_gets_more(sentences: int, most: int) -> None:
    names = ["harbour", "engine", "cable", "captain", "quay", "city", "grid", "night", "noise", "euro", "fuel", "plant"]
    text = " ".join(
        f"The {names[i % 12]}{i} of town {i} was sold to the {names[i * 5 % 12]}{i} company for reason{i}."
        for i in range(sentences)
    )
    assert len(extracts(Article(title="Town", text=text))) == most
    assert len(extracts(Article(title="Town", text=text), limit=1)) == 1


def test_sentences_that_lean_on_others_wait_behind_those_that_stand_alone() -> None:
    text = "It was therefore sold to the harbour company. The harbour company bought the ferry from the city."
    assert extracts(Article(title="Harbour company buys ferry", text=text), limit=1) == [text.split(". ")[1]]


@pytest.mark.parametrize(
    "unfit",
    [
        "Do you want to know what the harbour ferry costs the city?",
        "Subscribe to the newsletter of the harbour ferry and the city.",
        "These are the harbour ferry costs of the city company:",
        "The post Harbour ferry costs city appeared first on City News.",
        "Der Beitrag Harbour ferry costs city erschien zuerst auf City News.",
        "La entrada Harbour ferry costs city se publicó primero en City News.",
    ],
)
def test_questions_announcements_and_sales_are_not_takeaways(unfit: str) -> None:
    text = f"{unfit}\n\nA cable for the grid was laid by two ships in April."
    assert extracts(Article(title="Harbour ferry costs city", text=text)) == [
        "A cable for the grid was laid by two ships in April."
    ]


def test_the_same_thing_is_not_said_twice() -> None:
    text = (
        "The harbour bought three ferries from the city in March. In March the harbour bought three ferries from the"
        " city. Noise at the quay fell by a third. Fuel prices rose again in the whole region."
    )
    assert sum("bought three" in extract for extract in extracts(Article(title="Ferries", text=text))) == 1


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        ("Short enough.", "Short enough."),
        ("The plan — as it was — " + "holds " * 40 + "on.", "The plan " + "holds " * 37 + "holds…"),
        ("It holds " + "fast " * 20 + "; and " + "so on " * 40, "It holds " + "fast " * 19 + "fast…"),
        ("It holds " + "fast " * 20 + ", and " + "so on " * 40, "It holds " + "fast " * 19 + "fast…"),
        ("It costs " + "dear " * 45 + "1,200 euros and more.", "It costs " + "dear " * 44 + "dear…"),
        ("x" * 300, "x" * 239 + "…"),
    ],
)
def test_a_long_sentence_is_cut_at_a_clause(sentence: str, short: str) -> None:
    assert trimmed(sentence) == short


@given(st.text(), st.integers(min_value=20, max_value=300))
def test_no_trimmed_sentence_is_longer_than_asked(sentence: str, longest: int) -> None:
    assert len(trimmed(sentence, longest)) <= max(longest, 1)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(" .\nabc"))), st.text())
def test_extracts_of_anything_are_short_and_lie_in_the_text(text: str, title: str) -> None:
    article = Article(title=title, text=text)
    for extract in extracts_of(article, ground_of(article), 5):
        start, end = extract.span
        assert 0 <= start < end <= len(text)
        assert 0 < len(extract.text) <= LONGEST


ALONE = "The harbour of Northwick charges its ferries with shore power every night."


@pytest.mark.parametrize(
    "leaning",
    [
        "This shows that the harbour charges its ferries with shore power every night.",
        "He says that the harbour charges its ferries with shore power every night.",
        "It charges the ferries of the harbour of Northwick with shore power every night.",
        'Every night the ferries of the harbour take shore power," the captain says.',
        "The harbour charges its ferries with shore power every night and the story goes like this: by cable.",
        "Harbour ferries | shore power every night | Northwick | 44 decibels.",
        "Harbour of Northwick, ferries at the quay, shore power every night",
    ],
)
def test_a_sentence_that_cannot_stand_alone_gives_way_to_one_that_can(leaning: str) -> None:
    article = Article(title="Shore power for ferries", text=f"{leaning}\n\n{ALONE}", blocks=())
    assert [extract.text for extract in extracts_of(article, ground_of(article), 1)] == [ALONE]


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        (f"However, {ALONE[0].lower()}{ALONE[1:]}", ALONE),
        (f"In addition, {ALONE[0].lower()}{ALONE[1:]}", ALONE),
        (f"— {ALONE}", ALONE),
        (
            "Außerdem, die Fähren im Hafen von Nordwik nutzen Landstrom.",
            "Die Fähren im Hafen von Nordwik nutzen Landstrom.",
        ),
        ("然而，北維克港的渡輪每天晚上都使用岸電，噪音下降。", "北維克港的渡輪每天晚上都使用岸電，噪音下降。"),
        (
            "First Lady Ada Marsh opens the shore power of Northwick.",
            "First Lady Ada Marsh opens the shore power of Northwick.",
        ),
    ],
)
def test_what_only_joins_a_sentence_to_the_one_before_is_left_out(sentence: str, shown: str) -> None:
    article = Article(title="-", text=sentence, blocks=())
    assert [extract.text for extract in extracts_of(article, ground_of(article), 1)] == [shown]


@pytest.mark.parametrize("word", ["IT", "WHO", "ESA"])
def test_names_that_look_like_small_words_do_not_lean(word: str) -> None:
    sentence = f"{word} experts measured the noise at the quay of Northwick."
    other = "She measured the noise at the quay of Northwick for six weeks."
    article = Article(title="-", text=f"{other}\n\n{sentence}", blocks=())
    assert [extract.text for extract in extracts_of(article, ground_of(article), 1)] == [sentence]


def test_a_text_without_full_stops_is_not_asked_for_one() -> None:
    told = "ท่าเรือนอร์ทวิกเริ่มจ่ายไฟฟ้าจากฝั่งให้เรือข้ามฟากตั้งแต่เดือนมีนาคม"
    article = Article(title="ท่าเรือ", text=f"{told}\n\nเวลา 12.00 น.\n\n{told} อีกครั้งในปีหน้า", blocks=())
    assert told in next(extract.text for extract in extracts_of(article, ground_of(article), 2))


def test_the_title_is_no_takeaway_again() -> None:
    text = "Harbour ferries of Tarn go electric. A cable for the grid was laid by two ships in April."
    assert extracts(Article(title="Tarn: harbour ferries go electric", text=text)) == [text.split(". ", 1)[1]]
    alone = Article(title="Harbour ferries of Tarn go electric", text="Harbour ferries of Tarn go electric.")
    assert extracts(alone) == []


@pytest.mark.parametrize(
    ("dateline", "kept"),
    [
        ("LONDON — ", ""),
        ("NEW YORK (Reuters) - ", ""),
        ("SÃO PAULO, May 3 (AP) — ", ""),
        ("Tarn — ", "Tarn — "),
    ],
)
def test_the_place_of_a_report_is_left_out_in_front(dateline: str, kept: str) -> None:
    sentence = "The harbour company bought three electric ferries from the city in March."
    assert extracts(Article(title="Ferries", text=f"{dateline}{sentence}")) == [f"{kept}{sentence}"]
