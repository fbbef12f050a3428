"""What the web desk is built from. `bot/app.py` fills this in; nothing here is made at import time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels.web.adapter import Transcript, Watchers
from bot.web.knowledge_views import KnowledgeViews
from bot.web.rota_views import RotaViews
from bot.web.views import Conversation, Doors, Staging, Views


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may carry, in bytes and files, and how often streams look for news, in seconds."""

    body: int = 256 * 1024
    upload: int = 10 * 1024 * 1024
    files: int = 10
    poll: float = 1.0


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the pages need.

    `secret` seals seats and form tokens: at least 16 bytes, the same in every process. `seats_allowed` is
    asked on every request, so that the seat picker is gone as soon as it should be.
    """

    conversation: Conversation
    views: Views
    knowledge: KnowledgeViews
    rota: RotaViews
    transcript: Transcript
    watchers: Watchers
    staging: Staging
    doors: Doors
    secret: bytes
    seats_allowed: Callable[[], bool]
    now: Callable[[], datetime]
    limits: Limits = field(default_factory=Limits)
