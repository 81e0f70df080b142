"""The published specification, as a judge of every request and reply. Without its file nothing is judged."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs

_FILE = Path("platforms") / "discord" / "openapi.json"
_HERE = Path(__file__).parents[4] / "shared" / "data"


@dataclass
class Spec:
    """`document` as published; validators are made when first needed."""

    document: Mapping[str, Any]
    _made: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def found(cls) -> Spec | None:
        folder = os.environ.get("DIGESTBOT_CORPORA")
        file = (Path(folder) if folder else _HERE) / _FILE
        return cls(json.loads(file.read_bytes())) if file.is_file() else None

    def request_fault(self, method: str, template: str, body: object) -> str | None:
        """What the specification does not allow of a request's body, if anything."""
        operation = self._operation(method, template)
        if operation is None:
            return f"{method} {template} is not in the specification"
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return None if body is None else f"{method} {template} takes no JSON body"
        return self._fault(f"{method} {template} request", content["application/json"]["schema"], body)

    def reply_fault(self, method: str, template: str, status: int, body: object) -> str | None:
        """The same of a reply."""
        operation = self._operation(method, template) or {}
        replies = operation.get("responses", {})
        reply = replies.get(str(status)) or replies.get(f"{status // 100}XX")
        if reply is None:
            return f"{method} {template} never answers {status}"
        if "$ref" in reply:
            reply = self.document["components"]["responses"][reply["$ref"].rsplit("/", 1)[1]]
        schema = reply.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return None if body is None else f"{method} {template} answers {status} without a body"
        return self._fault(f"{method} {template} {status}", schema, body)

    def fault(self, schema: str, value: object) -> str | None:
        """What a named schema does not allow of a value."""
        return self._fault(schema, {"$ref": f"#/components/schemas/{schema}"}, value)

    def _operation(self, method: str, template: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.document["paths"].get(template, {}).get(method.lower())
        return found

    def _fault(self, name: str, schema: Mapping[str, Any], value: object) -> str | None:
        if name not in self._made:
            whole = {**schema, "components": self.document["components"]}
            self._made[name] = jsonschema_rs.Draft202012Validator(whole, validate_formats=False)
        if self._made[name].is_valid(value):
            return None
        error = next(iter(self._made[name].iter_errors(value)))
        where = "/".join(map(str, error.instance_path))
        return f"{name}: at {where or 'its top'}: {error.message[:300]}"
