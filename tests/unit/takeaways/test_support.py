import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.model import Article
from bot.takeaways.claims import capitals_tell_names, is_count, names_in, numbers_in
from bot.takeaways.support import SUPPORTED, ground_of, support_of
from bot.text.words import content_words_of
from tests.unit.takeaways.build import FERRY, article_of

GROUND = ground_of(article_of(*FERRY))


@pytest.mark.parametrize(
    "takeaway",
    [
        "Three of 12 ferries now charge with shore power.",
        "Fuel use fell by 31%.",
        "Noise at the quay is down to 44 decibels.",
        "Ingrid Solberg's engines stand still nine hours every night",
        "The city paid half of the 4.2 million euros; the other ferries follow by 2028.",
    ],
)
def test_what_the_article_says_in_other_words_is_supported(takeaway: str) -> None:
    support = support_of(takeaway, GROUND)
    assert support.score >= SUPPORTED
    assert support.evidence
    assert not support.missing


@pytest.mark.parametrize(
    "takeaway",
    [
        "Regulators must turn principles into enforceable standards.",
        "Vulnerable people bear the cost when governance fails.",
        "Hydrogen trains will replace diesel in the mountains.",
        "",
        "…",
        "It is what it is.",
    ],
)
def test_what_the_article_does_not_speak_of_is_not_supported(takeaway: str) -> None:
    assert support_of(takeaway, GROUND).score < SUPPORTED


@pytest.mark.parametrize(
    ("takeaway", "missing"),
    [
        ("Fuel use of the three ferries fell by 47 per cent.", {"47"}),
        ("Captain Knud Solberg says that the engines stand still.", {"knud"}),
        ("Noise at the quay fell by half, says NASA.", {"nasa"}),
    ],
)
def test_an_invented_number_or_name_is_named_and_lowers_support(takeaway: str, missing: set[str]) -> None:
    support = support_of(takeaway, GROUND)
    assert support.missing == missing
    honest = support_of(takeaway.replace("47", "31").replace("Knud", "Ingrid").replace("NASA", "Solberg"), GROUND)
    assert support.score < honest.score


def test_evidence_points_at_the_sentences_that_say_it() -> None:
    article = article_of(*FERRY)
    evidence = support_of("Fuel use fell by 31 per cent and noise to 44 decibels.", ground_of(article)).evidence
    said = [article.text[start:end] for start, end in evidence]
    assert [sentence.split()[0] for sentence in said] == ["Fuel", "Noise"]


def test_headings_are_no_evidence() -> None:
    article = article_of("Nothing here is of any use to the reader.", "# Costs doubled in Berlin", "More of the same.")
    assert support_of("Costs doubled in Berlin", ground_of(article)).evidence == ()


@pytest.mark.parametrize(
    ("takeaway", "supported"),
    [("新模型的推理成本下降了四成。", True), ("城市將興建更多公園。", False)],
)
def test_support_works_for_unspaced_scripts(takeaway: str, supported: bool) -> None:
    ground = ground_of(
        Article(title="模型", text="實驗室發表了新模型。推理成本比去年下降了四成，能耗也減少。開發者可以免費使用。")
    )
    assert (support_of(takeaway, ground).score >= SUPPORTED) is supported


def test_a_closing_that_shares_nothing_with_the_article_supports_nothing() -> None:
    closing = (
        "Institutions must confront uncomfortable choices with courage. Accountability frameworks need enforcement and"
        " independent oversight. Whatever society decides, governance gaps should never be deferred by leaders."
    )
    takeaway = "Accountability frameworks need independent oversight and enforcement."
    foreign = ground_of(article_of(*FERRY, "# Conclusion", closing))
    assert support_of(takeaway, foreign).score < SUPPORTED
    own = "The ferries of Northwick show that shore power pays: fuel use of the ferries fell, and the harbour is quiet."
    at_home = ground_of(article_of(*FERRY, "# Conclusion", own))
    assert support_of("Shore power pays for ferries", at_home).score >= SUPPORTED


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Yesterday Ada Lovelace met people of OpenAI", {"ada", "lovelac", "openai"}),
        ("Prices rose. Costs fell", set()),
        ("New: Growth", set()),
        ("iPhone sales", {"iphon"}),
        ("Every Word Is Big Here", set()),
    ],
)
def test_names_are_told_by_capitals_inside_a_sentence_and_by_odd_case(text: str, names: set[str]) -> None:
    assert names_in(text) == names


def test_capitals_tell_nothing_in_german() -> None:
    assert not capitals_tell_names("Der Hund und die Katze jagen im Garten den Ball über die Wiese zum Haus.")
    assert capitals_tell_names("The dog and the cat chase the ball of Mr Jones over the lawn to the house.")


def test_numbers_are_found_and_small_ones_are_counts() -> None:
    assert numbers_in("one of twelve, 3.5 and 40%") == {"12", "3.5", "40"}
    assert is_count("3")
    assert not is_count("40")
    assert not is_count("3.5")


@given(st.text(), st.text(alphabet=st.one_of(st.characters(), st.sampled_from(" .\nabc1"))))
def test_support_of_anything_by_anything_is_a_share_with_spans_inside_the_text(takeaway: str, text: str) -> None:
    ground = ground_of(Article(title=takeaway, text=text))
    support = support_of(takeaway, ground)
    assert 0 <= support.score <= 1
    assert list(support.evidence) == sorted(set(support.evidence))
    assert all(0 <= start < end <= len(text) for start, end in support.evidence)


@given(st.lists(st.sampled_from(FERRY[0].split() + FERRY[2].split()), min_size=4, max_size=20))
def test_a_sentence_of_the_article_supports_itself(words: list[str]) -> None:
    sentence = " ".join(words).replace(".", "") + "."
    assume(content_words_of(sentence))
    assert support_of(sentence, ground_of(Article(title="", text=f"Before it. {sentence}"))).score >= SUPPORTED
