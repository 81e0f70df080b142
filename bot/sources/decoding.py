"""Bytes -> text: which encoding a document is in. What the text is lives in `sniff.py`."""

from __future__ import annotations

import codecs
import re
from email.message import Message

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,30})""", re.IGNORECASE)
_HALVES = re.compile(rb"(?:&#(?:[xX][dD][89a-fA-F][0-9a-fA-F]{2}|5[5-7]\d{3});)+")  # U+D800 to U+DFFF and some more
_HALF = re.compile(r"&#(\w+);")
_HEAD = 4096  # bytes in which a document may declare its encoding
# What browsers read under these names, being what pages mean by them.
_MEANT = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_MEANT |= {
    "windows-874": "cp874",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
}
_SHIFTED = frozenset({"hz", "hz-gb-2312", "iso-2022-kr"})
_WIDE = re.compile(r"utf[-_]?(?:16|32)|ucs|unicode", re.IGNORECASE)
_HIGH, _RUN = re.compile(rb"[\x80-\xff]+"), re.compile(rb"[\x80-\xff]{3,}")
_MOST_GUESSED = 100_000  # bytes that are looked at
# What a document may be in, where nobody says or who says it is wrong, whose letters are not Latin.
_LIKELY = ["big5", "gb18030", "cp932", "euc_jp", "cp949", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874"]
_KEPT = 3  # letters beyond ASCII, those lost among them, for each that is lost, where an encoding is right all the same


def decoded(body: bytes, content_type: str | None = None) -> str:
    """The text of a document: by its mark, its header, UTF-8 where it fits, its own declaration, or else a guess."""
    text = _wide_text(body) or _stated_text(body, content_type)
    return (_guessed(body, _declared(body)) if text is None else text).replace("\0", "")


def _wide_text(body: bytes) -> str | None:
    """The text of a document of letters of two bytes or four, or one with a mark; half a letter at its end is lost."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    if _is_wide(body):
        return body.decode("utf-16-be" if body[0] == 0 else "utf-16-le", "replace")
    return None


def _is_wide(body: bytes) -> bool:
    head = body[:_HEAD]
    return len(head) > 3 and head.count(0) >= len(head) // 3


def _stated_text(body: bytes, content_type: str | None) -> str | None:
    declared = _declared(body)
    shifted = "iso2022_jp" if b"\x1b$" in body else declared if declared in _SHIFTED else None  # which is ASCII, too
    names = charset_of(content_type), shifted, "utf-8", declared
    strict = (_strict(body, name) for name in names)
    return next((text for text in strict if text is not None), None)


def _declared(body: bytes) -> str | None:
    found = _DECLARED.search(body[:_HEAD])
    return found[1].decode("ascii") if found else None


def paired(body: bytes) -> bytes:
    """Markup in which no reference names half a letter (`&#55357;&#56832;`), as JavaScript has them and XML has not."""
    return _HALVES.sub(_letters_of, body) if b"&#" in body else body


def _letters_of(halves: re.Match[bytes]) -> bytes:
    numbers = (int(f"0{one}", 16) if one[0] in "xX" else int(one) for one in _HALF.findall(halves[0].decode()))
    letters = "".join(map(chr, numbers)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(f"&#{ord(letter)};" for letter in letters).encode()


def charset_of(content_type: str | None) -> str | None:
    """The charset that a Content-Type header names."""
    if not content_type:
        return None
    message = Message()
    message["Content-Type"] = " ".join(content_type.split())
    return message.get_content_charset()


def _strict(body: bytes, name: str | None) -> str | None:
    codec = _codec(name)
    if codec is None or _WIDE.match(codec):  # which only looks so where the letters are, and is read by now
        return None
    try:
        text = body.decode(codec)
    except UnicodeError:
        return None
    return text if not _is_western(codec) or _is_latin(body) else None


def _codec(name: str | None) -> str | None:
    if not name:
        return None
    name = _MEANT.get(name.lower().strip(), name)
    try:
        "".encode(name)
    except (LookupError, ValueError):  # unknown, or no encoding of text
        return None
    return name


def _is_western(codec: str) -> bool:
    """Whether any bytes would do for it, and servers and tools say it of themselves."""
    return codecs.lookup(codec).name == "cp1252"


def _guessed(body: bytes, declared: str | None) -> str:
    """UTF-8 or as declared with some letters lost; else what the letters look like."""
    for name in filter(None, ("utf-8", _codec(declared))):
        text = body.decode(name, "replace") if not _is_western(name) else ""
        lost = text.count("\ufffd")
        if text and len(text) - len(text.encode("ascii", "ignore")) > _KEPT * lost:
            return text
    if _is_latin(body):
        return body.decode("cp1252", "replace")
    from charset_normalizer import from_bytes

    best = from_bytes(_foreign(body), cp_isolation=_LIKELY).best()
    return body.decode(best.encoding if best else "cp1252", "replace")


def _is_latin(body: bytes) -> bool:
    """Whether most letters beyond ASCII stand alone or in pairs, as those of Latin words do."""
    foreign = _foreign(body)
    return 3 * sum(map(len, _RUN.findall(foreign))) < sum(map(len, _HIGH.findall(foreign))) or not foreign


def _foreign(body: bytes) -> bytes:
    return b" ".join(text for text in re.split(rb"[<>]+", body[:_MOST_GUESSED]) if not text.isascii())
