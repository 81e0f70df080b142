"""The frozen nouns as JSON text and back, exactly. Which column holds what is `tables.py`'s part. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.errors import StorageError
from bot.model import Message


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def packed(kind: object, value: object) -> str:
    """The JSON text of a value of this kind: a noun, or a built-in generic of nouns like `tuple[Block, ...]`."""
    return _adapter(kind).dump_json(value).decode()


def unpacked(kind: object, text: str) -> Any:
    """The value behind a JSON text. Fields added since it was written get their defaults, others are passed over.

    Raises StorageError where the text is not of this kind.
    """
    try:
        return _adapter(kind).validate_json(text)
    except ValidationError as error:
        where = error.errors()[0]
        path = ".".join(map(str, where["loc"])) or "its top"
        raise StorageError(
            f"the database holds a damaged {kind}: {where['msg']} at {path}; restore a backup (digestbot db restore)"
        ) from None


def message_of(payload: Mapping[str, object]) -> Message:
    """The message that a NewPosting's payload spells out by the names of its fields."""
    message: Message = _adapter(Message).validate_python(payload)
    return message
