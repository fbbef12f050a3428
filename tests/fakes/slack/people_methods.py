"""auth.test, users.*, bots.info, team.info, usergroups.* and apps.connections.open"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.slack.arguments import Arguments
from tests.fakes.slack.conversation_methods import page
from tests.fakes.slack.model import APP, BOT, BOT_USER, DOMAIN, TEAM, User, UserGroup
from tests.fakes.slack.refusals import Json, Refused, malformed

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace


def auth_test(slack: Workspace, a: Arguments) -> Json:
    return {
        "url": f"https://{DOMAIN}.slack.com/",
        "team": "Fake Company",
        "user": slack.users[BOT_USER].name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def api_test(slack: Workspace, a: Arguments) -> Json:
    if a.text("error"):
        raise Refused(a.text("error"))
    return {"args": dict(a.sent)}


def open_connection(slack: Workspace, a: Arguments) -> Json:
    return {"url": slack.inbound.sockets.new_url()}


def _told(slack: Workspace, user: User, a: Arguments) -> Json:
    with_email = "users:read.email" in slack.scopes
    if with_email:
        slack.scopes_used.add("users:read.email")
    return user.as_json(with_email=with_email, with_locale=a.flag("include_locale"))


def user_info(slack: Workspace, a: Arguments) -> Json:
    user = slack.users.get(a.text("user"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": _told(slack, user, a)}


def lookup_by_email(slack: Workspace, a: Arguments) -> Json:
    wanted = a.text("email").casefold()
    for user in slack.users.values():
        if user.email.casefold() == wanted and not user.deleted and not user.is_stranger:
            return {"user": _told(slack, user, a)}
    raise Refused("users_not_found")


def list_users(slack: Workspace, a: Arguments) -> Json:
    people = [user for user in slack.users.values() if not user.is_stranger]
    chosen, after = page(a, people, otherwise=1000)
    return {"members": [_told(slack, user, a) for user in chosen], "response_metadata": after}


def bot_info(slack: Workspace, a: Arguments) -> Json:
    if a.text("bot", BOT) != BOT:
        raise Refused("bot_not_found")
    return {"bot": {"id": BOT, "app_id": APP, "user_id": BOT_USER, "name": "Firstline", "deleted": False}}


def team_info(slack: Workspace, a: Arguments) -> Json:
    return {"team": {"id": TEAM, "name": "Fake Company", "domain": DOMAIN}}


def list_groups(slack: Workspace, a: Arguments) -> Json:
    shown = [group for group in slack.usergroups.values() if not group.disabled or a.flag("include_disabled")]
    return {"usergroups": [group.as_json(with_users=a.flag("include_users")) for group in shown]}


def group_users(slack: Workspace, a: Arguments) -> Json:
    return {"users": _group(slack, a).members}


def update_group_users(slack: Workspace, a: Arguments) -> Json:
    group = _group(slack, a)
    people = [user for user in a.text("users").split(",") if user]
    if not people:
        raise malformed("no_users_provided", "usergroups.users.update: a user group cannot be emptied")
    living = [
        user for user in people if (known := slack.users.get(user)) and not known.deleted and not known.is_stranger
    ]
    if living != people:
        raise Refused("invalid_users")
    if group.locked:
        raise Refused("permission_denied")
    group.members = people
    group.changes += 1
    return {"usergroup": group.as_json(with_users=True)}


def _group(slack: Workspace, a: Arguments) -> UserGroup:
    group = slack.usergroups.get(a.text("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return group


METHODS: dict[str, Any] = {
    "api.test": api_test,
    "apps.connections.open": open_connection,
    "auth.test": auth_test,
    "bots.info": bot_info,
    "team.info": team_info,
    "usergroups.list": list_groups,
    "usergroups.users.list": group_users,
    "usergroups.users.update": update_group_users,
    "users.info": user_info,
    "users.list": list_users,
    "users.lookupByEmail": lookup_by_email,
}
