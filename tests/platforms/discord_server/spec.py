"""The published specification, as a judge of every request and reply. Without its file nothing is judged."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs

_FILE = Path("platforms") / "discord" / "openapi.json"
_HERE = Path(__file__).parents[4] / "shared" / "data"
_NAME = "urn:discord"
_LARGEST_NUMBER = 2**53  # above it, a number is an id
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass
class Spec:
    """`document` as published; a validator is made when it is first needed, and kept."""

    document: Mapping[str, Any]
    _registry: jsonschema_rs.Registry = field(init=False)
    _made: dict[str, jsonschema_rs.Draft202012Validator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._registry = jsonschema_rs.Registry([(_NAME, self.document)], draft=jsonschema_rs.Draft202012)

    @classmethod
    def found(cls) -> Spec | None:
        """The one in the corpora, where they are there."""
        folder = os.environ.get("DIGESTBOT_CORPORA")
        file = (Path(folder) if folder else _HERE) / _FILE
        return _read(file) if file.is_file() else None

    def routes(self) -> frozenset[tuple[str, str]]:
        """Every (method, template) that is published."""
        paths = self.document["paths"]
        return frozenset(
            (method.upper(), path) for path, what in paths.items() for method in _METHODS if method in what
        )

    def request_fault(self, method: str, template: str, body: object) -> str | None:
        """What the specification does not allow of a request's body, if anything."""
        operation = self._operation(method, template)
        if operation is None:
            return f"{method} {template} is not in the specification"
        asked = operation.get("requestBody")
        if asked is None:
            return None if not body else f"{method} {template} takes no body"
        if body is None:
            return f"{method} {template} needs a body" if asked.get("required") else None
        where = ("paths", template, method.lower(), "requestBody", "content", "application/json", "schema")
        name = f"{method} {template} request"
        wrong = self._fault(name, where, body)
        return wrong and self._fault(name, where, _ids_as_text(body))

    def query_fault(self, method: str, template: str, query: Mapping[str, str]) -> str | None:
        """The same of what stands behind the question mark."""
        operation = self._operation(method, template) or {}
        known = {one["name"]: number for number, one in enumerate(operation.get("parameters", ()))}
        for name, text in query.items():
            if name not in known:
                return f"{method} {template} knows no parameter {name}"
            schema = operation["parameters"][known[name]]["schema"]
            where = ("paths", template, method.lower(), "parameters", str(known[name]), "schema")
            if wrong := self._fault(f"{method} {template} {name}", where, _typed(text, schema)):
                return wrong
        return None

    def reply_fault(self, method: str, template: str, status: int, body: object) -> str | None:
        """The same of a reply."""
        operation = self._operation(method, template) or {}
        replies = operation.get("responses", {})
        kind = str(status) if str(status) in replies else f"{status // 100}XX"
        reply = replies.get(kind)
        if reply is None:
            return f"{method} {template} never answers {status}"
        if "$ref" in reply:
            where = tuple(reply["$ref"].removeprefix("#/").split("/"))
            reply = self.document["components"]["responses"][where[-1]]
        else:
            where = ("paths", template, method.lower(), "responses", kind)
        if "application/json" not in reply.get("content", {}):
            return None if body is None else f"{method} {template} answers {status} without a body"
        return self._fault(f"{method} {template} {status}", (*where, "content", "application/json", "schema"), body)

    def fault(self, schema: str, value: object) -> str | None:
        """What a named schema does not allow of a value."""
        return self._fault(schema, ("components", "schemas", schema), value)

    def _operation(self, method: str, template: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.document["paths"].get(template, {}).get(method.lower())
        return found

    def _fault(self, name: str, where: tuple[str, ...], value: object) -> str | None:
        """`where` leads to the schema in the document."""
        judge = self._made.get(name)
        if judge is None:
            pointer = "/".join(quote(part.replace("~", "~0").replace("/", "~1"), safe="~@") for part in where)
            schema = {"$ref": f"{_NAME}#/{pointer}"}
            judge = jsonschema_rs.Draft202012Validator(schema, registry=self._registry, validate_formats=False)
            self._made[name] = judge
        if judge.is_valid(value):
            return None
        error = _deepest(next(iter(judge.iter_errors(value))))
        at = "/".join(map(str, error.instance_path))
        return f"{name}: at {at or 'its top'}: {error.message[:300]}"


@functools.cache
def _read(file: Path) -> Spec:
    return Spec(json.loads(file.read_bytes()))


def _ids_as_text(value: object) -> object:
    """Discord takes ids as numbers too, and discord.py sends them so; its specification does not say it."""
    if isinstance(value, dict):
        return {key: _ids_as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_ids_as_text(one) for one in value]
    return str(value) if isinstance(value, int) and value > _LARGEST_NUMBER else value


def _deepest(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Of what fits none of several schemas, where the one that fits best is broken."""
    while branches := getattr(error.kind, "context", None):
        firsts = [branch[0] for branch in branches if branch]
        if not firsts:
            return error
        error = max(firsts, key=lambda one: len(one.instance_path))
    return error


def _typed(text: str, schema: Mapping[str, Any]) -> object:
    """A parameter's text as the kind of value that its schema speaks of."""
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if "integer" in kinds and text.lstrip("-").isdecimal():
        return int(text)
    if "boolean" in kinds and text in ("0", "1", "true", "false", "True", "False"):
        return text in ("1", "true", "True")
    if "$ref" in schema and schema["$ref"].endswith("ReactionTypes") and text.isdecimal():
        return int(text)
    return text
