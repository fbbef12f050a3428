"""Names become addresses: from the hosts file, or from a name server asked over real UDP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.probes.probe import ProbeError, ProbeState
from bot.probes.resolver import SystemResolver
from tests.fakes.probe_servers import NameServer, naming


@pytest.fixture
async def server() -> AsyncIterator[NameServer]:
    zone: dict[str, list[list[str]]] = {
        "vpn.example": [["192.0.2.1", "2001:db8::1"]],
        "empty.example": [[]],
        "six.example": [["2001:db8::6"]],
    }
    silent, failing = frozenset({"silent.example"}), frozenset({"failing.example"})
    async with naming(NameServer(zone, silent, failing)) as running:
        yield running


def resolver(server: NameServer, hosts: Path = Path("/nonexistent")) -> SystemResolver:
    return SystemResolver(["127.0.0.1"], port=server.port, hosts=hosts, seconds=0.4)


async def test_every_address_of_a_name_is_given_after_one_question_of_each_kind(server: NameServer) -> None:
    found = await resolver(server).addresses("vpn.example")
    assert [str(address) for address in found] == ["192.0.2.1", "2001:db8::1"]
    assert sorted(server.questions) == [("vpn.example", "A"), ("vpn.example", "AAAA")]


async def test_a_name_with_only_an_ipv6_address_is_found(server: NameServer) -> None:
    assert [str(address) for address in await resolver(server).addresses("six.example")] == ["2001:db8::6"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.example", "dns.no_such_name"),
        ("empty.example", "dns.no_address"),
        ("silent.example", "dns.no_answer"),
        ("failing.example", "dns.server_failed"),
    ],
)
async def test_each_way_a_lookup_fails_has_its_own_reason(server: NameServer, name: str, reason: str) -> None:
    with pytest.raises(ProbeError) as failure:
        await resolver(server).addresses(name)
    assert (failure.value.finding.reason, failure.value.finding.state) == (reason, ProbeState.FAIL)


async def test_a_silent_name_server_does_not_hold_us_longer_than_its_limit(server: NameServer) -> None:
    started = asyncio.get_running_loop().time()
    with pytest.raises(ProbeError):
        await resolver(server).addresses("silent.example")
    assert asyncio.get_running_loop().time() - started < 1.0


async def test_the_hosts_file_is_asked_before_dns(server: NameServer, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("# our own\n10.1.2.3 files Vpn.Example # gateway\n\nnonsense vpn.example\nfd00::3 vpn.example\n")
    found = await resolver(server, hosts).addresses("vpn.example")
    assert [str(address) for address in found] == ["10.1.2.3", "fd00::3"]
    assert server.questions == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("localhost", ["127.0.0.1", "::1"]),
        ("desk.localhost", ["127.0.0.1", "::1"]),
        ("192.0.2.9", ["192.0.2.9"]),
        ("2001:db8::9", ["2001:db8::9"]),
    ],
)
async def test_localhost_and_plain_addresses_need_no_name_server(
    server: NameServer, name: str, expected: list[str]
) -> None:
    assert [str(address) for address in await resolver(server).addresses(name)] == expected
    assert server.questions == []


async def test_an_old_spelling_of_an_address_is_only_a_name_that_does_not_exist(server: NameServer) -> None:
    """getaddrinfo would read these as 127.0.0.1."""
    for spelling in ("127.1", "0x7f000001", "2130706433", "017700000001"):
        with pytest.raises(ProbeError) as failure:
            await resolver(server).addresses(spelling)
        assert failure.value.finding.reason == "dns.no_such_name"
