"""Pages and texts of the tests' own writing that hold the same three takeaways in every form and language."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import starmap

from bot.model import Article
from bot.sources import document, page

# Per language: headings of takeaways, three takeaways, and headings that are none.
LANGUAGES: dict[str, tuple[tuple[str, ...], tuple[str, str, str], tuple[str, ...]]] = {
    "en": (
        ("Key Takeaways", "TL;DR", "Highlights", "Summary", "In brief", "The bottom line", "Five things to know"),
        (
            "Costs fell by 31 per cent in the first year.",
            "Three of twelve ferries use shore power.",
            "Noise at the quay is down to 44 decibels.",
        ),
        ("Conclusion", "Summary of the trial in court", "What comes next", "Highlights of our shop this week"),
    ),
    "de": (
        ("Das Wichtigste in Kürze", "Auf einen Blick", "Die wichtigsten Erkenntnisse", "Kurz gesagt", "Kernaussagen"),
        (
            "Die Kosten sanken im ersten Jahr um 31 Prozent.",
            "Drei von zwölf Fähren nutzen Landstrom.",
            "Der Lärm am Kai liegt bei 44 Dezibel.",
        ),
        ("Fazit", "Wichtige Hinweise zum Verkehr", "Kurze Wege"),
    ),
    "fr": (
        ("Points clés", "À retenir", "En bref", "L’essentiel", "Ce qu’il faut retenir", "Synthèse"),
        (
            "Les coûts ont baissé de 31 % la première année.",
            "Trois ferries sur douze utilisent le courant de quai.",
            "Le bruit au quai est tombé à 44 décibels.",
        ),
        ("Conclusion", "Le point de vue des voisins"),
    ),
    "es": (
        ("Puntos clave", "Las claves", "En resumen", "Lo más importante", "Ideas clave", "Lo que debes saber"),
        (
            "Los costes bajaron un 31 % el primer año.",
            "Tres de doce ferris usan la corriente del muelle.",
            "El ruido en el muelle bajó a 44 decibelios.",
        ),
        ("Conclusión", "Puntos de venta"),
    ),
    "pt": (
        ("Pontos-chave", "Principais conclusões", "Em resumo", "Destaques", "O que você precisa saber"),
        (
            "Os custos caíram 31 % no primeiro ano.",
            "Três de doze balsas usam energia do cais.",
            "O ruído no cais caiu para 44 decibéis.",
        ),
        ("Conclusão", "Pontos turísticos"),
    ),
    "it": (
        ("Punti chiave", "In breve", "In sintesi", "Da ricordare", "Riepilogo"),
        (
            "I costi sono scesi del 31 % nel primo anno.",
            "Tre traghetti su dodici usano la corrente di banchina.",
            "Il rumore al molo è sceso a 44 decibel.",
        ),
        ("Conclusioni", "Punti vendita"),
    ),
    "nl": (
        ("Belangrijkste punten", "In het kort", "Samengevat", "De kernpunten", "Dit moet je weten"),
        (
            "De kosten daalden in het eerste jaar met 31 procent.",
            "Drie van de twaalf veerboten gebruiken walstroom.",
            "Het lawaai aan de kade daalde tot 44 decibel.",
        ),
        ("Conclusie", "Belangrijke data voor de haven"),
    ),
    "zh-Hant": (
        ("重點整理", "本文重點", "要點", "懶人包", "5 個重點", "關鍵摘要", "三大重點"),
        ("第一年成本下降了百分之三十一。", "十二艘渡輪中有三艘使用岸電。", "碼頭噪音降到四十四分貝。"),
        ("結論", "重點學校名單", "後續"),
    ),
    "zh-Hans": (
        ("本文要点", "核心要点", "划重点", "太长不看", "关键信息", "要点速览"),
        ("第一年成本下降了百分之三十一。", "十二艘渡轮中有三艘使用岸电。", "码头噪音降到四十四分贝。"),
        ("结论", "重点学校名单"),
    ),
    "ja": (
        ("まとめ", "この記事のポイント", "要点", "3行まとめ", "ざっくり言うと", "3つのポイント"),
        (
            "初年度の費用は31パーセント減った。",
            "十二隻のうち三隻が陸上電力を使う。",
            "岸壁の騒音は44デシベルまで下がった。",
        ),
        ("おわりに", "ポイントカードの使い方"),
    ),
    "ko": (
        ("핵심 요약", "세 줄 요약", "3줄 요약", "주요 포인트", "핵심 사항"),
        (
            "첫해 비용이 31퍼센트 줄었다.",
            "열두 척 가운데 세 척이 육상 전력을 쓴다.",
            "부두 소음은 44데시벨로 내려갔다.",
        ),
        ("결론", "핵심 부품 가격"),
    ),
}

Items = tuple[str, ...]


def _list(items: Items, tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"


def _lines(items: Items, mark: str) -> str:
    return "\n".join(f"{mark} {item}" for item in items)


def _each(items: Items, form: str) -> str:
    return "".join(form.format(number=number, item=item) for number, item in enumerate(items, 1))


HTML: dict[str, Callable[[str, Items], str]] = {
    "list": lambda h, x: f"<h2>{h}</h2>{_list(x)}",
    "numbered list": lambda h, x: f"<h3>{h}</h3>{_list(x, 'ol')}",
    "list of paragraphs": lambda h, x: f"<h2>{h}</h2><ul>{_each(x, '<li><p>{item}</p></li>')}</ul>",
    "nested list": lambda h, x: f"<h2>{h}</h2><ul><li>{x[0]}{_list(x[1:2])}</li><li>{x[2]}</li></ul>",
    "table": lambda h, x: (
        f"<h2>{h}</h2><table><tr><th>n</th></tr>{_each(x, '<tr><td>{number}</td><td>{item}</td></tr>')}</table>"
    ),
    "paragraphs": lambda h, x: f"<h2>{h}</h2>{_each(x, '<p>{item}</p>')}",
    "boxes in a section": lambda h, x: f"<section><h2>{h}</h2>{_each(x, '<div>{item}</div>')}</section>",
    "inline bullets": lambda h, x: f"<h2>{h}</h2><p>• {x[0]} • {x[1]} • {x[2]}</p>",
    "dashes on lines": lambda h, x: f"<h2>{h}</h2><p>- {x[0]}<br>- {x[1]}<br>- {x[2]}</p>",
    "numbered paragraphs": lambda h, x: f"<h2>{h}</h2>{_each(x, '<p>{number}. {item}</p>')}",
    "bold heading": lambda h, x: f"<p><strong>{h}:</strong></p>{_list(x)}",
    "bold lead-in": lambda h, x: f"<p><b>{h}:</b> {' '.join(x)}</p>",
    "bold lead-ins": lambda h, x: f"<h2>{h}</h2>{_each(x, '<p><b>No {number}:</b> {item}</p>')}",
    "aside": lambda h, x: f"<aside><h4>{h}</h4>{_list(x)}</aside>",
    "quotation": lambda h, x: f"<blockquote><p><b>{h}</b></p>{_list(x)}</blockquote>",
    "box with a title": lambda h, x: f'<div class="box"><div class="title">{h}</div>{_list(x)}</div>',
    "details": lambda h, x: f"<details><summary>{h}</summary>{_list(x)}</details>",
    "details in prose": lambda h, x: f"<details open><summary>{h}</summary><p>{' '.join(x)}</p></details>",
    "class of a box": lambda h, x: f'<div class="key-takeaways">{_list(x)}</div>',
    "class of a list": lambda h, x: f'<ul class="article-highlights">{_each(x, "<li>{item}</li>")}</ul>',
    "class of prose": lambda h, x: f'<div class="tldr"><p>{" ".join(x)}</p></div>',
    "class of paragraphs": lambda h, x: f'<div class="recap-box"><p>{h}</p>{_each(x, "<p>{item}</p>")}</div>',
}
TEXT: dict[str, Callable[[str, Items], str]] = {
    "md list": lambda h, x: f"## {h}\n\n{_lines(x, '-')}",
    "md stars": lambda h, x: f"### {h}\n\n{_lines(x, '*')}",
    "md numbers": lambda h, x: f"## {h}\n\n1. {x[0]}\n2. {x[1]}\n3. {x[2]}",
    "md nested": lambda h, x: f"## {h}\n\n- {x[0]}\n  - {x[1]}\n- {x[2]}",
    "md bold heading": lambda h, x: f"**{h}:**\n{_lines(x, '-')}",
    "md bold lead-in": lambda h, x: f"**{h}:** {' '.join(x)}",
    "md quotation": lambda h, x: f"> **{h}**\n>\n{_lines(x, '> -')}",
    "md alert": lambda h, x: f"> [!NOTE] {h}\n{_lines(x, '> -')}",
    "md recap": lambda h, x: f"<Recap>\n\n{_lines(x, '*')}\n\n</Recap>",
    "md details": lambda h, x: f"<details>\n<summary>{h}</summary>\n\n{_lines(x, '-')}\n\n</details>",
    "md table": lambda h, x: (
        f"## {h}\n\n| # | x |\n|---|---|\n" + "\n".join(starmap("| {} | {} |".format, enumerate(x, 1)))
    ),
    "text": lambda h, x: f"{h}\n\n{_lines(x, '•')}",
    "text run together": lambda h, x: f"{h}\n• {x[0]} - {x[1]} - {x[2]}",
}


def wanted(kind: str, items: Items) -> Items:
    """The takeaways that a form gives."""
    if kind.endswith("nested") or kind == "nested list":
        return f"{items[0]} {items[1]}", items[2]
    if kind == "bold lead-ins":
        return tuple(f"No {number}: {item}" for number, item in enumerate(items, 1))
    if kind in ("bold lead-in", "md bold lead-in", "class of prose", "details in prose"):
        return (" ".join(items),)
    return items


def article_with(section: str, said: str, *, markup: bool, head: str = "") -> Article:
    """An article that says `said` a few times and has that section in its middle."""
    if not markup:
        return document.read(f"# A title of the page\n\n{said}\n\n## One\n\n{said}\n\n{section}\n\n## Two\n\n{said}\n")
    prose = f"<p>{said} {said}</p>"
    inside = f"<h1>A title of the page</h1>{prose}<h2>One</h2>{prose}{section}<h2>Two</h2>{prose}{prose}"
    head += '<meta name="author" content="Ada Marsh"><meta name="date" content="2026-03-02">'
    html = f"<html><head><title>A title</title>{head}</head><body><article>{inside}</article></body></html>"
    return page.read(html.encode(), "https://example.org/page")


def article_in(language: str, kind: str, heading: str) -> Article:
    """The article in that language with its takeaways in that form under that heading."""
    items = LANGUAGES[language][1]
    markup = kind in HTML
    section = HTML[kind](escape(heading), items) if markup else TEXT[kind](heading, items)
    return article_with(section, " ".join(items), markup=markup)
