"""In real Chromium: what was valued has a page, and what is removed is gone. A bot of its own, as it takes away."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Running


def test_what_is_valued_has_a_page_of_its_own_and_what_is_removed_is_gone_from_the_channel(
    bot: Running, page: Page
) -> None:
    page.goto(f"{bot.url}/c/web")
    articles = page.locator("#digests article")
    first = articles.first
    number = (first.get_attribute("id") or "").removeprefix("a")
    title = first.locator("h3").inner_text()
    first.get_by_role("button", name="Valuable").click()
    expect(first.get_by_role("button", name="Valuable")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Most valued").click()
    expect(page.get_by_role("heading", level=2)).to_have_text([title])
    page.go_back()
    page.get_by_label("Command").fill(f"/digest remove {number}")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#answer")).to_contain_text("was taken out of this channel")
    page.goto(f"{bot.url}/c/web")
    expect(articles).to_have_count(2)
    expect(page.locator("#digests")).not_to_contain_text(title)
