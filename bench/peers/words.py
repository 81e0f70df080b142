"""The peer of stories: hashed words and wordllama's static vectors, half each; and the floor of joining: one product.

Runs under an interpreter of its own that has numpy, scipy, tokenizers and the files of wordllama's wheel:
`python -m bench.peers.words FOLDER < request`; the request is JSON lines, `[title, story]` each, the answer JSON.
Without FOLDER it times the product.
"""

from __future__ import annotations

import json
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from tokenizers import Tokenizer

from bench.grouping import average_precision, bcubed_f1, halves

_BUCKETS = 1 << 18
_THRESHOLDS = [round(0.02 * step, 2) for step in range(1, 30)]


def main() -> None:
    rows = [json.loads(line) for line in sys.stdin]
    titles, stories = [row[0] for row in rows], [row[1] for row in rows]
    likeness = (_hashed(titles) + _static(titles, Path(sys.argv[1]))) / 2
    answer: dict[str, Any] = {"halves": []}
    parts = halves(stories)
    for chosen_on, measured_on in (parts, parts[::-1]):
        row = {}
        for linked in ("leader", "average"):
            threshold = max(_THRESHOLDS, key=lambda t, how=linked: _f1(likeness, stories, chosen_on, t, how))
            row[linked] = [threshold, _f1(likeness, stories, measured_on, threshold, linked)]
        some = likeness[np.ix_(measured_on, measured_on)]
        row["precision"] = average_precision(some.tolist(), [stories[i] for i in measured_on])
        answer["halves"].append(row)
    print(json.dumps(answer))


def product_ms() -> float:
    """The median of 25 products of 50,000 rows of 256 float32 with one."""
    recent, one = np.random.default_rng(6).random((50_000, 256), dtype=np.float32), np.ones(256, np.float32)
    times = []
    for _ in range(25):
        began = time.perf_counter()
        recent @ one
        times.append(time.perf_counter() - began)
    return 1000 * float(np.median(times))


def _unit(vectors: Any) -> Any:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _hashed(titles: list[str]) -> Any:
    words = [sorted({zlib.crc32(word.encode()) % _BUCKETS for word in title.lower().split()}) for title in titles]
    places = {word: place for place, word in enumerate(sorted({word for some in words for word in some}))}
    vectors = np.zeros((len(titles), len(places)), np.float32)
    for row, some in enumerate(words):
        vectors[row, [places[word] for word in some]] = 1
    vectors = _unit(vectors)
    return vectors @ vectors.T


def _static(titles: list[str], folder: Path) -> Any:
    raw = next(folder.rglob("*_256.safetensors")).read_bytes()
    length = int.from_bytes(raw[:8], "little")
    (shape,) = (one["shape"] for name, one in json.loads(raw[8 : 8 + length]).items() if name != "__metadata__")
    table = np.frombuffer(raw[8 + length :], np.float16).reshape(shape).astype(np.float32)
    tokens = Tokenizer.from_file(str(next(folder.rglob("*_tokenizer_config.json"))))
    tokens.no_padding()
    ids = [one.ids for one in tokens.encode_batch(titles, add_special_tokens=False)]
    vectors = _unit(np.array([table[some].mean(0) if some else np.zeros(shape[1], np.float32) for some in ids]))
    return vectors @ vectors.T


def _f1(likeness: Any, stories: list[str], part: list[int], threshold: float, linked: str) -> float:
    some, labels = likeness[np.ix_(part, part)], [stories[i] for i in part]
    if linked == "average":
        distances = np.clip(1 - some, 0, None)
        np.fill_diagonal(distances, 0)
        key = (len(part), part[0])
        if key not in _TREES:
            _TREES[key] = linkage(squareform((distances + distances.T) / 2, checks=False), "average")
        return bcubed_f1(fcluster(_TREES[key], 1 - threshold, "distance").tolist(), labels)
    leaders: list[int] = []
    found = []
    for row in range(len(part)):
        nearest = max(leaders, key=lambda leader, at=row: some[at, leader]) if leaders else row
        if not leaders or some[row, nearest] < threshold:
            leaders.append(nearest := row)
        found.append(nearest)
    return bcubed_f1(found, labels)


_TREES: dict[tuple[int, int], Any] = {}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        main()
    else:
        print(product_ms())
