"""Who is told the metrics: this machine, or whoever reaches a port that was set for them; never a proxy's public."""

import socket
from collections.abc import Mapping
from ipaddress import ip_network

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from bot.errors import ConfigError
from bot.http import HttpServer, is_near
from bot.ports import Store


class Peer:
    """The other end of a connection."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self._address, 1) if name == "peername" else default


@pytest.mark.parametrize(
    ("peer", "headers", "near"),
    [
        ("127.0.0.1", {"Host": "127.0.0.1:8080"}, True),
        ("127.0.0.1", {"Host": "localhost:8080"}, True),
        ("::1", {"Host": "[::1]:8080"}, True),
        ("::ffff:127.0.0.1", {"Host": "localhost"}, True),
        ("192.168.1.9", {"Host": "127.0.0.1:8080"}, False),
        ("127.0.0.1", {"Host": "digest.example.org"}, False),
        ("127.0.0.1", {"Host": "localhost", "X-Forwarded-For": "203.0.113.9"}, False),
        ("127.0.0.1", {"Host": "localhost", "Forwarded": "for=203.0.113.9"}, False),
        ("127.0.0.1", {"Host": "localhost", "X-Real-IP": "203.0.113.9"}, False),
        ("127.0.0.1", {"Host": "localhost", "x-forwarded-proto": "https"}, False),
        ("::ffff:127.0.0.2", {"Host": "localhost"}, False),
        ("127.0.0.2", {"Host": "localhost"}, False),  # a proxy that says nothing of whom it speaks for
    ],
)
def test_a_request_is_near_when_it_was_made_here_and_for_here(
    peer: str, headers: Mapping[str, str], *, near: bool
) -> None:
    request = make_mocked_request("GET", "/metrics", headers=headers, transport=Peer(peer))  # type: ignore[arg-type]
    assert is_near(request, [ip_network("127.0.0.2")]) is near


async def metrics() -> bytes:
    return b"digestbot_votes_total 3.0\n"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def status(session: aiohttp.ClientSession, port: int, path: str, **headers: str) -> int:
    async with session.get(f"http://127.0.0.1:{port}{path}", headers=headers) as answer:
        return answer.status


async def test_metrics_are_told_on_loopback_and_refused_through_a_proxy(store: Store) -> None:
    server = HttpServer(store=store, metrics=metrics, routes=[])
    port = await server.start(host="127.0.0.1", port=0)
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=")
            assert await answer.read() == await metrics()
        assert await status(session, port, "/metrics", Host="digest.example.org") == 403
        assert await status(session, port, "/readyz") == await status(session, port, "/healthz") == 200
    await server.aclose()


async def test_an_admin_port_has_metrics_and_health_and_nothing_else_and_then_they_are_there_alone(
    store: Store,
) -> None:
    server = HttpServer(store=store, metrics=metrics, routes=[])
    admin = free_port()
    port = await server.start(host="127.0.0.1", port=0, admin_port=admin)
    async with aiohttp.ClientSession() as session:
        assert await status(session, admin, "/metrics", Host="metrics.internal") == 200
        assert await status(session, admin, "/healthz") == 200
        assert await status(session, admin, "/") == 404
        assert await status(session, port, "/metrics") == 404
    await server.aclose()


async def test_an_admin_port_in_use_is_named(store: Store) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = HttpServer(store=store, metrics=metrics, routes=[])
        with pytest.raises(ConfigError, match=r"\[http\] admin_port \d+ on 127\.0\.0\.1 is in use"):
            await server.start(host="127.0.0.1", port=0, admin_port=taken.getsockname()[1])
        await server.aclose()
