"""The command line as people and programs use it: what it prints, its exit codes, and what it says of bad input."""

import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.scenario.cli import ROOT, digestbot
from tests.scenario.world import article_text, write_articles, write_world

EMPTY_FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Quiet</title></channel></rss>'


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def site():
    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_inspect_says_what_is_wrong_with_each_input_and_tries_them_all(tmp_path: Path, site: str) -> None:
    (tmp_path / "good.txt").write_text(article_text(1))
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.bin").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "broken.xml").write_bytes(b"<?xml version='1.0'?><rss><channel><item><title>x</title")
    (tmp_path / "none.xml").write_bytes(EMPTY_FEED)
    (tmp_path / "folder").mkdir()
    (tmp_path / "config.toml").write_text('[fetch]\nallow_private = ["127.0.0.0/8"]\n')
    inputs = ["empty.txt", "binary.bin", "missing.txt", f"{site}/gone", "none.xml", "broken.xml", "good.txt"]
    ended = digestbot("inspect", "--json", *inputs, cwd=tmp_path)
    assert ended.code == 1
    lines = ended.records
    assert [line["input"] for line in lines] == inputs
    errors = {str(line["input"]): line["error"] for line in lines}
    for name in ("empty.txt", "binary.bin", "missing.txt", f"{site}/gone"):
        assert name in str(errors[name]), "the message names the input"
    assert "404" in str(errors[f"{site}/gone"])
    assert errors["none.xml"] is None
    assert lines[4]["kind"] == "feed"
    assert lines[4]["articles"] == []
    assert errors["good.txt"] is None
    assert not list(tmp_path.glob("*.db")), "inspect stores nothing"


def test_inspect_reads_stdin_and_the_files_of_a_folder_in_order(tmp_path: Path) -> None:
    write_articles(tmp_path, range(3))
    ended = digestbot("inspect", "--json", "articles", "-", cwd=tmp_path, stdin=article_text(9).encode())
    assert ended.code == 0, ended.err
    names = [Path(str(line["input"])).name for line in ended.records]
    assert names == ["000.txt", "001.txt", "002.txt", "-"]


def test_an_article_goes_from_ingest_to_the_channel_once(tmp_path: Path) -> None:
    write_world(tmp_path, articles=0)
    (tmp_path / "one.txt").write_text(article_text(1))
    (kept,) = digestbot("ingest", "--json", "one.txt", cwd=tmp_path).records
    (preview,) = digestbot("preview", "--channel", "web", "--format", "json", cwd=tmp_path).records
    (item,) = preview["items"]
    assert item["article"]["id"] == kept["articles"][0]["id"]
    assert len(item["takeaways"]) == 3
    assert item["why"]
    first = digestbot("post", "--channel", "web", "--json", cwd=tmp_path)
    second = digestbot("post", "--channel", "web", "--json", cwd=tmp_path)
    assert first.code == second.code == 0
    assert [line["state"] for line in first.records] == ["posted"]
    assert [line["state"] for line in second.records] == ["quiet"]
    (article,) = digestbot("article", "--json", "1", cwd=tmp_path).records
    assert [one["channel"] for one in article["posted"]] == ["web"]
    (why,) = digestbot("why", "--json", "1", cwd=tmp_path).records
    assert why["stages"][-1]["passed"] is False


MISTAKES = """
[bot]
timezone = "Europe/Londn"
databse = "sqlite:///x.db"
[[channels]]
name = "web"
platform = "web"
schedule = "61 9 * * *"
min_quality = 7
[[sources]]
url = "ftp://example.org/feed"
"""


