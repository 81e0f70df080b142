"""What is logged comes out once, in the form asked for, and what libraries log comes out the same way."""

import io
import json
import logging

import pytest
import structlog

from bot.logs import set_up_logs


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def logged(level: str, form: str, stream: io.StringIO) -> str:
    set_up_logs(level, form, stream)
    structlog.get_logger("bot.engine").warning("source failed", source="https://example.org/重點")
    structlog.get_logger("bot.engine").info("composed", articles=5)
    logging.getLogger("slack_bolt.app").warning("took %d seconds", 3)
    logging.getLogger("slack_bolt.app").info("hello")
    return stream.getvalue()


@pytest.mark.parametrize(("form", "stream"), [("json", Terminal()), ("auto", io.StringIO())])
def test_for_programs_each_line_is_an_object(form: str, stream: io.StringIO) -> None:
    ours, news, library = map(json.loads, logged("info", form, stream).splitlines())
    assert ours.pop("timestamp").endswith("Z")
    assert ours == {"event": "source failed", "source": "https://example.org/重點", "level": "warning"}
    assert news["event"] == "composed"
    assert (library["event"], library["level"], library["logger"]) == ("took 3 seconds", "warning", "slack_bolt.app")


@pytest.mark.parametrize(("form", "stream"), [("text", io.StringIO()), ("auto", Terminal())])
def test_for_people_each_line_is_a_sentence(form: str, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    ours, _, library = logged("info", form, stream).splitlines()
    assert "source failed" in ours
    assert "took 3 seconds" in library
    assert "\x1b" not in ours + library


def test_a_terminal_has_colours_unless_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in logged("info", "auto", Terminal())


@pytest.mark.parametrize(("level", "lines"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 0)])
def test_a_level_bounds_us_and_libraries_a_step_later(level: str, lines: int) -> None:
    assert len(logged(level, "json", io.StringIO()).splitlines()) == lines


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_error_is_logged_with_its_traceback_and_without_the_values_of_variables(form: str) -> None:
    stream = io.StringIO()
    set_up_logs("info", form, stream)

    def broken(token: str) -> None:
        raise ValueError(len(token))

    try:
        broken("-".join(("xoxb", "secret")))
    except ValueError:
        structlog.get_logger().exception("it broke")
        logging.getLogger("aiohttp.server").exception("it broke there")
    said = stream.getvalue()
    assert said.count("ValueError: 11") == 2
    assert "xoxb-secret" not in said


def test_setting_up_again_replaces_and_does_not_double() -> None:
    set_up_logs("info", "json", io.StringIO())
    assert len(logged("info", "json", io.StringIO()).splitlines()) == 3
