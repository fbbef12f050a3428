"""What a probe is and what it found: keys and facts only. The sentences live in phrases/probes.*.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Self

Kind = Literal["dns", "tcp", "tls", "http"]
Reach = Literal["public", "internal", "loopback"]
Fact = str | int

REASONS: Mapping[str, frozenset[str]] = {
    "waiting": frozenset(),
    "ok": frozenset({"ms"}),
    "timeout": frozenset({"ms"}),
    "broken": frozenset(),
    "target.invalid": frozenset(),
    "guard.refused": frozenset({"host"}),
    "dns.no_such_name": frozenset({"host"}),
    "dns.no_address": frozenset({"host"}),
    "dns.no_answer": frozenset({"host"}),
    "dns.server_failed": frozenset({"host"}),
    "dns.no_server": frozenset(),
    "tcp.refused": frozenset({"host", "port"}),
    "tcp.unreachable": frozenset({"host", "port"}),
    "tls.valid": frozenset({"days", "ms"}),
    "tls.expires_soon": frozenset({"days"}),
    "tls.expired": frozenset({"days"}),
    "tls.not_yet_valid": frozenset({"days"}),
    "tls.self_signed": frozenset({"host"}),
    "tls.wrong_name": frozenset({"host"}),
    "tls.untrusted": frozenset({"host"}),
    "tls.no_handshake": frozenset({"host", "port"}),
    "http.status": frozenset({"status", "expected"}),
    "http.slow": frozenset({"ms"}),
    "http.text_missing": frozenset({"text"}),
    "http.encoded": frozenset(),
    "http.broken_answer": frozenset(),
}
"""Every reason a result may give, with the facts its sentence may rely on."""


class ProbeState(StrEnum):
    """How a check stands. `UNKNOWN` says that we could not find out, never that the service is down."""

    WAITING = "waiting"
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Probe:
    """One catalogue entry. `dns`, `tcp` and `tls` read `host` (and `port`); `http` reads `url` alone.

    `label` is shown to people, by language ("en", "zh"). `reach` names the one range of addresses this entry
    may connect to; every other address is refused. `warn_days` is how long before expiry a certificate warns.
    """

    key: str
    kind: Kind
    label: Mapping[str, str]
    host: str = ""
    port: int = 0
    url: str = ""
    expect_status: int = 200
    expect_text: str = ""
    warn_days: int = 21
    reach: Reach = "public"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check concluded, before it is timed and put beside its probe."""

    state: ProbeState
    reason: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


class ProbeError(Exception):
    """The check could not go on; the finding it carries says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.reason)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One line of the checklist. `milliseconds` runs from the start of the round to the end of this check."""

    key: str
    kind: Kind
    label: Mapping[str, str]
    state: ProbeState
    milliseconds: int
    reason: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give a plain dict that `json.dumps` takes and `from_json` turns back into an equal result."""
        return {
            "key": self.key,
            "kind": self.kind,
            "label": dict(self.label),
            "state": self.state.value,
            "milliseconds": self.milliseconds,
            "reason": self.reason,
            "facts": dict(self.facts),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave. Raises KeyError on a missing field and ValueError on an unknown state."""
        return cls(
            key=data["key"],
            kind=data["kind"],
            label=dict(data["label"]),
            state=ProbeState(data["state"]),
            milliseconds=data["milliseconds"],
            reason=data["reason"],
            facts=dict(data["facts"]),
        )


def waiting(probe: Probe) -> ProbeResult:
    """Give the line to draw before a check has finished."""
    return ProbeResult(probe.key, probe.kind, probe.label, ProbeState.WAITING, 0, "waiting")


def error(state: ProbeState, reason: str, **facts: Fact) -> ProbeError:
    """Give the error that ends a check with this finding."""
    return ProbeError(Finding(state, reason, facts))
