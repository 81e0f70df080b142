"""`digestbot doctor`: what it finds, how it says to mend it, and its exit code."""

import asyncio
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.platforms.slack_server import Limits, SlackServer
from tests.scenario import slack_world
from tests.scenario.cli import Ended, digestbot
from tests.scenario.world import CONFIG, write_world

UNUSABLE = """
[[channels]]
name = "team"
platform = "discord"
id = "1234567890"

[[channels]]
name = "shell"
platform = "console"

[[channels]]
name = "lost"
platform = "carrier-pigeon"
id = "1"
"""


SICK = """
[[channels]]
name = "other"
platform = "web"

[[sources]]
path = "nowhere"

[[sources]]
path = "broken.xml"
"""


@pytest.fixture(autouse=True)
def _without_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)


@pytest.mark.file
def test_a_bot_that_is_well_is_told_so(tmp_path: Path) -> None:
    write_world(tmp_path)
    ended = digestbot("doctor", "--json", cwd=tmp_path)
    assert ended.code == 0, ended.out
    assert [(line["check"], line["ok"], line["fix"]) for line in ended.records] == [
        ("config", True, None),
        ("database", True, None),
        ("disk", True, None),
        ("http", True, None),
        ("sources", True, None),
        ("schedule", True, None),
        ("web.members", True, None),
        ("clock", True, None),
    ]


def test_what_is_wrong_on_this_machine_and_with_the_sources_comes_with_its_fix(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        write_world(tmp_path, config=CONFIG.replace("port = 0", f"port = {port}") + SICK)
        (tmp_path / "broken.xml").write_text("")
        digestbot("refresh", cwd=tmp_path)
        ended = digestbot("doctor", cwd=tmp_path)
    assert ended.code == 1
    assert f"✗ http: port {port} on 127.0.0.1 is in use by another program\n  → Stop what uses it, or set" in ended.out
    assert f"✗ source: {tmp_path / 'nowhere'} is not there\n  → Make it (mkdir -p {tmp_path / 'nowhere'})" in ended.out
    assert f"✗ source: 3: {tmp_path / 'broken.xml'}: " in ended.out
    assert "digestbot sources check 3 tries it now" in ended.out
    assert "✓ sources: 3: 1 fine, 2 failing" in ended.out
    assert "✓ schedule: web: the next digest is due " in ended.out
    assert "✓ schedule: other: no schedule, so digests come by command alone" in ended.out


def test_every_platform_is_looked_at_and_each_trouble_comes_with_its_fix(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(UNUSABLE)
    ended = digestbot("doctor", cwd=tmp_path)
    assert ended.code == 1
    assert "✓ config: channels: 3" in ended.out
    assert "✓ console" in ended.out
    assert "✗ discord.token: environment: DISCORD_TOKEN is not set" in ended.out
    assert "✗ carrier-pigeon: platform 'carrier-pigeon' is not installed" in ended.out
    assert "✗ sources: there is none, so nothing is read" in ended.out
    assert ended.out.count("✗") == ended.out.count("→") == 3


def test_mistakes_in_the_configuration_are_findings_and_the_only_ones(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[bot]\nlocale = 5\n[http]\nport = "x"\n')
    ended = digestbot("doctor", "--json", cwd=tmp_path)
    assert ended.code == 1
    assert [(line["check"], line["ok"]) for line in ended.records] == [("config", False)] * 2
    assert "bot.locale" in str(ended.records[0]["detail"])


@pytest.mark.file
def test_a_database_of_another_program_is_a_finding_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "digestbot.db"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = file.read_bytes()
    ended = digestbot("doctor", "--json", cwd=tmp_path)
    assert ended.code == 1
    (database,) = [line for line in ended.records if line["check"] == "database"]
    assert database["fix"]
    assert "belongs to another program" in str(database["detail"])
    assert file.read_bytes() == before


def doctor_of_slack(folder: Path, server: SlackServer, secrets: dict[str, str], places: dict[str, str]) -> Ended:
    (folder / "config.toml").write_text(slack_world.config(server, places, more='seed = ["value"]'))
    return digestbot("doctor", "--json", cwd=folder, env=secrets)


async def test_slacks_tokens_scopes_and_channels_are_looked_at(tmp_path: Path) -> None:
    server = SlackServer(limits=Limits.wide())
    await server.start()
    workspace = server.add_workspace()
    places = {
        "well": server.add_channel(workspace, "well").id,
        "away": server.add_channel(workspace, "away", bot_in=False).id,
        "secret": server.add_channel(workspace, "secret", private=True, bot_in=False).id,
        "named": "general",
    }
    server.archive(gone := server.add_channel(workspace, "gone"))
    places["gone"] = gone.id
    server.remove_scope(workspace, "reactions:write")
    secrets = slack_world.environment(server, workspace)
    try:
        ended = await asyncio.to_thread(doctor_of_slack, tmp_path, server, secrets, places)
        refused = await asyncio.to_thread(
            doctor_of_slack, tmp_path, server, {**secrets, "SLACK_BOT_TOKEN": "xoxb-another"}, places
        )
    finally:
        await server.stop()
    found = {str(line["check"]): line for line in ended.records if str(line["check"]).startswith("slack.")}
    assert ended.code == refused.code == 1
    assert {check for check, line in found.items() if line["ok"]} == {
        "slack.token",
        "slack.socket",
        "slack.channel.well",
    }
    assert "reactions:write" in str(found["slack.scopes"]["detail"])
    assert all(line["fix"] for line in found.values() if not line["ok"])
    for name, fix in (("away", "/invite"), ("secret", "/invite"), ("named", "copy"), ("gone", "unarchive")):
        assert fix in str(found[f"slack.channel.{name}"]["fix"]).lower()
    (token,) = [line for line in refused.records if line["check"] == "slack.token"]
    assert "invalid_auth" in str(token["detail"])
    for line in (*ended.records, *refused.records):
        assert "xoxb" not in str(line)
        assert "xapp" not in str(line).replace("begins with xapp-", "")
