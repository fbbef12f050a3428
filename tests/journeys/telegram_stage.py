"""The sample company in a fake Telegram, over real sockets: people there speak, tap, press and read."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from bot.app import App
from bot.phrases import catalogue, tell
from bot.settings import Settings, SlackSettings, TelegramSettings
from tests.fakes.telegram import CannotDo, Chat, Message, Person, Telegram, Topic, fake_telegram
from tests.fixtures.company import Changes, sample_company, unchanged, write_company
from tests.journeys.stage import TUESDAY_MORNING, AtWork, Clock, in_language, listening

NUMBER = -1_001_234_567_890
FAST = 10_000.0  # times Telegram's limits: the fake keeps none unless asked to
PUBLIC = "https://desk.example"
QUESTIONS = 40


@cache
def keys_of_the_sample() -> tuple[str, ...]:
    """Who works at the sample company."""
    return tuple(sample_company()["people"])


def account(key: str) -> int:
    """The Telegram account of somebody of the sample company; of anybody else, one of their own."""
    known = keys_of_the_sample()
    return 5001 + known.index(key) if key in known else 9000 + sum(map(ord, key)) % 900


def company(path: Path, *, linked: bool = True, changes: Changes = unchanged) -> Path:
    """The sample company with a staff group for its network group; everybody is linked unless told otherwise."""
    text = sample_company()
    text["groups"]["network"].setdefault("rooms", {})["telegram"] = str(NUMBER)
    for key, person in text["people"].items():
        if linked:
            person.setdefault("identities", []).append({"channel": "telegram", "user": str(account(key))})
    changes(text)
    target = path / "desk.yaml"
    write_company(text, target)
    return target


@dataclass
class Seat:
    """A person before their Telegram, who reads their own language; buttons and fields are named in English here."""

    stage: TelegramStage
    key: str
    hands: Person

    @property
    def language(self) -> str:
        known = self.stage.app.desk.organisation.people.get(self.key)
        return known.language if known else "en"

    def word(self, english: str) -> str:
        """A word of the catalogue as this person reads it."""
        keys = [key for key, words in catalogue("en").items() if words == english]
        return tell(keys[0], self.language) if keys else english

    async def says(self, text: str, *, reply_to: str | Message = "") -> Message:
        """Write to the bot in private, or in answer to a message wherever it stands."""
        return await self._does(self.hands.says(text, reply_to=reply_to))

    async def says_in_group(self, text: str) -> Message:
        """Write in the staff group (of a forum: in its general topic)."""
        return await self._does(self.hands.says(text, chat=self.stage.staff))

    async def writes_in(self, topic: str | Topic, text: str) -> Message:
        """Write in a ticket's topic, named by words of its title."""
        return await self._does(self.hands.writes_in(topic, text))

    async def taps(self, command: str, *, on: str | Message = "") -> Message:
        return await self._does(self.hands.taps(command, on=on))

    async def presses(self, label: str, *, on: str | Message = "") -> None:
        """Press by label: in the person's language, or the group's."""
        for shown in dict.fromkeys((self.word(label), in_language(label, "zh"), in_language(label, "en"), label)):
            with contextlib.suppress(CannotDo):
                await self._does(self.hands.presses(shown, on=on))
                return
        raise CannotDo(f"{self.key} sees no button {label!r} on {on!r}:\n{self.hands.screen()}")

    async def fills(self, values: Mapping[str, str]) -> None:
        """Answer the questions of a form by their labels, skip the others, and send it from its summary."""
        left = {self.word(label): self.word(value) for label, value in values.items()}
        for _ in range(QUESTIONS):
            asked = self.question()
            labels = [button["text"] for button in asked.buttons]
            title = asked.text.partition("\n")[0].strip()
            if title in left:
                await self._answers(asked, left.pop(title))
            elif self.word("Change…") in labels:
                if not left:
                    await self.presses(labels[0], on=asked)
                    return
                await self.presses("Change…", on=asked)
                await self.presses(next(iter(left)), on=self.question())
            elif not left and self.word("Skip") not in labels:
                raise AssertionError(f"{self.key} does not know what to answer:\n{self.hands.screen()}")
            else:
                await self.presses("Skip", on=asked)
            if not left and self._sent():
                return
        raise AssertionError(f"{self.key} is asked without end:\n{self.hands.screen()}")

    def _sent(self) -> bool:
        """Whether no question is on the table any more."""
        return not any(self.word("Cancel") in _labels(message) for message in self.hands.eyes.messages()[:4])

    def question(self) -> Message:
        """The newest message that can be cancelled: what a form asks now, or its summary."""
        for message in self.hands.eyes.messages():
            if self.word("Cancel") in _labels(message):
                return message
        raise AssertionError(f"{self.key} is asked nothing:\n{self.hands.screen()}")

    async def _answers(self, asked: Message, value: str) -> None:
        if value in _labels(asked):
            await self.presses(value, on=asked)
        elif asked.chat == self.hands.id:
            await self.says(value)
        else:
            await self.says(value, reply_to=asked)

    async def sends_photo(self, content: bytes, caption: str = "", *, reply_to: str = "") -> Message:
        return await self._does(self.hands.sends_photo(content, caption, reply_to=reply_to))

    async def _does(self, doing: object) -> Message:
        done = await doing  # type: ignore[misc]
        await self.stage.settle()
        return done  # type: ignore[no-any-return]

    async def sees(self, words: str) -> None:
        await self.hands.sees(words)

    def reads(self, words: str) -> bool:
        return self.hands.reads(words)


