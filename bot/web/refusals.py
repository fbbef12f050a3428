"""Answers to requests we do not serve: a status, and a sentence that helps."""

from __future__ import annotations


class Refused(Exception):
    """A request we do not serve. `reason` names its title and its sentence in the catalogue."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason


REASONS = {
    400: "unreadable",
    401: "sign_in",
    403: "stale",
    404: "missing",
    405: "missing",
    413: "too_large",
}


def reason_for(status: int) -> str:
    """The catalogue's reason for a status that came without one."""
    return REASONS.get(status, "broken" if status >= 500 else "unreadable")
