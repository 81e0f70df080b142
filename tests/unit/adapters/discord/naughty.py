"""Texts and addresses that try to be more than words, and strategies that mix them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import strategies as st

from bot.model import Ballot, BallotOption, Link, Message, Reply

TEXTS = (
    "", " ", "\n", "\u200b", "plain words", "**bold** _italic_ __under__ ~~struck~~ ||spoiler||", "***",
    "__init__ and __main__", "snake_case_name and _private_", "`code` ``more`` ```fence```", "```py\nprint(1)\n```",
    "```", "`", "~~~", "|| ||", "# heading", "## heading ##", "### C#", "C#", "#", "-# small", "- item", "* item",
    "+ item", "1. item", "12345. item", "> quote", ">>> quote", "- - - -", "1. 1. 1. x", "- # x", "\\", "\\\\",
    "\\\\\\", "ends in \\", "\\*not\\*", "\\n", "¯\\_(ツ)_/¯", "[a](https://evil.example)", "](https://evil.example)",
    "] (", "[", "]", "[[]]", "[x][y]", "[x](<https://evil.example>)", "a](https://evil.example) [b",
    "\\](https://evil.example)", "[a](https://evil.example 'title')", "(", ")", "())(", "@everyone", "@here",
    "@Everyone!", "\\@everyone", "x@here.example", "<@1>", "<@!123456789012345678>", "<@&1234>", "<#123>",
    "</help:123>", "<id:guide>", "<t:1700000000:R>", "<t:0>", "<:pepe:123456789012345678>", "<a:pepe:123>", ":smile:",
    ":+1: :flag_us: :e-mail:", "std::vec::Vec", "10:30:15", "<a@b.example>", "<+15550100>", "<https://evil.example>",
    "<blah:/x>", "https://evil.example/a_b_c", "HTTP://EVIL.EXAMPLE", "http://a", "see https://evil.example.",
    "steam://run/1", "https:\\/\\/evil.example", "ｈttps：//evil.example", "https∶⁄⁄evil.example",
    "httрs://evil.example", "https;//evil.example", "discord.gg/abcd", "https://discord.gg/abcd", "DISCORD.GG/x",
    "discord.com/invite/x", "discordapp.com/channels/1/2/3", "dis.gd/x", "discord.gift/x",
    "https://discord.com/channels/1/2/3", "www.evil.example", "mailto:a@b.example", "//evil.example",
    "javascript:alert(1)", "<script>alert(1)</script>", "&lt;b&gt;", "Vec<T> and Map<K, V>", "a < b > c", "x -> y",
    "<", ">", "<<<>>>",
    "\u0338\u0327\u0322\u031b\u034e\u0317\u0359\u031e".join("Zalgo!"),
    "\u0301leading", "a" + "\u0301" * 300, "ก" + "\u0e47" * 50, "e\u200b\u0301", "\ufe0f\ufe0f",
    "\u202egnp.exe\u202c", "\u2066x\u2069", "\u200f\u200e", "שלום עולם", "مرحبا بالعالم", "می\u200cخواهم",
    "क\u094d\u200dष", "\u061c", "\ufeffbom", "👨\u200d👩\u200d👧\u200d👦", "👨\u200d👩\u200d👧\u200d👦" * 200,
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🇫🇷🇩🇪", "🇫" * 99, "👍🏽", "1\ufe0f⃣ 2\ufe0f⃣",
    "❤\ufe0f", "❤", "©®™", "🚀 Launch: it works 🎉", "🚀🚀🚀", "✓ done", "☃", "\u200d\u200d", "重點整理：人工智慧",
    "日本語のとても長い題名" * 40, "한국어 제목", "全角\u3000空白", "\u3164", "\uffa0", "\u2800", "\u2028\u2029\x85",
    "ＡＢＣ＠everyone", "\x00", "a\x00b", "\x1b[31mred\x1b[0m", "\x07\x08", "\ud83d", "\ude00", "\ud83d\ude00",
    "\udfff" * 9, "\U0010ffff\ufffe", "\ue000", "x" * 5000, "x" * 50_000, "ab " * 17_000, "*" * 5000, "\\" * 5000,
    "[" * 500 + "]" * 500, "_" * 999, "@everyone " * 700, "🎉" * 3000, "`" * 3, "~" * 2, "*a*b*c*", "_a_", "a_b",
    "__a", "a__", "||a", "**", "* *", "_ _", "- ", "1.", "1. ", "#\u00a0x", "-\u2003x", "¶", "…", "—", "' onclick='x",
    '"><img src=x>', "${jndi:ldap://x}", "{{7*7}}", "%s%n", "\t\ttabs\t", "\r\nlines\r\n",
    "line one\nline two\n# three",
)  # fmt: skip

URLS = (
    None, "", "https://example.org/a", "http://example.org", "https://example.org/a_(b)",
    "https://example.org/a?b=c&d=e#f", "https://example.org/*bold*_x_~~`", "https://example.org/[x](y)",
    "https://example.org/'q'\"q\"", "https://example.org/|x|", "https://example.org/ space", "https://example.org/\n",
    "https://user@example.org/", "https://user:pw@example.org/", "https://a@b@c/", "javascript:alert(1)",
    "data:text/html,x", "ftp://example.org", "steam://run/1", "discord://x", "//example.org", "example.org",
    "https://", "https:///x", "https://example.org:99999/", "https://example.org:x/", "https://[::1]/",
    "https://例え.example/道", "https://example.org/道/é", "https://example.org/\u202e", "https://example.org/\ud800",
    "https://example.org/\x00", "https://example.org\\@evil", "https://example.org/" + "a" * 900,
    "https://example.org/" + "a" * 9000, "https://example.org/" + "é" * 400, "https://discord.gg/abc",
    "https://discord.com/invite/abc", "https://discord.com/blog/a", "https://discord.com/channels/1/2",
    "https://example.org/@everyone", "https://example.org/<@123>", "https://example.org/?u=discord.gg/abc",
    "https://example.org/%28%29", "https://example.org/)", "HTTPS://EXAMPLE.ORG/",
    "https://example.org/a)](https://evil.example)", "https://exa mple.org", "https://example.org/@here/x",
    "https://a..b/", "https://%65.example/",
)  # fmt: skip

TOKENS = st.sampled_from(sorted({word for text in TEXTS if len(text) < 60 for word in (text, *text.split(" "))}))
texts = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=30),
    st.lists(TOKENS, max_size=6).map(" ".join),
    st.lists(TOKENS, max_size=6).map("".join),
    st.text(alphabet=" \n*_~|`<>[]()#@:/.\\-+1ab🎉\u0301\u200d", max_size=24),
)
urls = st.one_of(st.sampled_from(URLS), st.text(max_size=12).map("https://example.org/{}".format))

VALUE = Ballot("value", "Worth your time?", (BallotOption("👍", "Valuable", 1), BallotOption("👎", "Not for us", -1)))
_EMOJI = ("👍", "<:yes:123456789012345678>", "**x**")


def _message(random: Random, pool: Sequence[str], places: Sequence[str | None]) -> Message:
    """A message of these texts and addresses: drawing each field by itself would take most of a test's time."""

    def some(most: int) -> tuple[str, ...]:
        return tuple(random.choices(pool, k=random.randint(0, most)))

    ballots = tuple(
        Ballot("b", random.choice(pool), tuple(BallotOption(random.choice(_EMOJI), label) for label in some(9)))
        for _ in range(random.randint(0, 3))
    )
    return Message(
        kind=random.choice(("article", "article", "article", "header", "note")),
        title=random.choice(pool),
        url=random.choice(places),
        byline=random.choice(pool),
        takeaways=some(9),
        also=tuple(Link(title, random.choice(places)) for title in some(5)),
        also_lead=random.choice(pool),
        why=random.choice(pool),
        footer=some(3),
        ballots=random.choice(((VALUE,), ballots)),
        rank=random.randint(0, 20),
    )


def _reply(random: Random, pool: Sequence[str], places: Sequence[str | None]) -> Reply:
    names = ("", "#", "Name", "Posted", *pool)
    return Reply(
        text=random.choice(pool),
        messages=tuple(_message(random, pool, places) for _ in range(random.randint(0, 8))),
        columns=tuple(random.choices(names, k=random.randint(0, 5))),
        rows=tuple(tuple(random.choices(pool, k=random.randint(0, 6))) for _ in range(random.randint(0, 12))),
        private=random.random() < 0.5,
        failed=random.random() < 0.5,
    )


_seeds = st.integers(0, 1 << 32).map(Random)
_pools = st.lists(texts, min_size=1, max_size=5)
_places = st.lists(urls, min_size=1, max_size=3)
messages = st.builds(_message, _seeds, _pools, _places)
replies = st.builds(_reply, _seeds, _pools, _places)
