"""The authorisation matrix over the real desk, its pages and its chat; and nothing leaks, whatever people try."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from bot.messages import Commanded, Pressed, Said, Submitted
from bot.web.reading import DeskViews
from bot.web.views import QueueFilter
from escalation.access import Look, Role
from escalation.errors import Absent, Forbidden
from escalation.ticket import Action, Status
from storage import attachments, tickets
from tests.journeys.stage import Somebody, Stage, play, reply_text
from tests.rules.test_access import TABLE

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Who plays each column of the matrix. The ticket is about the Wi-Fi, hence the network group's.
CAST = {
    "own": "anna.weber",
    "others": "zhao.min",
    "opener": "ma.li",
    "owner": "wang.fang",
    "group": "li.qiang",
    "other": "guo.peng",
    "manager": "zhang.wei",
    "foreign": "xu.lan",
    "auditor": "gu.ting",
    "admin": "emma.fischer",
    "paged": "helen.zhou",
}
# In which of the tickets below, and with which facts, each action could be done by whoever may.
HOW: Mapping[Action, tuple[Status, dict[str, str | int]]] = {
    Action.CLAIM: (Status.NEW, {}),
    Action.ACK: (Status.NEW, {}),
    Action.DECLINE: (Status.NEW, {}),
    Action.RELEASE: (Status.CLAIMED, {}),
    Action.ASSIGN: (Status.CLAIMED, {"person": "chen.jie"}),
    Action.TRANSFER: (Status.CLAIMED, {"group": "servers"}),
    Action.ESCALATE: (Status.CLAIMED, {}),
    Action.CHASE: (Status.CLAIMED, {}),
    Action.PRIORITY: (Status.CLAIMED, {"priority": "P2"}),
    Action.HOLD: (Status.CLAIMED, {"reason": "vendor"}),
    Action.RESUME: (Status.ON_HOLD, {}),
    Action.NOTE: (Status.CLAIMED, {"text": "a note"}),
    Action.REPLY: (Status.CLAIMED, {"text": "a reply"}),
    Action.COMMENT: (Status.CLAIMED, {"text": "a comment"}),
    Action.ATTACH: (Status.CLAIMED, {}),
    Action.RESOLVE: (Status.CLAIMED, {"cause": "a cause", "solution": "a solution"}),
    Action.VISIT: (Status.CLAIMED, {}),
    Action.ARRIVE: (Status.CLAIMED, {}),
    Action.PROMISE: (Status.CLAIMED, {"until": "2030-01-01T00:00:00+00:00"}),
    Action.LINK: (Status.CLAIMED, {"other": 1}),
    Action.MAJOR: (Status.CLAIMED, {}),
    Action.CANCEL: (Status.CLAIMED, {}),
    Action.CONFIRM: (Status.RESOLVED, {}),
    Action.REOPEN: (Status.RESOLVED, {}),
    Action.RATE: (Status.CLOSED, {"stars": 5}),
    Action.OPEN: (Status.NEW, {}),
    Action.PAGE: (Status.NEW, {}),
    Action.ASK: (Status.NEW, {}),
    Action.MARK: (Status.NEW, {}),
    Action.ALARM: (Status.NEW, {}),
    Action.CLOSE: (Status.RESOLVED, {}),
    Action.REMIND: (Status.CLOSED, {}),
}
SECRET, NOTE = "kanarienvogel", "rotkehlchen"  # words of the ticket, and of its internal notes


@dataclass(frozen=True)
class Desks:
    """The desk with one ticket in each state it needs, all alike: number by status."""

    stage: Stage
    confidential: bool
    numbers: Mapping[Status, int]

    @property
    def views(self) -> DeskViews:
        return DeskViews(self.stage.app.database, self.stage.app.desk)

    def allowed(self, what: Action | Look, who: str) -> bool:
        """What the matrix says; the manager of the group is paged for a P1, too."""
        if who == "manager" and TABLE[what.value, "paged"] == "y":
            return True
        letter = TABLE[what.value, who]
        return letter == "y" or (letter == "c" and not self.confidential)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[False, True], ids=["open", "confidential"])
async def desks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desks]:
    """The operator files for Anna, the ladder climbs to the head of IT, and Wang Fang works on what she has to."""
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('matrix') / 'firstline.db'}"
    async with play(url) as stage:
        arrange(stage, confidential=request.param)
        states = (Status.NEW, Status.CLAIMED, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED)
        numbers = {status: number for number, status in enumerate(states, 2)}
        for number in (1, *numbers.values()):
            await files(stage, number)
        await stage.pass_time(minutes=21)
        for status, number in numbers.items():
            await leads_to(stage, number, status)
        yield Desks(stage, request.param, numbers)


def arrange(stage: Stage, *, confidential: bool) -> None:
    """Xu Lan manages the databases, and the Wi-Fi is as confidential as it has to be."""
    known = stage.app.desk.organisation
    xu = replace(known.people["xu.lan"], roles=frozenset({Role.REQUESTER, Role.MANAGER}))
    stage.app.desk.organisation = replace(
        known,
        people={**known.people, xu.key: xu},
        groups={**known.groups, "database": replace(known.groups["database"], manager=xu.key)},
        services={**known.services, "wifi": replace(known.services["wifi"], confidential=confidential)},
    )


async def files(stage: Stage, number: int) -> None:
    operator = stage.person("ma.li")
    await operator.commands(f"/new @anna.weber The {SECRET} is offline")
    await operator.fills(service="wifi", affected="everyone", severity="blocked", description=f"{SECRET} {number}")


async def leads_to(stage: Stage, number: int, status: Status) -> None:
    """Bring the ticket into this state, with a note along the way."""
    if status is Status.NEW:
        return
    wang, anna = stage.person("wang.fang"), stage.person("anna.weber")
    await wang.commands(f"/claim {number}")
    await wang.commands(f"/note {number} {NOTE}")
    match status:
        case Status.ON_HOLD:
            await wang.commands(f"/hold {number} vendor")
        case Status.RESOLVED | Status.CLOSED:
            await wang.commands(f"/resolve {number} {SECRET} / {SECRET}")
    if status is Status.CLOSED:
        await send(anna, Pressed, action=f"t:confirm:{number}")
    assert (await stage.ticket(number)).status is status


class Undone(Exception):
    """Nothing of what was tried is kept."""


async def done(desks: Desks, action: Action, person: str) -> bool:
    """Whether the desk lets this person do it; it is undone at once."""
    status, facts = HOW[action]
    desk, number, last = desks.stage.app.desk, desks.numbers[status], None
    try:
        async with desks.stage.app.database.transaction() as tx:
            if action is Action.ATTACH:
                staged = await attachments.stage(tx, "a.png", "image/png", b"a", person, desk.clock())
                facts = {"files": str(staged.id)}
            await desk.act(tx, action, number, by=person, via="web", facts=facts)
            mine = [e for e in await tickets.events(tx, number, public_only=False) if e.by == person]
            last = mine[-1].action
            raise Undone
    except Undone:
        return last is action  # a requester who escalates only asks for more speed
    except (Absent, Forbidden):
        return False


async def test_every_action_is_tried() -> None:
    """A new action is not done until this page knows how to try it."""
    assert set(HOW) == set(Action)


@pytest.mark.parametrize("action", list(Action), ids=str)
async def test_the_desk_obeys_the_matrix(desks: Desks, action: Action) -> None:
    assert {who: await done(desks, action, CAST[who]) for who in CAST} == {
        who: desks.allowed(action, who) for who in CAST
    }


@pytest.mark.parametrize("who", CAST)
async def test_the_pages_and_the_chat_show_what_the_matrix_says(desks: Desks, who: str) -> None:
    """The ticket's page, its files, the lists and `show`: the same for all, and "not yours" looks like "not there"."""
    person, number = desks.stage.person(CAST[who]), desks.numbers[Status.CLAIMED]
    sees, internal = (desks.allowed(look, who) for look in (Look.TIMELINE, Look.INTERNAL))
    page = await desks.views.ticket(person.key, number)
    shown = await send(person, Commanded, word="show", rest=str(number))
    absent = await send(person, Commanded, word="show", rest="999")
    assert (page is not None) is sees
    assert (SECRET in shown) is sees
    assert sees or shown == absent.replace("999", str(number))
    assert (NOTE in repr(page) and NOTE in shown) is internal
    assert not (page and page.ladder and not internal)
    found = (await desks.views.my_tickets(person.key), await desks.views.queue(person.key, QueueFilter(text=SECRET)))
    assert sees or SECRET not in repr(found)


