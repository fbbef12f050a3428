"""What an installed manifest allows: scopes, commands, shortcuts and events."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.slack.refusals import Json


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of an app manifest that decide what people can do."""

    scopes: frozenset[str]
    commands: dict[str, bool]
    """Slash commands, and whether Slack turns @name in them into references."""
    shortcuts: dict[tuple[str, str], str]
    """The callback id by kind (global or message) and visible name."""
    events: frozenset[str]


def read_manifest(content: Json) -> Manifest:
    """The facts of a manifest as `firstline slack manifest` prints it (already parsed)."""
    features = content.get("features", {})
    settings = content.get("settings", {})
    return Manifest(
        frozenset(content.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        {command["command"]: command.get("should_escape", False) for command in features.get("slash_commands", [])},
        {(s["type"], s["name"]): s["callback_id"] for s in features.get("shortcuts", [])},
        frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
    )
