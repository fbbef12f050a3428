"""S1: whatever a catalogue entry or a name server says, a probe connects nowhere the entry does not allow.

An audit hook on `socket.connect` and `socket.sendto` counts what really leaves, whichever library does it.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.probes.probe import Kind, Probe, ProbeState
from bot.probes.resolver import SystemResolver
from bot.probes.run import run_probes
from tests.fakes import probe_servers as servers
from tests.fakes.probe_servers import NameServer, Server, naming, serving

LABEL = {"en": "Trap", "zh": "陷阱"}
PUBLIC = "93.184.216.34"

ADDRESSES = [
    *["127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "0.0.0.1", "10.0.0.1", "172.16.0.1"],
    *["192.168.0.1", "100.64.0.1", "169.254.169.254", "169.254.170.2", "100.100.100.200"],
    *["168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"],
    *["224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1"],
    *["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:100.64.0.1"],
    *["::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1"],
    *["64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:1::1"],
    *["2001:0:a00:1::1", "2001:0:808:808::80ff:fffe", "2001:db8::1", "fc00::1", "fd00:ec2::254"],
    *["fd20:ce::254", "fe80::1", "fe80::5efe:8.8.8.8", "2606:4700::5efe:7f00:1", "fec0::1", "ff02::1"],
    *["100::1", "3fff::1"],
]
"""Addresses a public entry must not reach: as literals, and as answers of a name server."""

SPELLINGS = [
    *["127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001"],
    *["127.0.0.1.", "127.0.0.01", "0127.0.0.1", "00000177.0.0.1", "127.0.0.0x1", "0x7f.1"],
    *["425.510.425.510", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"],
    *["１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "127.0.0.1%00", "localhost", "LOCALHOST"],
    *["localhost.", "ｌｏｃａｌｈｏｓｔ", "x.localhost", "[::1%lo]", "[fe80::1%25eth0]", "[127.0.0.1]"],
    *["[::1", "::1]", "[]", "[v1.fe80::1]", "", ".", "..", "-", "*", "a..b", "a\x00b", "a\r\nb", "a b"],
    *["a\tb", "xn--", "xn--zzzzzzz"],
]
"""Hosts written to be read as something else, or as nothing."""

SPLITS = [
    "http://trusted.example@127.0.0.1:{port}/",
    "http://trusted.example:80@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@trusted.example/",
    "http://127.0.0.1:{port}?@trusted.example/",
    "http://127.0.0.1:{port}\\@trusted.example/",
    "http://trusted.example\\@127.0.0.1:{port}/",
    "http://trusted.example%40127.0.0.1:{port}/",
    "http://trusted.example%2f@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}%23.trusted.example/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http:127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}\\",
    "//127.0.0.1:{port}/",
    " http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}:80/",
    "http://127.0.0.1:00{port}/",
    "http://127.0.0.1: {port}/",
    "http://127.0.0.1:{port}/\r\nHost: trusted.example",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_x",
    "dict://127.0.0.1:{port}/",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "data:text/html,x",
    "javascript:fetch('http://127.0.0.1:{port}/')",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:65536/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:٨٠/",
]

ZONE = {
    **{f"answer{number}.example": [[address]] for number, address in enumerate(ADDRESSES)},
    **{f"mixed{number}.example": [[PUBLIC, address]] for number, address in enumerate(ADDRESSES)},
    "many.example": [[PUBLIC] * 1 + [f"93.184.216.{last}" for last in range(40, 70)] + ["10.0.0.1"]],
    "rebinding.example": [["127.0.0.1"], ["127.0.0.2"]],
}

_contacts: list[tuple[str, int]] | None = None
_answering: set[int] = set()


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _contacts is None or event not in ("socket.connect", "socket.sendto"):
        return
    ours, address = arguments
    if event == "socket.sendto" and ours.getsockname()[1] in _answering:
        return
    _contacts.append((address[0], address[1]) if isinstance(address, tuple) else (str(address), 0))


sys.addaudithook(_listen)


@pytest.fixture
def contacts() -> Iterator[list[tuple[str, int]]]:
    """Every (address, port) that a socket of this process connects or sends to during the test."""
    global _contacts
    _contacts = []
    yield _contacts
    _contacts = None


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    """A name server in this process; what it answers is not counted as a contact."""
    async with naming(NameServer(ZONE)) as server:
        _answering.add(server.port)
        yield server
        _answering.clear()


@pytest.fixture
async def canary() -> AsyncIterator[Server]:
    """A service on loopback that must never hear from us."""
    async with serving(servers.page(b"secret")) as server:
        yield server


def resolver(names: NameServer) -> SystemResolver:
    return SystemResolver(["127.0.0.1"], port=names.port, seconds=10)


def traps(port: int) -> Iterator[Probe]:
    """Every payload as a public entry: as a web address, and where it is a host also by TCP and TLS."""
    hosts = [f"[{text}]" if ":" in text else text for text in ADDRESSES] + SPELLINGS + sorted(ZONE)
    urls = [f"http://{host}:{port}/" for host in hosts] + [f"https://{host}/" for host in hosts[: len(ADDRESSES)]]
    urls += [template.format(port=port) for template in SPLITS]
    for url in urls:
        yield Probe(url, "http", LABEL, url=url)
    kinds: tuple[Kind, ...] = ("tcp", "tls", "dns")
    for host in [*ADDRESSES, *SPELLINGS]:
        for kind in kinds:
            yield Probe(f"{kind} {host}", kind, LABEL, host=host, port=port)


async def test_no_payload_makes_a_public_entry_connect_anywhere(
    names: NameServer, canary: Server, contacts: list[tuple[str, int]]
) -> None:
    """Hundreds of payloads at once: all that leaves are questions to the one name server."""
    probes = list(traps(canary.port))
    assert len(probes) >= 500
    results = await run_probes(probes, deadline=20, resolver=resolver(names))
    assert set(contacts) == {("127.0.0.1", names.port)}
    assert canary.connections == 0
    reasons = {result.reason for result in results}
    assert reasons == {"guard.refused", "target.invalid", "dns.no_such_name"}
    assert not [result.key for result in results if result.state is ProbeState.OK]


@pytest.mark.parametrize("reach", ["internal", "loopback"])
async def test_a_wider_reach_never_includes_metadata_or_the_public_side(
    reach: Any, names: NameServer, contacts: list[tuple[str, int]]
) -> None:
    never = ["169.254.169.254", "[::ffff:169.254.169.254]", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200"]
    never += [PUBLIC, "8.8.8.8", "[2606:4700::1111]", "mixed0.example", "many.example", "0.0.0.0", "[::]"]
    probes = [Probe(host, "http", LABEL, url=f"http://{host}/", reach=reach) for host in never]
    results = await run_probes(probes, resolver=resolver(names))
    assert {result.reason for result in results} == {"guard.refused"}
    assert set(contacts) <= {("127.0.0.1", names.port)}


@pytest.mark.parametrize("kind", ["tcp", "tls", "http"])
async def test_a_rebinding_name_is_asked_once_and_only_its_first_answer_is_used(
    kind: Kind, names: NameServer, contacts: list[tuple[str, int]], tmp_path: Path
) -> None:
    """A refused certificate is looked at over a second connection, and that one is pinned too."""
    host = "rebinding.example"
    async with serving(servers.page(b"hello"), tls=servers.self_signed(tmp_path, host)) as server:
        url = f"https://{host}:{server.port}/"
        probe = Probe("trap", kind, LABEL, host=host, port=server.port, url=url, reach="loopback")
        (result,) = await run_probes([probe], resolver=resolver(names))
    assert result.reason == ("ok" if kind == "tcp" else "tls.self_signed")
    assert set(contacts) == {("127.0.0.1", names.port), ("127.0.0.1", server.port)}
    assert names.questions.count(("rebinding.example", "A")) == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Keep", "308 Stay"])
@pytest.mark.parametrize("place", ["http://127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://169.254.169.254/"])
async def test_a_redirect_leads_nowhere(
    status: str, place: str, canary: Server, contacts: list[tuple[str, int]]
) -> None:
    answer = servers.page(b"", status=status, headers={"Location": place.format(port=canary.port)})
    async with serving(answer) as server:
        url = f"http://127.0.0.1:{server.port}/"
        (result,) = await run_probes([Probe("trap", "http", LABEL, url=url, reach="loopback")])
    assert (result.reason, result.facts["status"]) == ("http.status", int(status[:3]))
    assert contacts == [("127.0.0.1", server.port)]


async def test_a_proxy_in_the_environment_is_not_contacted(
    canary: Server, contacts: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    async with serving(servers.page(b"direct")) as server:
        url = f"http://127.0.0.1:{server.port}/"
        (result,) = await run_probes([Probe("fair", "http", LABEL, url=url, reach="loopback")])
    assert result.state is ProbeState.OK
    assert contacts == [("127.0.0.1", server.port)]


async def test_the_hook_does_see_the_connection_of_an_entry_that_is_allowed(
    canary: Server, contacts: list[tuple[str, int]]
) -> None:
    """Without this, zero connections would prove nothing."""
    kinds: tuple[Kind, ...] = ("tcp", "tls", "http")
    url = f"http://127.0.0.1:{canary.port}/"
    for kind in kinds:
        contacts.clear()
        probe = Probe("fair", kind, LABEL, host="127.0.0.1", port=canary.port, url=url, reach="loopback")
        await run_probes([probe], deadline=0.3)
        assert contacts == [("127.0.0.1", canary.port)], kind
