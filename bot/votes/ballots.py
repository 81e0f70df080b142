"""What an emoji means on a channel's ballots: skin tones and variation selectors folded, aliases resolved. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.model import Ballot, BallotOption

_ALIASES = {"+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎"}
_FOLDED = {chr(code): None for code in (0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400))}
_OWN = re.compile(r"<a?:\w+:(\d+)>")
_FOLD = str.maketrans(_FOLDED)


@lru_cache(maxsize=1024)
def folded_emoji(emoji: str) -> str:
    """The emoji without skin tone or variation selector; `:name:` and known names become the emoji itself, a server's
    own (`<a:name:id>`) its id, which outlives its name."""
    if own := _OWN.fullmatch(emoji.strip()):
        return f"<:{own[1]}>"
    name = emoji.strip().strip(":").split("::")[0]
    return _ALIASES.get(name, name).translate(_FOLD)


def option_of(emoji: str, ballots: Sequence[Ballot]) -> tuple[Ballot, BallotOption] | None:
    """The ballot and option that an emoji chooses, or None where it is just an emoji."""
    wanted = folded_emoji(emoji)
    for ballot in ballots:
        for option in ballot.options:
            if folded_emoji(option.emoji) == wanted:
                return ballot, option
    return None


def seeds_of(ballots: Sequence[Ballot], names: Sequence[str]) -> tuple[str, ...]:
    """The emoji that the bot puts on a message itself, in ballot order."""
    return tuple(option.emoji for ballot in ballots if ballot.name in names for option in ballot.options)
