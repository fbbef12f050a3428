"""Major incidents as cards: proposed, running, told about, over."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.reader import Reader, strong
from bot.cards.tickets import headline
from bot.messages import Block, Button, Card, Facts, Quote, Tone, plain
from escalation.major import Major, Stage, Update
from escalation.ticket import Ticket

TONES = {
    Stage.PROPOSED: Tone.WARN,
    Stage.ACTIVE: Tone.BAD,
    Stage.REJECTED: Tone.NEUTRAL,
    Stage.OVER: Tone.GOOD,
    Stage.REVIEWED: Tone.GOOD,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A major incident with its ticket, how many people it affects, and whether the reader may decide on it."""

    major: Major
    ticket: Ticket
    affected: int
    decides: bool = False


def card_key(number: int) -> str:
    """The key of the card of a major incident, wherever it stands."""
    return f"major:{number}"


def major_card(standing: Standing, reader: Reader) -> Card:
    """How it stands, with what the reader can do about it."""
    major, ticket = standing.major, standing.ticket
    return Card(
        title=reader.tell(f"major.title_{major.stage.value}", ticket=headline(ticket, reader)),
        tone=TONES[major.stage],
        state=reader.tell(f"major.state_{major.stage.value}"),
        blocks=(Facts(_facts(standing, reader)), *_latest(major, reader), *_report(major, reader)),
        buttons=_buttons(standing, reader),
        key=card_key(ticket.id),
        ticket=ticket.id,
    )


def _facts(standing: Standing, reader: Reader) -> tuple[tuple[str, str], ...]:
    major, ticket = standing.major, standing.ticket
    rows = [
        ("field.service", reader.service(ticket.service)),
        ("major.proposed_by", reader.name(major.proposed_by)),
        ("major.similar", reader.tell("list.comma").join(f"T-{number}" for number in major.similar)),
        ("major.commander", reader.name(major.commander) if major.commander else ""),
        ("major.affected", str(standing.affected)),
        ("major.next_update", reader.moment(major.update_due) if major.update_due and major.updates else ""),
        ("major.review", major.review),
    ]
    return tuple((reader.tell(label), value) for label, value in rows if value)


def _latest(major: Major, reader: Reader) -> tuple[Block, ...]:
    if not major.updates:
        return (plain(reader.tell("major.no_update")),) if major.stage is Stage.ACTIVE else ()
    latest = major.updates[-1]
    return (strong(reader.tell("major.latest", when=reader.moment(latest.at))), Quote(latest.text))


def _report(major: Major, reader: Reader) -> tuple[Block, ...]:
    if not major.report:
        return ()
    key = "major.report_sent" if major.report_sent else "major.report_waits"
    return (strong(reader.tell(key)), Quote(major.report))


def _buttons(standing: Standing, reader: Reader) -> tuple[Button, ...]:
    major, number = standing.major, standing.ticket.id
    words: list[tuple[str, str, str]] = []
    if major.stage is Stage.PROPOSED and standing.decides:
        words += [("approve", "approve", "primary"), ("reject", "reject", "")]
    if major.stage is Stage.ACTIVE:
        words += [("write_update", "update", "primary")]
        if major.commander != reader.person:
            words.append(("take_command", "command", ""))
    if major.report and not major.report_sent and standing.decides:
        words += [("send_report", "send", "primary"), ("keep_report", "keep", "")]
    elif major.stage in (Stage.ACTIVE, Stage.OVER) and not major.report:
        words.append(("report_upward", "report", ""))
    if major.stage is Stage.OVER:
        words.append(("write_review", "review", "primary"))
    buttons = [reader.button(word, f"j:{action}:{number}", style) for word, action, style in words]
    return (*buttons, reader.button("view", f"t:show:{number}"))


def known_outage_card(ticket: int, service: str, update: str, turn: int, reader: Reader) -> Card:
    """Whoever writes about something that is known to be down: people are on it, *Add me*, *Mine is different*."""
    latest: tuple[Block, ...] = (Quote(update),) if update else ()
    return Card(
        title=reader.tell("outage.title", service=reader.service(service)),
        tone=Tone.WARN,
        state=f"T-{ticket}",
        blocks=(plain(reader.tell("outage.body")), *latest),
        buttons=(
            reader.button("add_me", f"d:{turn}:follow:{ticket}", "primary"),
            reader.button("different", f"d:{turn}:different"),
            reader.button("human", f"d:{turn}:human"),
        ),
        key=f"answer:{turn}",
    )


def owed_card(ticket: Ticket, reader: Reader) -> Card:
    """The commander owes everybody an update; it can be written from here."""
    write = reader.button("write_update", f"j:update:{ticket.id}", "primary")
    return Card(reader.tell("major.owed", ticket=ticket.name), Tone.WARN, buttons=(write,), ticket=ticket.id)


def update_card(ticket: Ticket, update: Update, reader: Reader) -> Card:
    """What everybody affected reads."""
    return Card(
        title=reader.tell("outage.update", service=reader.service(ticket.service)),
        tone=Tone.INFO,
        state=reader.moment(update.at),
        blocks=(Quote(update.text),),
    )


def over_card(parent: Ticket, own: Ticket, reader: Reader) -> Card:
    """The question to each caller: does it work for you, too? Their own ticket stays open until they say so."""
    return Card(
        title=reader.tell("outage.over", service=reader.service(parent.service)),
        tone=Tone.GOOD,
        state=own.name,
        blocks=(Quote(parent.solution), plain(reader.tell("outage.works_for_you", ticket=own.name))),
        buttons=(
            reader.button("confirm", f"j:works:{own.id}", "primary"),
            reader.button("reopen", f"j:broken:{own.id}"),
        ),
        key=f"over:{own.id}:{parent.climb.generation}",
        ticket=own.id,
    )


def told_over_card(parent: Ticket, reader: Reader) -> Card:
    """Who only followed reads that it is over."""
    title = reader.tell("outage.over", service=reader.service(parent.service))
    return Card(title, tone=Tone.GOOD, state=parent.name, blocks=(Quote(parent.solution),))
