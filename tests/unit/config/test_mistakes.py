"""What is wrong is said all at once, with key path, value found and what is allowed."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Secrets, load, tables
from bot.config.settings import settings_of
from bot.config.tables import ConfigFile
from bot.errors import ConfigError

TABLES = tables.Table.__subclasses__()
MISTAKES = [
    # text of the file, the line that it gives
    (
        "bogus = 1",
        "bogus: there is no such table; there are bot, http, web, discord, slack, llm, fetch, quotas, sources",
    ),
    ("[chanels]", "chanels: there is no such table; did you mean channels?"),
    ("[bot]\ntimezon = 'UTC'", "bot.timezon: there is no such key; did you mean timezone?"),
    (
        "[bot]\nzzz = 1",
        "bot.zzz: there is no such key; there are database, timezone, locale, log_level, log_format",
    ),
    ("bot = 5", "bot = 5: must be a table"),
    ("[bot]\nforget_voters = '7d'", 'bot.forget_voters = "7d": is shorter than voting'),
    ("[bot]\nkeep_digests = '7d'", 'bot.keep_digests = "7d": is shorter than voting'),
    ("[bot]\nkeep_articles = '29d'", 'bot.keep_articles = "29d": is shorter than 30d'),
    ("[bot]\nkeep_texts = 'long'", 'bot.keep_texts = "long": must be a duration'),
    ("[[channels]]\nname = 'a'\nbest = 7", "channels[0].best = 7: must be a duration"),
    ("[[channels]]\nname = 'a'\nshow_counts = 'vote'", 'must be "always", "voted" or "never"; did you mean voted?'),
    (
        "[bot]\ntimezone = 'Europe/Londn'",
        "bot.timezone = \"Europe/Londn\": time zone 'Europe/Londn' is not known; did you mean",
    ),
    ("[bot]\nlocale = 'English'", 'bot.locale = "English": must be a language such as "en", "de" or "zh-Hant"'),
    (
        "[bot]\nlog_level = 'warn'",
        'bot.log_level = "warn": must be "debug", "info", "warning" or "error"; did you mean warning?',
    ),
    ("[bot]\nvoting = 14", 'bot.voting = 14: must be a duration such as "20s"'),
    ("[bot]\ndatabase = 'postgres://u:pw@h/x'", 'bot.database: must be "sqlite:///digestbot.db" (a file)'),
    ("[bot]\ndatabase = 7", 'bot.database: must be "sqlite:///digestbot.db" (a file)'),
    ("[http]\nport = '80'", 'http.port = "80": must be a whole number from 0 to 65535'),
    ("[http]\nport = 80.5", "http.port = 80.5: must be a whole number"),
    ("[http]\nport = true", "http.port = true: must be a whole number"),
    ("[http]\nport = -1", "http.port = -1: must be a whole number from 0 to 65535"),
    ("[http]\nhost = ''", 'http.host = "": must be text in quotes, not empty'),
    ("[http]\npublic_url = 'bot.example'", 'http.public_url = "bot.example": must be a URL that begins with http://'),
    ("[web]\narchive = 'public'", 'web.archive = "public": must be "local", "members" or "open"'),
    ("[web]\nuser_header = 'X User'", 'web.user_header = "X User": must be the name of a header'),
    ("[web]\ntrusted_proxies = ['proxy']", 'web.trusted_proxies[0] = "proxy": must be a network or address such as'),
    ("[web]\nadmins = 'ann'", 'web.admins = "ann": must be a list, each text in quotes, not empty'),
    ("[web]\nadmins = ['ann', 5]", "web.admins[1] = 5: must be text in quotes"),
    ("[discord]\napi_url = 'discord.com'", 'discord.api_url = "discord.com": must be a URL'),
    ("[slack]\nmode = 'https'", 'slack.mode = "https": must be "socket" or "http"; did you mean http?'),
    ("[llm]\nbase_url = 'http://a/v1'", "llm.model: is missing; it must be text in quotes"),
    ("[llm]\nmodel = 'x'\nmax_tokens_per_day = 0", "llm.max_tokens_per_day = 0: must be a whole number from 1"),
    ("[fetch]\nallow_private = [5]", "fetch.allow_private[0] = 5: must be a network or address"),
    ("[fetch]\nmax_bytes = '10 megs'", 'fetch.max_bytes = "10 megs": must be a size such as'),
    ("[fetch]\nmax_bytes = true", "fetch.max_bytes = true: must be a size such as"),
    ("[fetch]\nuser_agent = ' '", 'fetch.user_agent = " ": must be ASCII text'),
    ("[fetch]\nper_host = 0", "fetch.per_host = 0: must be a whole number from 1 to 100"),
    ("[[sources]]", "sources[0].path: is missing, and so is url"),
    ("[[sources]]\nurl = 'http://a'\npath = 'b'", 'sources[0].path = "b": a source has either url or path, not both'),
    ("[[sources]]\nurl = 'a.xml'", 'sources[0].url = "a.xml": must be a URL'),
    ("[[sources]]\npath = 'a'\nevery = 'hourly'", 'sources[0].every = "hourly": must be a duration'),
    (
        "[sources]\npath = 'a'",
        'sources = {path = "a"}: must be a list of tables, each under a heading of its own in double',
    ),
    (
        "[[sources]]\nurl='http://a'\n[[sources]]\nurl='http://a'",
        'sources[1].url = "http://a": is the same as sources[0].url',
    ),
    ("[[channels]]", "channels[0].name: is missing; it must be letters, digits"),
    ("[[channels]]\nname = 'a b'", 'channels[0].name = "a b": must be letters, digits, - and _'),
    ("[[channels]]\nname = 'a'\n[[channels]]\nname = 'A'", 'channels[1].name = "A": is the same as channels[0].name'),
    (
        "[[channels]]\nname='a'\nid='x'\n[[channels]]\nname='b'\nid='x'",
        'channels[1].id = "x": is the same as channels[0].id',
    ),
    (
        "".join(f"[[channels]]\nname='{name}'\nplatform='slack'\nid='C1'\nworkspace='T1'\n" for name in "ab"),
        'channels[1].id = "C1": is the same as channels[0].id',
    ),
    *(
        (
            f"[[channels]]\nname='a'\nplatform='{platform}'\nid='1'\nworkspace='T1'",
            f'channels[0].workspace = "T1": {platform} needs none',
        )
        for platform in ("web", "console", "discord")
    ),
    (
        "[[channels]]\nname = 'a'\nplatform = 'discord'",
        "channels[0].id: is missing: the id that discord gave the channel",
    ),
    (
        "[[channels]]\nname = 'a'\nschedule = '0 25 * * *'",
        "channels[0].schedule = \"0 25 * * *\": hour '25' is not allowed",
    ),
    ("[[channels]]\nname = 'a'\nschedule = '0 9 * *'", 'channels[0].schedule = "0 9 * *": '),
    ("[[channels]]\nname = 'a'\ntimezone = 'Mars/Base'", 'channels[0].timezone = "Mars/Base": time zone'),
    (
        "[[channels]]\nname = 'a'\nquotas = { ai = 0 }",
        "channels[0].quotas.ai = 0: must be a whole number from 1 to 20",
    ),
    (
        "[[channels]]\nname = 'a'\nquotas = ['ai']",
        'channels[0].quotas = ["ai"]: must be numbers from 1 to 20 by category, such as { releases = 1 }',
    ),
    ("[[channels]]\nname = 'a'\nmin_quality = nan", "channels[0].min_quality = nan: must be a number from 0 to 1"),
    ("[[channels]]\nname = 'a'\nmin_quality = 60", "channels[0].min_quality = 60: must be a number from 0 to 1"),
    (
        "[[channels]]\nname = 'a'\nmax_articles = 21",
        "channels[0].max_articles = 21: must be a whole number from 1 to 20",
    ),
    (
        "[[channels]]\nname = 'a'\njitter = '2h'",
        'channels[0].jitter = "2h": must be a duration from "0s" to "1h"',
    ),
    ("[[channels]]\nname = 'a'\njitter = 5", 'channels[0].jitter = 5: must be a duration from "0s" to "1h"'),
    ("[[channels]]\nname = 'a'\ncatch_up = '0h'", 'channels[0].catch_up = "0h": must be longer than nothing'),
    (
        "[[channels]]\nname = 'a'\nlayout = 'threads'",
        'channels[0].layout = "threads": must be "messages" or "thread"; did you',
    ),
    ("[[channels]]\nname = 'a'\nmust = ['/(/']", 'channels[0].must[0] = "/(/": missing ), unterminated subpattern'),
    ("[[channels]]\nname = 'a'\nballots = ['emotoin']", "there is no ballot 'emotoin'; did you mean emotion?"),
    ("[[channels]]\nname = 'a'\nballots = ['x']", "there is no ballot 'x'; there are value, emotion"),
    (
        "[[channels]]\nname = 'a'\nballots = ['value', 'value']",
        'channels[0].ballots = ["value", "value"]: has \'value\' twice',
    ),
    (
        "[[channels]]\nname='a'\nballots=['value']\nseed=['emotion']",
        'channels[0].seed = ["emotion"]: there is no ballot of this',
    ),
    ("[ballots.x]\nquestion = 'x'\noptions = []", "ballots.x.options = []: must be a list of 1 to 20 options"),
    ("[ballots.x]\noptions = [{ emoji = '👍', label = 'x' }]", "ballots.x.question: is missing; it must be text"),
    ("[ballots.x]\nquestion='x'\noptions = [{ emoji = '👍' }]", "ballots.x.options[0].label: is missing"),
    (
        "[ballots.x]\nquestion='x'\noptions = [{ emoji='a', label='x', value='1' }]",
        'options[0].value = "1": must be a number',
    ),
    ("[ballots.'x y']\nquestion='x'\noptions = [{ emoji='a', label='x' }]", "ballots.x y: must be letters, digits"),
    ("[ballots]\nvalue = 5", "ballots.value = 5: must be a table"),
    ("ballots = 5", "ballots = 5: must be a table"),
    ("[platforms]\nx = 5", "platforms.x = 5: must be a table"),
    ("channels = 5", "channels = 5: must be a list of tables"),
    ("channels = [5]", "channels[0] = 5: must be a table"),
]


def mistakes_in(folder: Path, text: str, environment: dict[str, str] | None = None) -> tuple[str, ...]:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, Secrets(environment or {}))
    return caught.value.mistakes


@pytest.mark.parametrize(("text", "line"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_one_line_with_file_key_and_what_is_allowed(tmp_path: Path, text: str, line: str) -> None:
    (mistake,) = mistakes_in(tmp_path, text)
    assert mistake.startswith(f"{tmp_path}/config.toml: ")
    assert line in mistake
    assert "\n" not in mistake


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "\n".join(
        [
            "[bot]",
            "timezone = 'Nowhere'",
            "[[sources]]",
            "[[channels]]",
            "name = 'a'",
            "max_articles = 0",
            "timezone = 'Nowhere'",
            "seed = ['nothing']",
            "colour = 'red'",
            "[[channels]]",
            "name = 'a'",
        ]
    )
    lines = mistakes_in(tmp_path, text, {"DIGESTBOT_DATABASE": "nonsense"})
    paths = [line.removeprefix(f"{tmp_path}/config.toml: ").split(":")[0].split(" = ")[0] for line in lines]
    assert paths == [
        "bot.timezone",
        "sources[0].path",
        "channels[0].timezone",
        "channels[0].max_articles",
        "channels[0].seed",
        "channels[0].colour",
        "channels[1].name",
        "environment",
    ]


@pytest.mark.parametrize(
    "text",
    [
        """
        channels = [{ name = "a", ballots = ["value", "mine"] }]
        ballots.mine = { question = "x", options = [{ emoji = "👍🏽", label = "x" }] }
        """,
        '[ballots.emotion]\noptions = [{ emoji = ":+1:", label = "x" }]',  # a channel with the default ballots
    ],
)
def test_two_ballots_of_a_channel_cannot_share_an_emoji_whatever_its_skin_tone(tmp_path: Path, text: str) -> None:
    (line,) = mistakes_in(tmp_path, text)
    assert "channels[0].ballots = " in line
    assert "has 👍 twice, so a reaction would mean two things" in line


def test_an_emoji_stands_once_on_a_ballot(tmp_path: Path) -> None:
    text = '[ballots.mine]\nquestion="x"\noptions = [{ emoji = "❤️", label = "x" }, { emoji = "❤", label = "y" }]'
    (line,) = mistakes_in(tmp_path, text)
    assert "ballots.mine.options = " in line
    assert "has ❤ twice" in line


def test_ballots_of_more_emoji_than_a_message_takes_are_refused(tmp_path: Path) -> None:
    options = ", ".join(f'{{ emoji = "e{number}", label = "x" }}' for number in range(20))
    text = (
        f'[[channels]]\nname = "a"\nballots = ["value", "mine"]\n[ballots.mine]\nquestion = "x"\noptions = [{options}]'
    )
    (line,) = mistakes_in(tmp_path, text)
    assert "has 22 emoji, but a message takes at most 20" in line


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("[discord]\ntoken = 'hush'", "DISCORD_TOKEN"),
        ("[slack]\nbot_token = 'hush'", "SLACK_BOT_TOKEN"),
        ("[slack]\nsigning_secret = 'hush'", "SLACK_SIGNING_SECRET"),
        ("[slack]\nbottoken = 'hush'", "SLACK_BOT_TOKEN"),
        ("[llm]\nmodel = 'x'\napi_key = 'hush'", "OPENAI_API_KEY"),
        ("[bot]\nsecret = 'hush'", "DIGESTBOT_SECRET"),
        ("DISCORD_TOKEN = 'hush'", "DISCORD_TOKEN"),
    ],
)
def test_a_secret_in_the_file_is_refused_by_the_name_of_its_variable_and_not_shown(
    tmp_path: Path, text: str, variable: str
) -> None:
    (line,) = mistakes_in(tmp_path, text)
    assert f"set {variable} in the environment, or {variable}_FILE" in line
    assert "hush" not in line


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[bot\n", "line 1, column 5: this is not TOML: "),
        (b"[bot]\nlocale = en\n", "line 2, column 10: this is not TOML: Invalid value"),
        (b"[bot]\nlocale = 'en", "this is not TOML: "),
        (b"[bot]\n[bot]\n", "line 2, column 5: this is not TOML: Cannot declare ('bot',) twice"),
        (b"[bot]\nlocale = '\xff'\n", "line 2: is not UTF-8 text"),
        (b"\x00\x01", "line 1, column 1: this is not TOML"),
        (b"x = " + b"[" * 100_000, "is nested too deeply"),
        (b"#" * 10_000_001, "is larger than 10000000 bytes"),
    ],
)
def test_a_file_that_is_no_toml_names_line_and_column(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(file, Secrets({}))
    assert str(caught.value).startswith(f"{file}: ")
    assert says in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: there is no such file"):
        load(tmp_path / "nowhere.toml", Secrets({}))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is a folder: name the file in it"):
        load(tmp_path, Secrets({}))


def test_a_file_below_a_file_is_a_named_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"cannot be read: Not a directory"):
        load(tmp_path / "file" / "config.toml", Secrets({}))


def test_a_file_that_may_not_be_read_is_a_named_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    file.touch(mode=0)
    if os.access(file, os.R_OK):  # root reads everything, so the system's answer is played

        def refused(*_: object) -> object:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(ConfigError, match=r"config\.toml: cannot be read: Permission denied"):
        load(file, Secrets({}))


@pytest.mark.parametrize("key", ["fetch.user_agent", "discord.api_url"])
def test_a_password_in_a_url_is_not_shown(tmp_path: Path, key: str) -> None:
    (line,) = mistakes_in(tmp_path, f'{key} = "ftp://ann:hush@host/\u2603"')
    assert "ftp://…@host/" in line
    assert "hush" not in line


def scalars() -> st.SearchStrategy[object]:
    return st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just("value"), st.just("web")
    )


def values() -> st.SearchStrategy[object]:
    keys = st.sampled_from(sorted({key for table in TABLES for key in table.model_fields} | {"x", "token", "[key]"}))
    return st.recursive(scalars(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4))


@given(st.dictionaries(st.sampled_from([*ConfigFile.model_fields, "x"]), values(), max_size=4))
def test_whatever_a_file_holds_is_settings_or_lines_of_mistakes(data: dict[str, object]) -> None:
    mistakes: tuple[str, ...] = ()
    try:
        settings_of(data, Path("/srv"), secrets=Secrets({}))
    except ConfigError as error:
        mistakes = error.mistakes
    assert all(line.startswith("configuration: ") and "\n" not in line for line in mistakes)
