"""Every Web API method the fake knows, and the scope each needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.fakes.slack import chat_methods, conversation_methods, file_methods, people_methods, view_methods
from tests.fakes.slack.arguments import Arguments
from tests.fakes.slack.refusals import Json, Refused

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace

Method = Callable[["Workspace", Arguments], Json]

METHODS: dict[str, Method] = {
    **chat_methods.METHODS,
    **conversation_methods.METHODS,
    **file_methods.METHODS,
    **people_methods.METHODS,
    **view_methods.METHODS,
}

SCOPE_OF_KIND = {"channel": "channels:", "group": "groups:", "im": "im:", "mpim": "mpim:"}
OPENS_DIRECT_MESSAGES = "im:write"


def check_scopes(workspace: Workspace, method: str, arguments: Arguments) -> None:
    """Refuse with missing_scope what the token may not do; remember the scope that allowed the rest."""
    needed = workspace.specification.methods.get(method, {}).get("scopes", {}).get("bot", [])
    if method == "conversations.open":
        needed = [OPENS_DIRECT_MESSAGES]
    elif len(needed) > 1:
        room = workspace.conversations.get(arguments.text("channel"))
        kinds = [SCOPE_OF_KIND[room.kind]] if room else _prefixes(arguments.text("types", "public_channel"))
        needed = [scope for scope in needed if any(scope.startswith(kind) for kind in kinds)]
    for scope in needed:
        if scope not in workspace.scopes:
            raise Refused("missing_scope", f"needed: {scope}")
        workspace.scopes_used.add(scope)
    if arguments.text("username") or arguments.text("icon_url") or arguments.text("icon_emoji"):
        if "chat:write.customize" not in workspace.scopes:
            raise Refused("missing_scope", "needed: chat:write.customize")
        workspace.scopes_used.add("chat:write.customize")


def _prefixes(types: str) -> list[str]:
    names = {"public_channel": "channels:", "private_channel": "groups:", "im": "im:", "mpim": "mpim:"}
    return [names[kind.strip()] for kind in types.split(",") if kind.strip() in names]
