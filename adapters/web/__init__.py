"""The kit of the web platform: a channel and archive in the browser, the embedded default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.web.client import WebPlatform
from adapters.web.format import message_view
from adapters.web.guard import templates
from adapters.web.visitor import WebSettings, settings_of
from bot.model import Finding, Posting, Step
from bot.ports import ChatPlatform, House


class WebKit:
    """Implements `ports.PlatformKit`."""

    name = "web"

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings

    def draw(self, posting: Posting) -> Mapping[str, object]:
        """The message as it stands on the page, before anybody voted; nothing for a seed."""
        if posting.message is None:
            return {}
        return {"html": templates().get_template("draw.html").render(view=message_view(posting.message)).strip()}

    def setup(self) -> Sequence[Step]:
        url = self._settings.public_url
        steps = [Step("Open the channel", f"Start `digestbot run`, then open {url} in a browser.")]
        if self._settings.is_shared and not self._reached_by_proxy:
            detail = "`digestbot link` makes your own sign-in link, an admin's; `digestbot link NAME` one for another."
            steps.append(Step("Sign in", detail))
        elif not self._reached_by_proxy:
            steps.append(
                Step(
                    "Let others in",
                    "On this machine you are the member `local`. For a few people, `digestbot link NAME` makes each a "
                    "sign-in link; for a team, put a proxy that signs people in before it, and set [web] user_header "
                    "and trusted_proxies.",
                )
            )
        return steps

    async def check(self) -> Sequence[Finding]:
        """Whether somebody can read, vote and command by these settings."""
        settings = self._settings
        if settings.user_header and not settings.trusted_proxies:
            detail = f"user_header {settings.user_header} is believed from trusted_proxies alone, and there are none"
            fix = 'Name the proxy in [web]: trusted_proxies = ["127.0.0.1"], or the address that it has.'
            return [Finding("web.members", False, detail, fix)]
        if settings.is_shared and not self._reached_by_proxy and settings.public_url.scheme != "https":
            detail = f"people sign in at {settings.public_url} by links, and their cookies travel unencrypted"
            return [Finding("web.members", False, detail, "Serve it over HTTPS, and set public_url in [http] to that.")]
        who = [f"whom {settings.user_header} names"] if self._reached_by_proxy else []
        if not settings.is_shared:
            who.append("`local`, from this machine and not through a proxy")
        who.append("who has a sign-in link (digestbot link)")
        readers = "anybody" if settings.archive == "open" else "members"
        return [Finding("web.members", True, f"members: {', and '.join(who)}; readers: {readers}")]

    def connect(self, house: House) -> ChatPlatform:
        return WebPlatform(house, self._settings)

    @property
    def _reached_by_proxy(self) -> bool:
        return bool(self._settings.user_header and self._settings.trusted_proxies)


def kit(settings: Mapping[str, object]) -> WebKit:
    """The web platform by the settings of `[web]` and `public_url` of `[http]`. Raises ConfigError."""
    return WebKit(settings_of(settings))
