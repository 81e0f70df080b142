"""What the words of a heading announce, in many languages. Where the section under it ends lives in `outline.py`."""

from __future__ import annotations

import re

from bot.text.words import folded

LONGEST_HEADING = 80  # characters

# Headings are compared folded: lower case, no accents, straight apostrophes, one space, bare of what is around them.
_TAKEAWAYS = r"""
(?:\w+ )?(?:key|main|top|quick|core|big|biggest|essential|important) (?:points?|findings?|facts?|insights?)
(?:\w+ )?(?:key|main|top|quick|core|big|biggest|essential|important) (?:messages?|lessons?|learnings)
(?:\w+ ){0,2}(?:take-?\s?aways?|take-?home (?:points|messages?))(?: from .{1,60})?
(?:in |the |a |our |my )?(?:quick |brief |short |executive |article |story |post |page )?summary|summary points
(?:the )?(?:story |key |article |quick |main |report |top )?highlights|summing up|to sum up|at a glance
tl\s?[;,:/]?\s?dr|in (?:a )?brief|in short|in a nutshell|(?:the )?bottom line|(?:a )?(?:quick )?recap
the gist|the short version|fast facts|what you need to know
(?:\w+ )?things to (?:know|remember)|quick take|points to remember|what (?:to know|we learned)|the upshot
(?:das|die) wichtigsten?(?: (?:punkte|fakten|erkenntnisse|infos|informationen))?(?: (?:in kurze|zusammengefasst))?
(?:das|die) wichtigsten?(?: (?:punkte|fakten|infos))?(?: (?:auf einen blick|kurz gefasst|im uberblick))
(?:kurze? )?zusammenfassung|auf einen blick|kurz (?:&|und) (?:knapp|bundig)|in kurze|kurz gefasst|kurzfassung
kernaussagen|kernpunkte|wichtige erkenntnisse|das wesentliche(?: in kurze)?|alles wichtige in kurze
(?:die )?(?:kernpunkte|kernaussagen|highlights)|(?:die )?(?:\w+ )?wichtigste[nr]? (?:punkte|fakten|erkenntnisse)
(?:die )?(?:\w+ )?wichtigste[nr]? (?:aussagen|ergebnisse)
(?:die )?wichtigen (?:punkte|fakten|erkenntnisse)|fazit in kurze|kurz gesagt|kurz zusammengefasst
darum geht['’]?s
das solltest du wissen|das (?:mussen|sollten) sie wissen
(?:les )?points? (?:cles?|essentiels|importants|a retenir)|en (?:bref|resume)|(?:les )?faits saillants
(?:l'|l )?essentiel|(?:ce qu'il faut|a) (?:retenir|savoir)|(?:le )?resume(?: de l'article)?
(?:l'|l )essentiel(?: a (?:retenir|savoir)| en bref)?|(?:la |en )?synthese
(?:les )?(?:idees|chiffres|messages) cles?
en quelques mots
(?:les |\w+ )?(?:points|choses) a (?:retenir|savoir)
(?:los )?(?:puntos|aspectos|conclusiones) (?:clave|principales|importantes|destacad[oa]s)
(?:el )?resumen|en (?:resumen|breve|sintesis|pocas palabras)|(?:las )?claves|lo (?:mas )?(?:importante|esencial)
(?:las |los )?(?:ideas|datos|mensajes) claves?|(?:los |las )?principales (?:puntos|conclusiones|ideas|claves)
lo que (?:debes|necesitas|hay que) saber|(?:\w+ )?claves de .{1,40}|(?:los )?destacados
(?:os )?pontos[- ](?:chave|principais|importantes)|em (?:resumo|sintese|poucas palavras)|(?:o )?resumo
principais (?:pontos|conclusoes|destaques)|destaques|o essencial|o que (?:reter|precisa saber)
(?:os )?(?:principais (?:pontos|destaques|ideias)|destaques)|(?:as )?(?:principais conclusoes|ideias[- ]chave)
o que (?:(?:voce )?(?:precisa|deve) saber|e preciso saber)|(?:em|a) sintese|em poucas linhas
para (?:reter|lembrar)
(?:i )?punti (?:chiave|principali|salienti)|in (?:breve|sintesi|poche parole)|(?:il )?riassunto
(?:la )?sintesi|l'essenziale|da ricordare
(?:il )?riepilogo|(?:le )?(?:idee|informazioni|conclusioni) (?:chiave|principali)
(?:cosa|quello che c'e da) sapere|(?:i )?punti da ricordare
(?:de )?(?:belangrijkste|voornaamste) (?:punten|inzichten|conclusies|bevindingen)|kort samengevat
(?:in het )?kort|samenvatting|kernpunten|hoofdpunten|in een notendop|samengevat|het belangrijkste
(?:de )?(?:kernpunten|hoofdpunten|hoogtepunten)
het belangrijkste (?:in het kort|op een rij|samengevat)|(?:dit|wat je) moet je? ?weten
(?:de )?belangrijkste (?:punten|feiten|conclusies) (?:op een rij|in het kort)|dit moet je weten
kort en bondig|om te onthouden
(?:本文|文章|核心|關鍵|关键|主要|內容|内容|快速|精華|精华|[三五]大|今日|新聞|新闻)?(?:重點|重点|要點|要点|摘要|總結|总结)
(?:本文|文章|核心|主要|內容|内容|今日)?(?:重點|重点|要點|要点)(?:整理|摘要|歸納|归纳|回顧|回顾|提示|總結|总结|提要)
(?:重點|重点|要點|要点)(?:速覽|速览|一覽|一览|速讀|速读)|(?:核心|主要)(?:觀點|观点)|一句話總結|一句话总结
懶人包|懒人包|[划劃]重[点點]|太長不看|太长不看|小結|小结
[一二三四五六七八九十\d]? ?(?:個|个|大|點|点)(?:核心|關鍵|关键)?(?:重點|重点|要點|要点)
(?:重點|重点)一次看|(?:一|三)?(?:分鐘|分钟)(?:看)?(?:重點|重点)
(?:關鍵|关键|核心|重要|主要)(?:重點|重点|要點|要点|信息|資訊|摘要|發現|发现|結論|结论)|(?:內容|内容)(?:提要|概要)|本文(?:總結|总结|摘要|小結|小结)
(?:この記事の|本?記事の|今回の|本日の)?(?:まとめ|要点|要約|要点まとめ|ポイントまとめ|おさらい)
(?:この記事の|本?記事の|今回の)ポイント|重要ポイント
(?:主な|重要な|大事な|押さえておきたい|[三五\d]?つの|記事の|今日の|本日の)ポイント|ポイント(?:整理|解説|まとめ)
(?:\d{1,2}|[三五])?行(?:で)?(?:まとめ|要約|要点|わかる)|ざっくり言うと
(?:この記事の|記事の|本記事の)(?:要点|要約|概要|結論)|一言で言うと|要するに
(?:이 글의 |기사 |글 |오늘의 |주요 )?(?:핵심|핵심 ?(?:요약|정리|내용|포인트)|요약|요점(?: ?정리)?)
(?:세|3) ?줄 ?요약|주요 ?내용|한눈에 보기
(?:한|두|세|\d)? ?줄 ?(?:요약|정리)|(?:주요|중요|이 글의|기사) ?(?:포인트|사항|요점|내용|핵심)
핵심 ?(?:사항|메시지|요점|정보)|기사 ?요약
요약 ?정리|한눈에 (?:정리|요약)
"""
_ADVERTISEMENTS = r"""
advertisements?|advertising|ads?|sponsored(?: (?:content|post|links?|by .{1,40}))?
paid (?:content|post)|promoted
anzeige|werbung|publicite|publicidad|publicidade|pubblicita|advertentie|廣告|广告|贊助|赞助|広告|スポンサー|광고
"""
_FURNITURE = r"""
article info(?:rmation)?|about this article|文章資訊|文章信息|기사 정보|table of contents|contents|inhaltsverzeichnis
related(?: (?:articles?|stories|posts?|content|reading|links?|topics))?|read (?:more|next|also)|up next
more (?:stories|articles|from .{1,40}|on this|like this)|recommended(?: (?:for you|reading|articles))?
you (?:may|might) also like|most (?:read|popular)|trending(?: now)?|popular(?: posts)?
latest (?:news|stories|posts)
mehr zum thema|das konnte (?:sie|dich) auch interessieren|lesen sie auch|auch interessant|a lire aussi
sur le meme sujet|lea tambien|relacionados?|leia tambem|leggi anche|lees ook
相關文章|相关文章|延伸閱讀|延伸阅读|推薦閱讀|推荐阅读|関連記事|あわせて読みたい|관련 ?(?:기사|글)
share(?: (?:this|on|via)(?: .{1,30})?)?|follow us(?: .{1,40})?|teilen|partager|compartir|deel dit|分享|シェア|공유
(?:\d+ )?comments?(?: \(\d+\))?|leave a (?:comment|reply)|kommentare|commentaires|comentarios
留言|評論|评论|コメント|댓글|newsletter|sign up(?: .{1,40})?|subscribe(?: .{1,40})?|tags?|topics|categories
filed under|navigation|menu|投票|votes?|(?:cast )?your vote|emotion|value assessment|rate this(?: .{1,20})?
"""
_NOTICE = r"your vote is final|投票後不可更改|投票后不可更改|was this (?:article |page )?helpful\??$"


