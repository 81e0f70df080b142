"""Discord's naughty texts, and those that mean something to Slack."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from bot.model import Message, Reply
from tests.unit.adapters.discord import naughty

TEXTS = (
    *naughty.TEXTS,
    "<!channel>", "<!here> now", "<!everyone|x>", "<!subteam^S0123ABCD>", "<!subteam^S01|@all>", "<@U0123ABCD>",
    "<@W1|mira>", "<#C0123ABCD>", "<#C1|general>", "<https://evil.example|nice.example>", "<https://evil.example>",
    "<mailto:a@b.example|c>", "<tel:+15550100>", "<!date^1700000000^{date_short}^https://evil.example|x>",
    "&lt;!channel&gt;", "&amp;lt;!here&amp;gt;", "&", "&amp;", "&#60;!channel&#62;", "@channel", "@group", "#general",
    "<<!channel>>", "<!channel", "!channel>", "<\u200b!channel>", "<!chan\x00nel>", "*bold* _it_ ~no~ `c`", "*", "_ _",
    "> quote", "```\ncode\n```", ":tada: :+1::skin-tone-3: ::", ":a:b:c:", "|", "a|b>c", "\\<!channel\\>",
    "＜!channel＞", "‹!here›", "<!channel|" * 300, "&" * 9000, "<" * 9000, '"' * 9000, "<!here>" * 2000,
    "https://a.slack.com/archives/C1/p1", "slack://open", "{date}", '{"type":"divider"}', "\U000e0001x",
)  # fmt: skip

URLS = (
    *naughty.URLS,
    "https://example.org/a|b", "https://example.org/a>b<c", "https://example.org/a b", " https://example.org/a ",
    "https://example.org/'a'\"b\"", "https://example.org/<!channel>", "https://example.org/&lt;", "slack://open",
    "https://example.org/a|<@U1>", "https://example.org/" + "|" * 400, "https://a.slack.com/archives/C1",
)  # fmt: skip

_TOKENS = st.sampled_from(sorted({word for text in TEXTS if len(text) < 60 for word in (text, *text.split(" "))}))
texts = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=30),
    st.lists(_TOKENS, max_size=6).map(" ".join),
    st.lists(_TOKENS, max_size=6).map("".join),
    st.text(alphabet=" \n*_~|`<>&;!@#:^/.ltgam1🎉\u0301\u200d", max_size=24),
)
urls = st.one_of(st.sampled_from(URLS), st.text(max_size=12).map("https://example.org/{}".format))

_pools = st.lists(texts, min_size=1, max_size=5)
_places = st.lists(urls, min_size=1, max_size=3)
_articles = st.one_of(st.none(), st.integers(1, (1 << 63) - 1))
messages: st.SearchStrategy[Message] = st.builds(
    lambda message, article: replace(message, article=article),
    st.builds(naughty._message, naughty._seeds, _pools, _places),
    _articles,
)
replies: st.SearchStrategy[Reply] = st.builds(naughty._reply, naughty._seeds, _pools, _places)
