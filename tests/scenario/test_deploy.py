"""What is handed to who runs the bot: the package brings all that it needs, and the files of Docker and systemd name
what there is. Their linters, and the same steps in a fresh environment, are in docs/how-to/run.md and deploy/try.sh."""

import asyncio
import json
import re
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from bot.http import HttpServer
from bot.storage.database import Database
from tests.scenario.cli import ROOT, digestbot

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")
UNIT = (ROOT / "deploy" / "digestbot.service").read_text("utf-8")
STATE = "/var/lib/digestbot"


def listed(instruction: str) -> list[str]:
    """The words of an instruction in its JSON form; the last one's, as Docker has it."""
    found = re.findall(rf'(?m)^\s*{instruction} (\[".*\])$', DOCKERFILE)
    words: list[str] = json.loads(found[-1])
    return words


def test_the_package_brings_all_that_the_bot_needs(tmp_path: Path) -> None:
    built = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", str(ROOT)]
    subprocess.run([*built, "--wheel-dir", str(tmp_path)], check=True, timeout=120, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    here = {path.relative_to(ROOT) for top in ("bot", "adapters") for path in (ROOT / top).rglob("*.*")}
    brought = {path.relative_to(tmp_path / "installed") for path in (tmp_path / "installed").rglob("*.*")}
    assert {path for path in here if "__pycache__" not in path.parts} - brought == set()
    ended = digestbot("demo", "--once", cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "installed")})
    assert ended.code == 0, ended.err
    assert ended.out.count("•") >= 9


@pytest.mark.parametrize(
    "words",
    [
        [*listed("ENTRYPOINT"), *listed("CMD")],
        re.search(r"(?m)^ExecStart=(.*)$", UNIT)[1].split(),  # type: ignore[index]
    ],
)
def test_what_is_started_is_a_command_with_its_configuration(words: list[str]) -> None:
    assert Path(words[0]).name == "digestbot"
    run = get_command(app).commands[words[1]]  # type: ignore[attr-defined]
    context = run.make_context(words[1], words[2:])
    assert context.params["config"] == Path("/etc/digestbot/config.toml")


def test_the_image_is_built_from_what_there_is_and_is_allowed_to_see() -> None:
    copied = [words.split() for words in re.findall(r"(?m)^COPY (?!--from)(.*)$", DOCKERFILE)]
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"}
    sources = {name for *names, _target in copied for name in names}
    assert sources == let_through
    assert all((ROOT / name).exists() for name in sources)


def test_one_folder_alone_is_written_and_by_nobody_privileged() -> None:
    database = f"DIGESTBOT_DATABASE=sqlite:///{STATE}/digestbot.db"
    for text in (DOCKERFILE, UNIT):
        assert database in text
    assert re.search(r"(?m)^USER (\d+):\1$", DOCKERFILE)
    assert f"data:{STATE}" in COMPOSE
    for line in ("read_only: true", "no-new-privileges:true", '"127.0.0.1:8080:8080"', "./config.toml:/etc/digestbot"):
        assert line in COMPOSE
    for line in ("User=digestbot", "ProtectSystem=strict", "StateDirectory=digestbot", "NoNewPrivileges=yes"):
        assert line in UNIT.splitlines()


async def test_the_health_check_of_the_image_tells_a_living_bot_from_a_dead_one(tmp_path: Path) -> None:
    words = _health()
    database = await Database.open(f"sqlite:///{tmp_path / 'store.db'}")

    async def metrics() -> bytes:
        return b""

    server = HttpServer(store=database, metrics=metrics, routes=[])
    port = await server.start(host="127.0.0.1", port=0)
    assert await _checks(words, port) == 0
    await server.aclose()
    await database.aclose()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert await _checks(words, closed.getsockname()[1]) != 0


def _health() -> list[str]:
    words: list[str] = json.loads(re.search(r"HEALTHCHECK[^\[]*(\[.*\])", DOCKERFILE)[1])  # type: ignore[index]
    assert "127.0.0.1:8080/healthz" in words[-1]
    return words


async def _checks(words: list[str], port: int) -> int:
    command = [sys.executable, *words[1:-1], words[-1].replace(":8080", f":{port}")]
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
    return await process.wait()
