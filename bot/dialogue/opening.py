"""From a trouble to a ticket: the half-filled form, what came back, and the emergency that needs no form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from bot.cards import answers
from bot.cards.reader import Reader
from bot.cards.tickets import ticket_line
from bot.desk.draft import Draft
from bot.dialogue import forms, quoting, routing, table
from bot.dialogue.effects import Doing, Learn, Open
from bot.dialogue.facts import of_words
from bot.dialogue.intake import intake
from bot.dialogue.moments import moment_within
from bot.dialogue.naming import Near
from bot.dialogue.resembling import similar
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.turns import Turn, note, then
from bot.dialogue.world import World
from bot.messages import Button, Card, Tone
from bot.phrases import LANGUAGES, tell
from escalation.priority import Impact, Urgency, priority_of
from escalation.ticket import Evidence, Kind, Origin, Ticket
from intents.catalogue import Intent
from intents.classify import Understanding


def about(talk: Talk, words: str, meant: Understanding, world: World) -> Talk:
    """A fresh talk that remembers only what these words say (and who it is for, and what was attached)."""
    belongs = routing.placed(words, meant, world)
    return Talk(
        turn=talk.turn + 1,
        words=words,
        service=belongs.at.service,
        category=belongs.at.category,
        group=belongs.at.group,
        among=tuple(each.label for each in belongs.among),
        subject=talk.subject,
        prefill={**({} if talk.words else talk.prefill), **of_words(meant.entities, world.reader.zone)},
        files=talk.files,
        later=talk.later,
        held=talk.held,
        quoted=talk.quoted if talk.words and words.startswith(talk.words) else "",
        **_remembered(talk),
    )


def _remembered(talk: Talk) -> dict[str, Any]:
    """What was tried in this conversation stays tried, whatever trouble comes up next in it."""
    if talk.mode is Mode.IDLE:
        return {}
    return {"offered": talk.offered, "guided": talk.guided, "unsure": talk.unsure}


def form(talk: Talk, world: World, *, note: str = "", anyway: bool = False, at_once: bool = False) -> Turn:
    """The intake form; before it, what it is about if that is open, and the ticket there is about the same thing.

    `at_once`: somebody asked for the form, or for a person, and is asked nothing before.
    """
    reader = world.reader
    done = put_aside(talk, "answer.ticket", world) if talk.shown and talk.mode is Mode.ANSWERING else ()
    talk = tried(talk, world) if done else talk
    asked = None if anyway or at_once else routing.which(talk, world)
    if asked is not None:
        return then(asked, *done)
    known = anyway or talk.subject or _was_asked(talk)
    alike = () if known else similar(talk.service, talk.words, world, SHOWN_AT_MOST)
    talk = replace(talk, mode=Mode.FORM, turn=talk.turn + 1, shown="", why=note)
    if alike:
        return Turn(replace(talk, mode=Mode.ANSWERING), (*done, similar_card(talk, alike, reader)))
    return Turn(talk, (*done, intake(talk, world)))


SHOWN_AT_MOST = 3


def to_a_human(talk: Talk, world: World) -> Turn:
    """The form for whoever wants a person: at once, and with nothing asked before."""
    return form(talk, world, note="human.form" if talk.words else "human.form_empty", at_once=True)


def _was_asked(talk: Talk) -> bool:
    """Whether "you already have a ticket about this" is what stands on the table."""
    card = table.on(talk)
    return card is not None and any(button.action.endswith(":anyway") for button in card.buttons)


def similar_card(talk: Talk, tickets: tuple[Ticket, ...], reader: Reader) -> Card:
    """The person's own tickets that may be about the same, to add to, or a new one all the same."""
    several = len(tickets) > 1
    add = [
        Button(
            reader.tell("button.add_to_one", ticket=ticket.name) if several else reader.tell("button.add_to"),
            f"d:{talk.turn}:to:{ticket.id}",
            "" if several else "primary",
        )
        for ticket in tickets
    ]
    buttons = (*add, reader.button("new_ticket", f"d:{talk.turn}:anyway"))
    title = reader.tell("similar.several" if several else "similar.title", ticket=tickets[0].name)
    body = "\n".join(ticket_line(ticket, reader) for ticket in tickets)
    return answers.choices(title, body, buttons, tone=Tone.WARN, key=f"answer:{talk.turn}")


def start_form(talk: Talk, words: str, subject: str, world: World) -> Turn:
    """`new`: straight to the form, for oneself or (operators) for somebody else."""
    words, quoted = quoting.apart(talk, words, world)
    meant = world.understand(words)
    started = replace(about(talk, words, meant, world), subject=subject, quoted=quoted)
    if meant.intent is Intent.REQUEST:
        started = replace(started, kind=Kind.REQUEST.value)
    return form(started, world, at_once=True)


def ask_for_whom(talk: Talk, near: Near, world: World) -> Turn:
    """A name was mistyped: who is meant, with the words kept until that is known."""
    reader, turn = world.reader, talk.turn + 1
    buttons = [Button(world.organisation.name_of(key, reader.language), f"d:{turn}:for:{key}") for key in near.keys]
    title = reader.tell("for_whom.title", count=len(buttons))
    card = answers.choices(title, reader.tell("for_whom.body"), buttons, key=f"which:{turn}")
    return Turn(Talk(turn=turn, mode=Mode.CHOOSING, pending=near.rest), (card,))


_COMES_BACK = ("words", "pending", "quoted", "subject", "files", "offered", "guided")
COMES_BACK = timedelta(minutes=30)  # how long a trouble that ended is what "file it after all" means


