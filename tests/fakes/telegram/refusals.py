"""How the fake says no, and what it writes down about every call."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]
STATUS = {
    "Bad Request": HTTPStatus.BAD_REQUEST,
    "Unauthorized": HTTPStatus.UNAUTHORIZED,
    "Forbidden": HTTPStatus.FORBIDDEN,
    "Not Found": HTTPStatus.NOT_FOUND,
    "Conflict": HTTPStatus.CONFLICT,
    "Request Entity Too Large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "Too Many Requests": HTTPStatus.TOO_MANY_REQUESTS,
    "Internal Server Error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "Bad Gateway": HTTPStatus.BAD_GATEWAY,
}


class Refused(Exception):
    """Telegram answers `ok: false` with this description, which begins with the name of its status.

    `fault_of_caller`: no correct bot ever meets it, so it counts as a broken specification.
    """

    def __init__(self, description: str, *, fault_of_caller: bool = False, **parameters: int) -> None:
        super().__init__(description)
        self.description = description
        self.parameters = parameters
        self.fault_of_caller = fault_of_caller

    @property
    def status(self) -> int:
        """The HTTP status and `error_code`."""
        return int(STATUS[self.description.partition(":")[0]])

    def as_json(self) -> Json:
        """The body Telegram answers with."""
        answer: Json = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            answer["parameters"] = dict(self.parameters)
        return answer


def bad(reason: str) -> Refused:
    """400, which a correct bot may meet: what it asked for is gone, or somebody was first."""
    return Refused(f"Bad Request: {reason}")


def malformed(reason: str) -> Refused:
    """400, which no correct bot meets."""
    return Refused(f"Bad Request: {reason}", fault_of_caller=True)


def forbidden(reason: str) -> Refused:
    """403: blocked, kicked, never met."""
    return Refused(f"Forbidden: {reason}")


def too_many(seconds: int) -> Refused:
    """429 with the seconds to wait."""
    return Refused(f"Too Many Requests: retry after {seconds}", retry_after=seconds)


@dataclass(slots=True)
class Call:
    """One Bot API call as it arrived, and what became of it."""

    method: str
    arguments: Json
    at: float
    ok: bool = False
    error: str = ""
    fault: str = ""
    applied: bool = False
    answer: Any = None

    def __getitem__(self, name: str) -> Any:
        return self.arguments.get(name)

    @property
    def chat(self) -> int:
        """The chat it was for; 0 for none."""
        chat = self.arguments.get("chat_id")
        return chat if isinstance(chat, int) else 0
