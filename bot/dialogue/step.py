"""The employee's way, as a pure function: what was going on, what they did, what is known -> what happens next.

Self-diagnosis first, then a fitting answer, and only then the form. A person can always skip to a human.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from bot.cards import answers
from bot.cards.reader import Reader
from bot.desk.draft import Draft
from bot.dialogue import forms
from bot.dialogue.effects import Act, Doing, Learn, ListMine, Open, Probe, Show
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.world import World
from bot.messages import Button, Card, Text, Tone
from bot.probes.probe import ProbeResult, ProbeState
from escalation.priority import Impact, Priority, Urgency, priority_of
from escalation.ticket import Action, Evidence, Kind, Origin, Status, Ticket
from faq.match import match
from faq.verdict import Answer, Ask, Suggest, decide
from intents.catalogue import Intent
from intents.classify import Understanding
from intents.flows import End, Step, UnknownChoice, advance, chosen, flow_for

LONGEST_WORDS = 8000
SAME_LABEL = 88  # rapidfuzz ratio from which typed words count as the button's label


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step leads to: the new state, and replies and effects in the order they happen."""

    talk: Talk
    doings: tuple[Doing, ...] = ()


# -- somebody writes -------------------------------------------------------------------------------


def said(talk: Talk, text: str, world: World) -> Turn:
    """Free text in a private chat."""
    words = text.strip()
    if len(words) > LONGEST_WORDS:
        return _note(talk, world, "said.too_long", longest=LONGEST_WORDS, length=len(words))
    if not any(character.isalnum() for character in words):
        return _note(talk, world, "said.no_words")
    meant = world.understand(words)
    always = _whatever_is_going_on(talk, words, meant, world)
    if always is not None:
        return always
    match talk.mode:
        case Mode.PROBING:
            return _note(replace(talk, words=_joined(talk.words, words)), world, "said.noted")
        case Mode.GUIDING:
            return _said_while_guiding(talk, words, meant, world)
        case Mode.ANSWERING:
            return _said_while_answering(talk, words, meant, world)
        case Mode.FORM:
            noted = replace(talk, words=_joined(talk.words, words))
            return Turn(noted, (Text(world.reader.tell("said.form_open")),))
    return _said_idle(talk, words, meant, world)


