"""What a title says besides the title: the date that some sites put in front of it."""

from __future__ import annotations

import re

_DATE = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
_TIME = r"\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?(?:Uhr|[ap]\.?m\.?|h))?"
_IN_FRONT = re.compile(
    rf"\s*(?:[\[(【（](?:{_DATE})(?:[\s,–-]+{_TIME})?[\])】）][\s:–—-]*"
    rf"|(?:{_DATE})(?:[\s,–-]+{_TIME})?(?:\s*[:：|•·–—]\s*|\s+-?\s*))(?=\S)",
    re.IGNORECASE,
)
_SHORTEST = 4  # letters that a title must keep


def undated(title: str) -> str:
    """The title without a numeric date, and a time, in front; as it is where little else would be left of it."""
    found = _IN_FRONT.match(title)
    rest = title[found.end() :] if found else title
    return rest if sum(map(str.isalpha, rest)) >= _SHORTEST else title
