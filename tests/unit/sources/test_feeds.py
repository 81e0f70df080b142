"""What feeds in the wild get wrong: nothing that a reader would see may be lost, and nothing else may show."""

import pytest

from bot.model import Article
from bot.sources import feed


def entry_of(inner: str) -> Article:
    """The one article of a feed whose item holds this."""
    body = (
        f"<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><item>{inner}</item></channel></rss>"
    )
    (article,) = feed.parse(body.encode(), "https://example.org/feed", None).articles
    return article


def described(markup: str) -> Article:
    return entry_of(f"<title>Kettles</title><description><![CDATA[{markup}]]></description>")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<ul><ul><li>One kettle boils.</li><li>Two wait.</li></ul></ul>", "One kettle boils.\nTwo wait."),
        ("Before <embed src='film.swf'> the film. <b>After</b> it.", "Before the film. After it."),
        ("<object data='film.swf'><param name='a'></object><p>After the film.</p>", "After the film."),
        ("3.1.2", "3.1.2"),
    ],
)
def test_no_body_is_lost_to_odd_markup(markup: str, text: str) -> None:
    assert described(markup).text == text


def test_a_script_is_no_part_of_a_title_or_summary() -> None:
    code = "Safe&lt;script>alert(1)&lt;/script> words"
    entry = f"<entry><title type='html'>{code}</title><summary type='html'>{code}</summary></entry>"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode()
    (article,) = feed.parse(body, "https://example.org/feed", None).articles
    assert (article.title, article.summary) == ("Safe words", "Safe words")


def test_an_entry_states_its_own_language() -> None:
    assert entry_of("<title>Bouilloires</title><dc:language>fr</dc:language>").language == "fr"


@pytest.mark.parametrize(
    ("inner", "url"),
    [
        ("<link>/page</link><enclosure url='https://example.org/a.mp3'/>", "https://example.org/page"),
        ("<guid>https://example.org/1</guid><enclosure url='/a.mp3'/>", "https://example.org/1"),
        ("<guid isPermaLink='false'>n1</guid><enclosure url='/a.mp3'/>", "https://example.org/a.mp3"),
        ("<guid isPermaLink='false'>n1</guid>", None),
    ],
)
def test_an_episode_without_a_page_leads_to_what_is_to_be_heard(inner: str, url: str | None) -> None:
    assert entry_of(f"<title>Kettles</title>{inner}").url == url


@pytest.mark.parametrize(
    ("stated", "author"),
    [
        ("ada@kettles.industries (Ada Größe)", "Ada Größe"),
        ("Ada &lt;ada@kettles.photography&gt;", "Ada"),
        ("ada@k.museum (Ada), bo@k.org (Bo (B.) Fu)", "Ada, Bo (B.) Fu"),
        ("mailto:ada@kettles.museum", "ada@kettles.museum"),
        ("https://kettles.example/ada", None),
        ("Ada Lovelace, Bo Fu", "Ada Lovelace, Bo Fu"),
    ],
)
def test_an_author_is_a_name_where_there_is_one(stated: str, author: str | None) -> None:
    assert entry_of(f"<title>Kettles</title><author>{stated}</author>").author == author


def test_a_feed_cut_off_in_its_last_tag_is_read() -> None:
    body = b"<rss version='2.0'><channel><title>Kettles</title></channel></rss"
    assert feed.parse(body, "https://example.org/feed", None).title == "Kettles"


_TOLD = "<link>https://example.org/1</link><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate><title>A</title>"


@pytest.mark.parametrize(
    ("inner", "is_read"),
    [
        (_TOLD, False),
        (_TOLD.replace("<title>A</title>", ""), True),  # the text makes the title
        (_TOLD.replace("<link>https://example.org/1</link>", ""), True),  # the text makes its identity
        (_TOLD.replace("pubDate", "other"), True),  # the text may say when
    ],
)
def test_an_outline_leaves_unread_what_says_without_its_text_what_it_is(inner: str, is_read: bool) -> None:
    item = f"<item>{inner}<description>&lt;p>The first.&lt;/p>&lt;p>The second.&lt;/p></description></item>"
    body = f"<rss version='2.0'><channel>{item}</channel></rss>".encode()
    (outlined,) = feed.outline(body, "https://example.org/feed", None).articles
    (whole,) = feed.parse(body, "https://example.org/feed", None).articles
    assert (outlined.markup is None, bool(outlined.text)) == (is_read, is_read)
    assert whole.text.endswith("The second.")
    assert feed.unfolded(outlined) == whole


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("x &#55357;&#56832; y", "x \U0001f600 y"),
        ("x &#xD83D;&#xDE00; y", "x \U0001f600 y"),
        ("x &#xD83D; y &nbsp;", "x \ufffd y"),
        ("x &#57344;&#55295; y", "x \ue000\ud7ff y"),
        ("<![CDATA[x &#55357;&#56832; y]]>", "x \U0001f600 y"),
    ],
)
def test_letters_that_are_written_in_halves_do_not_cost_the_feed(written: str, read: str) -> None:
    assert entry_of(f"<title>Kettles</title><description>{written}</description>").text == read


def test_a_json_feed_cut_off_gives_the_items_that_are_whole() -> None:
    items = b'{"id": "1", "title": "One"}, {"id": "2", "title": "Two"}, {"ti'
    body = b'{"title": "Kettles", "language": "en", "items": [' + items
    found = feed.parse(body, "https://example.org/feed", "application/feed+json")
    assert (found.title, found.language, [one.title for one in found.articles]) == ("Kettles", "en", ["One", "Two"])


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ('"id": "n1", "attachments": [{"url": "/a.mp3"}]', "https://example.org/a.mp3"),
        ('"id": "https://example.org/1", "attachments": [{"url": "/a.mp3"}]', "https://example.org/1"),
        ('"id": "n1", "attachments": 7', None),
    ],
)
def test_an_item_of_a_json_feed_leads_where_it_can(item: str, url: str | None) -> None:
    body = f'{{"items": [{{"title": "Kettles", {item}}}]}}'.encode()
    assert feed.parse(body, "https://example.org/feed", None).articles[0].url == url
