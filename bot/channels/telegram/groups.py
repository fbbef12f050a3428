"""What is said in a group, and where it is answered: about a ticket in its topic, about oneself in private."""

from __future__ import annotations

import re
from dataclasses import replace

import structlog

from bot.channels.telegram import parse
from bot.channels.telegram.adapter import TelegramChannel
from bot.channels.telegram.memory import Core, Words
from bot.channels.telegram.parse import TOPIC, Heard, Touched
from bot.channels.telegram.spot import Spot
from bot.messages import Attached, Commanded, Event, Identity, Place, Said

log = structlog.get_logger()
GROUPS_NOTED = 100
# What engineers do where everybody of the group sees it. Any other word is answered in private.
TICKET_WORDS = frozenset(
    {
        *("claim", "release", "assign", "transfer", "escalate", "priority", "hold", "resume", "note", "reply"),
        *("resolve", "link", "major", "ack"),
    }
)
ROOM_WORDS = TICKET_WORDS | {"queue", "oncall"}
TOPIC_NAME = re.compile(r"T-([0-9]{1,18}) · ")
NAMED = re.compile(r"(?:T-|#)?[0-9]+\b", re.IGNORECASE)


class Groups:
    """The groups our bot is in: the rooms that `desk.yaml` names, where tickets are, and any other."""

    def __init__(self, channel: TelegramChannel, core: Core, words: Words) -> None:
        self._channel = channel
        self._core = core
        self._words = words
        self._noted: set[str] = set()

    async def event(self, heard: Heard) -> Event | None:
        """The event this message is, at the place where it is to be answered; None when it is not for us."""
        room = await self._channel.rooms.room_of(heard.where.chat)
        self._note(room)
        ticket = await self._ticket(heard, room)
        if heard.called and not heard.word:
            heard = self._as_command(heard)
        if heard.word:
            return await self._command(heard, room, ticket)
        if heard.called:
            return await self._private(heard)
        if room not in self._core.rooms():
            return None
        return await self._words_in_room(heard, room, ticket)

    async def place_of_press(self, touched: Touched) -> Place | None:
        """Where a press is answered; None when somebody has to open our chat first, and was told so."""
        who, room = touched.sender.who, await self._channel.rooms.room_of(touched.where.chat)
        if room in self._core.rooms() and await self._core.person(who):
            return parse.whisper(room, who.user, _topic(touched.where.topic))
        if await self._channel.reaches(who.user):
            return parse.direct(who)
        language = await self._language(who, touched.sender.language)
        await self._channel.answer(touched.query, self._words[language]["open_chat"], alert=True)
        return None

    def _note(self, room: str) -> None:
        """The number of a group nobody named yet, for whoever wants to put it into `desk.yaml`."""
        if room not in self._core.rooms() and room not in self._noted and len(self._noted) < GROUPS_NOTED:
            self._noted.add(room)
            log.info("telegram.group_not_in_desk_yaml", chat=room)

    # -- words -------------------------------------------------------------------------------------

    async def _ticket(self, heard: Heard, room: str) -> int | None:
        """The ticket of the message it answers, else the topic's."""
        for number in (heard.answers, heard.where.topic):
            found = await self._channel.memory.ticket_of(room, number) if number else None
            if found is not None:
                return found
        return await self._ticket_of_second_topic(heard, room)

    async def _ticket_of_second_topic(self, heard: Heard, room: str) -> int | None:
        """Of a topic we do not know though we opened it: Telegram never answered, and the ticket got another one."""
        named = TOPIC_NAME.match(heard.titled)
        if named is None or not await self._core.stands(room, int(named[1])):
            return None
        await self._channel.memory.belongs(room, heard.where.topic, int(named[1]))
        return int(named[1])

    def _as_command(self, heard: Heard) -> Heard:
        """`@firstline_bot claim 12` is a command, `@firstline_bot the door is jammed` is not."""
        word, _, rest = heard.text.partition(" ")
        if word.lower().lstrip("/") not in self._core.words:
            return heard
        return replace(heard, word=word.lower().lstrip("/"), rest=rest.strip())

    async def _command(self, heard: Heard, room: str, ticket: int | None) -> Event | None:
        who, word, rest = heard.sender.who, heard.word.lower(), heard.rest
        stem, _, number = word.partition("_")
        here = parse.whisper(room, who.user, _topic(heard.where.topic))
        in_room = room in self._core.rooms() and await self._core.person(who)
        if word == "cancel" and not rest and in_room and await self._core.asked(who, here) is not None:
            return Commanded(heard.id, who, here, word)
        if in_room and stem == "show":
            shown = number or rest or (str(ticket) if ticket is not None else "")
            named = shown.upper().removeprefix("T-").removeprefix("#").strip()
            stands = named.isascii() and named.isdecimal() and await self._core.stands(room, int(named[:18]))
            in_room, word, rest = in_room if stands else "", "show" if named else word, named or rest
        elif stem not in ROOM_WORDS or (stem in TICKET_WORDS and ticket is None and not _names_ticket(number or rest)):
            in_room = ""  # which ticket is meant is asked in private: the choice may hold what this room must not read
        if not in_room:
            return await self._private(heard)
        if stem == "queue" and not rest:
            rest = self._core.rooms()[room]
        answers = f"T-{ticket}" if ticket is not None else ""
        return Commanded(heard.id, who, here, word, rest, answers, heard.message)

    async def _words_in_room(self, heard: Heard, room: str, ticket: int | None) -> Event | None:
        """Words without a command: to a question of ours, or to the employee whose ticket it is."""
        who, topic = heard.sender.who, _topic(heard.where.topic)
        here = parse.whisper(room, who.user, topic)
        asked = await self._core.asked(who, here) if not heard.files else None
        if asked is not None and heard.answers in ("", asked.message):
            return Said(heard.id, who, here, heard.text, message=heard.message)
        if ticket is None:
            return None
        if not await self._core.person(who):
            return await self._private(heard)
        under = parse.whisper(room, who.user, topic or heard.answers)
        if heard.files:
            named = f"T-{ticket}"
            return Attached(heard.id, who, under, heard.files, heard.text, named, heard.message, heard.album)
        return Said(heard.id, who, under, heard.text, f"T-{ticket}", heard.message)

    # -- in private --------------------------------------------------------------------------------

    async def _private(self, heard: Heard) -> Event | None:
        """What concerns one person is answered to them alone; who never opened our chat is asked to."""
        who = heard.sender.who
        if not await self._channel.reaches(who.user):
            await self._invite(heard)
            return None
        place = parse.direct(who)
        if heard.word:
            return Commanded(heard.id, who, place, heard.word, heard.rest)
        if heard.files:
            return Attached(heard.id, who, place, heard.files, heard.text)
        return Said(heard.id, who, place, heard.text)

    async def _invite(self, heard: Heard) -> None:
        words = self._words[await self._language(heard.sender.who, heard.sender.language)]
        name = await self._channel.account.name_in_groups()
        topic = int(heard.where.topic) if heard.where.topic else None
        spot = Spot(heard.where.chat, topic=topic, under=int(heard.message))
        await self._channel.say(spot, words["open_chat"], (words["open_chat_button"], f"https://t.me/{name}"))

    async def _language(self, who: Identity, theirs: str) -> str:
        person = await self._core.person(who)
        wanted = await self._core.language(person) if person else theirs[:2].lower()
        return wanted if wanted in self._words else "en"


def _names_ticket(words: str) -> bool:
    return NAMED.match(words.strip()) is not None


def _topic(topic: str) -> str:
    return f"{TOPIC}{topic}" if topic else ""
