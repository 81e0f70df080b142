"""Turns of phrase: how a list of them becomes a pattern, those that sell rather than tell, those that order a model."""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"\s+\|\s+|\n\s*")


def phrase_pattern(phrases: str) -> re.Pattern[str]:
    """One pattern of many phrases, set apart by ` | ` or line breaks: in any case, and whole words of Latin script."""
    alternatives = "|".join(filter(None, _BETWEEN.split(phrases.strip())))
    return re.compile(rf"(?<![A-Za-z])(?:{alternatives})(?![A-Za-z])", re.IGNORECASE)


_SELLING = phrase_pattern(
    r"""
    subscribe | sign[ -]?up | click (?:here|below|the link|through) | buy (?:now|yours|it (?:now|here))
    order (?:now|yours|today) | shop now | act now | free trial | join (?:us|our|now|free) | follow (?:us|me|our)
    like and share | share this | (?:promo|coupon|discount) codes? | use (?:the )?code | \d{1,2} ?% off
    limited[ -]time (?:offer|deal) | special offer | money[ -]back | don['’]t miss (?:out|this)
    (?:learn|read) more (?:at|here) | visit our | newsletters? | sponsored(?: by| content| post)
    affiliate (?:links?|commission) | advertisement | paid partnership | download (?:our|the app|now)
    register (?:now|today|here) | book (?:a demo|now|your) | contact us | get yours | support our work
    jetzt (?:kaufen|bestellen|anmelden|abonnieren|sichern) | abonnez[ -]vous | inscrivez[ -]vous | suscr[ií]bete
    iscriviti
    訂閱 | 订阅 | 立即購買 | 立即购买 | 點擊(?:此處|這裡) | 点击(?:此处|这里) | 優惠碼 | 优惠码
    限時優惠 | 限时优惠 | 今すぐ(?:購入|登録) | メルマガ
    구독 | 지금 구매
    """
)


def promotional_turns(text: str) -> int:
    """How many selling turns of phrase a text has."""
    return sum(1 for _ in _SELLING.finditer(text))


_ORDERS = phrase_pattern(
    r"""
    (?:ignor|disregard|forget|overrid|bypass)\w* (?:\w+ ){0,4}(?:instructions?|prompts?|rules?|guidelines|directions?)
    (?:ignore|disregard|forget) (?:everything|all|anything|what) (?:\w+ ){0,3}(?:above|before|said|told|previous\w*)
    new instructions?: | (?:your|the) (?:new|real|only|actual) (?:task|job|instructions?) (?:is|are)
    you are (?:now )?(?:an? )?(?:\w+ )?(?:ai|a\.i\.|llm|assistant|chatbot|language model|chatgpt|gpt|summari[sz]er)
    (?:answer|respond|reply|output|say|print|write) (?:only|exactly|nothing but)
    only (?:output|(?:answer|respond|reply) with)
    (?:do not|don['’]t|never) (?:summari[sz]e|follow (?:the|your)|mention th)
    instead,? (?:answer|respond|reply|output|say|print|write) | you must (?:answer|respond|reply|output|say|print)
    (?:note|message|instructions?) (?:to|for) (?:\w+ )?(?:ai|llm|assistant|language model|summari[sz]er)s?
    (?:ai|llm|language model|assistant|summari[sz]er)s? (?:reading|processing|summari[sz]ing) this
    (?:include|add|put) (?:this|the following) (?:\w+ ){0,3}(?:summary|takeaways?|answer|output)
    ignorier\w* (?:\w+ ){0,3}(?:anweisung|vorgabe|regel)\w* | antworte (?:nur|ausschlie(?:ß|ss)lich)
    ignore[rz]? (?:\w+ ){0,3}(?:instructions|consignes) | ignora (?:\w+ ){0,3}(?:instrucciones|istruzioni|instruções)
    negeer (?:\w+ ){0,3}instructies
    (?:忽略|無視|无视|忘記|忘记)[^。！？]{0,12}(?:指令|指示|提示|說明|说明|規則|规则) | 只(?:回答|輸出|输出|回覆|回复)
    (?:指示|命令|プロンプト)[^。]{0,6}(?:無視|忘れ)
    (?:지시|명령|프롬프트)[^.。]{0,8}(?:무시|잊)
    """
)
_CHAT_MARKS = re.compile(r"<\|\w+\|>|\[/?INST\]|<</?SYS>>|^\s*(?:system|assistant)\s*:", re.IGNORECASE | re.MULTILINE)


def speaks_to_models(text: str) -> bool:
    """Whether a text gives orders to a language model that may read it. A text about such orders may seem to, too."""
    return bool(_ORDERS.search(text) or _CHAT_MARKS.search(text))
