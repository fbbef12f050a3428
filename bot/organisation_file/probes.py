"""Reads the probes of a service: what we can check from where we run, and where that may connect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast, get_args

from bot.organisation_file.nodes import Fields, Value, Wrong
from bot.organisation_file.scalars import names, text, whole, word
from bot.probes.guard import allowed, parse_address
from bot.probes.probe import Kind, Probe, Reach
from bot.probes.target import TargetError, read_target

SELF = "self"
"""Stands for this very process, so that a sample gives real results without any network."""

OF_KIND: Mapping[str, tuple[str, ...]] = {
    "dns": ("host",),
    "tcp": ("host", "port"),
    "tls": ("host", "port", "warn_days"),
    "http": ("url", "expect_status", "expect_text"),
}
"""What a kind of probe reads, beside key, kind, label and reach."""

NEEDED = {"dns": ("host",), "tcp": ("host", "port"), "tls": ("host",), "http": ("url",)}


def read_probe(value: Value, self_address: tuple[str, int]) -> Probe:
    """One check. Raises Wrong when it does not say clearly where to connect."""
    mistakes = len(value.mistakes)
    fields = Fields(value, "probe")
    kind = fields.need("kind", lambda at: word(at, get_args(Kind), "a kind of probe"), "")
    _check_keys(fields, kind)
    probe = Probe(
        key=fields.need("key", text, ""),
        kind=cast(Kind, kind),
        label=fields.need("label", names, {}),
        host=fields.get("host", _host(self_address), ""),
        port=fields.get("port", _port(self_address), 0),
        url=fields.get("url", _url(self_address), ""),
        expect_status=fields.get("expect_status", whole(100, 599), 200),
        expect_text=fields.get("expect_text", text, ""),
        warn_days=fields.get("warn_days", whole(1, 365), 21),
        reach=_reach(fields, self_address),
    )
    if len(value.mistakes) == mistakes and not _means_self(fields):
        _check_target(fields, probe)
    return probe


def _check_keys(fields: Fields, kind: str) -> None:
    for key in sorted({key for keys in OF_KIND.values() for key in keys}):
        at = fields.at(key)
        if kind and at and key not in OF_KIND[kind]:
            at.note(f"a probe of kind {kind} does not use {key!r}: take it out")
        elif kind and not at and key in NEEDED[kind]:
            fields.value.note(f"a probe of kind {kind} has no {key!r}: add it")


def _check_target(fields: Fields, probe: Probe) -> None:
    place = fields.at("url") or fields.at("host") or fields.value
    try:
        target = read_target(probe)
    except TargetError as error:
        raise Wrong(place, str(error)) from None
    if target.address is not None and not allowed(target.address, probe.reach):
        raise Wrong(place, f"{target.host} is not a {probe.reach} address: {_right_reach(target.host)}")


def _right_reach(host: str) -> str:
    right = _reach_of(host)
    return f"set reach: {right}" if right else "probes never connect there"


def _reach_of(host: str) -> Reach | None:
    return next((reach for reach in get_args(Reach) if allowed(host, reach)), None)


def _means_self(fields: Fields) -> bool:
    host, url = fields.at("host"), fields.at("url")
    return bool((host and host.node.value == SELF) or (url and str(url.node.value).startswith(f"{SELF}:")))


def _reach(fields: Fields, self_address: tuple[str, int]) -> Reach:
    if _means_self(fields):
        if at := fields.at("reach"):
            at.note(f"{SELF!r} knows where it is: take 'reach' out")
        return _reach_of(_self_host(self_address)) or "loopback"
    return cast(Reach, fields.get("reach", lambda at: word(at, get_args(Reach), "a reach"), "public"))


def _self_host(self_address: tuple[str, int]) -> str:
    """Where a server bound to this address is reached from its own machine."""
    host = self_address[0]
    if host == "::":
        return "::1"
    bound_everywhere = host == "0.0.0.0"  # nosec B104: compared with, never bound to
    return host if parse_address(host) and not bound_everywhere else "127.0.0.1"


def _host(self_address: tuple[str, int]) -> Callable[[Value], str]:
    def read(value: Value) -> str:
        written = value.scalar("a host name or address")
        return _self_host(self_address) if written == SELF else written

    return read


def _port(self_address: tuple[str, int]) -> Callable[[Value], int]:
    def read(value: Value) -> int:
        written = value.scalar("a port")
        return self_address[1] if written == SELF else whole(1, 65535)(value)

    return read


def _url(self_address: tuple[str, int]) -> Callable[[Value], str]:
    def read(value: Value) -> str:
        written = value.scalar("a web address")
        scheme, colon, path = written.partition(":")
        if scheme != SELF or not colon:
            return written
        if not path.startswith("/"):
            raise Wrong(value, f"{written[:60]!r} needs a path: write it as self:/healthz")
        host = _self_host(self_address)
        return f"http://{f'[{host}]' if ':' in host else host}:{self_address[1]}{path}"

    return read