def _any_of(lines: str) -> re.Pattern[str]:
    return re.compile("|".join(lines.split("\n")[1:-1]))


_IS_TAKEAWAY = _any_of(_TAKEAWAYS)
_IS_ADVERTISEMENT = _any_of(_ADVERTISEMENTS)
_IS_FURNITURE = _any_of(_FURNITURE)
_IS_NOTICE = re.compile(_NOTICE)
_EDGES = re.compile(r"^[\W_\d]*?(?=[^\W_])(?:\d{1,2}[.)]\s+)?|[^\w)]+$")


def is_takeaway_heading(text: str) -> bool:
    """Whether a heading announces the article's own takeaways. Conclusions are a part of the article like any other."""
    return len(text) <= LONGEST_HEADING and _IS_TAKEAWAY.fullmatch(_bare(text)) is not None


def is_advertisement_heading(text: str) -> bool:
    return len(text) <= LONGEST_HEADING and _IS_ADVERTISEMENT.fullmatch(_bare(text)) is not None


def is_furniture_heading(text: str) -> bool:
    """Whether a heading announces something beside the article: info boxes, related links, sharing, votes."""
    return len(text) <= LONGEST_HEADING and _IS_FURNITURE.fullmatch(_bare(text)) is not None


def is_notice(text: str) -> bool:
    """Whether a line only tells how to vote or asks for one."""
    return len(text) <= 2 * LONGEST_HEADING and _IS_NOTICE.search(folded(text)) is not None


def _bare(text: str) -> str:
    """A heading folded and without numbering, emoji, hashes, brackets and the punctuation around it."""
    line = folded(text).replace("’", "'").strip()
    return " ".join(_EDGES.sub("", line).split())