def _whatever_is_going_on(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """What is meant the same at any point of a conversation."""
    reader = world.reader
    match meant.intent:
        case Intent.EMERGENCY:
            return _emergency(talk, words, meant, world)
        case Intent.HUMAN:
            started = talk if talk.words else _about(talk, "", meant)
            return _form(started, world, note="human.form")
        case Intent.CANCEL if talk.mode is not Mode.IDLE:
            return Turn(Talk(turn=talk.turn + 1), (Text(reader.tell("cancelled")),))
        case Intent.STATUS:
            return _status(talk, meant, world)
        case Intent.HELP:
            return Turn(talk, (help_card(world),))
        case Intent.COMPLAINT:
            return _form(replace(_about(talk, words, meant), kind=Kind.COMPLAINT.value), world, note="complaint.form")
    return None


def _said_idle(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    reader = world.reader
    match meant.intent:
        case Intent.GREETING:
            return Turn(talk, (welcome_card(world),))
        case Intent.THANKS:
            return Turn(talk, (Text(reader.tell("thanks")),))
        case Intent.CANCEL:
            return Turn(talk, (Text(reader.tell("nothing_to_cancel")),))
    if world.open_tickets and meant.intent in (Intent.FAULT, Intent.UNKNOWN):
        meant_ticket = _meant_ticket(talk, words, meant, world)
        if meant_ticket is not None:
            return meant_ticket
    return trouble(talk, words, world)


def trouble(talk: Talk, words: str, world: World) -> Turn:
    """A new conversation about something: checks where there are any, else guided steps, else answers."""
    meant = world.understand(words)
    started = _about(talk, words, meant)
    if meant.intent is Intent.REQUEST:
        return _answer(replace(started, kind=Kind.REQUEST.value), world)
    if meant.intent is Intent.QUESTION:
        return _answer(started, world)
    if meant.intent is Intent.UNKNOWN and meant.service is None:
        return _answer(started, world, sure_only=True)
    service = world.organisation.services.get(started.service)
    if service is None or not service.probes:
        return _guide(started, world)
    waiting = tuple(
        ProbeResult(probe.key, probe.kind, probe.label, ProbeState.WAITING, 0, "waiting", {})
        for probe in service.probes
    )
    card = answers.probe_card(service.key, waiting, world.reader, f"probe:{started.turn}")
    return Turn(replace(started, mode=Mode.PROBING), (card, Probe(service.key, started.turn)))


def _about(talk: Talk, words: str, meant: Understanding) -> Talk:
    """A fresh talk that remembers only what these words say (and who it is for, and what was attached)."""
    found = meant.entities
    prefill = {
        "place": found.place,
        "device": found.asset_tag or found.device,
        "ip": found.ip,
        "since": found.since,
        "affected": found.affected,
        "severity": found.severity,
        "callback": found.phone,
    }
    return Talk(
        turn=talk.turn + 1,
        words=words,
        service=meant.service or "",
        subject=talk.subject,
        prefill={name: value for name, value in prefill.items() if value},
        files=talk.files,
    )


# -- whose ticket is meant -------------------------------------------------------------------------


def _meant_ticket(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """Words that belong to a ticket already open: straight to it when that is plain, else a question."""
    tickets = world.open_tickets
    named = [ticket for ticket in tickets if ticket.id in meant.entities.tickets]
    same = [ticket for ticket in tickets if meant.service and ticket.service == meant.service]
    if meant.service and not same and not named:
        return None
    likely = named or same or list(tickets)
    if len(likely) == 1:
        return _comment(talk, likely[0], words, world)
    buttons = [Button(f"{t.name} · {t.summary}"[:60], f"d:{talk.turn + 1}:to:{t.id}") for t in likely[:5]]
    buttons.append(world.reader.button("something_new", f"d:{talk.turn + 1}:new"))
    card = answers.choices(
        world.reader.tell("which.title"),
        world.reader.tell("which.body"),
        buttons,
        key=f"which:{talk.turn + 1}",
    )
    return Turn(replace(talk, turn=talk.turn + 1, pending=words), (card,))


def _comment(talk: Talk, ticket: Ticket, words: str, world: World) -> Turn:
    reader, turn = world.reader, talk.turn + 1
    sent = Card(
        title=reader.tell("comment.sent", ticket=ticket.name, who=_who_reads(ticket, reader)),
        buttons=(reader.button("something_new", f"d:{turn}:new"),),
        key=f"which:{turn}",
        ticket=ticket.id,
    )
    doings: tuple[Doing, ...] = (Act(Action.COMMENT, ticket.id, {"text": words}), sent)
    return Turn(replace(talk, turn=turn, pending=words), doings)


def _who_reads(ticket: Ticket, reader: Reader) -> str:
    return reader.name(ticket.assignee) if ticket.assignee else reader.group(ticket.group)


# -- probes ----------------------------------------------------------------------------------------


def probed(talk: Talk, turn: int, results: Sequence[ProbeResult], world: World) -> Turn:
    """The checks are done: they become evidence, and a failing one is said plainly."""
    if talk.mode is not Mode.PROBING or talk.turn != turn:
        return Turn(talk)
    reader = world.reader
    talk = replace(talk, evidence=tuple(answers.probe_evidence(result, reader) for result in results))
    card = answers.probe_card(talk.service, results, reader, f"probe:{turn}")
    if not any(result.state is ProbeState.FAIL for result in results):
        return _then(_guide(talk, world), card)
    buttons = (
        reader.button("open_ticket", f"d:{turn}:open", "primary"),
        reader.button("try_steps", f"d:{turn}:guide"),
    )
    return Turn(replace(talk, mode=Mode.ANSWERING), (replace(card, buttons=buttons),))


# -- guided steps ----------------------------------------------------------------------------------


def _guide(talk: Talk, world: World) -> Turn:
    flow = flow_for(talk.service or None, world.knowledge.flows, talk.words)
    configured = world.organisation.services.get(talk.service)
    if flow is None and configured is not None and configured.flow:
        flow = world.knowledge.flows.get(configured.flow)
    if flow is None:
        return _answer(talk, world)
    talk = replace(talk, mode=Mode.GUIDING, turn=talk.turn + 1, flow=flow.key, step=flow.first, number=1)
    return Turn(talk, (_step_card(talk, flow.steps[flow.first], world),))


def _step_card(talk: Talk, step: Step, world: World) -> Card:
    flow = world.knowledge.flows[talk.flow]
    return answers.step_card(flow, step, talk.number, len(flow.steps), talk.turn, world.reader)


def _stepped(talk: Talk, choice: str, world: World) -> Turn:
    """One guided question answered."""
    flow = world.knowledge.flows[talk.flow]
    try:
        picked, following = chosen(flow, talk.step, choice), advance(flow, talk.step, choice)
    except UnknownChoice:
        return Turn(talk, (_step_card(talk, flow.steps[talk.step], world),))
    question = flow.steps[talk.step].question
    finding = picked.evidence or picked.label
    evidence = Evidence("step", dict(question), dict(finding), picked.evidence is not None and picked.next == "broken")
    done = answers.settled(
        f"step:{talk.turn}", world.reader.say(question), world.reader.say(picked.label), Tone.NEUTRAL
    )
    talk = replace(talk, evidence=(*talk.evidence, evidence))
    if isinstance(following, End):
        return _then(_fixed(talk, world) if following.fixed else _answer(talk, world), done)
    talk = replace(talk, turn=talk.turn + 1, step=following.key, number=talk.number + 1)
    return Turn(talk, (done, _step_card(talk, following, world)))


def _said_while_guiding(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    """Typed instead of pressed: the button it names, a new trouble, or more about this one."""
    flow = world.knowledge.flows[talk.flow]
    step = flow.steps[talk.step]
    for choice in step.choices:
        if _names(words, world.reader.say(choice.label)):
            return _stepped(talk, choice.key, world)
    if _something_else(talk, meant):
        return trouble(talk, words, world)
    talk = replace(talk, words=_joined(talk.words, words), turn=talk.turn + 1)
    return Turn(talk, (Text(world.reader.tell("said.noted")), _step_card(talk, step, world)))


def _names(words: str, label: str) -> bool:
    return fuzz.ratio(words.casefold().strip(" .!。！"), label.casefold()) >= SAME_LABEL


def _something_else(talk: Talk, meant: Understanding) -> bool:
    return meant.intent is Intent.FAULT and meant.service is not None and meant.service != talk.service


# -- answers ---------------------------------------------------------------------------------------


def _answer(talk: Talk, world: World, *, sure_only: bool = False) -> Turn:
    """A sure answer, up to three titles, or honestly none: then the form."""
    matches = match(world.knowledge.index, talk.words, language=world.reader.language)
    fresh = tuple(m for m in matches if m.article_id not in talk.offered)
    verdict = decide(fresh, world.thresholds)
    talk = replace(talk, turn=talk.turn + 1)
    match verdict:
        case Answer():
            rest = tuple(m.article_id for m in fresh[1:4] if m.probability >= world.thresholds.suggest)
            return _offer(replace(talk, waiting=rest), fresh[0].article_id, world)
        case Suggest(matches=suggested):
            waiting = tuple(m.article_id for m in suggested)
            shown = [world.knowledge.article(key, world.reader.language) for key in waiting]
            talk = replace(talk, mode=Mode.ANSWERING, waiting=waiting, shown="")
            return Turn(talk, (answers.suggestions_card(shown, talk.turn, world.reader),))
        case Ask():
            if sure_only:
                return Turn(replace(talk, mode=Mode.ANSWERING), (_unsure_card(talk, world),))
            return _form(talk, world, note="unknown.form")


def _unsure_card(talk: Talk, world: World) -> Card:
    """We did not understand at all: say so, with examples, and a way to a human."""
    reader = world.reader
    buttons = (
        reader.button("open_ticket", f"d:{talk.turn}:open"),
        reader.button("human", f"d:{talk.turn}:human"),
    )
    return answers.choices(reader.tell("unsure.title"), reader.tell("unsure.body"), buttons, key=f"answer:{talk.turn}")


def _offer(talk: Talk, article_id: str, world: World) -> Turn:
    article = world.knowledge.article(article_id, world.reader.language)
    waiting = tuple(key for key in talk.waiting if key != article_id)
    talk = replace(talk, mode=Mode.ANSWERING, shown=article_id, waiting=waiting, offered=(*talk.offered, article_id))
    card = answers.article_card(article, talk.turn, world.reader, more=bool(waiting))
    return Turn(talk, (card, Learn(article_id, article.language, "offered")))


def _next(talk: Talk, world: World) -> Turn:
    done = _article_done(talk, "answer.not_this", world)
    if not talk.waiting:
        return _then(_form(talk, world, note="unknown.form"), *done)
    return _then(_offer(replace(talk, turn=talk.turn + 1), talk.waiting[0], world), *done)


def _article_done(talk: Talk, state: str, world: World) -> tuple[Doing, ...]:
    """The article on the table, put aside: what stays of its card, what is learned, what the ticket will show."""
    if not talk.shown:
        return ()
    article = world.knowledge.article(talk.shown, world.reader.language)
    tone = Tone.GOOD if state == "answer.fixed" else Tone.NEUTRAL
    settled = answers.settled(f"answer:{talk.turn}", article.title, world.reader.tell(state), tone)
    return settled, Learn(talk.shown, article.language, _OUTCOMES[state])


_OUTCOMES = {"answer.fixed": "fixed", "answer.not_this": "not_fixed", "answer.ticket": "opened_ticket"}


def _said_while_answering(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    reader = world.reader
    for label, pressed in (("fixed_it", "fixed"), ("next_answer", "next"), ("open_ticket", "open")):
        if _names(words, reader.tell(f"button.{label}")):
            return pressed_button(talk, (pressed,), world)
    if meant.intent is Intent.THANKS:
        return pressed_button(talk, ("fixed",), world)
    if meant.intent is Intent.GREETING:
        return Turn(talk, (welcome_card(world),))
    if _something_else(talk, meant):
        return trouble(talk, words, world)
    if talk.number < 0 or not talk.words:
        return trouble(talk, words, world)
    return _answer(replace(talk, words=_joined(talk.words, words), service=talk.service or meant.service or ""), world)


def _fixed(talk: Talk, world: World) -> Turn:
    done = _article_done(talk, "answer.fixed", world)
    return Turn(Talk(turn=talk.turn + 1), (*done, Text(world.reader.tell("fixed"))))


# -- the form and the ticket -----------------------------------------------------------------------


def _form(talk: Talk, world: World, *, note: str = "", anyway: bool = False) -> Turn:
    """The intake form; before a second ticket about the same thing, the first one."""
    reader = world.reader
    done = _article_done(talk, "answer.ticket", world) if talk.shown and talk.mode is Mode.ANSWERING else ()
    similar = [t for t in world.open_tickets if t.service == talk.service and t.open and talk.service]
    talk = replace(talk, mode=Mode.FORM, turn=talk.turn + 1, shown="")
    if similar and not anyway and not talk.subject:
        return Turn(replace(talk, mode=Mode.ANSWERING), (*done, _similar_card(talk, similar[0], reader)))
    said_first = (Text(reader.tell(note)),) if note else ()
    return Turn(talk, (*done, *said_first, forms.intake(talk, world)))


def _similar_card(talk: Talk, ticket: Ticket, reader: Reader) -> Card:
    buttons = (
        reader.button("add_to", f"d:{talk.turn}:to:{ticket.id}", "primary"),
        reader.button("new_ticket", f"d:{talk.turn}:anyway"),
    )
    title = reader.tell("similar.title", ticket=ticket.name)
    return answers.choices(title, ticket.summary, buttons, tone=Tone.WARN, key=f"answer:{talk.turn}")


def submitted(talk: Talk, form_key: str, values: dict[str, str], world: World) -> Turn:
    """The intake form came back."""
    reader = world.reader
    if form_key != f"intake:{talk.turn}" or talk.mode is not Mode.FORM:
        if talk.opened:
            return _note(talk, world, "intake.already", ticket=f"T-{talk.opened}")
        return _note(talk, world, "stale")
    checked = forms.check(forms.intake(talk, world), values, reader)
    if not checked.ok:
        return Turn(talk, (checked.form,))
    return Turn(talk, (Open(_draft(talk, checked.values, world), form_key),))


def _draft(talk: Talk, given: Mapping[str, str], world: World) -> Draft:
    impact, urgency = Impact(given["affected"]), Urgency(given["severity"])
    names = ("affected", "severity", "category", "place", "device", "ip", "since", "callback", "promise")
    for_other = talk.subject and talk.subject != world.person.key
    return Draft(
        kind=Kind(given["kind"]),
        origin=Origin.PHONE if for_other else Origin.SELF_SERVICE,
        requester=talk.subject or world.person.key,
        opened_by=world.person.key,
        service="" if given["service"] == "other" else given["service"],
        summary=given["summary"],
        description=given["description"],
        priority=priority_of(impact, urgency, world.organisation.matrix),
        details={name: given[name] for name in names if given.get(name)},
        evidence=talk.evidence,
        files=talk.files,
    )


def opened(talk: Talk, ticket: Ticket) -> Talk:
    """The talk after its ticket was opened: over, but it remembers which one it was."""
    return Talk(turn=talk.turn + 1, opened=ticket.id)


def _emergency(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    """At once to a human: no questions, the highest priority."""
    draft = Draft(
        kind=Kind.INCIDENT,
        origin=Origin.SELF_SERVICE,
        requester=world.person.key,
        opened_by=world.person.key,
        service=meant.service or "",
        summary=words[:120],
        description=words,
        priority=Priority.P1,
        details={"affected": "everyone", "severity": "blocked"},
        files=talk.files,
    )
    return Turn(talk, (Text(world.reader.tell("emergency")), Open(draft)))


def _status(talk: Talk, meant: Understanding, world: World) -> Turn:
    numbers = meant.entities.tickets
    return Turn(talk, tuple(Show(number) for number in numbers[:3]) if numbers else (ListMine(),))


# -- somebody presses ------------------------------------------------------------------------------


def pressed(talk: Talk, turn: int, words: tuple[str, ...], world: World) -> Turn:
    """A button of this conversation; one of an earlier turn changes nothing and says so."""
    if turn != talk.turn:
        return _note(talk, world, "stale")
    return pressed_button(talk, words, world)


def pressed_button(talk: Talk, words: tuple[str, ...], world: World) -> Turn:
    """What a button of the current turn does."""
    match words:
        case ("step", choice) if talk.mode is Mode.GUIDING:
            return _stepped(talk, choice, world)
        case ("guide",):
            return _guide(talk, world)
        case ("fixed",):
            return _fixed(talk, world)
        case ("next",):
            return _next(talk, world)
        case ("pick", number) if number.isdigit() and int(number) < len(talk.waiting):
            return _offer(replace(talk, turn=talk.turn + 1), talk.waiting[int(number)], world)
        case ("open",):
            return _form(talk, world)
        case ("anyway",):
            return _form(talk, world, anyway=True)
        case ("human",):
            return _form(talk, world, note="human.form")
        case ("new",):
            return trouble(replace(talk, pending=""), talk.pending or talk.words, world)
        case ("to", number) if number.isdigit():
            return _to_ticket(talk, int(number), world)
    return _note(talk, world, "stale")


def _to_ticket(talk: Talk, number: int, world: World) -> Turn:
    """The words, and whatever was attached, go to the ticket the person named."""
    ticket = next((t for t in world.open_tickets if t.id == number), None)
    words = talk.pending or talk.words
    if ticket is None or not words:
        return _note(talk, world, "stale")
    sent = answers.settled(
        f"answer:{talk.turn}" if not talk.pending else f"which:{talk.turn}",
        world.reader.tell("comment.sent", ticket=ticket.name, who=_who_reads(ticket, world.reader)),
        "",
        Tone.NEUTRAL,
    )
    return Turn(Talk(turn=talk.turn + 1), (Act(Action.COMMENT, number, {"text": words}), sent))


# -- small things ----------------------------------------------------------------------------------


def welcome_card(world: World) -> Card:
    """Hello, with what one can do here."""
    reader = world.reader
    name = world.person.called(reader.language)
    buttons = (reader.button("my_tickets", "m:list"), reader.button("help", "m:help"))
    return answers.choices(reader.tell("welcome.title", name=name), reader.tell("welcome.body"), buttons)


def help_card(world: World) -> Card:
    """What can be said and pressed, by what the person is."""
    reader = world.reader
    body = reader.tell("help.staff") if world.actor.groups or world.actor.manages else reader.tell("help.employee")
    buttons = (reader.button("my_tickets", "m:list"), reader.button("new_ticket", "m:new"))
    return answers.choices(reader.tell("help.title"), body, buttons)


def start_form(talk: Talk, words: str, subject: str, world: World) -> Turn:
    """`new`: straight to the form, for oneself or (operators) for somebody else."""
    meant = world.understand(words)
    started = replace(_about(talk, words, meant), subject=subject)
    if meant.intent is Intent.REQUEST:
        started = replace(started, kind=Kind.REQUEST.value)
    return _form(started, world)


def attached(talk: Talk, files: tuple[int, ...], world: World) -> Turn:
    """Files before there is a ticket are kept for it; with exactly one ticket open they go there."""
    active = [ticket for ticket in world.open_tickets if ticket.open or ticket.status is Status.RESOLVED]
    if talk.mode is Mode.IDLE and len(active) == 1:
        ticket = active[0]
        sent = Text(world.reader.tell("attach.sent", ticket=ticket.name), ticket.id)
        return Turn(talk, (Act(Action.ATTACH, ticket.id, {"files": ",".join(map(str, files))}), sent))
    kept = replace(talk, files=(*talk.files, *files))
    return _note(kept, world, "attach.kept", count=len(files))


def _note(talk: Talk, world: World, key: str, **facts: str | int) -> Turn:
    return Turn(talk, (answers.note(key, world.reader, **facts),))


def _then(turn: Turn, *before: Doing) -> Turn:
    return Turn(turn.talk, (*before, *turn.doings))


def _joined(earlier: str, words: str) -> str:
    return f"{earlier}\n{words}".strip()[:LONGEST_WORDS]


def settled_form(form_key: str, sentence: str) -> Card:
    """What stays where a form stood once it did its work."""
    return answers.settled(form_key, sentence, "")
