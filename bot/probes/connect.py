"""Resolve once, judge every answer, and connect to that very address."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.probes.guard import Address, allowed
from bot.probes.probe import ProbeError, ProbeState, Reach, error
from bot.probes.resolver import Resolver
from bot.probes.target import Target

ADDRESSES_TRIED = 4


@dataclass(frozen=True, slots=True)
class Round:
    """What the checks of one round share. `until` is the deadline in the event loop's time."""

    resolver: Resolver
    trust: ssl.SSLContext
    until: float

    def share(self, attempts_left: int) -> float:
        """Give the seconds one attempt may take so that the others get their turn."""
        return max(self.until - asyncio.get_running_loop().time(), 0.0) / attempts_left


@lru_cache(maxsize=1)
def system_trust() -> ssl.SSLContext:
    """Give the system's certificate authorities with verification on; built once, it takes some 30 ms."""
    return ssl.create_default_context()


async def pinned_addresses(target: Target, reach: Reach, resolver: Resolver) -> tuple[Address, ...]:
    """Give the addresses to try, IPv4 first. One refused answer refuses them all: rebinding mixes them."""
    found = (target.address,) if target.address else await resolver.addresses(target.host)
    if not found:
        raise error(ProbeState.FAIL, "dns.no_address", host=target.host)
    if not all(allowed(address, reach) for address in found):
        raise error(ProbeState.UNKNOWN, "guard.refused", host=target.host)
    return tuple(sorted(found, key=lambda address: address.version))[:ADDRESSES_TRIED]


async def connect(target: Target, addresses: Sequence[Address], around: Round) -> socket.socket:
    """Connect to the first address that answers, each within its share of the time. The caller closes."""
    first_error: ProbeError | None = None
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        try:
            async with asyncio.timeout(around.share(left) if left > 1 else None):
                return await _connect_once(target, address)
        except TimeoutError:
            first_error = first_error or unreachable(target)
        except ProbeError as caught:
            first_error = first_error or caught
    raise first_error or unreachable(target)


async def _connect_once(target: Target, address: Address) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    connection = None
    try:
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, (str(address), target.port))
    except BaseException as caught:
        if connection is not None:
            connection.close()
        if isinstance(caught, OSError):
            raise connection_error(target, caught) from caught
        raise
    return connection


def connection_error(target: Target, cause: OSError) -> ProbeError:
    """Name why a connection failed: refused by the host, or the host not reached at all."""
    if isinstance(cause, ConnectionRefusedError):
        return error(ProbeState.FAIL, "tcp.refused", host=target.host, port=target.port)
    return unreachable(target)


def unreachable(target: Target) -> ProbeError:
    """Give the error for a host that could not be reached."""
    return error(ProbeState.FAIL, "tcp.unreachable", host=target.host, port=target.port)
