"""One desk, three channels: some of the sample company sit in Slack, some in Telegram, everybody else at the web desk.

Whoever they are, they act by what they see: `await stage.person("li.qiang").presses("Accept")`.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.channels.slack.manifest import manifest
from bot.phrases import catalogue, tell
from bot.settings import SlackSettings
from tests.fakes.slack import TEAM, Workspace, fake_workspace
from tests.fakes.slack.block_rules import options_of
from tests.fakes.slack.form import find_field
from tests.fakes.slack.model import View
from tests.fixtures.company import Changes, unchanged
from tests.journeys import slack_stage, telegram_stage
from tests.journeys.slack_stage import FAST, PATIENT, ROOM, SlackStage, user_id
from tests.journeys.stage import TUESDAY_MORNING, AtWork, Somebody, Stage, reply_text
from tests.journeys.telegram_stage import TelegramStage, account, play_in_telegram


class Person(Protocol):
    """Somebody before the channel they use. Words, buttons and fields are named in English, and read in their own."""

    @abstractmethod
    async def says(self, text: str) -> object:
        """Write to the desk."""

    @abstractmethod
    async def runs(self, text: str) -> object:
        """Give a command: `/it claim 1`, `/claim 1`."""

    @abstractmethod
    async def presses(self, label: str, *, on: str = "") -> object:
        """Press the newest button of that label, on the newest message that holds the words `on`."""

    @abstractmethod
    async def fills(self, values: Mapping[str, str]) -> object:
        """Fill the form on the table by the labels of its fields and choices, and send it."""

    @abstractmethod
    async def heard(self) -> list[str]:
        """What the desk says to them alone, message by message, oldest first."""

    @abstractmethod
    async def offered(self, label: str) -> list[str]:
        """What the form on the table, or its question, has to choose from."""

    async def sees(self, words: str) -> str:
        """The newest message to them that holds these words."""
        said = await self.heard()
        for text in reversed(said):
            if words in text:
                return text
        raise AssertionError(f"nobody told them {words!r} but:\n" + "\n---\n".join(said))

    async def count(self, words: str) -> int:
        """How many messages to them hold these words."""
        return sum(words in text for text in await self.heard())


@dataclass
class InSlack(Person):
    """Direct messages, slash commands and modals."""

    seat: slack_stage.Seat

    async def says(self, text: str) -> None:
        await self.seat.says(text)

    async def runs(self, text: str) -> None:
        await self.seat.runs(text)

    async def presses(self, label: str, *, on: str = "") -> None:
        await self.seat.presses(label, on=on or None)

    async def fills(self, values: Mapping[str, str]) -> None:
        view = await self.seat.hands.has_form()
        await self.seat.fills({label: self._picked(view, label, value) for label, value in values.items()})

    def _picked(self, view: View, label: str, value: str) -> Any:
        """What a picker of moments holds for an hour of today, such as "21:00"; anything else as it is."""
        _, element = find_field(view.blocks, self.seat.word(label))
        if element["type"] != "datetimepicker":
            return value
        zone = ZoneInfo(self.seat.stage.app.desk.organisation.people[self.seat.key].zone)
        hour, minute = map(int, value.split(":"))
        moment = self.seat.stage.clock().astimezone(zone).replace(hour=hour, minute=minute, second=0)
        return int(moment.timestamp())

    async def heard(self) -> list[str]:
        eyes = self.seat.hands.eyes
        mine = self.seat.stage.workspace.direct_messages(self.seat.hands.id)
        return [eyes.surface_text(each) for each in reversed(eyes.surfaces()) if each.room is mine]

    async def offered(self, label: str) -> list[str]:
        view = await self.seat.hands.has_form()
        _, element = find_field(view.blocks, self.seat.word(label))
        return [option["text"]["text"] for option in options_of(element)]


@dataclass
class InTelegram(Person):
    """A private chat, where a form is asked question by question."""

    seat: telegram_stage.Seat

    async def says(self, text: str) -> None:
        await self.seat.says(text)

    async def runs(self, text: str) -> None:
        await self.seat.says(f"/{text}")

    async def presses(self, label: str, *, on: str = "") -> None:
        await self.seat.presses(label, on=on)

    async def fills(self, values: Mapping[str, str]) -> None:
        await self.seat.fills(values)

    async def heard(self) -> list[str]:
        mine = self.seat.stage.telegram.messages(self.seat.hands)
        return [self.seat.hands.eyes.message_text(each) for each in mine if each.by_bot]

    async def offered(self, label: str) -> list[str]:
        asked = self.seat.question()
        assert asked.text.startswith(self.seat.word(label)), f"asked is {asked.text!r}"
        return [button["text"] for button in asked.buttons]


@dataclass
class AtTheWebDesk(Person):
    """The chat of the web desk."""

    somebody: Somebody

    async def says(self, text: str) -> None:
        await self.somebody.says(text)

    async def runs(self, text: str) -> None:
        await self.somebody.commands(f"/{text}")

    async def presses(self, label: str, *, on: str = "") -> None:
        await self.somebody.presses(label, on=on)

    async def fills(self, values: Mapping[str, str]) -> None:
        form = self.somebody.form
        assert form is not None, f"there is no form:\n{await self.somebody.screen()}"
        named = {}
        for label, value in values.items():
            asked = next(each for each in form.fields if each.label == self._word(label))
            shown = self._word(value)
            named[asked.name] = next((each.value for each in asked.choices if each.label == shown), value)
        await self.somebody.fills(**named)

    async def heard(self) -> list[str]:
        return [reply_text(reply) for reply in await self.somebody.chat()]

    async def offered(self, label: str) -> list[str]:
        assert self.somebody.form is not None
        asked = next(each for each in self.somebody.form.fields if each.label == self._word(label))
        return [choice.label for choice in asked.choices]

    def _word(self, english: str) -> str:
        keys = [key for key, words in catalogue("en").items() if words == english]
        return tell(keys[0], self.somebody.language) if keys else english


@dataclass
class Everywhere(AtWork):
    """The app at work in all its channels, and who sits where."""

    slack: SlackStage
    telegram: TelegramStage
    web: Stage
    in_slack: Collection[str]
    in_telegram: Collection[str]
    seated: dict[str, Person] = field(default_factory=dict)

    def person(self, key: str) -> Person:
        """Somebody, before the channel they use."""
        return self.seated.setdefault(key, self._seat(key))

    def _seat(self, key: str) -> Person:
        if key in self.in_slack:
            return InSlack(self.slack.seat(key))
        if key in self.in_telegram:
            return InTelegram(self.telegram.seat(key))
        return AtTheWebDesk(self.web.person(key))

    async def settle(self) -> None:
        """Until nothing is left to do in any channel."""
        await self.slack.settle()


@contextlib.asynccontextmanager
async def play_everywhere(
    database_url: str,
    folder: Path,
    *,
    in_slack: Collection[str] = (),
    in_telegram: Collection[str] = (),
    now: datetime = TUESDAY_MORNING,
    changes: Changes = unchanged,
) -> AsyncIterator[Everywhere]:
    """The sample company with a Slack workspace and a Telegram bot, at this moment; who is in neither has the web."""

    def seated(file: dict[str, Any]) -> None:
        file["groups"]["network"]["rooms"]["slack"] = ROOM
        for key, person in file["people"].items():
            slack = {"channel": "slack", "workspace": TEAM, "user": user_id(key)}
            telegram = {"channel": "telegram", "user": str(account(key))}
            person["identities"] = [slack] * (key in in_slack) + [telegram] * (key in in_telegram)
        changes(file)

    async with fake_workspace(PATIENT) as workspace:
        workspace.install(manifest(address=""))
        async with play_in_telegram(
            database_url, folder, slack=_slack(workspace), changes=seated, now=now
        ) as in_their_telegram:
            app, clock = in_their_telegram.app, in_their_telegram.clock
            assert await workspace.until(lambda: workspace.inbound.sockets.connections)
            slack = SlackStage(app, clock, workspace)
            stage = Everywhere(app, clock, slack, in_their_telegram, Stage(app, clock), in_slack, in_telegram)
            engineers = app.desk.organisation.groups["network"].people
            members = {key: slack.person(key) for key in in_slack}
            workspace.channel("network", [members[key] for key in members if key in engineers], identifier=ROOM)
            for key in engineers - frozenset(in_telegram):
                in_their_telegram.staff.members.discard(account(key))
            yield stage


def _slack(workspace: Workspace) -> SlackSettings:
    return SlackSettings(
        workspace.bot_token,
        app_token=workspace.app_token,
        api_url=workspace.api_url,
        per_second=FAST,
        look_every=0.5,
    )
