"""What the bot is given out of a right configuration."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import Secrets, Settings, demo_settings, load
from bot.config.settings import settings_of

NO_SECRETS = Secrets({})


def written(folder: Path, text: str, secrets: Secrets = NO_SECRETS) -> Settings:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return load(file, secrets)


def test_without_a_file_there_is_one_web_channel_with_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load(None, NO_SECRETS)
    (channel,) = settings.channels
    assert (channel.name, channel.platform, channel.place, channel.workspace) == ("web", "web", "web", "web")
    assert channel.settings.schedule is None
    assert channel.settings.timezone == "UTC"
    assert [ballot.name for ballot in channel.settings.ballots] == ["value", "emotion"]
    assert channel.settings.seed == ("value",)
    assert settings.sources == ()
    assert settings.llm is None
    assert settings.database_url == f"sqlite:///{tmp_path}/digestbot.db"
    assert settings.http.public_url == "http://127.0.0.1:8080"


def test_the_file_in_the_current_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("config.toml").write_text("[http]\nport = 9000\n", "utf-8")
    assert load(None, NO_SECRETS).http.public_url == "http://127.0.0.1:9000"


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes('\ufeff[bot]\r\nlocale = "de"\r\n'.encode())
    assert load(file, NO_SECRETS).channels[0].settings.locale == "de"


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    settings = written(tmp_path, '[bot]\ndatabase = "sqlite:///data/x.db"\n[[sources]]\npath = "articles/"\n')
    assert settings.database_url == f"sqlite:///{tmp_path}/data/x.db"
    assert settings.sources[0].address == f"{tmp_path}/articles"
    assert settings.sources[0].local


def test_the_environments_database_wins_and_is_relative_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    text = '[bot]\ndatabase = "sqlite:///x.db"\n'
    settings = written(tmp_path, text, Secrets({"DIGESTBOT_DATABASE": "sqlite:///y.db"}))
    assert settings.database_url == f"sqlite:///{here}/y.db"
    url = "postgresql://u:hidden@h/x"
    settings = written(tmp_path, text, Secrets({"DIGESTBOT_DATABASE": url}))
    assert settings.database_url == url
    assert "hidden" not in repr(settings)


def test_sources_and_channels_become_the_bots_nouns(tmp_path: Path) -> None:
    settings = written(
        tmp_path,
        """
        [bot]
        timezone = "Asia/Taipei"
        locale = "zh-Hant"
        [[sources]]
        url = "https://example.org/feed.xml"
        category = "ai"
        every = "30m"
        max_age = "7d"
        [[channels]]
        name = "ai-team"
        platform = "slack"
        id = "C0123456"
        schedule = "0 9 * * mon-fri"
        ballots = ["mine"]
        must_not = ["/sponsored/i"]
        catch_up = "2h"
        jitter = "10m"
        [[channels]]
        name = "shell"
        platform = "console"
        timezone = "Europe/London"
        [ballots.mine]
        question = "Read it?"
        options = [{ emoji = "✅", label = "Yes", value = 2.5 }, { emoji = ":star:", label = "Star" }]
        """,
    )
    (source,) = settings.sources
    assert (source.address, source.category) == ("https://example.org/feed.xml", "ai")
    assert (source.every, source.max_age) == (timedelta(minutes=30), timedelta(days=7))
    slack, shell = settings.channels
    assert (slack.place, slack.workspace) == ("C0123456", "")
    assert (slack.settings.timezone, slack.settings.locale) == ("Asia/Taipei", "zh-Hant")
    assert (slack.settings.schedule, slack.settings.catch_up) == ("0 9 * * mon-fri", timedelta(hours=2))
    assert (slack.settings.jitter, shell.settings.jitter) == (timedelta(minutes=10), timedelta())
    assert slack.settings.seed == ()  # the default's ballot is not asked here
    (ballot,) = slack.settings.ballots
    assert [(option.emoji, option.label, option.value) for option in ballot.options] == [
        ("✅", "Yes", 2.5),
        (":star:", "Star", 0),
    ]
    assert (shell.place, shell.workspace, shell.settings.timezone) == ("shell", "console", "Europe/London")


def test_a_channel_may_say_its_workspace_and_two_workspaces_may_share_a_place(tmp_path: Path) -> None:
    channels = "".join(
        f"[[channels]]\nname = '{name}'\nplatform = '{platform}'\nid = 'C1'\n{workspace}"
        for name, platform, workspace in (
            ("one", "slack", "workspace = 'T1'\n"),
            ("two", "slack", "workspace = 'T2'\n"),
            ("unnamed", "slack", ""),
            ("plugged-in", "pigeon", "workspace = 'T1'\n"),
        )
    )
    settings = written(tmp_path, channels)
    assert [spec.workspace for spec in settings.channels] == ["T1", "T2", "", "T1"]


def test_a_built_in_ballot_can_be_changed_in_part(tmp_path: Path) -> None:
    settings = written(tmp_path, '[ballots.value]\nquestion = "Good?"\n')
    value = settings.channels[0].settings.ballots[0]
    assert value.question == "Good?"
    assert [option.emoji for option in value.options] == ["👍", "👎"]


def test_no_channel_at_all_can_be_asked_for(tmp_path: Path) -> None:
    assert written(tmp_path, "channels = []\n").channels == ()


def test_networks_sizes_and_lists_have_their_types(tmp_path: Path) -> None:
    settings = written(
        tmp_path, '[fetch]\nallow_private = ["192.168.1.7/16", "::1"]\nmax_bytes = 500\ntimeout = "1m"\n'
    )
    assert settings.fetch.allow_private == (ip_network("192.168.0.0/16"), ip_network("::1"))
    assert (settings.fetch.max_bytes, settings.fetch.timeout) == (500, timedelta(minutes=1))


def test_a_platform_is_given_its_own_table_in_plain_values(tmp_path: Path) -> None:
    settings = written(
        tmp_path,
        '[web]\ntrusted_proxies = ["10.0.0.0/8"]\n[platforms.hook]\nurl = "x"\n[http]\npublic_url = "https://d.example"\n',
    )
    assert settings.platform_settings("web") == {
        "user_header": "",
        "trusted_proxies": ["10.0.0.0/8"],
        "admins": [],
        "archive": "local",
        "public_url": "https://d.example",
        "channels": settings.channels,
        "secret": settings.secrets.require,
    }
    assert settings.platform_settings("hook") == {"url": "x"}
    assert settings.platform_settings("console") == {}
    assert settings.platform_settings("slack")["mode"] == "socket"


def test_settings_do_not_change() -> None:
    settings = settings_of({}, Path("/"), secrets=NO_SECRETS)
    with pytest.raises(AttributeError):
        settings.sources = ()  # type: ignore[misc]
    with pytest.raises(ValidationError):
        settings.http.port = 1  # type: ignore[misc]


def test_the_demo_takes_nothing_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGESTBOT_DATABASE", "sqlite:////elsewhere.db")
    monkeypatch.chdir(tmp_path)
    Path("config.toml").write_text("[bot]\nlocale = 5\n", "utf-8")
    settings = demo_settings(tmp_path / "demo", samples=tmp_path / "samples")
    assert settings.database_url == f"sqlite:///{tmp_path}/demo/digestbot.db"
    assert [source.address for source in settings.sources] == [f"{tmp_path}/samples"]
    assert {channel.platform for channel in settings.channels} == {"web", "console"}


def test_a_folder_is_watched_unless_the_file_says_how_often(tmp_path: Path) -> None:
    sources = (
        '[[sources]]\npath = "a"\n[[sources]]\npath = "b"\nevery = "2h"\n[[sources]]\nurl = "https://example.org"\n'
    )
    watched, told, feed = written(tmp_path, sources).sources
    assert [source.every.total_seconds() for source in (watched, told, feed)] == [5, 7200, 3600]


def test_a_best_of_channel_takes_every_quality_unless_the_file_says_more(tmp_path: Path) -> None:
    text = """
    [[channels]]
    name = "new"
    [[channels]]
    name = "best"
    id = "new"
    best = "7d"
    [[channels]]
    name = "fine"
    best = "30d"
    min_quality = 0.6
    show_counts = "voted"
    """
    new, best, fine = (spec.settings for spec in written(tmp_path, text).channels)
    assert [one.best for one in (new, best, fine)] == [None, timedelta(days=7), timedelta(days=30)]
    assert [one.min_quality for one in (new, best, fine)] == [0.6, 0.0, 0.6]
    assert [one.show_counts for one in (new, best, fine)] == ["always", "always", "voted"]


def test_quotas_are_kept_and_leave_a_channel_fit_for_sets(tmp_path: Path) -> None:
    (channel,) = written(tmp_path, '[[channels]]\nname = "a"\nquotas = { ai = 2, "open source" = 1 }').channels
    assert dict(channel.settings.quotas) == {"ai": 2, "open source": 1}
    assert {channel} == {channel}