def over(talk: Talk, world: World, *, solved: bool = False) -> Talk:
    """The talk after its trouble ended without a ticket; what was said, sent and tried is known for a while.

    What is `solved` comes back for whoever says that it is not, and not for whoever wants a person next.
    """
    if talk.mode is Mode.FORM and not talk.words:  # all there is was said beside a form that began empty
        talk = replace(talk, words=talk.pending, pending="")
    lately = {name: getattr(talk, name) for name in _COMES_BACK}
    at = world.reader.now.isoformat()
    evidence = [asdict(each) for each in talk.evidence]
    kept = {**lately, "evidence": evidence, "at": at, "solved": solved} if talk.words else {}
    return Talk(turn=talk.turn + 1, later=talk.later, held=talk.held, lately=kept)


def come_back(talk: Talk, world: World) -> Talk | None:
    """The talk about the trouble that ended last, if that was only just; None without one."""
    lately = talk.lately
    if not lately or world.reader.now - datetime.fromisoformat(lately["at"]) > COMES_BACK:
        return None
    again = about(talk, lately["words"], world.understand(lately["words"]), world)
    return replace(
        again,
        pending=lately.get("pending", ""),
        quoted=lately.get("quoted", ""),
        subject=talk.subject or lately.get("subject", ""),
        files=tuple(dict.fromkeys((*lately.get("files", ()), *talk.files))),
        offered=tuple(lately["offered"]),
        guided=tuple(lately["guided"]),
        evidence=tuple(Evidence(**each) for each in lately["evidence"]),
    )


def asks(talk: Talk, form_key: str) -> bool:
    """Whether this intake form is the one on the table."""
    return form_key == f"intake:{talk.turn}" and Mode.FORM in (talk.mode, talk.aside)


def submitted(talk: Talk, form_key: str, values: dict[str, str], world: World) -> Turn:
    """The intake form came back."""
    reader = world.reader
    if not asks(talk, form_key):
        if talk.opened:
            return note(talk, world, "intake.already", ticket=f"T-{talk.opened}")
        return note(talk, world, "stale")
    checked = forms.check(intake(talk, world), values, reader)
    if not checked.ok:
        return Turn(talk, (checked.form,))
    return Turn(talk, (Open(_draft(talk, checked.values, world), form_key),))


def _draft(talk: Talk, given: Mapping[str, str], world: World) -> Draft:
    impact, urgency = Impact(given["affected"]), Urgency(given["severity"])
    names = ("affected", "severity", "category", "place", "device", "ip", "since", "errors", "callback", "promise")
    for_other = talk.subject and talk.subject != world.person.key
    return Draft(
        kind=Kind(given["kind"]),
        origin=Origin.PHONE if for_other else Origin.SELF_SERVICE,
        requester=talk.subject or world.person.key,
        opened_by=world.person.key,
        service="" if given["service"] == "other" else given["service"],
        summary=given["summary"],
        description="\n".join(filter(None, (given["description"], talk.pending, talk.quoted))),
        priority=priority_of(impact, urgency, world.organisation.matrix),
        details={name: given[name] for name in names if given.get(name)} | _promised_by(given, world),
        evidence=talk.evidence,
        files=talk.files,
        category=_category(talk, given, world),
        group=talk.group if given["service"] == (talk.service or "other") else "",
    )


def _category(talk: Talk, given: Mapping[str, str], world: World) -> str:
    """The category the person chose, or the one it has by tickets like it; empty for the service's own."""
    service = world.organisation.services.get(talk.service)
    shown = talk.category or (service.category if service else "")
    if given.get("category", "") not in ("", shown):
        return given["category"]
    return talk.category if given["service"] == (talk.service or "other") else ""


def _promised_by(given: Mapping[str, str], world: World) -> dict[str, str]:
    """The moment in what the operator promised, if it names one: that promise gets a clock."""
    at = moment_within(given.get("promise", ""), world.reader.now, world.reader.zone)
    return {"promised_by": at.isoformat()} if at is not None else {}


def settled_form(form_key: str, sentence: str) -> Card:
    """What stays where a form stood once it did its work."""
    return answers.settled(form_key, sentence, "")


def opened(talk: Talk, ticket: Ticket) -> Talk:
    """The talk after its ticket was opened: over, but it remembers which one it was."""
    return Talk(turn=talk.turn + 1, opened=ticket.id, later=talk.later, held=talk.held)


def put_aside(talk: Talk, state: str, world: World) -> tuple[Doing, ...]:
    """The article on the table, put aside: what stays of its card, what is learned, what the ticket will show."""
    if not talk.shown:
        return ()
    article = world.knowledge.article(talk.shown, world.reader.language)
    tone = Tone.GOOD if state == "answer.fixed" else Tone.NEUTRAL
    standing = table.on(talk)
    key = standing.key if standing else f"answer:{talk.turn}"
    settled = answers.settled(key, article.title, world.reader.tell(state), tone)
    return settled, Learn(talk.shown, article.language, _OUTCOMES[state], talk.chances.get(talk.shown))


def tried(talk: Talk, world: World) -> Talk:
    """The talk with the article on the table as something that did not solve it: whoever comes next sees that."""
    if not talk.shown:
        return talk
    titles = {language: world.knowledge.article(talk.shown, language).title for language in LANGUAGES}
    found = {language: tell("answer.did_not_help", language) for language in LANGUAGES}
    return replace(talk, evidence=(*talk.evidence, Evidence("article", titles, found)))


_OUTCOMES = {"answer.fixed": "fixed", "answer.not_this": "not_fixed", "answer.ticket": "opened_ticket"}
