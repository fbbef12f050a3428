"""Where a trouble belongs, learned from the desk's own tickets: in words no list of ours knows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from bot.cli import main
from bot.dialogue.routers import Routers
from bot.web.knowledge_reading import DeskKnowledge
from escalation.priority import Priority
from escalation.ticket import Kind, Origin, Status, Ticket
from storage import policies, routers, tickets
from storage.routers import IN_USE, TOO_FEW, WORSE
from tests.journeys.everywhere import play_everywhere
from tests.journeys.stage import Stage, play

THINGS = ("glimmer", "brokkel", "zwirbel", "青蚨", "玄枢", "knauper", "flimsel", "drossel", "云梭", "tarnix")
TROUBLES = (
    "{} wobbles since the update",
    "cannot open {} any more",
    "{} 打不开了",
    "the {} export is empty",
    "{} 一直转圈",
    "{} says sequence refused",
)
OF_BACKUP = ("glimmer", "brokkel", "zwirbel", "青蚨", "玄枢")


def told(things: Iterable[str] = THINGS) -> list[tuple[str, str, str]]:
    """Words, with the service and the group where their ticket ended up.

    Half of the things are the backup service's, half were moved by the service desk."""
    return [
        (trouble.format(thing), *(("backup", "") if thing in OF_BACKUP else ("", "applications")))
        for trouble in TROUBLES
        for thing in things
    ]


async def solved(stage: Stage, past: Iterable[tuple[str, str, str]], status: Status = Status.CLOSED) -> None:
    """Tickets of days gone by."""
    organisation, now = stage.app.desk.organisation, stage.clock()
    digest = organisation.policy.digest()
    async with stage.app.database.transaction() as tx:
        await policies.keep(tx, digest, organisation.policy.to_json())
        for words, service, moved in past:
            known = organisation.services.get(service)
            await tickets.insert(
                tx,
                Ticket(
                    id=0,
                    kind=Kind.INCIDENT,
                    origin=Origin.SELF_SERVICE,
                    status=status,
                    priority=Priority.P3,
                    service=service,
                    category=known.category if known else "",
                    group=moved or organisation.group_for("incident", service).key,
                    tier=1,
                    summary=words,
                    description="",
                    requester="oliver.klein",
                    opened_by="oliver.klein",
                    opened_at=now,
                    policy=digest,
                    closed_at=now,
                ),
            )


async def learn(stage: Stage) -> str:
    """A night passes; what became of it."""
    stage.clock.advance(days=1)
    trial = await stage.app.ticker.routers.learn()
    assert trial is not None
    return trial.outcome


def router_of(stage: Stage) -> str:
    router = stage.app.conversation.router
    return router.version if router else ""


async def filed(stage: Stage, key: str, words: str) -> tuple[str, str]:
    """What they say becomes a ticket, by *Talk to a human* if need be; its service and group."""
    person = stage.person(key)
    await person.says(words)
    if person.form is None:
        await person.presses("Talk to a human")
    await person.fills()
    ticket = await stage.ticket(await stage.count_tickets())
    return ticket.service, ticket.group


async def test_the_next_message_goes_where_tickets_like_it_ended_up(stage: Stage) -> None:
    """Before: nobody's. After one night: the right people's, where the service desk had moved them, too."""
    assert await filed(stage, "anna.weber", "my glimmer wobbles again, says sequence refused") == ("", "service-desk")
    await solved(stage, told())
    assert await learn(stage) == IN_USE
    assert await filed(stage, "zhao.min", "青蚨又打不开了") == ("backup", "servers")
    assert await filed(stage, "felix.schmidt", "the brokkel export is empty again") == ("backup", "servers")
    assert await filed(stage, "max.schulz", "knauper says sequence refused") == ("", "applications")
    assert await filed(stage, "li.xin", "云梭一直转圈，打不开") == ("", "applications")


async def test_our_words_for_things_still_count_and_a_person_has_the_last_word(stage: Stage) -> None:
    """What the rules are sure of stays theirs; what is new to the router, too; and the form can be changed."""
    await solved(stage, told())
    assert await learn(stage) == IN_USE
    anna = stage.person("anna.weber")
    await anna.commands("/new the printer jams on every page")
    assert anna.form is not None
    assert {field.name: field.value for field in anna.form.fields}["service"] == "printing"
    await anna.commands("/new my chair squeaks")
    assert {field.name: field.value for field in anna.form.fields}["service"] == "other"
    await anna.commands("/new tarnix wobbles since the update")
    await anna.fills(service="telephone")
    assert ((await stage.ticket(61)).service, (await stage.ticket(61)).group) == ("telephone", "network")


