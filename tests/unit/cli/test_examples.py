"""Every command's help ends with examples, and each of them is read by the command line as it stands."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from bot.cli import app


def commands(command: Any, *words: str) -> Iterator[tuple[str, Any]]:
    """Every command by its words; a group of commands is none itself."""
    children = getattr(command, "commands", {})
    if not children:
        yield " ".join(words), command
    for name, child in children.items():
        yield from commands(child, *words, name)


ALL = dict(commands(get_command(app)))
LINES = [
    (name, line.strip())
    for name, command in [("", get_command(app)), *ALL.items()]
    for line in (command.epilog or "").splitlines()
    if line.strip().startswith("digestbot")
]


def test_every_command_shows_an_example() -> None:
    assert set(ALL) - {name for name, _ in LINES} == set()


@pytest.mark.parametrize(("name", "line"), LINES, ids=[line for _, line in LINES])
def test_an_example_is_read_by_the_command_that_shows_it(name: str, line: str) -> None:
    """An example with a wrong option or argument would raise a usage error here."""
    words = shlex.split(line.replace(" > ", " # ").replace(" < ", " # "), comments=True)[1:]
    command = get_command(app)
    context = command.make_context("digestbot", [*words])
    used = []
    while getattr(command, "commands", None):
        left = [*context._protected_args, *context.args]
        used.append(left[0])
        command = command.commands[left[0]]
        context = command.make_context(left[0], left[1:], parent=context)
    assert name in ("", " ".join(used))


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_shell_can_be_taught_to_complete(shell: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("_DIGESTBOT_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("COMP_WORDS", "digestbot so")
    monkeypatch.setenv("COMP_CWORD", "1")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "digestbot so")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    with pytest.raises(SystemExit):
        get_command(app).main(prog_name="digestbot", complete_var="_DIGESTBOT_COMPLETE")
    assert "sources" in capsys.readouterr().out
