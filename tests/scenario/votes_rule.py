"""The rule of votes said once more, in plain Python that knows nothing of the house: what has to stand in the end."""

from collections import Counter
from collections.abc import Iterable

Key = tuple[str, int, str]  # member, article, ballot


class Rule:
    """The first choice that the bot learns of is the vote. `ballots`: the ballot of each option that counts today."""

    def __init__(self, ballots: dict[str, str]) -> None:
        self.ballots = ballots
        self.votes: dict[Key, str] = {}
        self.nobodys: Counter[tuple[int, str, str]] = Counter()  # article, ballot, option

    def learns(self, member: str, article: int | None, option: str) -> tuple[str, str | None]:
        """A reaction or a button, whichever time it is told."""
        if article is None or option not in self.ballots:
            return "not_a_vote", None
        key = member, article, self.ballots[option]
        result = "already" if key in self.votes else "recorded"
        return result, self.votes.setdefault(key, option)

    def rereads(self, held: Iterable[tuple[str, int, str]]) -> dict[Key, set[str]]:
        """What members hold, by member, article and option; what is left open by who holds several."""
        choices: dict[Key, set[str]] = {}
        for member, article, option in held:
            if option in self.ballots and (key := (member, article, self.ballots[option])) not in self.votes:
                choices.setdefault(key, set()).add(option)
        self.votes |= {key: next(iter(options)) for key, options in choices.items() if len(options) == 1}
        return {key: options for key, options in choices.items() if len(options) > 1}

    def forgets(self, member: str) -> None:
        """The votes stay, nobody's."""
        for key in [key for key in self.votes if key[0] == member]:
            self.nobodys[*key[1:], self.votes.pop(key)] += 1
