"""Which addresses a probe may connect to, and how strictly a catalogue entry is read."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.probes.guard import INTERNAL, LOOPBACK, allowed, parse_address
from bot.probes.probe import Probe, Reach
from bot.probes.target import TargetError, read_target

REACHES: tuple[Reach, ...] = ("public", "internal", "loopback")

FORBIDDEN_EVERYWHERE = [
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "fe80::5efe:8.8.8.8",
    "fec0::1",
    "ff02::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::ffff:0:169.254.169.254",
    "::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "2001:db8::1",
    "3fff::1",
    "2001:2::1",
    "100::1",
    "5f00::1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "fe80::1%eth0",
    "::1%lo",
    "vpn.example",
    "",
]

ONLY: list[tuple[Reach, list[str]]] = [
    (
        "public",
        [
            "8.8.8.8",
            "1.1.1.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "::ffff:0:8.8.8.8",
            "::8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "192.31.196.1",
        ],
    ),
    (
        "internal",
        [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "fd12:3456::1",
            "::ffff:10.0.0.1",
            "::ffff:100.64.0.1",
            "64:ff9b::a00:1",
        ],
    ),
    ("loopback", ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"]),
]


@pytest.mark.parametrize("address", FORBIDDEN_EVERYWHERE)
def test_no_reach_includes_metadata_link_local_multicast_or_odd_spellings(address: str) -> None:
    assert [reach for reach in REACHES if allowed(address, reach)] == []


@pytest.mark.parametrize(("reach", "addresses"), ONLY)
def test_each_reach_admits_its_own_range_and_no_other_does(reach: Reach, addresses: list[str]) -> None:
    for address in addresses:
        assert [other for other in REACHES if allowed(address, other)] == [reach], address


@pytest.mark.parametrize(
    "tunnel",
    [
        "2002:7f00:1::1",  # 6to4 around 127.0.0.1
        "2002:a00:1::1",  # 6to4 around 10.0.0.1
        "2001:0:a00:1::f7f7:f7f7",  # Teredo, server 10.0.0.1
        "2001:0:808:808::80ff:fffe",  # Teredo, client 127.0.0.1
        "2606:4700::5efe:10.0.0.1",  # ISATAP around 10.0.0.1
        "2606:4700::200:5efe:127.0.0.1",
    ],
)
def test_a_tunnel_to_a_private_end_is_refused_whatever_the_reach(tunnel: str) -> None:
    assert not any(allowed(tunnel, reach) for reach in REACHES)


def test_a_tunnel_with_public_ends_is_as_public_as_they_are() -> None:
    assert allowed("2001:0:808:808::f7f7:f7f7", "public")
    assert allowed("2606:4700::5efe:8.8.8.8", "public")


@given(st.ip_addresses())
def test_no_address_belongs_to_two_reaches(address: IPv4Address | IPv6Address) -> None:
    assert sum(allowed(address, reach) for reach in REACHES) <= 1


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_exactly_as_the_one_inside(inner: IPv4Address) -> None:
    for prefix in (0xFFFF << 32, 0x64FF9B << 96):
        outer = IPv6Address(prefix | int(inner))
        assert [allowed(outer, reach) for reach in REACHES] == [allowed(inner, reach) for reach in REACHES]


@given(st.sampled_from([n for n in (*INTERNAL, *LOOPBACK) if n.version == 4]), st.integers(min_value=0))
def test_nothing_public_lies_inside_a_private_network(network: object, offset: int) -> None:
    assert isinstance(network, IPv4Network)
    assert not allowed(network[offset % network.num_addresses], "public")


def test_an_address_in_its_usual_spelling_is_read() -> None:
    assert parse_address("192.0.2.7") == IPv4Address("192.0.2.7")
    assert parse_address("2001:DB8::1") == IPv6Address("2001:db8::1")


# -- catalogue entries -------------------------------------------------------------------------------


def web(url: str) -> Probe:
    return Probe("intranet", "http", {"en": "Intranet", "zh": "内网"}, url=url)


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://vpn.example", "vpn.example", 443, "/", "vpn.example"),
        ("http://VPN.Example.:8080/a?b=c", "vpn.example", 8080, "/a?b=c", "vpn.example:8080"),
        ("https://[2001:db8::1]:8443/", "2001:db8::1", 8443, "/", "[2001:db8::1]:8443"),
        ("http://198.51.100.7/x", "198.51.100.7", 80, "/x", "198.51.100.7"),
        ("https://邮箱.公司/", "xn--c0zu34b.xn--55qx5d", 443, "/", "xn--c0zu34b.xn--55qx5d"),
    ],
)
def test_a_plain_web_address_is_read_once_and_kept_canonical(
    url: str, host: str, port: int, path: str, authority: str
) -> None:
    target = read_target(web(url))
    assert (target.host, target.port, target.path, target.authority) == (host, port, path, authority)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "vpn.example",
        "ftp://vpn.example/",
        "HTTPS://vpn.example/",
        "https://user@vpn.example/",
        "https://vpn.example/#top",
        "https://vpn.example\\@evil.example/",
        "https://vpn.example:0/",
        "https://vpn.example:99999/",
        "https://2001:db8::1/",
        "https://vpn..example/",
        "https://-vpn.example/",
        "https://vpn.example/ x",
        "https://vpn.example/\r\nX: y",
        f"https://{'a' * 64}.example/",
        f"https://{'a.' * 130}example/",
        "https://" + "é" * 70_000 + ".example/",
    ],
)
def test_anything_but_a_plain_web_address_is_refused_with_advice(url: str) -> None:
    with pytest.raises(TargetError, match=r"is impossible: |is not a plain web address: |host name: |brackets") as told:
        read_target(web(url))
    assert len(str(told.value)) < 400


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "vpn.0x7f000001", "１２７.０.０.１", "127.0.0.1."])
def test_a_name_that_ends_in_a_number_is_an_address_in_disguise(host: str) -> None:
    with pytest.raises(TargetError, match="neither a name nor a plain address"):
        read_target(Probe("gateway", "tls", {"en": "Gateway", "zh": "网关"}, host=host))


def test_a_tcp_check_must_name_its_port_and_a_tls_check_means_443() -> None:
    label = {"en": "Gateway", "zh": "网关"}
    with pytest.raises(TargetError, match="port 0 is impossible"):
        read_target(Probe("gateway", "tcp", label, host="vpn.example"))
    assert read_target(Probe("gateway", "tls", label, host="vpn.example")).port == 443
