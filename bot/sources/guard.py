"""Which network addresses may be reached. Decides only; `fetch.py` asks it at every connection, after the names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
# What `is_global` lets through and yet is not the public internet: metadata servers of clouds, and IPv6 forms that
# carry an IPv4 address past a check of the outer one (compatible, 6to4, Teredo, local NAT64).
_REFUSED = tuple(
    ip_network(name)
    for name in (
        "168.63.129.16/32",
        "192.0.0.0/24",
        "::/96",
        "2001::/32",
        "2002::/16",
        "64:ff9b:1::/48",
        "fec0::/10",
    )
)


def networks_of(names: Sequence[str]) -> tuple[Network, ...]:
    """The networks written as `10.0.0.0/8` or as single addresses. Raises ValueError."""
    return tuple(ip_network(name, strict=False) for name in names)


@lru_cache(maxsize=10_000)
def may_reach(host: str, opened: Sequence[Network] = ()) -> bool:
    """Whether an address, as it is about to be connected to, is public or in a network that was opened to us."""
    try:
        address = _meant(ip_address(host.split("%", 1)[0]))
    except ValueError:
        return False
    if _is_in(address, opened):
        return True
    return address.is_global and not address.is_multicast and not _is_in(address, _REFUSED)


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address
    return address


def _is_in(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
