"""What Slack knows of people: of one who turns up, or of everybody, for a check."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.slack.client import PacedClient

PEOPLE_AT_ONCE = 200  # Slack's reference recommends no more for a page
PAGES = 4  # as many as Slack lets through at once; asking for the others one by one is quicker than waiting for more


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack knows of somebody. `guest` is anybody who is not a full, living member of this workspace."""

    workspace: str
    email: str
    locale: str
    zone: str
    deactivated: bool
    guest: bool


def profile_of(known: Mapping[str, Any]) -> Profile:
    """A `user` object of Slack's."""
    outside = ("deleted", "is_bot", "is_stranger", "is_restricted", "is_ultra_restricted")
    return Profile(
        workspace=str(known.get("team_id", "")),
        email=str((known.get("profile") or {}).get("email", "")),
        locale=str(known.get("locale", "")),
        zone=str(known.get("tz", "")),
        deactivated=bool(known.get("deleted")),
        guest=any(known.get(mark) for mark in outside),
    )


async def profiles(client: PacedClient, wanted: Collection[str]) -> dict[str, Profile]:
    """These people by user id, as far as they stand on the first pages of everybody; whoever is deactivated, too."""
    found: dict[str, Profile] = {}
    cursor = ""
    for _ in range(PAGES if wanted else 0):
        answer = await client.users_list(limit=PEOPLE_AT_ONCE, cursor=cursor or None)
        members = {str(each["id"]): each for each in answer.get("members") or ()}
        found |= {user: profile_of(members[user]) for user in wanted if user in members}
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor or len(found) == len(wanted):
            break
    return found
