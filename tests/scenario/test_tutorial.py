"""Every command of the tutorial is run, in order, in one shell; and what the page shows of the output is there."""

import os
import re
import socket
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.scenario.cli import ROOT

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
PORT = "8642"  # on the page
_BLOCK = re.compile(r"(?ms)^```(sh|text)\n(.*?)^```$|^<!-- (the reader votes here) -->$")
_MARK = "-- block"


def blocks() -> list[tuple[str, str]]:
    """What stands on the page in order: commands, what they are said to print, and where its reader votes."""
    return [("vote", "") if found[3] else (found[1], found[2]) for found in _BLOCK.finditer(TUTORIAL)]


def script(vote: str) -> str:
    """All commands as one script that tells where each block begins, and stops at the first that fails."""
    lines = ["set -eu"]
    for number, (kind, text) in enumerate(blocks()):
        if kind == "sh":
            lines += [f"echo; echo '{_MARK}' {number}", text]
        elif kind == "vote":
            lines.append(vote)
    return "\n".join(lines)


@pytest.mark.timeout(600)
def test_every_command_of_the_tutorial_does_what_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "bot").symlink_to(ROOT / "bot")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "digestbot").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
    (tools / "digestbot").chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{tools}:{os.environ['PATH']}", "NO_COLOR": "1"}
    vote = f'"{sys.executable}" "{__file__}" {port}'
    done = subprocess.run(
        ["bash", "-c", script(vote).replace(PORT, port)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    said = dict(enumerate_blocks(done.stdout))
    shown = 0
    for number, (kind, text) in enumerate(blocks()):
        for line in text.splitlines() if kind == "text" else ():
            shown += 1
            assert line in said[number - 1], f"{line!r} is not in what was printed:\n{said[number - 1]}"
    assert shown >= 8


def enumerate_blocks(out: str) -> list[tuple[int, str]]:
    _, *parts = out.split(f"\n{_MARK} ")
    return [(int(part.split("\n", 1)[0]), part.split("\n", 1)[1]) for part in parts]


def cast_a_vote(port: str) -> None:
    """As a browser does, by the first form of the channel's page."""
    origin = f"http://127.0.0.1:{port}"
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(f"{origin}/c/team") as page:
        text = page.read().decode()
    token = re.search(r'name="token" value="([0-9a-f]{64})"', text)
    article = re.search(r'name="article" value="(\d+)"', text)
    assert token
    assert article
    form = urlencode({"article": article[1], "emoji": "👍", "token": token[1]}).encode()
    request = urllib.request.Request(f"{origin}/c/team/react", data=form, headers={"Origin": origin})
    with browser.open(request) as answer:
        assert answer.status == 200


if __name__ == "__main__":
    cast_a_vote(sys.argv[1])
