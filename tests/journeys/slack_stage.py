"""The sample company in a fake Slack workspace, over real sockets: people there speak, press and read."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bot.app import App
from bot.channels.slack.manifest import manifest
from bot.phrases import catalogue, tell
from bot.settings import Settings, SlackSettings
from tests.fakes.slack import TEAM, CannotDo, Message, Pace, Person, Workspace, fake_workspace
from tests.fixtures.company import Changes, sample_company, unchanged, write_company
from tests.journeys.stage import AtWork, Clock, listening

ROOM, GENERAL = "C0NETWORK1", "C0GENERAL1"
FAST = 10_000.0  # messages a second: the fake keeps no rate unless asked to
PATIENT = Pace(acknowledge=20.0, trigger=20.0, retry_delays=(0.0, 0.2, 1.0))  # the machine may be busy


def user_id(key: str) -> str:
    """The Slack account of somebody of the sample company."""
    return "U0" + "".join(sign for sign in key.upper() if sign.isalnum())[:14]


def company(path: Path, *, linked: bool = True, changes: Changes = unchanged) -> Path:
    """The sample company with a channel for its network group; everybody is linked unless told otherwise."""
    text = sample_company()
    text["groups"]["network"]["rooms"] = {"slack": ROOM}
    for key, person in text["people"].items():
        if linked:
            person["identities"] = [{"channel": "slack", "workspace": TEAM, "user": user_id(key)}]
    changes(text)
    target = path / "desk.yaml"
    write_company(text, target)
    return target


@dataclass
class Seat:
    """A person before their Slack, who reads their own language; buttons and fields are named in English here."""

    stage: SlackStage
    key: str
    hands: Person

    @property
    def language(self) -> str:
        return self.stage.app.desk.organisation.people[self.key].language

    def word(self, english: str) -> str:
        """A word of the catalogue as this person reads it."""
        keys = [key for key, words in catalogue("en").items() if words == english]
        return tell(keys[0], self.language) if keys else english

    async def says(self, text: str) -> None:
        await self.hands.dm(text)
        await self.stage.settle()

    async def answers(self, text: str, *, thread: str | Message) -> None:
        """Write into the thread of a message in the group's channel."""
        await self.hands.says(ROOM, text, thread=thread)
        await self.stage.settle()

    async def runs(self, text: str, *, channel: str | None = None) -> None:
        await self.hands.slash("/it", text, channel=channel)
        await self.stage.settle()

    async def presses(self, label: str, *, on: str | Message | None = None) -> None:
        """Press by label: in the person's language, or the channel's."""
        try:
            await self.hands.presses(self.word(label), on=on)
        except CannotDo:
            await self.hands.presses(tell_button(label, "zh"), on=on)
        await self.stage.settle()

    async def fills(self, values: dict[str, str]) -> None:
        """Fill the open modal, by the labels of fields and choices, and send it."""
        await self.hands.has_form()
        await self.hands.fills({self.word(label): self.word(value) for label, value in values.items()})
        await self.hands.submits()
        await self.stage.settle()

    async def sees(self, words: str) -> None:
        await self.hands.sees(words)

    def reads(self, words: str) -> bool:
        return self.hands.reads(words)


def tell_button(label: str, language: str) -> str:
    """A button's English label in another language."""
    keys = [key for key, words in catalogue("en").items() if key.startswith("button.") and words == label]
    return tell(keys[0], language) if keys else label


@dataclass
class SlackStage(AtWork):
    """The app at work, its clock, and the workspace it lives in."""

    workspace: Workspace

    def person(self, key: str) -> Person:
        known = self.app.desk.organisation.people.get(key)
        names = known.names if known else {"en": key}
        person = self.workspace.person(
            user_id(key), names["en"], email=known.email if known else f"{key}@elsewhere.example", name=key
        )
        if known is not None and known.language == "zh":
            self.workspace.users[person.id].locale = "zh-CN"
        if known is not None:
            self.workspace.users[person.id].tz = known.zone
        return person

    async def settle(self) -> None:
        """Let checks finish, alarms ring and messages arrive, forms open and profiles be read."""
        await super().settle()
        if self.app.slack:
            await self.app.slack.settled()

    def seat(self, key: str) -> Seat:
        """Somebody of the company, before their Slack."""
        return Seat(self, key, self.person(key))


@contextlib.asynccontextmanager
async def play_in_slack(
    database_url: str,
    folder: Path,
    *,
    way: str = "socket",
    linked: bool = True,
    changes: Changes = unchanged,
    call_within: float = 10.0,
) -> AsyncIterator[SlackStage]:
    """The desk at work in Slack, by Socket Mode or over HTTP ("socket", "http")."""
    async with fake_workspace(PATIENT) as workspace:
        slack = SlackSettings(
            workspace.bot_token,
            app_token=workspace.app_token if way == "socket" else "",
            signing_secret=workspace.signing_secret if way == "http" else "",
            api_url=workspace.api_url,
            per_second=FAST,
            call_within=call_within,
            look_every=0.5,
        )
        clock = Clock()
        file = company(folder, linked=linked, changes=changes)
        app = await App.build(Settings(database_url=database_url, config=file, slack=slack), clock=clock)
        address = "" if way == "socket" else "https://desk.example"
        workspace.install(manifest(app.desk.organisation.in_slack.command, address))
        stage = SlackStage(app, clock, workspace)
        everybody = [stage.person(key) for key in app.desk.organisation.people]
        engineers = [stage.person(key) for key in app.desk.organisation.groups["network"].people]
        workspace.channel("network", engineers, identifier=ROOM)
        workspace.channel("general", everybody, identifier=GENERAL)
        async with app.working():
            app.ticker.stop()  # the journeys turn the clock themselves
            async with served(app, workspace) if way == "http" else connected(workspace):
                yield stage


@contextlib.asynccontextmanager
async def connected(workspace: Workspace) -> AsyncIterator[None]:
    """From when the app's socket is up."""
    assert await workspace.until(lambda: workspace.inbound.sockets.connections)
    yield


@contextlib.asynccontextmanager
async def served(app: App, workspace: Workspace) -> AsyncIterator[None]:
    """The desk behind a real HTTP server, to which the workspace posts."""
    async with listening(app) as address:
        workspace.deliver_to(f"{address}/slack/events")
        try:
            yield
        finally:
            workspace.deliver_to(None)
