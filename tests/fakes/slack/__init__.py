"""A fake Slack workspace over real sockets: `async with fake_workspace() as workspace`.

See `workspace.py` for what a test can ask of the workspace and `person.py` for what a person can do.
"""

from tests.fakes.mishaps import Trouble
from tests.fakes.slack.form import CannotDo
from tests.fakes.slack.model import APP, BOT, BOT_USER, TEAM, Conversation, Message, View
from tests.fakes.slack.person import Person
from tests.fakes.slack.refusals import Call, Ping
from tests.fakes.slack.workspace import SCOPES, Pace, Workspace, fake_workspace

__all__ = [
    "APP",
    "BOT",
    "BOT_USER",
    "SCOPES",
    "TEAM",
    "Call",
    "CannotDo",
    "Conversation",
    "Message",
    "Pace",
    "Person",
    "Ping",
    "Trouble",
    "View",
    "Workspace",
    "fake_workspace",
]
