"""Which addresses a probe may connect to: pure rules, default deny.

Python 3.11's `ipaddress.is_private` and `is_global` misjudge mapped, NAT64 and 6to4 forms, so the networks
are listed here. Sources: the IANA special-purpose address registries (IPv4 and IPv6), RFC 6890 and its
updates; the metadata addresses are those the large clouds document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from bot.probes.probe import Reach

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


NEVER = _networks(
    "0.0.0.0/8",  # "this host": connects to ourselves on Linux
    "169.254.0.0/16",  # link-local, cloud metadata
    "100.100.100.200/32",  # metadata, Alibaba Cloud
    "168.63.129.16/32",  # platform agent, Azure
    "192.0.0.192/32",  # metadata, Oracle Cloud
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, broadcast
    "::/128",
    "fe80::/10",  # link-local
    "fec0::/10",  # site-local, deprecated
    "ff00::/8",  # multicast
    "fd00:ec2::/32",  # metadata and time, Amazon
    "fd20:ce::/32",  # metadata, Google Cloud
)

LOOPBACK = _networks("127.0.0.0/8", "::1/128")

INTERNAL = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")

PUBLIC = _networks("0.0.0.0/0", "2000::/3")

NOT_PUBLIC = (
    *LOOPBACK,
    *INTERNAL,
    *_networks(
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays, deprecated
        "198.18.0.0/15",  # benchmarks; also the made-up answers of some proxies
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "2001::/23",  # protocol assignments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    ),
)

_TRANSLATED = _networks(
    "::ffff:0:0/96",  # IPv4-mapped
    "::ffff:0:0:0/96",  # IPv4-translated (SIIT)
    "64:ff9b::/96",  # NAT64
    "::/96",  # IPv4-compatible, deprecated
)
_ISATAP = (0x00005EFE, 0x02005EFE)


def parse_address(text: str) -> Address | None:
    """Read an address in its usual spelling; None for all else, such as 127.1, 0x7f000001 or fe80::1%eth0."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return None if isinstance(address, IPv6Address) and address.scope_id else address


def allowed(address: Address | str, reach: Reach) -> bool:
    """Say whether an entry with this `reach` may connect to `address`, or to the addresses hidden in it."""
    parsed = parse_address(address) if isinstance(address, str) else address
    if parsed is None or (isinstance(parsed, IPv6Address) and parsed.scope_id):
        return False
    if isinstance(parsed, IPv4Address) or parsed == IPv6Address("::1"):
        return _allowed_plain(parsed, reach)
    inner = _translated(parsed)
    if inner is not None:
        return _allowed_plain(inner, reach)
    ends = tuple(_tunnel_ends(parsed))
    if ends:
        return reach == "public" and all(_allowed_plain(end, reach) for end in ends)
    return _allowed_plain(parsed, reach)


def _allowed_plain(address: Address, reach: Reach) -> bool:
    if _within(address, NEVER):
        return False
    match reach:
        case "public":
            return _within(address, PUBLIC) and not _within(address, NOT_PUBLIC)
        case "internal":
            return _within(address, INTERNAL)
        case "loopback":
            return _within(address, LOOPBACK)


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _translated(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets to `address` would be translated to, if any."""
    return IPv4Address(int(address) & 0xFFFFFFFF) if _within(address, _TRANSLATED) else None


def _tunnel_ends(address: IPv6Address) -> Iterator[Address]:
    """The addresses behind a tunnel address (6to4, Teredo, ISATAP); nothing for an ordinary one."""
    if address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield from address.teredo
    elif (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        yield address
        yield IPv4Address(int(address) & 0xFFFFFFFF)
