"""Each command on each platform, through the real SDKs: answered in the channel's language, and never with a failure of
ours."""

import json
import re
from pathlib import Path

import pytest

from bot.locales import say
from tests.scenario.commands_shown import LOCALES, PLATFORMS
from tests.scenario.slack_world import SECRETS

_HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_each_command_is_answered_in_the_channels_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    for name in ("DISCORD_TOKEN", *SECRETS):
        monkeypatch.setenv(name, "")
    said: dict[str, dict[str, str]] = {}
    for locale in LOCALES:
        folder = tmp_path / locale
        folder.mkdir()
        shown = await PLATFORMS[platform](folder, locale)
        said[locale] = {one.typed: json.dumps(one.answers, ensure_ascii=False) for one in shown}
        for typed, answer in said[locale].items():
            assert answer != "[]", f"{typed} was not answered"
            assert say("command.trouble", locale) not in answer, typed
    english, chinese = (said[locale] for locale in LOCALES)
    assert [typed for typed in english if english[typed] == chinese[typed]] == []
    assert [
        typed for typed, answer in chinese.items() if not any("\u4e00" <= sign <= "\u9fff" for sign in answer)
    ] == []
