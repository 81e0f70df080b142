"""Every web page in real Chromium: axe finds nothing, by keyboard alone all can be done, and without JavaScript too."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.browser.scene import PAGES, addresses, configured, running, staged

_AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that a dark page may break
_ASK = """async (rules) => (await axe.run({runOnly: rules, resultTypes: ["violations"]})).violations.map(
    (one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`)"""
_MOST_BYTES = 100_000  # of a page with all that it loads, before any packing
ENGLISH, CHINESE = (pytest.mark.parametrize("site", [locale], indirect=True) for locale in ("en", "zh-Hant"))


@dataclass(frozen=True, slots=True)
class Site:
    folder: Path
    url: str
    paths: Mapping[str, str]

    def page(self, name: str) -> str:
        return self.url + self.paths[name]


@pytest.fixture(scope="module")
def past(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a bot that has lived. Comes before `browser`, whose loop stays in this thread."""
    folder = tmp_path_factory.mktemp("past")
    asyncio.run(staged(folder, rounds=2))
    return folder


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, past: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site") / "bot"
    shutil.copytree(past, folder)
    configured(folder, request.param)
    with running(folder) as url:
        yield Site(folder, url, addresses(folder))


@pytest.fixture
def narrow(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 375, "height": 800}, bypass_csp=True, color_scheme="light")
    yield context.new_page()
    context.close()


def is_well(site: Site, narrow: Page, name: str) -> None:
    narrow.goto(site.page(name))
    assert narrow.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
    narrow.evaluate(_AXE)
    assert narrow.evaluate(_ASK, _RULES) == []
    narrow.emulate_media(color_scheme="dark")
    assert narrow.evaluate(_ASK, _COLOURS) == []


@ENGLISH
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_and_dark_at_375_pixels(site: Site, narrow: Page, name: str) -> None:
    is_well(site, narrow, name)


@CHINESE
@pytest.mark.parametrize("name", ["day", "digest", "article", "statistics"])
def test_nor_in_chinese(site: Site, narrow: Page, name: str) -> None:
    is_well(site, narrow, name)


@ENGLISH
def test_axe_does_find_what_is_wrong(site: Site, browser: Browser) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(site.page("sign-in"))
    page.evaluate(_AXE)
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert [found.partition(":")[0] for found in page.evaluate(_ASK, _COLOURS)] == ["color-contrast"]
    context.close()


@ENGLISH
@pytest.mark.parametrize("name", ["article", "statistics", "digest", "sources"])
def test_a_page_is_light_and_loads_nothing_from_elsewhere(site: Site, page: Page, name: str) -> None:
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    page.goto(site.page(name), wait_until="networkidle")
    assert {one.url.startswith(site.url) for one in loaded} == {True}
    assert len(loaded) <= 4  # the page, its style, its script, its icon
    assert sum(len(one.body()) for one in loaded) <= _MOST_BYTES


# ------------------------------------------------------------ by keyboard alone


def reach(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Goes there by Tab, and sees on the way where the focus is."""
    expect(wanted).to_have_count(1)
    for _ in range(150):
        page.keyboard.press(key)
        if wanted.evaluate("node => node === document.activeElement"):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "not to be seen"
            return
    raise AssertionError(f"{wanted} is not reached by {key}")


def follow(page: Page, wanted: Locator) -> None:
    reach(page, wanted)
    page.keyboard.press("Enter")


@ENGLISH
def test_a_reader_walks_through_by_keyboard_alone(site: Site, page: Page) -> None:
    page.goto(site.url)
    follow(page, page.locator(".skip"))
    expect(page.locator("main")).to_be_focused()
    follow(page, page.locator('main h2 a[href="/c/reading"]'))
    expect(page).to_have_url(f"{site.url}/c/reading")
    follow(page, page.locator('.views a[href$="/days"]'))
    follow(page, page.locator(".days a").first)
    message = page.locator("article.message").first
    up = message.get_by_role("button", name="Valuable")
    follow(page, up)
    expect(up).to_have_attribute("aria-pressed", "true")
    follow(page, message.locator(".more a"))
    expect(page.locator(".claims")).to_be_visible()
    follow(page, page.locator("#t1 .evidence a").first)
    expect(page.locator(":target")).to_be_in_viewport()
    follow(page, page.locator("a.ref[href='#t1']").first)
    expect(page.locator("#t1")).to_be_in_viewport()
    reach(page, page.locator("#q"), "Shift+Tab")
    page.keyboard.type("用再生水")
    page.keyboard.press("Enter")
    expect(page.locator(".found li")).to_have_count(1)


@ENGLISH
def test_an_admin_walks_through_by_keyboard_alone(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/c/reading/statistics")
    follow(page, page.locator("summary"))
    expect(page.locator("details table")).to_be_visible()
    reach(page, page.locator('nav.site a[href="/admin"]'), "Shift+Tab")
    page.keyboard.press("Enter")
    follow(page, page.locator('a[href="/admin/c/reading"]'))
    reach(page, page.locator("#cron"))
    page.keyboard.type("15 7 * * *")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("15 7 * * * in Europe/London")
    expect(page.locator("#cron")).to_have_value("15 7 * * *")
    follow(page, page.get_by_role("button", name="Pause"))
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    follow(page, page.get_by_role("button", name="Simulate the last 14 days"))
    expect(page.locator("#answer tbody tr")).not_to_have_count(0)
    follow(page, page.get_by_role("button", name="Resume"))
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


# ------------------------------------------------------------ without JavaScript


@ENGLISH
def test_without_javascript_a_takeaway_highlights_its_evidence(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="light")
    page = context.new_page()
    page.goto(site.page("article"))
    marks = page.locator("mark.e2")
    for mark in marks.all():
        expect(mark).to_have_css("background-color", "rgb(253, 240, 194)")
    page.locator("#t2 .evidence a").first.click()
    assert marks.count() > 1
    for mark in marks.all():
        expect(mark).to_have_css("background-color", "rgb(249, 217, 104)")
    expect(marks.first).to_be_in_viewport()
    context.close()


@ENGLISH
def test_without_javascript_one_signs_in_by_a_link_once_and_out_again(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.page("sign-in"))  # looking at it uses nothing up
    page.goto(site.page("sign-in"))
    page.get_by_role("button", name="Sign in as ada").click()
    expect(page.locator("footer")).to_contain_text("You are the member ada")
    (cookie,) = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert page.goto(f"{site.url}/admin").status == 403  # type: ignore[union-attr]
    assert page.goto(site.page("sign-in")).status == 410  # type: ignore[union-attr]
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("footer")).to_contain_text("You are the member local")
    context.close()


@ENGLISH
def test_without_javascript_an_admin_sees_the_next_digest(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.page("admin-channel"))
    page.get_by_role("button", name="Show it as of now").click()
    expect(page.locator("#answer article")).not_to_have_count(0)
    context.close()