def test_five_mistakes_in_the_configuration_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(MISTAKES)
    ended = digestbot("preview", "--channel", "web", cwd=tmp_path)
    assert ended.code == 2
    assert ended.out == ""
    for path in ("bot.timezone", "bot.databse", "schedule", "min_quality", "sources"):
        assert path in ended.err
    assert len(ended.err.splitlines()) == 5, ended.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["preview", "--channel", "nowhere"], 2, "web"),
        (["--config", "absent.toml", "articles"], 2, "absent.toml"),
        (["preview"], 2, "--channel"),
        (["nonsense"], 2, "nonsense"),
        (["article", "999"], 1, "999"),
        (["sources", "remove", "999"], 1, "999"),
        (["sources", "add", "missing-folder"], 1, "missing-folder"),
        (["preview", "--channel", "web", "--last", "soon"], 2, "soon"),
    ],
)
def test_wrong_use_is_told_in_one_screen_with_the_right_exit_code(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    write_world(tmp_path, articles=0)
    ended = digestbot(*arguments, cwd=tmp_path)
    assert ended.code == code, ended.err
    assert said in ended.err
    assert len(ended.err.splitlines()) <= 20


@pytest.mark.file
def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    write_world(tmp_path)
    assert digestbot("refresh", cwd=tmp_path).code == 0
    with sqlite3.connect(tmp_path / "digest.db") as connection:
        connection.execute("update alembic_version set version_num = '9999_from_the_future'")
    connection.close()
    ended = digestbot("articles", cwd=tmp_path)
    assert ended.code == 1
    assert "digest.db" in ended.err
    assert "9999_from_the_future" in ended.err


@pytest.mark.file
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    write_world(tmp_path, articles=2)
    assert digestbot("refresh", cwd=tmp_path).code == 0
    write_articles(tmp_path, range(2, 60))

    def little_room() -> None:
        size = (tmp_path / "digest.db").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    ended = digestbot("ingest", "articles", cwd=tmp_path, before=little_room)
    assert ended.code == 1
    assert "digest.db" in ended.err
    assert len(ended.err.splitlines()) <= 20
    after = digestbot("articles", "--json", "--limit", "100", cwd=tmp_path)
    assert len(after.records) >= 2
    with sqlite3.connect(tmp_path / "digest.db") as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()
    assert digestbot("ingest", "articles", cwd=tmp_path).code == 0
    assert len(digestbot("articles", "--json", "--limit", "100", cwd=tmp_path).records) == 60


@pytest.fixture
def running(tmp_path: Path):
    """`digestbot run` in a process, its port, and its end by Ctrl-C. Its articles are read."""
    write_world(tmp_path)
    digestbot("refresh", cwd=tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stderr is not None
    port = 0
    for line in process.stderr:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        if found:
            port = int(found[1])
            break
    yield process, port
    process.kill()
    process.communicate()


@pytest.mark.file
def test_a_second_run_is_refused_naming_the_first_and_ctrl_c_ends_the_first_cleanly(tmp_path: Path, running) -> None:
    process, port = running
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.status == 200
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert "digestbot_votes_total 0.0" in answer.read().decode()
    second = digestbot("run", cwd=tmp_path)
    assert second.code == 1
    assert str(process.pid) in second.err
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=15)
    assert process.returncode == 0, said
    assert "Traceback" not in said


def test_post_beside_a_running_bot_leaves_posting_to_it_and_waits(tmp_path: Path, running) -> None:
    (line,) = digestbot("post", "--channel", "web", "--json", cwd=tmp_path).records
    assert line["state"] == "posted"
    assert len(line["articles"]) == 3


def test_demo_once_prints_a_digest_of_several_articles_and_ends(tmp_path: Path) -> None:
    ended = digestbot("demo", "--once", cwd=tmp_path)
    assert ended.code == 0, ended.err
    assert ended.out.count("•") >= 9
    assert "Quality" in ended.out
    assert list(tmp_path.iterdir()) == [], "the demo leaves nothing behind"


def test_quiet_says_nothing_but_errors_and_what_json_asks_for(tmp_path: Path) -> None:
    write_world(tmp_path)
    silent = digestbot("--quiet", "refresh", cwd=tmp_path)
    assert (silent.code, silent.out, silent.err) == (0, "", "")
    assert len(digestbot("articles", "--json", "-q", cwd=tmp_path).records) == 3
    assert "no article has these words: --quiet" in digestbot("articles", "--", "--quiet", cwd=tmp_path).out
    wrong = digestbot("--quiet", "preview", "--channel", "nowhere", cwd=tmp_path)
    assert wrong.code == 2
    assert "there is no such channel" in wrong.err


def test_each_digest_of_the_past_says_when_it_would_have_come(tmp_path: Path) -> None:
    write_world(tmp_path)
    digestbot("refresh", cwd=tmp_path)
    shown = digestbot("preview", "--channel", "web", "--last", "2d", cwd=tmp_path).out
    assert re.findall(r" (\w+) of \w+ that were new", shown) == ["0"] * len(re.findall("Nothing worth", shown)) != []


def test_bash_completes_commands_and_the_names_of_channels(tmp_path: Path) -> None:
    write_world(tmp_path)
    (tmp_path / "digestbot").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
    (tmp_path / "digestbot").chmod(0o755)
    asked = """
        source <(digestbot --show-completion)
        for line in "digestbot sources ex" "digestbot post --channel w"; do
            COMP_WORDS=($line) COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
            _digestbot_completion digestbot && echo "${COMPREPLY[@]}"
        done
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{tmp_path}:{os.environ['PATH']}", "SHELL": "bash"}
    done = subprocess.run(
        ["bash", "-c", asked], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["export", "web"]


def test_nothing_is_coloured_in_a_pipe(tmp_path: Path) -> None:
    write_world(tmp_path)
    ended = digestbot("inspect", "articles", cwd=tmp_path, env={"NO_COLOR": "", "TERM": "xterm-256color"})
    assert ended.code == 0
    assert "\x1b" not in ended.out + ended.err


def test_json_goes_where_stdout_leads_though_a_bar_is_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(article_text(1))
    ours, theirs = os.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "bot", "inspect", "--json", "good.txt"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "40"},
        check=True,
        timeout=60,
    )
    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "reading" in shown
    assert json.loads(done.stdout)["input"] == "good.txt"
