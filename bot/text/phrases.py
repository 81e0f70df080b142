"""Turns of phrase: how a list of them becomes a pattern, and those that sell rather than tell."""

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