def _labels(message: Message) -> list[str]:
    return [button["text"] for button in message.buttons]


@dataclass
class TelegramStage(AtWork):
    """The app at work, its clock, and the Telegram it lives in."""

    telegram: Telegram
    staff: Chat

    def person(self, key: str) -> Person:
        known = self.app.desk.organisation.people.get(key)
        name, language = (known.names["en"], known.language) if known else (key, "en")
        return self.telegram.person(account(key), name, language="zh-hans" if language == "zh" else language)

    def seat(self, key: str) -> Seat:
        """Somebody, before their Telegram."""
        return Seat(self, key, self.person(key))

    def cards(self, ticket: int) -> list[Message]:
        """The live cards of a ticket in the staff group: what begins with its number and has buttons."""
        mine = [m for m in self.telegram.messages(self.staff) if m.by_bot and m.buttons]
        return [m for m in mine if f"T-{ticket}" in m.text.partition("\n")[0]]


@contextlib.asynccontextmanager
async def play_in_telegram(
    database_url: str,
    folder: Path,
    *,
    way: str = "polling",
    topics: bool = True,
    linked: bool = True,
    slack: SlackSettings | None = None,
    changes: Changes = unchanged,
    speed: float = FAST,
    now: datetime = TUESDAY_MORNING,
) -> AsyncIterator[TelegramStage]:
    """The desk at work in Telegram, by "polling" or by "webhook"; its staff group has topics, or has none."""
    async with fake_telegram() as telegram:
        clock = Clock(now)
        telegram.clock = lambda: clock.now.timestamp()
        given = TelegramSettings(
            telegram.token, telegram.url, PUBLIC if way == "webhook" else "", "s3cret-of-the-stage", speed
        )
        settings = Settings(
            database_url=database_url,
            config=company(folder, linked=linked, changes=changes),
            slack=slack,
            telegram=given,
        )
        app = await App.build(settings, clock=clock)
        stage = TelegramStage(
            app, clock, telegram, telegram.group("Network", forum=topics, number=NUMBER, rights=RIGHTS)
        )
        for key in app.desk.organisation.people:
            person = stage.person(key)
            person.account.met = linked
            if key in app.desk.organisation.groups["network"].people:
                stage.staff.members.add(person.id)
        async with listening(app) as address:
            telegram.leads(PUBLIC, address)
            async with app.working():
                app.ticker.stop()  # the journeys turn the clock themselves
                assert await telegram.until(lambda: telegram.updates.listened_to)
                yield stage


RIGHTS = ("can_manage_topics", "can_pin_messages", "can_delete_messages")