async def test_two_processes_learn_once_and_both_use_it(database_url: str) -> None:
    """Whichever is first that night learns; the other takes it up within a minute, and so does one started later."""
    async with play(database_url) as stage:
        await solved(stage, told())
        other = Routers(stage.app.database, stage.app.conversation, owner="another")
        assert await learn(stage) == IN_USE
        assert await other.learn() is None
        version = router_of(stage)
        assert version
        stage.app.conversation.router = None
        assert await other.refresh()
        assert not await other.refresh()
        assert router_of(stage) == version


async def test_too_few_tickets_leave_it_to_the_rules(stage: Stage) -> None:
    await solved(stage, told(THINGS[:4]))
    assert await learn(stage) == TOO_FEW
    assert router_of(stage) == ""
    await solved(stage, told(), Status.NEW)  # nobody has looked at these yet
    assert await learn(stage) == TOO_FEW


async def test_a_worse_router_is_not_put_in_and_the_one_before_is_kept(stage: Stage) -> None:
    """One night's tickets contradict one another: yesterday's router stays, and the night is on record."""
    await solved(stage, told())
    assert await learn(stage) == IN_USE
    good = router_of(stage)
    muddled = [(words, ("printing", "display", "scanning")[at % 3], "") for at, (words, _, _) in enumerate(told())]
    await solved(stage, muddled)
    assert await learn(stage) == WORSE
    assert router_of(stage) == good
    async with stage.app.database.reading() as tx:
        tries, used = await routers.trials(tx), await routers.in_use(tx)
    assert [trial.outcome for trial in tries] == [WORSE, IN_USE]
    assert tries[0].accuracy < tries[0].before
    assert used is not None
    assert (used.version, used.learned_from + used.held_back) == (good, 60)
    page = await DeskKnowledge(stage.app.database, stage.app.desk, lambda: stage.app.conversation.knowledge).knowledge(
        "helen.zhou"
    )
    assert page is not None
    assert good in page.routing[0]
    assert "没有启用" in page.routing[1]
    address = stage.app.settings.database_url
    shown = await asyncio.to_thread(CliRunner().invoke, main, ["route", "status"], env={"DATABASE_URL": address})
    assert f"put in, version {good}" in shown.output
    assert "not better" in shown.output.splitlines()[0]


async def test_whoever_may_mean_two_things_is_asked_which_in_every_channel(sqlite_url: str, tmp_path: Path) -> None:
    """One question with two buttons, and *Something else*; what is pressed, or typed, is what the next night learns."""
    async with play_everywhere(sqlite_url, tmp_path, in_slack=("anna.weber",), in_telegram=("felix.schmidt",)) as stage:
        either = [
            (words, ("backup", "meeting-rooms")[at // 10 % 2], "") for at, (words, _, _) in enumerate(told(THINGS * 2))
        ]
        await solved(stage.web, either)
        assert await learn(stage.web) == IN_USE
        anna, felix, zhao = (stage.person(key) for key in ("anna.weber", "felix.schmidt", "zhao.min"))
        for person in (anna, felix):
            await person.says("glimmer wobbles, sequence refused")
            await person.sees("What is it about?")
        await anna.presses("Meeting rooms")
        await anna.fills({"In one line": "A wobbling glimmer"})
        await felix.says("backup and restore")
        await felix.fills({"In one line": "Another wobbling glimmer"})
        await zhao.says("flimsel 打不开了")
        await zhao.sees("这是哪方面的事？")
        await zhao.presses("Something else")
        await zhao.fills({"In one line": "都不是"})
        services = [(await stage.ticket(number)).service for number in (121, 122, 123)]
        assert services == ["meeting-rooms", "backup", ""]


async def test_it_can_be_switched_off(stage: Stage) -> None:
    """`learn_routing: false`: nothing is learned, and what was learned is not used."""
    await solved(stage, told())
    assert await learn(stage) == IN_USE
    organisation = stage.app.desk.organisation
    stage.app.desk.organisation = replace(organisation, learns_routing=False)
    stage.clock.advance(days=1)
    assert await stage.app.ticker.routers.learn() is None
    assert await filed(stage, "zhao.min", "青蚨又打不开了") == ("", "service-desk")
