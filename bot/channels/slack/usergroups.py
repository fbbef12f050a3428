"""A user group kept in step with the rota: its members are whoever is on call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.slack.client import PacedClient
from bot.messages import Badge, Rejected


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group as Slack has it."""

    id: str
    handle: str
    members: frozenset[str]
    disabled: bool


async def wear(client: PacedClient, badge: Badge) -> None:
    """Let these accounts be the members. Asked first, because Slack tells people about it; raises `Rejected`."""
    found = (await user_groups(client)).get(badge.name)
    if found is None or found.disabled:
        raise Rejected(f"there is no user group {badge.name}" if found is None else f"{badge.name} is switched off")
    if found.members != set(badge.wearers):
        await client.usergroups_users_update(usergroup=found.id, users=badge.wearers)


async def user_groups(client: PacedClient) -> Mapping[str, UserGroup]:
    """Every user group of the workspace, by its handle and by its id."""
    answer = await client.usergroups_list(include_users=True, include_disabled=True)
    groups: list[Mapping[str, Any]] = answer.get("usergroups") or []
    known = [
        UserGroup(
            id=str(each["id"]),
            handle=str(each.get("handle", "")),
            members=frozenset(map(str, each.get("users") or ())),
            disabled=bool(each.get("date_delete")),
        )
        for each in groups
    ]
    return {name: each for each in known for name in (each.handle, each.id)}
