"""What stands between a reader and a page's text: a paywall, or a question of consent. Told by the page's own words."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.model import Block, Wall
from bot.text.phrases import phrase_pattern, promotional_turns

# Sentences that ask for money or an account before the rest; an invitation to subscribe alone is on every other page.
_PLEA = phrase_pattern(
    r"""
    (?:subscri|sign[ -]?(?:up|in)|log[ -]?in|register|account|trial|member)[^.!?]{0,60} to (?:continue|keep) reading
    (?:subscri|sign[ -]?(?:up|in)|log[ -]?in|register|account|trial|member)[^.!?]{0,60} to read (?:on|the|this)
    (?:continue|keep) reading[^.!?]{0,60}(?:subscri|member|trial|account)\w*
    (?:article|story|post|content|page|newsletter) is (?:\w+ ){0,2}(?:for|to) (?:\w+ ){0,2}(?:subscribers|members)
    (?:unlock|access|get|read) (?:\w+ ){0,4}(?:article|story|post)[^.!?]{0,40}(?:subscri|member|trial)\w*
    you(?:['’]ve| have) (?:reached|read|used)[^.!?]{0,40}(?:limit|free articles)
    weiter(?:zu)?lesen[^.!?]{0,60}(?:abo|registrier|anmeld|premium|probemonat|gratis testen)\w*
    (?:abo|registrier|anmeld|premium|plus)\w*[^.!?]{0,60}weiter(?:zu)?lesen
    (?:artikel|beitrag|text|inhalt)[^.!?]{0,40}(?:nur|exklusiv|ausschließlich)[^.!?]{0,30}(?:abonnent|mitglied)\w*
    (?:réservée?s?|exclusi\w+)[^.!?]{0,20}(?:abonnés|membres)
    (?:pour (?:lire|continuer)|lire la suite)[^.!?]{0,60}abonne\w*
    (?:seguir|sigue|continuar) leyendo[^.!?]{0,60}(?:suscr|regístr|inicia)\w*
    (?:exclusivo|solo) para (?:suscriptores|socios) | (?:riservato|esclusivo) (?:agli|per gli) abbonati
    per continuare a leggere[^.!?]{0,60}(?:abbon|acced|registr)\w*
    exclusiv[oa] para assinantes | continu\w+ lendo[^.!?]{0,60}assin\w* | alleen voor abonnees
    (?:この記事|ここから先|続き)は[^。]{0,20}(?:有料|会員|購読|ログイン|登録)
    (?:有料)?会員限定(?:記事|です|の) | 残り ?[\d,０-９]+ ?文字
    (?:訂閱|订阅|登入|登录|註冊|注册|付費|付费|會員|会员)[^。，]{0,12}(?:繼續|继续|完整|全文)
    (?:繼續|继续)(?:閱讀|阅读)[^。]{0,12}(?:訂閱|订阅|登入|登录|付費|付费|會員|会员)
    (?:本文|此文|全文)[^。]{0,8}限(?:訂閱|订阅|付費|付费|會員|会员)
    (?:이 기사|전체 기사)[^.]{0,20}(?:유료|회원|구독|로그인)
    """
)
_CONSENT = phrase_pattern(
    r"""
    we (?:and our (?:\d+ )?(?:partners|vendors)|value your privacy|use cookies|care about your (?:privacy|data))
    before you continue to | access information on a device | (?:accept|reject) (?:all|cookies)
    manage (?:choices|preferences) | your (?:privacy|consent|cookie) (?:choices|preferences|settings)
    consent to (?:the|our) (?:use|processing|storage) | withdraw (?:your )?consent | legitimate interests?
    personali[sz]ed (?:ads|advertising|content)
    (?:wir|und) unsere (?:\d+ )?partner | bevor (?:sie|du) (?:zu|fortf)\w* | mit werbung[^.]{0,20}(?:lesen|nutzen)
    alle (?:cookies )?(?:akzeptieren|ablehnen) | (?:zustimmung|einwilligung)[^.]{0,60}(?:widerruf|cookie)\w*
    personalisierte\w? (?:werbung|anzeigen|inhalte)
    nous et nos (?:\d+ )?partenaires | tout (?:accepter|refuser) | continuer sans accepter | votre consentement
    (?:nosotros y )?nuestros (?:\d+ )?socios | aceptar (?:y continuar|todo) | noi e i nostri (?:\d+ )?partner
    続行する前に | (?:Cookie|クッキー)[^。]{0,20}(?:同意|使用) | (?:在您|在你)(?:繼續|继续)之前 | (?:使用|接受) ?Cookie
    """
)
_DOORS = frozenset({"consent", "guce", "cookiewall", "privacywall"})  # first names of hosts
_LONGEST_PLEA = 400  # characters of a block
_LONGEST_TEASER, _LONGEST_BEGUN = 3000, 1500  # characters: with a plea behind it; where it breaks off
_MOST_ASKED = 4000  # characters of a question of consent
_ASKED_SHARE = 0.5


def without_pleas(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without those that ask to pay or to sign in for the rest."""
    return [block for block in blocks if not _is_plea(block)]


def wall_of(main: Sequence[Block], whole: Sequence[Block], *, url: str, free: bool | None) -> Wall | None:
    """What stands before the text; None: nothing. `main`: the article as found, pleas and all; `whole`: all blocks of
    the page; `free`: whether it says that everybody may read it."""
    if _asks_for_consent(main or whole, url):
        return "consent"
    length = sum(len(block.text) for block in without_pleas(main))
    begun = next((number for number, block in enumerate(whole) if main and block.text == main[0].text), 0)
    plea = any(map(_is_plea, (*main, *whole[begun:])))
    walled = length < _LONGEST_TEASER if plea else free is False and length < _LONGEST_BEGUN and _breaks_off(main)
    return "paywall" if walled and free is not True else None


def _breaks_off(blocks: Sequence[Block]) -> bool:
    """Whether the text ends within a sentence, or by selling something: many a page that is not free is there whole."""
    last = blocks[-1].text.rstrip("\"'”’»)」") if blocks else ""
    return not last.endswith((".", "!", "?", "。", "！", "？")) or promotional_turns(last) > 0


def _is_plea(block: Block) -> bool:
    return len(block.text) <= _LONGEST_PLEA and _PLEA.search(block.text) is not None


def _asks_for_consent(blocks: Sequence[Block], url: str) -> bool:
    """Whether what is there is a question of consent and little else."""
    if (urlsplit(url).hostname or "").split(".")[0] in _DOORS:
        return True
    length = sum(len(block.text) for block in blocks)
    asked = sum(len(block.text) for block in blocks if _CONSENT.search(block.text))
    return 0 < length <= _MOST_ASKED and asked >= _ASKED_SHARE * length
