"""How the code is shaped: sizes, names, state, transactions, and tests that mirror what they test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import Module, Tree

LONGEST_FILE = 300
LONGEST_FUNCTION = 50
MOST_METHODS = 8
EMPTY_NAMES = frozenset({"util", "utils", "helper", "helpers", "manager", "managers", "base", "common"})

# What is longer than allowed, and why. An entry that is not needed any more is a mistake too.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}

Function = ast.FunctionDef | ast.AsyncFunctionDef
_CONTAINERS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_MUTABLE_CALLS = frozenset(
    [
        "list",
        "dict",
        "set",
        "bytearray",
        "defaultdict",
        "deque",
        "Counter",
        "OrderedDict",
        "Lock",
        "Event",
        "Queue",
        "Semaphore",
        "ContextVar",
        "Condition",
        "ClientSession",
        "ThreadPoolExecutor",
        "ProcessPoolExecutor",
        "create_async_engine",
        "create_engine",
        "count",
    ]
)
_MUTATORS = frozenset(
    [
        "append",
        "add",
        "update",
        "pop",
        "setdefault",
        "clear",
        "extend",
        "insert",
        "remove",
        "discard",
        "popitem",
        "appendleft",
    ]
)


def _functions(module: Module) -> Iterator[tuple[str, Function]]:
    """Every function with its dotted name in the module."""

    def within(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            name = prefix
            if isinstance(child, Function | ast.ClassDef):
                name = f"{prefix}.{child.name}"
            if isinstance(child, Function):
                yield name, child
            yield from within(child, name)

    yield from within(module.tree, module.name)


def long_files(tree: Tree) -> Iterator[str]:
    for module in tree:
        lines = len(module.source.splitlines())
        if (lines > LONGEST_FILE) != (module.name in LONG_FILES):
            yield f"{module.path}: {lines} lines, at most {LONGEST_FILE}; LONG_FILES lists exceptions"


def long_functions(tree: Tree) -> Iterator[str]:
    for module in tree:
        for name, node in _functions(module):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if (lines > LONGEST_FUNCTION) != (name in LONG_FUNCTIONS):
                yield f"{module.at(node.lineno)}: {name} has {lines} lines, at most {LONGEST_FUNCTION}"


def small_ports(tree: Tree) -> Iterator[str]:
    for module in tree:
        for node in module.tree.body if module.name.startswith("bot.ports") else ():
            if isinstance(node, ast.ClassDef) and any(getattr(one, "id", None) == "Protocol" for one in node.bases):
                methods = sum(isinstance(one, Function) for one in node.body)
                if methods > MOST_METHODS:
                    yield f"{module.at(node.lineno)}: port {node.name} has {methods} methods, at most {MOST_METHODS}"


def opening_sentences(tree: Tree) -> Iterator[str]:
    for module in tree:
        if module.tree.body and not ast.get_docstring(module.tree):
            yield f"{module.path}: opens without a sentence on what lives here"


def telling_names(tree: Tree) -> Iterator[str]:
    for module in tree:
        if EMPTY_NAMES & set(re.split(r"[._]", module.name)):
            yield f"{module.path}: a name that says nothing"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                words = re.findall(r"[A-Z][a-z]*", node.name)
                if EMPTY_NAMES & {word.lower() for word in words}:
                    yield f"{module.at(node.lineno)}: class {node.name}: a name that says nothing"


def no_state(tree: Tree) -> Iterator[str]:
    for module in tree:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Global):
                yield f"{module.at(node.lineno)}: global {', '.join(node.names)}"
        kept = dict(_kept(module))
        for name, line in kept.items():
            if not re.fullmatch(r"_{0,2}[A-Z][A-Z0-9_]*|__all__", name):
                yield f"{module.at(line)}: {name} is module state; a constant is named like one"
        for _, function in _functions(module):
            for name, line in _mutated(function):
                if name in kept:
                    yield f"{module.at(line)}: {function.name} changes {name}, which belongs to the module"


def _kept(module: Module) -> Iterator[tuple[str, int]]:
    """Module-level names of things that can change."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value:
            targets, value = [node.target], node.value
        else:
            continue
        called = value.func if isinstance(value, ast.Call) else None
        call = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
        if isinstance(value, _CONTAINERS) or call in _MUTABLE_CALLS:
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.lineno


def _mutated(function: Function) -> Iterator[tuple[str, int]]:
    """Names whose content a function changes."""
    own = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
    for node in ast.walk(function):
        changed: ast.expr | None = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
            changed = node.func.value
        if isinstance(changed, ast.Name) and changed.id not in own:
            yield changed.id, node.lineno


def short_transactions(tree: Tree) -> Iterator[str]:
    """Inside `async with ….begin() as tx`, and in functions that are handed a `tx`, only it is awaited."""
    handed = {node.name for module in tree for _, node in _functions(module) if _takes_tx(node)}
    for module in tree:
        if module.name.startswith("bot.jobs"):  # hints are put there by the transaction's own connection
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.AsyncWith):
                for item in node.items:
                    name = _transaction(item)
                    if name:
                        yield from _foreign_waits(module, node.body, name, handed)
            elif isinstance(node, Function) and _takes_tx(node):
                yield from _foreign_waits(module, node.body, "tx", handed)


def _takes_tx(function: Function) -> bool:
    return "tx" in [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]


def _transaction(item: ast.withitem) -> str | None:
    call = item.context_expr
    begins = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "begin"
    return item.optional_vars.id if begins and isinstance(item.optional_vars, ast.Name) else None


def _foreign_waits(module: Module, body: list[ast.stmt], name: str, handed: set[str]) -> Iterator[str]:
    for node in (node for statement in body for node in ast.walk(statement)):
        waited: tuple[ast.expr, ...] = ()
        if isinstance(node, ast.Await):
            waited = (node.value,)
        elif isinstance(node, ast.AsyncFor):
            waited = (node.iter,)
        elif isinstance(node, ast.AsyncWith):
            waited = tuple(item.context_expr for item in node.items)
        elif isinstance(node, ast.comprehension) and node.is_async:
            waited = (node.iter,)
        for one in waited:
            if not _is_ours(one, name, handed):
                yield f"{module.at(one.lineno)}: {ast.unparse(one)[:60]} is awaited inside a transaction"


def _is_ours(waited: ast.expr, name: str, handed: set[str]) -> bool:
    """`tx.votes.cast(…)`, `jobs.defer(tx, …)`, or a function that takes `tx` and so is under the same rule."""
    if not isinstance(waited, ast.Call):
        return False
    given = any(isinstance(one, ast.Name) and one.id == name for one in waited.args)
    chain = ast.unparse(waited.func).split(".")
    if chain[0] == name:
        return True
    if chain[-1] == "defer":
        return given and "jobs" in chain[-2:][0]
    return given and name == "tx" and chain[-1] in handed


OF_THE_REPOSITORY = frozenset(
    {"test_architecture_rules", "test_docs", "test_makefile", "test_skipping"}
)  # test no room


def mirrored_tests(tree: Tree) -> Iterator[str]:
    """A file of tests/unit stands where the room that it tests stands: unit/votes for bot/votes, unit/adapters/web."""
    for test in tree.tests:
        top, *place = test.parts[:-1] or ("",)
        if top != "unit" or (not place and test.stem in OF_THE_REPOSITORY):
            continue
        path = place if place[:1] == ["adapters"] else ["bot", *place]
        name = ".".join(path if place else [*path, test.stem.removeprefix("test_")])
        if name not in tree.modules:
            yield f"tests/{test}: mirrors nothing: there is no {name}"
