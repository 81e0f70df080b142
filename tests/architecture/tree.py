"""A checkout as its parsed modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PRODUCT = ("bot", "adapters")


@dataclass(frozen=True)
class Import:
    """An import of a module or of a name in it, `bot.model` or `aiohttp.web`, and the line that it stands on."""

    target: str
    line: int


@dataclass(frozen=True)
class Module:
    """A file of the product. `name` is dotted; a package has the name of its folder."""

    name: str
    path: Path
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, str(self.path))

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Everything imported anywhere in the file; `from a import b` counts as `a.b`."""
        return tuple(self._imports())

    def _imports(self) -> Iterator[Import]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                home = self._home(node)
                for alias in node.names:
                    yield Import(f"{home}.{alias.name}", node.lineno)

    def _home(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        own = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*own, *([node.module] if node.module else [])])

    def at(self, line: int) -> str:
        return f"{self.path}:{line}"


@dataclass(frozen=True)
class Tree:
    """`bot/` and `adapters/` as modules, by name; `tests` are the paths of the test files, relative to `tests/`."""

    modules: dict[str, Module]
    tests: tuple[Path, ...] = ()

    @classmethod
    def of(cls, root: Path) -> Tree:
        modules = {}
        for path in sorted(path for top in PRODUCT for path in (root / top).rglob("*.py")):
            relative = path.relative_to(root)
            parts = relative.with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            modules[name] = Module(name, relative, path.read_text("utf-8"))
        tests = sorted(path.relative_to(root / "tests") for path in (root / "tests").rglob("test_*.py"))
        return cls(modules, tuple(tests))

    def __iter__(self) -> Iterator[Module]:
        return iter(self.modules.values())

    def ours(self, module: Module) -> Iterator[tuple[str, int]]:
        """The product's own modules that a module imports: `from bot.model import Vote` is `bot.model`."""
        for found in module.imports:
            if found.target.split(".")[0] in PRODUCT:
                target = found.target
                if target not in self.modules:
                    target = target.rpartition(".")[0]
                yield target, found.line
