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
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
}


def decoded(body: bytes, content_type: str | None = None) -> str:
    """The text of a document: by its mark, its header, UTF-8 where it fits, its own declaration, or else a guess."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace").replace("\0", "")
    head = body[:_HEAD]
    if len(head) > 3 and head.count(0) >= len(head) // 3:
        return body.decode("utf-16-be" if head[0] == 0 else "utf-16-le", "replace").replace("\0", "")
    found = _DECLARED.search(head)
    declared = found[1].decode("ascii") if found else None
    strict = (_strict(body, name) for name in (charset_of(content_type), "utf-8", declared))
    text = next((text for text in strict if text is not None), None)
    return (_guessed(body, declared) if text is None else text).replace("\0", "")


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
    if codec is None:
        return None
    try:
        return body.decode(codec)
    except UnicodeError:
        return None


def _codec(name: str | None) -> str | None:
    if not name:
        return None
    name = _MEANT.get(name.lower().strip(), name)
    try:
        "".encode(name)
    except (LookupError, ValueError):  # unknown, or no encoding of text
        return None
    return name


def _guessed(body: bytes, declared: str | None) -> str:
    """Damaged bytes: mostly UTF-8 or as declared with some letters lost; else what the letters look like."""
    for name in ("utf-8", _codec(declared) or ""):
        text = body.decode(name, "replace") if name else ""
        if text and text.count("\ufffd") <= len(text) // 200:
            return text
    from charset_normalizer import from_bytes

    best = from_bytes(body[:100_000]).best()
    return body.decode(best.encoding if best else "cp1252", "replace")
