"""Where a catalogue entry points. Strict on purpose: an address has one reading and hides no second."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.probes.guard import Address, parse_address
from bot.probes.probe import Finding, Probe, ProbeError, ProbeState

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[^\s/?#@:\\\[\]%]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!-\"$-\[\]-~]*)?"
)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DEFAULT_PORTS = {"tls": 443, "http": 80, "https": 443}


class TargetError(ProbeError):
    """The catalogue entry does not say clearly where to connect; the message says what to correct."""

    def __init__(self, message: str) -> None:
        super().__init__(Finding(ProbeState.UNKNOWN, "target.invalid"))
        self.message = message

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Target:
    """A host in its canonical spelling. `address` is set when the catalogue gave an address, not a name."""

    host: str
    address: Address | None
    port: int
    scheme: str = ""
    path: str = "/"

    @property
    def authority(self) -> str:
        """What an HTTP Host header says: the name, never the address it was resolved to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS.get(self.scheme) else f"{host}:{self.port}"


def read_target(probe: Probe) -> Target:
    """Read where `probe` points. Raises `TargetError` with a sentence for whoever keeps the catalogue."""
    match probe.kind:
        case "http":
            return _read_url(probe.url)
        case "dns":
            return _target(probe.host, 0)
        case "tcp" | "tls":
            return _target(probe.host, _port(probe.port or _DEFAULT_PORTS.get(probe.kind, 0)))


def _read_url(url: str) -> Target:
    parts = _URL.fullmatch(url)
    if parts is None:
        raise TargetError(
            f"{url[:80]!r} is not a plain web address: write http:// or https://, a host, perhaps a port and "
            "a percent-encoded path, without a user name, '#', '\\' or blanks"
        )
    scheme = parts["scheme"]
    port = _port(int(parts["port"] or _DEFAULT_PORTS[scheme]))
    host = parts["host"]
    if host.startswith("["):
        host = host[1:-1]
    elif ":" in host:
        raise TargetError(f"{url[:80]!r}: put an IPv6 address in brackets")
    return _target(host, port, scheme, parts["path"] or "/")


def _port(port: int) -> int:
    if not 1 <= port <= 65535:
        raise TargetError(f"port {port} is impossible: give one from 1 to 65535")
    return port


def _target(host: str, port: int, scheme: str = "", path: str = "/") -> Target:
    address = parse_address(host)
    if address is not None:
        return Target(str(address), address, port, scheme, path)
    return Target(_name(host), None, port, scheme, path)


def _name(host: str) -> str:
    """Bring a host name into lower-case ASCII; one that ends in a number would be an address in disguise."""
    name = host.removesuffix(".").lower()
    try:
        if len(name) <= 253 and not name.isascii():
            name = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise TargetError(f"{host[:80]!r} is not a host name: check its spelling") from None
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise TargetError(f"{host[:80]!r} is not a host name: check its spelling")
    if _NUMBER.fullmatch(labels[-1]):
        raise TargetError(f"{host[:80]!r} is neither a name nor a plain address: write it like 192.0.2.7")
    return name
