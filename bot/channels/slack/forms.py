"""A form before somebody's eyes: opened on a press, drawn again as they answer, or left as something to press."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from bot.channels.slack import modals
from bot.channels.slack.adapter import SlackChannel
from bot.channels.slack.failures import BROKEN, code
from bot.channels.slack.parse import Inbound
from bot.messages import Event, Form, Lane, Outgoing, SendFailed

log = structlog.get_logger()
OPEN_WITHIN = 2.5  # seconds; a trigger lives for three
USED = frozenset({"exchanged_trigger_id", "duplicate_external_id"})


async def open_form(channel: SlackChannel, form: Form, inbound: Inbound, *, repeated: bool) -> None:
    """The form over what they pressed; where Slack does not open it, something to press instead."""
    event = inbound.event
    try:
        async with asyncio.timeout(OPEN_WITHIN):
            await channel.client.views_open(trigger_id=inbound.trigger, view=modals.modal(form, event.place))
    except (*BROKEN, SendFailed) as error:
        if repeated or code(error) in USED:
            return
        log.warning("slack.form_not_opened", form=form.key, reason=code(error) or type(error).__name__)
        with contextlib.suppress(SendFailed):
            await leave_opener(channel, form, event, repeated=False)


async def redraw(channel: SlackChannel, form: Form, inbound: Inbound) -> None:
    """The open modal with the questions that are asked now; what was typed stays."""
    view_id, view_hash = inbound.view
    view = modals.modal(modals.filled(form, inbound.typed), inbound.event.place)
    with contextlib.suppress(*BROKEN, SendFailed):  # it was closed, or changed again, meanwhile
        await channel.client.views_update(view_id=view_id, hash=view_hash or None, view=view)


async def leave_opener(channel: SlackChannel, form: Form, event: Event, *, repeated: bool) -> None:
    """Something to press that opens the form, once; raises a `SendFailed`."""
    outgoing = Outgoing(f"form:{event.id}", event.place, form, Lane.ANSWER)
    if not repeated or await channel.find(outgoing) is None:
        await channel.send(outgoing)
