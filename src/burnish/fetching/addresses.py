"""Which addresses a stranger's URL may lead to: those of the public internet, by our own list (hazard 66).

The list is ours because the standard library's answer changed between Python versions: 3.11 calls NAT64 (which reaches
loopback), 6to4, multicast and 192.0.0.8 global. Ranges: IANA's special-purpose registries of IPv4 and IPv6.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final, TypeAlias

from burnish.errors import UsageError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOT_PUBLIC: Final = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # carriers' translation
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local, clouds' metadata
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_PUBLIC_V6: Final = ipaddress.IPv6Network("2000::/3")
"""All that is assigned for global unicast. Mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96), fec0::, fe80:: lie outside."""
_NOT_PUBLIC_V6: Final = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: an IPv4 address inside
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)


def is_public(address: Address) -> bool:
    """Whether `address` is unicast on the public internet and leads nowhere else by translation."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC)
    if address.scope_id is not None or address not in _PUBLIC_V6:
        return False
    return not any(address in network for network in _NOT_PUBLIC_V6)


def permitted(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether `address` may be dialled: public, or in a network the user allows."""
    return is_public(address) or any(address in network for network in allowed)


def networks(text: str) -> tuple[Network, ...]:
    """``"10.0.0.0/8,::1/128"`` as networks. Raises `UsageError`."""
    found: list[Network] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError as error:
            raise UsageError(
                f"{part!r} is not a network: {error}.\nExample: --fetch-allow 10.0.0.0/8,fd00::/8"
            ) from error
    return tuple(found)
