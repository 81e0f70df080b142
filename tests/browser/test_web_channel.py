"""The web channel in real Chromium: the digest is there, a vote counts once and stays, whatever the member does."""

import sqlite3

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Running
from tests.scenario.cli import digestbot
from tests.scenario.world import write_articles


def tallies(bot: Running) -> dict[tuple[int, str], dict[str, int]]:
    records = digestbot("votes", "--json", cwd=bot.folder).records
    return {(line["article"], line["ballot"]): line["tally"] for line in records}


def test_the_digest_is_there_with_its_takeaways(bot: Running, page: Page) -> None:
    page.goto(f"{bot.url}/c/web")
    articles = page.locator("#digests article")
    expect(articles).to_have_count(3)
    for article in articles.all():
        expect(article.locator(".takeaways li")).to_have_count(3)
    expect(page.get_by_text("Your vote is final once cast · 投票後不可更改")).to_have_count(1)


def test_a_vote_counts_once_and_neither_a_second_click_nor_another_option_nor_a_reload_changes_it(
    bot: Running, page: Page
) -> None:
    page.goto(f"{bot.url}/c/web")
    article = page.locator("#digests article").first
    number = int((article.get_attribute("id") or "").removeprefix("a"))
    up, down = article.get_by_role("button", name="Valuable"), article.get_by_role("button", name="Not for us")
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(up.locator(".count")).to_have_text("1")
    assert tallies(bot)[(number, "value")] == {"👍": 1}
    for button in (up, down, up):
        button.click(force=True)  # aria-disabled tells people, it does not stop them
    expect(down).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(up.locator(".count")).to_have_text("1")
    expect(down.locator(".count")).to_have_text("0")
    article.get_by_role("button", name="Thoughtful").click()  # another question is another vote
    expect(article.get_by_role("button", name="Thoughtful").locator(".count")).to_have_text("1")
    assert {key[1]: tally for key, tally in tallies(bot).items() if key[0] == number} == {
        "value": {"👍": 1},
        "emotion": {"🤔": 1},
    }


@pytest.mark.parametrize(
    "statement",
    [
        "update votes set option = '👎', value = -1",
        "delete from votes",
        "insert or replace into votes select workspace, voter, article, ballot, '👎', -1, platform, cast_at from votes",
        "replace into votes select workspace, voter, article, ballot, '👎', -1, platform, cast_at from votes",
        "update or replace votes set ballot = 'value'",
    ],
)
def test_no_statement_changes_a_vote_that_was_cast(bot: Running, page: Page, statement: str) -> None:
    page.goto(f"{bot.url}/c/web")
    page.locator("#digests article").nth(1).get_by_role("button", name="Valuable").click()
    expect(page.locator("#digests article").nth(1).get_by_role("button", name="Valuable")).to_have_attribute(
        "aria-pressed", "true"
    )
    connection = sqlite3.connect(bot.folder / "digest.db", isolation_level=None)
    before = connection.execute("select * from votes").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="final"):
        connection.execute(statement)
    assert connection.execute("select * from votes").fetchall() == before
    connection.close()


def test_voting_works_with_a_keyboard_alone(bot: Running, page: Page) -> None:
    page.goto(f"{bot.url}/c/web")
    button = page.locator("#digests article").nth(2).get_by_role("button", name="Valuable")
    for _ in range(100):
        page.keyboard.press("Tab")
        if button.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")


def test_everything_but_live_updates_works_without_javascript(bot: Running, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{bot.url}/c/web")
    page.get_by_label("Command").fill("/help")
    page.get_by_label("Command").press("Enter")
    expect(page.locator("#answer")).to_contain_text("/digest preview")
    article = page.locator("#digests article").nth(2)
    article.get_by_role("button", name="Happy").click()
    expect(page.locator("#digests article").nth(2).get_by_role("button", name="Happy")).to_have_attribute(
        "aria-pressed", "true"
    )
    context.close()


def test_an_article_page_leads_from_each_takeaway_to_its_evidence(bot: Running, page: Page) -> None:
    page.goto(f"{bot.url}/c/web")
    page.locator("#digests article").first.locator(".more a").click()
    expect(page.locator("h1")).to_have_count(1)
    link = page.get_by_role("link", name="Evidence").first
    link.click()
    evidence = page.locator(":target")
    expect(evidence).to_be_visible()
    expect(evidence).to_contain_text(".")


def test_a_new_digest_appears_on_an_open_page_by_itself(bot: Running, page: Page) -> None:
    page.goto(f"{bot.url}/c/web")
    count = page.locator("#digests article").count()
    write_articles(bot.folder, range(10, 12))
    digestbot("ingest", "articles", cwd=bot.folder)
    digestbot("post", "--channel", "web", cwd=bot.folder)
    expect(page.locator("#digests article")).to_have_count(count + 2, timeout=15_000)


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("path", ["/", "/c/web", "/a/1", "/search?q=story", "/nowhere"])
def test_no_page_scrolls_sideways_at_any_width(bot: Running, browser: Browser, width: int, path: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(bot.url + path)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
