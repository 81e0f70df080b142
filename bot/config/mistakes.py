"""What is wrong with a configuration, in words: key path, the value found, and what is allowed. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bot.config.values import Form, meant, nearest

Location = tuple[str | int, ...]

SECRET_KEYS: Mapping[tuple[str, str], str] = {
    ("bot", "secret"): "DIGESTBOT_SECRET",
    ("discord", "token"): "DISCORD_TOKEN",
    ("slack", "bot_token"): "SLACK_BOT_TOKEN",
    ("slack", "app_token"): "SLACK_APP_TOKEN",
    ("slack", "signing_secret"): "SLACK_SIGNING_SECRET",
    ("slack", "client_id"): "SLACK_CLIENT_ID",
    ("slack", "client_secret"): "SLACK_CLIENT_SECRET",
    ("llm", "api_key"): "OPENAI_API_KEY",
}
_UNSHOWN = ("database", "[key]")  # it may hold a password; it is in the path already


def mistake_of(error: ErrorDetails, model: type[BaseModel]) -> str:
    """One line for one of pydantic's errors, without the name of the file."""
    location, kind = error["loc"], error["type"]
    path = path_of(location)
    annotation, metadata = _declared(model, location[:-1] if kind == "extra_forbidden" else location)
    if kind == "extra_forbidden":
        return f"{path}: {_unknown(location, annotation)}"
    form = form_of(annotation, metadata)
    if kind == "missing":
        return f"{path}: is missing; it must be {form}"
    found = "" if error["input"] is None or location[-1] in _UNSHOWN else f" = {plain(error['input'])}"
    if kind == "value_error":
        return f"{path}{found}: {error['ctx']['error']}"
    choices = get_args(annotation) if get_origin(annotation) is Literal else ()
    return f"{path}{found}: must be {form}{meant(str(error['input']), choices)}"


def path_of(location: Location) -> str:
    """`channels[1].timezone`."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in location if step != "[key]"]
    return "".join(steps).removeprefix(".")


def form_of(annotation: Any, metadata: Sequence[Any] = ()) -> str:
    """What a key of this type takes, in words that follow "must be"."""
    annotation, metadata = _plain_type(annotation, metadata)
    for one in metadata:
        if isinstance(one, Form):
            return one.text
    if get_origin(annotation) is Literal:
        *others, last = map(plain, get_args(annotation))
        return f"{', '.join(others)} or {last}"
    if get_origin(annotation) is tuple:
        item = get_args(annotation)[0]
        if isinstance(item, type) and issubclass(item, BaseModel):
            return "a list of tables, each under a heading of its own in double brackets"
        return f"a list, each {form_of(item)}"
    if annotation is int:
        low, high = (next((getattr(one, at) for one in metadata if hasattr(one, at)), None) for at in ("ge", "le"))
        return f"a whole number from {low}" + (f" to {high}" if high is not None else "")
    return "a table"


def plain(value: object) -> str:
    """A value as it would stand in the file, short enough for a line, without the password that a URL may hold."""
    if isinstance(value, str):
        value = re.sub(r"//[^/@\s]+@", "//…@", value)
        text = '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    elif isinstance(value, Mapping):
        text = "{" + ", ".join(f"{key} = {plain(one)}" for key, one in value.items()) + "}"
    elif isinstance(value, Sequence):
        text = "[" + ", ".join(map(plain, value)) + "]"
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _unknown(location: Location, annotation: Any) -> str:
    """The value is kept out of it: it may be a secret under a wrong name."""
    table, key = str(location[0]), str(location[-1])
    known = annotation.model_fields
    secrets = {name: variable for (place, name), variable in SECRET_KEYS.items() if place == table}
    secrets |= {variable.lower(): variable for variable in SECRET_KEYS.values()}
    variable = secrets.get(nearest(key, [*known, *secrets]) or "")
    if variable:
        return f"secrets have no place in this file: set {variable} in the environment, or {variable}_FILE to a file"
    noun = "table" if len(location) == 1 else "key"
    return f"there is no such {noun}{meant(key, known) or '; there are ' + ', '.join(known)}"


def _declared(model: type[BaseModel], location: Location) -> tuple[Any, Sequence[Any]]:
    """The annotation at a location in a model, and what stands beside the type in it."""
    annotation: Any = model
    metadata: Sequence[Any] = ()
    for depth, step in enumerate(location, start=1):
        if location[depth:] == ("[key]",) and get_origin(annotation) is Mapping:
            return _plain_type(get_args(annotation)[0], ())
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            field = annotation.model_fields[str(step)]
            annotation, metadata = _plain_type(field.annotation, field.metadata)
        else:  # the item of a tuple, the value of a mapping
            annotation, metadata = _plain_type(get_args(annotation)[0 if isinstance(step, int) else 1], ())
    return annotation, metadata


def _plain_type(annotation: Any, metadata: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
    """Takes `Annotated[X, …]` and `X | None` apart."""
    while True:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            annotation, metadata = arguments[0], (*metadata, *arguments[1:])
        elif origin in (UnionType, Union) and type(None) in arguments:
            annotation = next(one for one in arguments if one is not type(None))
        else:
            return annotation, metadata
