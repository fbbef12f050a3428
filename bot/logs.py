"""Logs: one line an event, no secret in any of them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Tokens of Slack and Telegram, sign-in links, and the password of a database address.
_SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?<!\d)\d{6,12}:[\w-]{30,}|(?<=/sign-in/)[\w-]+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)
QUIET = ("alembic", "httpx", "httpcore", "apscheduler", "sqlalchemy.engine", "asyncio", "sse_starlette")


def redacted(text: str) -> str:
    """The text without anything one could sign in with."""
    return _SECRETS.sub("[redacted]", text)


def _redact(_logger: object, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: redacted(value) if isinstance(value, str) else value for key, value in line.items()}


class _Redacting(logging.Filter):
    """For libraries that log for themselves: they put whole addresses into their lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        return True


def set_up() -> None:
    """Configure logging for a process: to standard error, readable, redacted."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Redacting())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
