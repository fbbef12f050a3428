"""Names to addresses, bounded in time: literal, localhost, the hosts file, then DNS.

`getaddrinfo` is not used: its threads outlive any deadline, and it reads 127.1 or 0x7f000001 as an address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Protocol

import dns.asyncbackend
import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver
from dns.rdatatype import RdataType

from bot.probes.guard import Address, parse_address
from bot.probes.probe import ProbeError, ProbeState, error

SECONDS_PER_SERVER = 1.0
SECONDS_PER_NAME = 2.5
HOSTS_BYTES = 256 * 1024


class Resolver(Protocol):
    """Gives every address of a name, or raises `ProbeError` saying why there is none."""

    async def addresses(self, name: str) -> tuple[Address, ...]: ...


class SystemResolver:
    """Resolves as this machine is configured; asks DNS servers of your own choice if you name them.

    Build one for each round of probes: it reads the system's configuration when it is built, and never again.
    """

    def __init__(
        self,
        nameservers: Sequence[str] | None = None,
        *,
        port: int = 53,
        hosts: Path = Path("/etc/hosts"),
        seconds: float = SECONDS_PER_NAME,
    ) -> None:
        self._hosts = hosts
        self._seconds = seconds
        self._dns = _configured(nameservers, port)

    async def addresses(self, name: str) -> tuple[Address, ...]:
        """Give every address of `name`, IPv4 before IPv6. Raises `ProbeError` (dns.*) when there is none."""
        literal = parse_address(name)
        if literal is not None:
            return (literal,)
        if name == "localhost" or name.endswith(".localhost"):
            return (IPv4Address("127.0.0.1"), IPv6Address("::1"))
        return self._from_hosts(name) or await self._from_dns(name)

    def _from_hosts(self, name: str) -> tuple[Address, ...]:
        try:
            with self._hosts.open(encoding="utf-8", errors="replace") as file:
                lines = file.read(HOSTS_BYTES).splitlines()
        except OSError:
            return ()
        return tuple(_addresses_in(lines, name))

    async def _from_dns(self, name: str) -> tuple[Address, ...]:
        if self._dns is None:
            raise error(ProbeState.UNKNOWN, "dns.no_server")
        answers = await asyncio.gather(
            self._ask(self._dns, name, RdataType.A),
            self._ask(self._dns, name, RdataType.AAAA),
            return_exceptions=True,
        )
        found: list[Address] = []
        for answer in answers:
            if isinstance(answer, tuple):
                found.extend(answer)
            elif not isinstance(answer, ProbeError):
                raise answer
        if found:
            return tuple(found)
        for answer in answers:
            if isinstance(answer, ProbeError):
                raise answer
        raise error(ProbeState.FAIL, "dns.no_address", host=name)

    async def _ask(self, servers: dns.asyncresolver.Resolver, name: str, kind: RdataType) -> tuple[Address, ...]:
        try:
            answer = await servers.resolve(
                name,
                kind,
                raise_on_no_answer=False,
                lifetime=self._seconds,
                search="." not in name,
                backend=dns.asyncbackend.get_backend("asyncio"),
            )
        except dns.resolver.NXDOMAIN:
            raise error(ProbeState.FAIL, "dns.no_such_name", host=name) from None
        except dns.exception.Timeout:
            raise error(ProbeState.FAIL, "dns.no_answer", host=name) from None
        except (dns.exception.DNSException, OSError) as cause:
            raise error(ProbeState.FAIL, "dns.server_failed", host=name) from cause
        parsed = (parse_address(record.to_text()) for record in answer.rrset or ())
        return tuple(address for address in parsed if address is not None)


def _configured(nameservers: Sequence[str] | None, port: int) -> dns.asyncresolver.Resolver | None:
    """A resolver for these servers, or for the system's; None where the system has none."""
    try:
        resolver = dns.asyncresolver.Resolver(configure=nameservers is None)
    except dns.resolver.NoResolverConfiguration:
        return None
    if nameservers is not None:
        resolver.nameservers = list(nameservers)
    resolver.port = port
    resolver.timeout = SECONDS_PER_SERVER
    return resolver


def _addresses_in(lines: Iterable[str], name: str) -> Iterable[Address]:
    for line in lines:
        first, *names = line.split("#", 1)[0].split() or [""]
        address = parse_address(first)
        if address is not None and name in (other.lower() for other in names):
            yield address
