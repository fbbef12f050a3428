"""Slack joined to the house: the workspace of these settings, and what its channel asks of everything else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.dialogue import commands
from bot.dialogue.conversation import Conversation
from bot.dialogue.meeting import Meeting
from bot.joining.staging import stage_into
from bot.messages import Shelf
from bot.settings import SlackSettings
from bot.web.backing import StoredFiles

if TYPE_CHECKING:
    from bot.channels.slack.workspace import SlackWorkspace


def slack_workspace(
    given: SlackSettings, shelf: Shelf | None = None, clock: Callable[[], float] = time.monotonic
) -> SlackWorkspace:
    """The Slack workspace of these settings; loaded only where there is one, because its libraries are large.

    What Slack asks us to wait is measured by `clock`, in seconds: one that nobody sets, unless a test turns it.
    """
    from bot.channels.slack.workspace import SlackWorkspace

    return SlackWorkspace(
        given.bot_token,
        app_token=given.app_token,
        signing_secret=given.signing_secret,
        api_url=given.api_url,
        per_second=given.per_second,
        call_within=given.call_within,
        look_every=given.look_every,
        shelf=shelf,
        clock=clock,
    )


def join_slack(slack: SlackWorkspace, conversation: Conversation, files: StoredFiles) -> None:
    """From now on what comes from Slack reaches this conversation."""
    from bot.channels.slack.core import Core

    meeting = Meeting(conversation)
    core = Core(
        handle=conversation.handle,
        listens=meeting.listens,
        person=meeting.person,
        meet=meeting.meet,
        stage=stage_into(files, meeting),
        overview=meeting.overview,
        learn=meeting.learn,
        works=meeting.works,
        emoji=lambda: conversation.desk.organisation.in_slack.emoji,
        words=frozenset(commands.WORDS),
    )
    slack.attach(core)
