"""The judge of the local Slack: the published specification, and what is known to be wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.platforms.slack_server import SlackServer, Spec
from tests.platforms.slack_server.methods import METHODS
from tests.platforms.slack_server.published import ANYWHERE, ERRORS, MISSING, NEWER, OUTDATED, UNKNOWN
from tests.platforms.slack_server.spec import corpora

TIERS = corpora() / "rate_limit_tiers.json"


@pytest.fixture
def spec() -> Spec:
    found = Spec.found()
    if found is None:
        pytest.skip("the published specification is not in the corpora")
    return found


def test_every_method_is_published_or_is_known_to_be_younger(spec: Spec) -> None:
    assert {one for one in METHODS if f"/{one}" not in spec.document["paths"]} == set(UNKNOWN)


def test_every_method_has_the_tier_that_is_published() -> None:
    if not TIERS.is_file():
        pytest.skip("the tiers of the methods are not in the corpora")
    published = json.loads(TIERS.read_bytes())
    other = {name: published[name] for name, one in METHODS.items() if published[name] != f"Tier{one.tier}"}
    assert set(other) == {"auth.test", "chat.getPermalink", "chat.postMessage"}
    assert all(one.startswith("SpecialTier") for one in other.values())


def test_what_is_put_right_is_wrong_as_published(spec: Spec) -> None:
    published = json.loads((corpora() / "slack_web_openapi_v2.json").read_bytes())
    for where, right, reason in OUTDATED:
        inner: Any = published
        *path, last = where.split(" ")
        for name in path:
            inner = inner[name]
        assert inner.get(last) != right, f"{where}: {reason}"
    for method, newer in NEWER.items():
        known = {one["name"]: one for verb in published["paths"][f"/{method}"].values() for one in verb["parameters"]}
        assert not [one for one in newer if one in known and not known[one].get("required")], method
    assert all(one in spec.wrapper["required"] for one in MISSING)
    assert all({**ANYWHERE, **ERRORS, **UNKNOWN, **MISSING}.values())


@pytest.mark.parametrize(
    ("method", "args", "wrong"),
    [
        ("chat.postMessage", {"channel": "C1", "text": "x", "blocks": [], "metadata": {}}, None),
        ("chat.postMessage", {"channel": "C1", "unfurl_links": "false"}, None),
        ("chat.postMessage", {"text": "x"}, "needs channel"),
        ("chat.postMessage", {"channel": ["C1"]}, "is no text"),
        ("chat.postMessage", {"channel": "C1", "unfurl_links": "no"}, "is no boolean"),
        ("conversations.history", {"channel": "C1", "limit": "ten"}, "is no integer"),
        ("conversations.history", {"channel": "C1", "oldest": "1.5"}, None),
        ("conversations.history", {"channel": "C1", "oldest": "yesterday"}, "is no number"),
        ("oauth.v2.access", {"grant_type": "refresh_token", "refresh_token": "x"}, None),
        ("chat.shout", {}, "not in the specification"),
    ],
)
def test_requests_are_judged(spec: Spec, method: str, args: dict[str, Any], wrong: str | None) -> None:
    found = spec.request_fault(method, args)
    assert found is None if wrong is None else wrong in (found or "")


def test_replies_and_events_are_judged(spec: Spec) -> None:
    assert spec.reply_fault("reactions.add", {"ok": True}) is None
    assert spec.reply_fault("reactions.add", {"ok": True, "ts": "1"}) is not None
    assert spec.reply_fault("chat.postEphemeral", {"ok": True, "message_ts": "1"}) is not None
    assert spec.reply_fault("reactions.add", {"ok": False, "error": "already_reacted"}) is None
    assert spec.reply_fault("reactions.add", {"ok": False, "error": "tired"}) is not None
    assert spec.reply_fault("reactions.add", {"ok": False, "error": "no_permission", "why": 1}) is not None
    slack = SlackServer(spec=spec)
    wrapper = slack.events.wrapped(slack.add_workspace(), {"type": "reaction_added", "event_ts": "1"})
    assert spec.event_fault(wrapper) is None
    assert spec.event_fault(wrapper | {"event_time": "1"}) is not None


def test_without_it_nothing_is_judged() -> None:
    assert SlackServer(spec=None).spec is None