async def test_a_file_is_for_those_who_see_its_ticket(desks: Desks) -> None:
    """Whoever guesses the number of a file is told that there is none."""
    anna, number = desks.stage.person("anna.weber"), desks.numbers[Status.CLAIMED]
    await anna.attaches("screen.png", b"picture", reply_to=f"T-{number}")
    async with desks.stage.app.database.reading() as tx:
        (file,) = await attachments.of_ticket(tx, number)
    for who, key in CAST.items():
        found = await desks.views.attachment(key, file.id)
        assert (found is not None) is desks.allowed(Look.TIMELINE, who), who


# -- whatever people try ---------------------------------------------------------------------------

VALUES = {"text": "ok", "cause": "ok", "solution": "ok", "reason": "vendor", "priority": "P3", "as": "child"}
STRANGERS = ("others", "other", "foreign", "opener")


async def send(who: Somebody, kind: type, **facts: object) -> str:
    """Send an event whether or not there is a button for it; the answer in words."""
    event = kind(who.stage.next_id(), who.identity, who.place, **facts)
    answer = await who.stage.app.conversation.handle(event)
    await who.stage.settle()
    return "\n".join(map(reply_text, answer.replies))


async def anything(who: Somebody, number: int, chance: random.Random) -> str:
    """Something a person, or a script in their hands, might try with a ticket."""
    action = chance.choice(list(Action)).value
    match chance.randrange(6):
        case 0:
            return await send(who, Pressed, action=f"t:{chance.choice([action, 'show', 'more'])}:{number}")
        case 1:
            return await send(who, Submitted, form=f"t:{action}:{number}", values={**VALUES, "other": str(number)})
        case 2:
            word = chance.choice([action, "queue", "mine", "report", "list", "oncall"])
            return await send(who, Commanded, word=word, rest=f"{number} ok")
        case 3:
            return await send(who, Said, text=f"what is the status of T-{number}?")
        case 4:
            return await send(who, Said, text="ok then", reply_to=f"T-{number}")
        case _:
            mine = chance.choice([1, number])
            return await send(who, Submitted, form=f"t:link:{mine}", values={"other": str(number), "as": "duplicate"})


@pytest.mark.parametrize("tries", [100, pytest.param(1000, marks=pytest.mark.slow)])
async def test_nothing_of_a_confidential_ticket_reaches_a_stranger(sqlite_url: str, tries: int) -> None:
    """Whatever everybody tries: its words stay with its people, its notes with the engineers."""
    chance = random.Random(2)
    async with play(sqlite_url) as stage:
        arrange(stage, confidential=True)
        await files(stage, 1)
        await stage.person("wang.fang").commands(f"/note 1 {NOTE}")
        operator_said = await stage.person("ma.li").count(SECRET)
        for _ in range(tries):
            who = chance.choice([*CAST, *STRANGERS])
            said = await anything(stage.person(CAST[who]), 1, chance)
            assert who not in STRANGERS or SECRET not in said, (who, said)
            assert who != "own" or NOTE not in said, said
        for who, key in CAST.items():
            screen = await stage.person(key).screen()
            if who in ("others", "other", "foreign"):
                assert SECRET not in screen, who
            if who in (*STRANGERS, "own"):
                assert NOTE not in screen, who
        assert await stage.person("ma.li").count(SECRET) == operator_said
