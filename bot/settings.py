"""The settings: the only place that reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SECRET_AT_LEAST = 16
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsError(Exception):
    """A setting is wrong; the message says which, and what it should be."""


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """A Slack workspace: its bot's token, and a way in, Socket Mode (`app_token`) or HTTP (`signing_secret`)."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = ""
    per_second: float = 1.0  # messages into one conversation, as Slack allows
    call_within: float = 10.0  # seconds for one call; less than what delivery waits
    look_every: float = 5.0  # seconds between two looks at the socket


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """A Telegram bot: its token, and where Telegram posts to (empty: it is asked). `speed` multiplies its limits."""

    bot_token: str = field(repr=False)
    api_url: str = ""
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a process is told from outside. Secrets come only this way."""

    database_url: str = "sqlite+aiosqlite:///firstline.db"
    config: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    secret_key: str = ""
    failpoint: str = ""
    deadman_url: str = field(default="", repr=False)
    slack: SlackSettings | None = None
    telegram: TelegramSettings | None = None

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the web desk."""
        return self.host in LOOPBACK


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises `SettingsError`."""
    given = os.environ if environment is None else environment
    secret = given.get("FIRSTLINE_SECRET_KEY", "")
    if secret and len(secret.encode()) < SECRET_AT_LEAST:
        raise SettingsError(f"FIRSTLINE_SECRET_KEY is too short: give at least {SECRET_AT_LEAST} characters")
    config = given.get("FIRSTLINE_CONFIG", "")
    return Settings(
        database_url=given.get("DATABASE_URL") or "sqlite+aiosqlite:///firstline.db",
        config=Path(config) if config else None,
        host=given.get("FIRSTLINE_HOST") or "127.0.0.1",
        port=_port(given.get("FIRSTLINE_PORT") or "8080"),
        secret_key=secret,
        failpoint=given.get("FAILPOINT", ""),
        deadman_url=_address(given.get("FIRSTLINE_DEADMAN_URL", "")),
        slack=_slack(given),
        telegram=_telegram(given),
    )


def _slack(given: Mapping[str, str]) -> SlackSettings | None:
    bot_token, app_token = given.get("SLACK_BOT_TOKEN", ""), given.get("SLACK_APP_TOKEN", "")
    secret = given.get("SLACK_SIGNING_SECRET", "")
    if not (bot_token or app_token or secret):
        return None
    if not bot_token.startswith("xoxb-"):
        raise SettingsError("SLACK_BOT_TOKEN should be the bot's token, which starts with xoxb-")
    if app_token and not app_token.startswith("xapp-"):
        raise SettingsError("SLACK_APP_TOKEN should be an app-level token, which starts with xapp-")
    if not (app_token or secret):
        raise SettingsError(
            "Slack has no way in: set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP at /slack/events)"
        )
    return SlackSettings(bot_token, app_token, secret, given.get("SLACK_API_URL", ""))


def _telegram(given: Mapping[str, str]) -> TelegramSettings | None:
    token, webhook = given.get("TELEGRAM_BOT_TOKEN", ""), given.get("TELEGRAM_WEBHOOK_URL", "")
    secret, api = given.get("TELEGRAM_WEBHOOK_SECRET", ""), given.get("TELEGRAM_API_URL", "")
    if not token:
        if webhook or secret:
            raise SettingsError("TELEGRAM_BOT_TOKEN is missing: BotFather gives it")
        return None
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]{20,}", token):
        raise SettingsError("TELEGRAM_BOT_TOKEN should be what BotFather gave: a number, a colon, and letters")
    if webhook and not webhook.startswith("https://") and not api:
        raise SettingsError("TELEGRAM_WEBHOOK_URL should be an https address that Telegram can reach")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        raise SettingsError("TELEGRAM_WEBHOOK_SECRET should be 16 to 256 letters, digits, _ and -")
    return TelegramSettings(token, api, webhook, secret)


def _address(text: str) -> str:
    if text and not text.startswith(("https://", "http://")):
        raise SettingsError("FIRSTLINE_DEADMAN_URL should be an http or https address")
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 0 <= int(text) <= 65535:
        raise SettingsError(f"FIRSTLINE_PORT is {text!r}: give a number from 0 to 65535")
    return int(text)
