"""The Web API as we call it: nothing twice behind our back, and no method faster than its tier."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.channels.slack.failures import failure
from bot.channels.slack.pace import Tiers
from bot.messages import TryLater


class PacedClient(AsyncWebClient):
    """Slack's own client, which waits for each method's turn; raises `TryLater` for a long wait."""

    def __init__(self, token: str, tiers: Tiers, **options: Any) -> None:
        super().__init__(token, retry_handlers=[], **options)
        self._tiers = tiers

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        """One call of the Web API."""
        await self._tiers.turn(api_method)
        try:
            return await super().api_call(api_method, **given)
        except SlackApiError as error:
            refused = failure(error)
            if isinstance(refused, TryLater):
                self._tiers.hold(api_method, refused.seconds)
            raise
