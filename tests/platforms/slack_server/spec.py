"""What Slack has published, as a judge of every request, reply and event. Without its files nothing is judged.

The specification of the Web API is of 2020: where it is outdated or broken, `OUTDATED` and `NEWER` say so, with why.
"""

from __future__ import annotations

import copy
import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.platforms.slack_server.published import ANYWHERE, ERRORS, MISSING, NEWER, OUTDATED, UNKNOWN

FOLDER = Path("platforms") / "slack"
_HERE = Path(__file__).parents[4] / "shared" / "data"
_API = "slack_web_openapi_v2.json"
_WRAPPER = "slack_common_event_wrapper_schema.json"
_NAME = "urn:slack"
_REFUSAL = frozenset(("ok", "error", "needed", "provided", "response_metadata", "warning", "arg", "req_method"))
_STRUCTURES = frozenset(("blocks", "attachments", "metadata", "view", "file_ids"))  # real ones, in JSON bodies
_FLAGS = (True, False, 0, 1, "0", "1", "true", "false", "True", "False")


def corpora() -> Path:
    """Where the corpora are, if they are there."""
    folder = os.environ.get("DIGESTBOT_CORPORA")
    return (Path(folder) if folder else _HERE) / FOLDER


@dataclass
class Spec:
    """`document` as published, put right where `OUTDATED` says so; validators are made when they are first needed."""

    document: dict[str, Any]
    wrapper: Mapping[str, Any]
    _registry: jsonschema_rs.Registry = field(init=False)
    _made: dict[str, jsonschema_rs.Draft4Validator] = field(default_factory=dict)
    _events: jsonschema_rs.Draft7Validator = field(init=False)

    def __post_init__(self) -> None:
        self.document = put_right(self.document)
        self._registry = jsonschema_rs.Registry([(_NAME, self.document)], draft=jsonschema_rs.Draft4)
        wrapper = {**self.wrapper, "required": [one for one in self.wrapper["required"] if one not in MISSING]}
        self._events = jsonschema_rs.Draft7Validator(wrapper)

    @classmethod
    def found(cls) -> Spec | None:
        """The one in the corpora, where they are there."""
        folder = corpora()
        return _read(folder) if (folder / _API).is_file() and (folder / _WRAPPER).is_file() else None

    def request_fault(self, method: str, args: Mapping[str, Any]) -> str | None:
        """What the specification does not allow of a request's arguments, if anything."""
        operation = self._operation(method)
        if operation is None:
            return None if method in UNKNOWN else f"{method} is not in the specification"
        known = {one["name"]: one for one in operation["parameters"]}
        newer = NEWER.get(method, {})
        for name, value in args.items():
            if name in known:
                if wrong := _typed(known[name].get("type", "string"), name, value):
                    return f"{method}: {name} {wrong}"
            elif name not in newer and name not in ANYWHERE:
                return f"{method} knows no parameter {name}"
        for name, one in known.items():
            if one.get("required") and name != "token" and args.get(name) in (None, "") and name not in newer:
                return f"{method} needs {name}"
        return None

    def reply_fault(self, method: str, told: Mapping[str, Any]) -> str | None:
        """The same of an answer of ours."""
        if method in UNKNOWN:
            return None
        if not told.get("ok"):
            return self._refusal_fault(method, told)
        judge = self._made.get(method)
        if judge is None:
            verb = next(iter(self.document["paths"][f"/{method}"]))
            schema = {"$ref": f"{_NAME}#/paths/~1{method}/{verb}/responses/200/schema"}
            judge = jsonschema_rs.Draft4Validator(schema, registry=self._registry, validate_formats=False)
            self._made[method] = judge
        return _fault(method, judge, told)

    def event_fault(self, wrapper: Mapping[str, Any]) -> str | None:
        """The same of an event in its wrapper."""
        return _fault(f"event {wrapper['event'].get('type')}", self._events, wrapper)

    def _refusal_fault(self, method: str, told: Mapping[str, Any]) -> str | None:
        if odd := told.keys() - _REFUSAL:
            return f"{method}: a refusal with {sorted(odd)}"
        operation = self._operation(method) or {}
        schema = operation.get("responses", {}).get("default", {}).get("schema", {})
        listed = schema.get("properties", {}).get("error", {}).get("enum")
        if listed is None or told["error"] in listed or told["error"] in ERRORS:
            return None
        return f"{method} never answers {told['error']}"

    def _operation(self, method: str) -> Mapping[str, Any] | None:
        verbs = self.document["paths"].get(f"/{method}")
        found: Mapping[str, Any] | None = next(iter(verbs.values())) if verbs else None
        return found


def put_right(document: Mapping[str, Any]) -> dict[str, Any]:
    """The specification as it would read today."""
    made = copy.deepcopy(dict(document))
    for where, value, _ in OUTDATED:
        *path, last = where.split(" ")
        inner = made
        for name in path:
            inner = inner[name]
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    return made


@functools.cache
def _read(folder: Path) -> Spec:
    return Spec(json.loads((folder / _API).read_bytes()), json.loads((folder / _WRAPPER).read_bytes()))


def _fault(
    name: str, judge: jsonschema_rs.Draft4Validator | jsonschema_rs.Draft7Validator, value: Mapping[str, Any]
) -> str | None:
    if judge.is_valid(value):
        return None
    error = next(iter(judge.iter_errors(value)))
    at = "/".join(map(str, error.instance_path))
    return f"{name}: at {at or 'its top'}: {error.message[:300]}"


def _typed(kind: str, name: str, value: object) -> str | None:
    """What is wrong with an argument's type; texts of forms count as what they spell."""
    if kind == "boolean":
        return None if value in _FLAGS else f"is no boolean: {value!r}"
    if kind in ("integer", "number"):
        if isinstance(value, str):
            return (
                None if value.replace(".", "", kind == "number").lstrip("-").isdecimal() else f"is no {kind}: {value!r}"
            )
        fits = isinstance(value, int if kind == "integer" else (int, float)) and not isinstance(value, bool)
        return None if fits else f"is no {kind}: {value!r}"
    if isinstance(value, list | dict):
        return None if name in _STRUCTURES else "is no text"
    return None if isinstance(value, str | bool | int) else f"is no text: {value!r}"
