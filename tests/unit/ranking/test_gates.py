import time
from datetime import timedelta

import pytest

from bot.errors import ConfigError
from bot.model import ChannelSettings, Served
from bot.ranking.select import barred, stages
from bot.records import said
from tests.unit.ranking.build import NOW, candidate_of


@pytest.mark.parametrize(
    ("changes", "settings", "stage", "reason"),
    [
        ({"baseline": True}, {}, "baseline", "backlog"),
        ({"category": "art"}, {"categories": ("ai", "web")}, "category", "category art; the channel takes ai and web"),
        ({}, {"categories": ("ai",)}, "category", "has no category"),
        ({"quality": 0.52}, {"min_quality": 0.6}, "min_quality", "quality 0.52 < 0.60"),
        ({"quality": 0.5996}, {"min_quality": 0.6}, "min_quality", "quality 0.5996 < 0.60"),
        ({}, {"must": ("inference", "/cost/")}, "must", "matches none of: inference, /cost/"),
        ({"title": "Sponsored: a thing"}, {"must_not": ("/^sponsored/i",)}, "must_not", "matches “/^sponsored/i”"),
        (
            {"aged_from": NOW - timedelta(days=9), "max_age": timedelta(days=7)},
            {},
            "max_age",
            "9 days old, more than 7",
        ),
        ({"story": 5}, {}, "story", "had this story in digest 44, and this adds no takeaway"),
    ],
)
def test_a_candidate_stops_at_the_first_gate_that_it_does_not_pass(
    changes: dict[str, object], settings: dict[str, object], stage: str, reason: str
) -> None:
    served = {5: Served(5, 44, ("told",))}
    found = barred(
        candidate_of(1, **changes),
        ChannelSettings(**settings),  # type: ignore[arg-type]
        served=served,
        now=NOW,
    )
    assert found is not None
    assert not found.passed
    assert found.stage == stage
    assert reason in said(found.reason)


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        ({}, {}),
        ({"category": "AI"}, {"categories": ("ai",)}),
        ({"quality": 0.6}, {"min_quality": 0.6}),
        ({"title": "On Inference"}, {"must": ("cost", "inference")}),
        ({"takeaways": ("Inference costs less.",)}, {"must": ("/costs? less/",)}),
        ({"aged_from": NOW - timedelta(days=7), "max_age": timedelta(days=7)}, {}),
        ({"aged_from": NOW - timedelta(days=99)}, {}),
        ({"story": 5, "update_of": 44}, {}),
    ],
)
def test_a_candidate_that_passes_every_gate_is_not_barred(
    changes: dict[str, object], settings: dict[str, object]
) -> None:
    given = ChannelSettings(**settings)  # type: ignore[arg-type]
    candidate = candidate_of(1, **changes)
    served = {5: Served(5, 44, ("told",))}
    assert barred(candidate, given, served=served, now=NOW) is None
    assert all(stage.passed for stage in stages(candidate, given, served=served, now=NOW))


def test_all_gates_are_told_also_those_after_a_closed_one() -> None:
    settings = ChannelSettings(categories=("ai",), must=("x",), must_not=("title",))
    candidate = candidate_of(1, quality=0.1, max_age=timedelta(days=1))
    told = stages(candidate, settings, served={}, now=NOW)
    assert [(stage.stage, stage.passed) for stage in told] == [
        ("baseline", True),
        ("category", False),
        ("min_quality", False),
        ("must", False),
        ("must_not", False),
        ("max_age", True),
        ("story", True),
    ]


@pytest.mark.parametrize(
    ("term", "title", "found"),
    [
        ("ad", "An AD for it", True),
        ("ad", "adverse", False),
        ("paid post", "This is a Paid  post", False),
        ("paid post", "This is a Paid post", True),
        ("café", "The Cafe", True),
        ("人工", "用人工智能做", True),
        ("/AD/", "an ad", False),
        ("/AD/i", "an ad", True),
        ("c++", "Why C++ wins", True),
        ("/a.b/i", "A-B", True),
    ],
)
def test_words_match_whole_and_in_any_case_and_patterns_as_written(term: str, title: str, found: bool) -> None:
    settings = ChannelSettings(must_not=(term,))
    candidate = candidate_of(1, title=title, takeaways=())
    assert (barred(candidate, settings, served={}, now=NOW) is not None) is found


@pytest.mark.parametrize("pattern", ["/(/", "/[a-/i", "/a/x", "/(a+)+b/", "/(?:a*x?)*b/"])
def test_a_bad_pattern_is_named(pattern: str) -> None:
    with pytest.raises(ConfigError) as raised:
        barred(candidate_of(1), ChannelSettings(must=(pattern,)), served={}, now=NOW)
    assert pattern in str(raised.value)


def test_a_slow_pattern_on_a_long_title_takes_bounded_time() -> None:
    began = time.perf_counter()
    settings = ChannelSettings(must_not=("/a*a*b/",))
    assert barred(candidate_of(1, title="a" * 100_000), settings, served={}, now=NOW) is None
    assert time.perf_counter() - began < 5
