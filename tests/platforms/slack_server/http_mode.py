"""HTTP mode: events, commands and clicks by signed requests to the app's address, and again where it fails."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from tests.platforms.slack_server.outlet import Unreachable

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_IN_TIME = 3.0  # seconds for an answer
_PATHS = {"events_api": "/slack/events", "slash_commands": "/slack/commands", "interactive": "/slack/interactive"}


@dataclass
class Delivery:
    """One request to the app. `status` None: it was not answered, for `reason`; `body` is what was sent."""

    kind: str
    body: str
    headers: dict[str, str]
    attempt: int = 0
    status: int | None = None
    reason: str = ""
    answer: str = ""
    answer_headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Http:
    """`retries`: seconds before each retry (Slack's: none, a minute, five). `deliveries` has every request."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self.base_url: str | None = None
        self.retries: tuple[float, ...] = (0.0, 0.1, 0.3)
        self.in_time = _IN_TIME
        self.paths = dict(_PATHS)
        self.deliveries: list[Delivery] = []
        self.lost: list[Mapping[str, Any]] = []
        self._session: aiohttp.ClientSession | None = None
        self._running: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------ signing

    def sign(self, body: str, *, at: float | None = None, secret: str | None = None) -> dict[str, str]:
        """The two headers of Slack's signature."""
        stamp = str(int(time.time() if at is None else at))
        key = (secret or self._server.signing_secret).encode()
        digest = hmac.new(key, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    # ------------------------------------------------------------ delivering

    def event(self, wrapper: Mapping[str, Any]) -> None:
        self._start(self._tell(wrapper))

    async def ask(self, kind: str, payload: Mapping[str, Any]) -> Any:
        """The body of what the app answers: an object, text, or None."""
        form = {"payload": json.dumps(payload)} if kind == "interactive" else dict(payload)
        sent = await self.send(kind, urlencode(form), _FORM)
        if sent.status is None:
            raise Unreachable("operation_timeout" if sent.reason == "http_timeout" else "dispatch_failed")
        if not sent.ok:
            raise Unreachable(f"dispatch_failed: HTTP {sent.status}")
        if not sent.answer:
            return None
        is_json = sent.answer_headers.get("Content-Type", "").startswith(_JSON)
        return json.loads(sent.answer) if is_json else {"text": sent.answer}

    async def verify(self) -> bool:
        """url_verification: whether the app gives the challenge back."""
        challenge = self._server.world.secret(48)
        told = {"token": self._server.verification_token, "challenge": challenge, "type": "url_verification"}
        sent = await self.send("events_api", json.dumps(told), _JSON)
        if not sent.ok:
            return False
        try:
            return bool(json.loads(sent.answer)["challenge"] == challenge)
        except (ValueError, TypeError, KeyError):
            return sent.answer == challenge

    async def send(
        self,
        kind: str,
        body: str,
        content_type: str = _JSON,
        *,
        headers: Mapping[str, str] | None = None,
        at: float | None = None,
        secret: str | None = None,
    ) -> Delivery:
        """One signed request."""
        told = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        told |= self.sign(body, at=at, secret=secret) | dict(headers or {})
        made = Delivery(kind, body, told, int(told.get("X-Slack-Retry-Num", 0)))
        self.deliveries.append(made)
        try:
            async with self._client().post(
                f"{self.base_url}{self.paths[kind]}", data=body.encode(), headers=told
            ) as got:
                made.answer = await got.text()
                made.status, made.answer_headers = got.status, got.headers
                made.reason = "" if made.ok else "http_error"
        except TimeoutError:
            made.reason = "http_timeout"
        except aiohttp.TooManyRedirects:
            made.reason = "too_many_redirects"
        except aiohttp.ClientError:
            made.reason = "connection_failed"
        return made

    async def _tell(self, wrapper: Mapping[str, Any]) -> None:
        """Until it is taken, or no more is tried."""
        body = json.dumps(wrapper, separators=(",", ":"))
        sent = await self.send("events_api", body)
        for number, seconds in enumerate(self.retries, 1):
            if sent.ok or sent.answer_headers.get("X-Slack-No-Retry") == "1":
                break
            await asyncio.sleep(seconds)
            again = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": sent.reason}
            sent = await self.send("events_api", body, headers=again)
        if not sent.ok:
            self.lost.append(wrapper)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self.in_time / self._server.world.scale)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return self._session

    @property
    def underway(self) -> int:
        """Events that are being delivered."""
        return len(self._running)

    async def close(self) -> None:
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None
