"""Plots as SVG, in the manner of the web pages' statistics: nothing but marks and words, readable on light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import log10

_WIDTH, _HEIGHT, _LEFT, _TOP = 680, 320, 150, 40
_COLOURS = ("#3b6fb6", "#c2703d", "#3f8f5f", "#8a5aa8", "#b0483f", "#6b6f76", "#a08a2c")
_HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
    'font-family="system-ui, sans-serif" font-size="12" fill="#6b6f76">'
)


def bars(title: str, rows: Sequence[tuple[str, float, float]]) -> str:
    """Two bars for each row, the longest as long as there is room; each with its number."""
    longest = max(max(one[1:]) for one in rows)
    marks = [_words(_LEFT, 24, title, size=14)]
    for number, (name, *values) in enumerate(rows):
        top = _TOP + number * 80
        marks.append(_words(_LEFT - 10, top + 30, name, anchor="end"))
        for place, value in enumerate(values):
            length = (_WIDTH - _LEFT - 80) * value / longest
            y = top + place * 26
            marks.append(f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="22" fill="{_COLOURS[place]}"/>')
            marks.append(_words(_LEFT + length + 6, y + 16, f"{value:,.0f}"))
    return "\n".join((_HEAD, *marks, "</svg>\n"))


def lines(title: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """A line for each of the series over logarithms of both; what lies below 1 is not borne."""
    xs = [x for points in series.values() for x, _ in points]
    ys = [1.0, *(y for points in series.values() for _, y in points)]
    low, high = log10(min(ys)), log10(max(ys))

    def at(x: float, y: float) -> tuple[float, float]:
        right = (log10(x) - log10(min(xs))) / (log10(max(xs)) - log10(min(xs)))
        up = (log10(y) - low) / (high - low)
        return 60 + right * 360, _HEIGHT - 40 - up * (_HEIGHT - 90)

    (left, one), (right, _) = at(min(xs), 1.0), at(max(xs), 1.0)
    marks = [_words(60, 24, title, size=14), _words(10, one + 4, "× 1")]
    marks.append(f'<path d="M{left:.1f} {one:.1f}H{right:.1f}" stroke="#6b6f76" stroke-dasharray="4 4"/>')
    marks += [_words(at(x, 1.0)[0], _HEIGHT - 14, f"{x:g}", anchor="middle") for x in sorted(set(xs))]
    ends = sorted(((at(*points[-1])[1], name, points) for name, points in series.items()), key=lambda end: end[0])
    below = 0.0
    for number, (end, name, points) in enumerate(ends):
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in (at(*point) for point in points))
        colour = _COLOURS[number % len(_COLOURS)]
        marks.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        below = max(end + 4, below + 15)
        marks.append(_words(right + 8, below, f"{name} × {points[-1][1]:,.1f}"))
    return "\n".join((_HEAD, *marks, "</svg>\n"))


def _words(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'
