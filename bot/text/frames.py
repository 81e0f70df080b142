"""Words with which anything at all is reported: they tell that something was found, not what. Nothing else."""

from __future__ import annotations

from functools import cache

from bot.text.words import words_of

_ENGLISH = """
paper article study work report research story post author researcher team expert analyst writer
propose present introduce show demonstrate describe discuss investigate explore examine analyze study provide offer
develop design find argue suggest explain address consider aim focus extend report achieve reveal announce warn
approach method technique model system framework algorithm task problem analysis evaluation experiment result finding
performance improvement improve outperform evaluate compare data dataset learn train learning training
new novel different existing previous recent general large better best important significant several various
way set based case part kind type number example year today people thing
"""
_OTHERS = """
artikel studie bericht autor forscher experte zeigen ergebnis methode neu wichtig jahr
etude rapport auteur chercheur expert montrer resultat methode nouveau nouvelle important annee
articulo estudio informe autor investigador experto mostrar resultado metodo nuevo nueva importante ano
articolo studio rapporto autore ricercatore esperto mostrare risultato metodo nuovo nuova importante anno
artigo estudo relatorio pesquisador especialista resultado novo nova importante
onderzoek rapport auteur onderzoeker deskundige tonen resultaat nieuw nieuwe belangrijk jaar
研究 報告 报告 論文 论文 文章 作者 專家 专家 方法 結果 结果 提出 表示 指出 重要 記事 著者 論文 結果 方法
연구 결과 방법 저자 기사 보고
"""


@cache
def frame_words() -> frozenset[str]:
    """The words, as `words_of` writes them."""
    return frozenset(words_of(f"{_ENGLISH} {_OTHERS}"))
