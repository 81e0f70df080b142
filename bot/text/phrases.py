"""Turns of phrase: how a list of them becomes a pattern, those that sell rather than tell, those that order a model."""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"\s+\|\s+|\n\s*")


def phrase_pattern(phrases: str, *, lowered: bool = False) -> re.Pattern[str]:
    """One pattern of many phrases, set apart by ` | ` or line breaks: in any case, and whole words of Latin script.

    `lowered`: it will only be asked of text in lower case, which takes a quarter of the time.
    """
    alternatives = "|".join(filter(None, _BETWEEN.split(phrases.strip())))
    return re.compile(rf"(?<![A-Za-z])(?:{alternatives})(?![A-Za-z])", re.NOFLAG if lowered else re.IGNORECASE)


_SELLING = phrase_pattern(
    r"""
    subscribe | sign[ -]?up | click (?:here|below|the link|through) | buy (?:now|yours|it (?:now|here))
    order (?:now|yours|today) | shop now | act now | free trial | join (?:us|our|now|free) | follow (?:us|me|our)
    like and share | share this | (?:promo|coupon|discount) codes? | use (?:the )?code | \d{1,2} ?% off
    limited[ -]time (?:offer|deal) | special offer | money[ -]back | don['’]t miss (?:out|this)
    (?:learn|read) more (?:at|here) | visit our | newsletters? | sponsored(?: by| content| post)
    affiliate (?:links?|commission) | advertisement | paid partnership | download (?:our|the app|now)
    register (?:now|today|here) | book (?:a demo|now|your) | contact us | get yours | support our work
    tap here | start your free | claim your | swipe up | share this (?:article|post)
    klick(?:en sie|e|t)? (?:hier|auf den (?:link|button)) | hier klicken | hier geht['’]?s (?:zu|zum|zur)
    jetzt (?:kaufen|bestellen|anmelden|abonnieren|sichern|entdecken|testen|buchen|registrieren|herunterladen)
    melde dich (?:jetzt |hier )?an | melden sie sich (?:jetzt |hier )?an | folg(?:e|t|en sie) uns
    abonnier(?:e|en sie) (?:jetzt|uns\w*|den|hier) | teil(?:e|t|en sie) diesen (?:artikel|beitrag)
    kostenlos testen | (?:rabatt|gutschein)codes? | zum newsletter | cliquez (?:ici|sur) | cliquer ici
    abonnez[ -]vous | inscrivez[ -]vous | suivez[ -]nous | essai gratuit | achetez maintenant
    réservez (?:maintenant|votre) | téléchargez (?:notre|l['’]appli\w*) | codes? promo | partagez cet article
    suscr[ií]b(?:ete|ase) | ha(?:z|ga) clic | clic aquí | pulsa aquí | compra (?:ahora|ya) | síguenos
    regístr(?:ate|ese) | descarga (?:la app|nuestra) | prueba gratis | código (?:de descuento|promocional)
    comparte este artículo | clique (?:aqui|no link) | compre (?:agora|já) | siga[ -]nos | inscreva[ -]se
    cadastre[ -]se | assine (?:já|agora) | baixe (?:o app|agora) | teste grátis | compartilhe este
    clicca (?:qui|sul) | acquista ora | seguici | abbonati (?:ora|subito|qui) | iscriviti
    registrati (?:ora|subito|qui) | scarica (?:l['’]app|ora) | prova gratuita | codice sconto | condividi questo
    klik (?:hier|op de (?:link|knop)) | (?:koop|bestel) nu | volg ons | abonneer (?:je|nu)
    (?:schrijf|meld) (?:je|u) (?:nu |hier )?(?:in|aan) | kortingscode | gratis proberen | deel dit artikel
    (?:立即|歡迎|欢迎|請|请)(?:訂閱|订阅) | (?:訂閱|订阅)(?:我們|我们|本|頻道|频道|電子報|电子报)
    點[擊選](?:此處|這裡|這裏|連結|下方) | 点击(?:此处|这里|链接|下方) | 按此(?:處|連結|報名|登記)
    立即(?:購買|註冊|報名|下載|體驗|购买|注册|报名|下载|体验) | 追蹤我們 | 關注我們 | 关注我们 | 免費試用 | 免费试用
    優惠碼 | 优惠码 | 折扣碼 | 折扣码 | 限時優惠 | 限时优惠 | 分享(?:本文|這篇)
    今すぐ(?:購入|登録|申し?込|ダウンロード) | (?:こちら|ここ)を(?:クリック|タップ) | お申し?込みはこちら
    詳しくはこちら | メルマガ | 無料(?:体験|お試し) | フォローして(?:ください|ね)
    구독(?:하기|하세요|해 ?주세요| 신청) | 지금 (?:구매|가입|신청|다운로드) | (?:여기를|이곳을) (?:클릭|눌러)
    클릭하세요 | 무료 ?체험 | 할인 ?코드
    """,
    lowered=True,
)


def promotional_turns(text: str) -> int:
    """How many selling turns of phrase a text has."""
    return sum(1 for _ in _SELLING.finditer(text.lower()))


_PAID = re.compile(
    r"""^\W*(?:advertorial|anzeige|werbung|bezahlte\ anzeige
    |(?:paid|sponsored|branded|partner|promoted)\ (?:content|post|story)
    |sponsored(?:\ by\ .{2,60})?|advertisement\ feature|publi-?r[ée]dactionnel|contenu\ (?:sponsoris[ée]|partenaire)
    |publirreportaje|contenido\ patrocinado|publieditorial|conte[úu]do\ patrocinado|informe\ publicitário
    |contenuto\ sponsorizzato|informazione\ pubblicitaria|gesponsord(?:e\ (?:content|inhoud))?|ingezonden\ mededeling
    |廣編(?:特輯|稿)|廣告(?:專輯|特輯)?|业配|業配|推广|赞助内容|贊助內容|広告|(?:記事広告|タイアップ)|광고|협찬|\[?(?:ad|pr)\])\W*$
    |\b(?:this|the\ following)\ (?:article|post|story|content)\ (?:is|was|has\ been)\ (?:sponsored|paid\ for)\b
    |\bdies(?:er|e)\ (?:artikel|beitrag|seite)\b[^.\n]{0,40}\b(?:enthält\ werbung|gesponsert\w*)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_LABELLED = 400  # characters at either end of a text, where it says that it was paid for


def says_paid(text: str) -> bool:
    """Whether a text, where it begins or ends, says that somebody paid for it."""
    return bool(_PAID.search(text[:_LABELLED]) or _PAID.search(text[-_LABELLED:]))


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
