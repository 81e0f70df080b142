"""Turns of phrase that sell, in the languages that takeaways are read in; and texts that say who paid for them."""

import pytest

from bot.model import Article
from bot.ranking.substance import substance_of
from bot.sources import document
from bot.takeaways import takeaways_of
from bot.text.phrases import promotional_turns, says_paid
from tests.unit.takeaways.build import FERRY, article_of


@pytest.mark.parametrize(
    "call",
    [
        "Click here for the ferry's timetable and prices.",
        "Klicke hier für den Fahrplan der Fähre.",
        "Klicken Sie auf den Link, um den Fahrplan zu sehen.",
        "Hier geht's zum Fahrplan der Fähre.",
        "Cliquez ici pour voir l'horaire du bac.",
        "Haz clic aquí para ver el horario.",
        "Clique aqui para ver o horário.",
        "Clicca qui per vedere l'orario.",
        "Klik hier voor de dienstregeling.",
        "點擊這裡查看渡輪時刻表。",
        "点击这里查看渡轮时刻表。",
        "時刻表は今すぐ登録してこちらをクリック。",
        "여기를 클릭하여 시간표를 확인하세요.",
        "Folge uns auf allen Kanälen.",
        "Suivez-nous sur tous les réseaux.",
    ],
)
def test_a_call_to_action_sells_in_any_language(call: str) -> None:
    assert promotional_turns(call)
    article = document.read(
        "\n\n".join(["# Ferries", *FERRY, "## Key takeaways", f"- {call}\n- Ferries charge in March."])
    )
    (takeaway,) = [one for one in takeaways_of(article) if one.text == call]
    assert (takeaway.shown, takeaway.reason) == (False, "promotional")


@pytest.mark.parametrize(
    "statement",
    [
        "Jeder dritte Haushalt abonniert einen Streamingdienst.",
        "Gli abbonati al servizio sono tre milioni.",
        "Netflix訂閱用戶第三季增加五百萬。",
        "스트리밍 구독 가입자가 500만 명 늘었다.",
        "Der Klick auf den Knopf löste den Fehler aus.",
    ],
)
def test_what_only_tells_of_selling_does_not_sell(statement: str) -> None:
    assert not promotional_turns(statement)


@pytest.mark.parametrize(
    "label",
    ["Anzeige", "Advertorial", "[Ad]", "Sponsored by Tarn Tours", "Contenido patrocinado", "廣編特輯", "広告", "광고"],
)
def test_a_text_that_was_paid_for_counts_as_little(label: str) -> None:
    article = article_of(*FERRY, title="Ferries charge with shore power")
    paid = article_of(label, *FERRY, title="Ferries charge with shore power")
    assert says_paid(paid.text)
    assert not says_paid(article.text)
    assert substance_of(paid) < 0.25 * substance_of(article)


def test_an_article_about_advertising_was_not_paid_for() -> None:
    text = (
        "The regulator fined three sites because their sponsored posts were not marked.\nAdvertorials rose by a third."
    )
    assert not says_paid(text)
    assert substance_of(Article(title="Ads", text=text)) > 0
