"""sumy's extractive methods over documents already split into sentences: what `bench.takeaways` measures against.

Runs under the Python of an environment of its own, with sumy and numpy in it. Reads from standard input a JSON list of
`[sentences, n]`, writes `{method: [[[places of the n sentences] for each document], ms of CPU a document]}`. sumy's own
tokenizer needs data that NLTK downloads; here are the words that its pattern would let through.
"""

from __future__ import annotations

import json
import re
import sys
import time

from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.nlp.stemmers import Stemmer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.luhn import LuhnSummarizer
from sumy.summarizers.sum_basic import SumBasicSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer
from sumy.utils import get_stop_words

METHODS = {
    "sumy TextRank": TextRankSummarizer,
    "sumy LexRank": LexRankSummarizer,
    "sumy LSA": LsaSummarizer,
    "sumy Luhn": LuhnSummarizer,
    "sumy SumBasic": SumBasicSummarizer,
}
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['-])*")


class Words:
    """The part of sumy's tokenizer that its sentences ask for."""

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(_WORD.findall(text))


def main() -> None:
    documents = json.load(sys.stdin)
    json.dump({name: measured(method, documents) for name, method in METHODS.items()}, sys.stdout)


def measured(method: type, documents: list[tuple[list[str], int]]) -> tuple[list[list[int]], float]:
    summarizer = method(Stemmer("english"))
    summarizer.stop_words = get_stop_words("english")
    began = time.process_time()
    chosen = [places(summarizer, sentences, n) for sentences, n in documents]
    return chosen, 1000 * (time.process_time() - began) / len(documents)


def places(summarizer: object, sentences: list[str], n: int) -> list[int]:
    told = [Sentence(sentence, Words()) for sentence in sentences]
    chosen = summarizer(ObjectDocumentModel([Paragraph(told)]), n)  # type: ignore[operator]
    return [place for place, sentence in enumerate(told) if any(sentence is one for one in chosen)]


if __name__ == "__main__":
    main()
