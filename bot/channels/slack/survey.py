"""Whether the workspace is set up as it should be: for `firstline check`, before it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slack_sdk.errors import SlackApiError

from bot.channels.slack.adapter import SlackChannel
from bot.channels.slack.failures import BROKEN, code
from bot.channels.slack.manifest import scopes
from bot.channels.slack.people import Profile, profiles
from bot.channels.slack.usergroups import user_groups
from bot.messages import Badge, SendFailed

RENEW = "at api.slack.com/apps, choose the app, then"


async def survey(
    channel: SlackChannel,
    app_token: str,
    rooms: Mapping[str, str],
    accounts: Mapping[str, str],
    badges: Sequence[Badge] = (),
) -> tuple[str, ...]:
    """Every trouble found, one line each, with what to do; empty when all is well.

    `rooms` are channel ids by the group they belong to, `accounts` are user ids by person, `badges` the user groups
    that follow the rota, with whoever is on call now.
    """
    try:
        granted = await _granted(channel)
    except BROKEN as error:
        return (_no_entry("SLACK_BOT_TOKEN", error),)
    wanted = scopes(user_groups=bool(badges))
    missing = sorted(set(wanted) - granted)
    troubles = [f"Slack: the scope {scope} is missing ({wanted[scope]}): {_grant()}" for scope in missing]
    if app_token:
        troubles += await _socket_troubles(channel, app_token)
    for group, room in rooms.items():
        troubles += await _room_troubles(channel, group, room)
    if badges and "usergroups:read" in granted:
        troubles += await _badge_troubles(channel, badges)
    known = await _known(channel, accounts)
    for person, user in accounts.items():
        troubles += await _account_troubles(channel, person, user, known.get(user))
    return tuple(troubles)


def _grant() -> str:
    return f"{RENEW} paste the output of `firstline slack manifest` under App Manifest and press Reinstall"


async def _granted(channel: SlackChannel) -> set[str]:
    answer = await channel.client.auth_test()
    headers = {name.lower(): value for name, value in answer.headers.items()}
    given = headers.get("x-oauth-scopes", "")
    return {scope.strip() for scope in (given[0] if isinstance(given, list) else str(given)).split(",")}


def _no_entry(name: str, error: BaseException) -> str:
    if isinstance(error, SlackApiError) and code(error):
        return f"Slack refuses {name} ({code(error)}): {RENEW} copy it anew"
    return f"Slack cannot be asked about {name}: {type(error).__name__}: {error}"


async def _socket_troubles(channel: SlackChannel, app_token: str) -> list[str]:
    try:
        await channel.client.apps_connections_open(app_token=app_token)
    except BROKEN as error:
        return [_no_entry("SLACK_APP_TOKEN", error)]
    return []


async def _room_troubles(channel: SlackChannel, group: str, room: str) -> list[str]:
    try:
        await channel.client.conversations_history(channel=room, limit=1)
    except BROKEN as error:
        match code(error):
            case "not_in_channel" | "channel_not_found":
                return [f"group {group}: the bot is not in the Slack channel {room}: write /invite @firstline there"]
            case "is_archived":
                return [f"group {group}: the Slack channel {room} is archived: name another one in desk.yaml"]
            case reason:
                return [f"group {group}: the Slack channel {room} cannot be read ({reason or type(error).__name__})"]
    return []


async def _badge_troubles(channel: SlackChannel, badges: Sequence[Badge]) -> list[str]:
    try:
        known = await user_groups(channel.client)
    except BROKEN as error:
        reason = code(error) or type(error).__name__
        why = "user groups come with Slack's paid plans" if reason == "plan_upgrade_required" else reason
        return [f"group {each.group}: its user group {each.name} cannot be looked at: {why}" for each in badges]
    troubles = []
    for badge in badges:
        found, name = known.get(badge.name), f"group {badge.group}: the user group {badge.name}"
        if found is None:
            troubles.append(f"{name} does not exist: create it in Slack, *People*, *User groups*, or correct desk.yaml")
        elif found.disabled:
            troubles.append(f"{name} is switched off: switch it on in Slack, *People*, *User groups*")
        if not badge.wearers:
            nobody = "nobody who is on call now has a Slack account that Firstline knows"
            troubles.append(f"{name} stays as it is: {nobody}")
    return troubles


async def _known(channel: SlackChannel, accounts: Mapping[str, str]) -> Mapping[str, Profile]:
    """Whom one can look up together; whoever is not among them is asked for by themselves."""
    try:
        return await profiles(channel.client, set(accounts.values()))
    except (*BROKEN, SendFailed):
        return {}


async def _account_troubles(channel: SlackChannel, person: str, user: str, known: Profile | None) -> list[str]:
    try:
        profile = known or await channel.profile(user)
    except SendFailed as error:
        return [f"person {person}: the Slack account {user} cannot be found ({error})"]
    if profile.deactivated:
        return [f"person {person}: the Slack account {user} is deactivated: they cannot be paged there"]
    return []
