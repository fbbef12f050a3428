"""The manifest Slack takes, with exactly what the app uses."""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.manifest import EVENTS, USER_GROUP_SCOPES, manifest, scopes
from bot.channels.slack.pace import TIERS
from bot.cli import main
from bot.organisation_file import sample_path
from tests.fakes.slack.specification import Specification
from tests.fakes.specifications import specifications_folder

SLACK = Path(__file__).parents[2] / "bot" / "channels" / "slack"


def called() -> set[str]:
    """The Web API methods that the channel's code calls, read from the code and from Slack's own client."""
    methods = dict[str, str]()
    for name, function in inspect.getmembers(AsyncWebClient, inspect.isfunction):
        if found := re.search(r"""self\.api_call\(\s*["']([a-zA-Z.]+)["']""", inspect.getsource(function)):
            methods[name] = found[1]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in SLACK.glob("*.py")]
    names = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return {methods[name] for name in names & methods.keys()}


# What the events and files need, which no method's own page says.
EVENT_SCOPES = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
}
# Where a method takes any of several scopes, the one for the conversations we use.
NARROWED = {"conversations.open": {"im:write"}}
ALSO = {"commands", "files:read", "users:read.email"}


@pytest.mark.skipif(not Specification().present, reason="the specifications folder is not there")
@pytest.mark.parametrize("address", ["", "https://desk.example"])
def test_slack_takes_the_manifest(address: str) -> None:
    """Valid for Socket Mode and for HTTP."""
    schema = json.loads((specifications_folder() / "slack-manifest.schema.json").read_text(encoding="utf-8"))
    problems = [error.message for error in Draft202012Validator(schema).iter_errors(manifest("/it", address))]
    assert problems == []


def test_the_code_calls_what_it_seems_to_call() -> None:
    """No more, and no less, than is known to be called: the scan itself would else prove nothing."""
    assert called() == {*TIERS, "apps.connections.open", "auth.test", "chat.postMessage"}


@pytest.mark.skipif(not Specification().present, reason="the specifications folder is not there")
def test_it_asks_for_exactly_the_scopes_it_uses() -> None:
    """Those of the methods called, of the events heard, of files and of e-mail addresses; none besides."""
    methods = Specification().methods
    needed = set(ALSO)
    for name in called():
        needed |= NARROWED.get(name, set(methods[name]["scopes"].get("bot") or ()))
    for event in EVENTS:
        needed |= EVENT_SCOPES[event]
    assert set(scopes(user_groups=True)) == needed - {"mpim:history"}


def test_user_groups_are_asked_for_where_desk_yaml_names_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nowhere else: nobody grants what is not used."""
    text = sample_path().read_text(encoding="utf-8")
    lead = "    lead: liu.yang\n"
    assert lead in text
    for written, more in (
        (text, set()),
        (text.replace(lead, f"{lead}    badge: {{slack: on-call}}\n"), USER_GROUP_SCOPES),
    ):
        (tmp_path / "desk.yaml").write_text(written, encoding="utf-8")
        monkeypatch.setenv("FIRSTLINE_CONFIG", str(tmp_path / "desk.yaml"))
        printed = json.loads(CliRunner().invoke(main, ["slack", "manifest"]).output)
        assert set(printed["oauth_config"]["scopes"]["bot"]) == {*scopes(), *more}


def test_the_command_prints_it() -> None:
    """`firstline slack manifest`, with another slash command and a public address if wanted."""
    printed = CliRunner().invoke(main, ["slack", "manifest", "--command", "/desk", "--address", "https://d.example/"])
    assert printed.exit_code == 0
    content = json.loads(printed.output)
    assert content["features"]["slash_commands"][0]["command"] == "/desk"
    assert content["settings"]["interactivity"]["request_url"] == "https://d.example/slack/events"
    assert content["settings"]["socket_mode_enabled"] is False


@pytest.mark.parametrize("wrong", [["--command", "it"], ["--address", "http://desk.example"]])
def test_what_slack_would_refuse_is_refused_at_once(wrong: list[str]) -> None:
    """With a sentence that says why."""
    printed = CliRunner().invoke(main, ["slack", "manifest", *wrong])
    assert printed.exit_code == 2
    assert "Slack" in printed.output or "slash" in printed.output
