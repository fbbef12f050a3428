"""Self-diagnosis: technical checks from our side, then guided steps on theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cards import answers
from bot.cards.reader import Reader
from bot.dialogue import outages
from bot.dialogue.answering import about_what, answer, fixed, found, unsure, where
from bot.dialogue.effects import Probe
from bot.dialogue.opening import about, form
from bot.dialogue.talk import ASKED_AT_MOST, Mode, Talk
from bot.dialogue.turns import Turn, then
from bot.dialogue.world import World
from bot.messages import Button, Card, Text, Tone
from bot.probes.probe import ProbeResult, ProbeState
from escalation.priority import Impact, Urgency
from escalation.ticket import Evidence, Kind
from intents.catalogue import Intent
from intents.flows import PERSON, End, Step, UnknownChoice, advance, chosen, flow_for
from intents.manner import only_broken, tells_of_a_loss, tells_of_a_spill
from intents.normalise import normalise, tokens
from intents.things import only_named, only_where
from intents.ways import asks_whether_it_works


def trouble(talk: Talk, words: str, world: World, *, different: bool = False) -> Turn:
    """A new conversation about something: checks where there are any, else guided steps, else answers.

    A known outage comes before all of these, unless the person has said that theirs is `different`.
    """
    meant = world.understand(words)
    if only_where(words, world.vocabulary.places):
        return where(talk, meant, world)
    started = about(talk, words, meant, world)
    if tells_of_a_loss(words):
        return _lost(started, world)
    if tells_of_a_spill(words):
        return form(_stopped(started), world, note="spill.form", at_once=True)
    outage = world.outage_of(started.service)
    if outage is None and only_named(words, world.names_of(started.service)):
        asked = about_what(started, world)
        if asked is not None:
            return asked
    if meant.intent is Intent.REQUEST:
        return answer(replace(started, kind=Kind.REQUEST.value), world)
    if outage is not None and not different:
        return outages.known(started, outage, world)
    if meant.intent is Intent.QUESTION and _can_be_checked(started, words, world):
        return check(started, world)
    if meant.intent is Intent.QUESTION:
        return answer(started, world)
    nowhere = not (meant.service or started.service or started.group or started.among)
    if nowhere and (meant.intent is Intent.UNKNOWN or _vague(words)):
        told_nothing = (started.files and not started.unsure) or (only_broken(words) and started.unsure < ASKED_AT_MOST)
        if told_nothing:
            return unsure(started, world)
        return answer(started, world, sure_only=True, vague=_vague(words) and meant.intent is Intent.FAULT)
    return check(started, world)


def _lost(started: Talk, world: World) -> Turn:
    """A lost or stolen device is nothing to try things on: whoever looks after security hears of it at once."""
    service = SECURITY if SECURITY in world.organisation.services else started.service
    told = replace(_stopped(started), service=service, category="", group="", among=())
    return form(told, world, note="lost.form", at_once=True)


def _stopped(started: Talk) -> Talk:
    """Nobody works on what is gone, or has to stay switched off."""
    return replace(started, prefill={"severity": Urgency.BLOCKED.value, **started.prefill})


SECURITY = "security"  # the usual key of the service


def _can_be_checked(started: Talk, words: str, world: World) -> bool:
    """Whether the question is if something works, and there are checks that tell: "is the VPN down?"."""
    service = world.organisation.services.get(started.service)
    return service is not None and bool(service.probes) and asks_whether_it_works(words)


VAGUE = 6  # words (Chinese: characters) up to which a fault of nothing in particular is too little to go by


def _vague(words: str) -> bool:
    return len(tokens(normalise(words))) <= VAGUE


def check(started: Talk, world: World) -> Turn:
    """The technical checks of the service where there are any, else guided steps, else answers."""
    service = world.organisation.services.get(started.service)
    if service is None or not service.probes:
        return guide(started, world)
    waiting = tuple(
        ProbeResult(probe.key, probe.kind, probe.label, ProbeState.WAITING, 0, "waiting", {})
        for probe in service.probes
    )
    card = answers.probe_card(service.key, waiting, world.reader, f"probe:{started.turn}")
    return Turn(replace(started, mode=Mode.PROBING), (card, Probe(service.key, started.turn)))


def probed(talk: Talk, turn: int, results: Sequence[ProbeResult], world: World) -> Turn:
    """The checks are done: they become evidence, and a failing one is said plainly."""
    if talk.mode is not Mode.PROBING or talk.turn != turn:
        return Turn(talk)
    reader = world.reader
    talk = replace(talk, evidence=tuple(answers.probe_evidence(result, reader) for result in results))
    card = answers.probe_card(talk.service, results, reader, f"probe:{turn}")
    if not any(result.state is ProbeState.FAIL for result in results):
        return then(guide(talk, world), card)
    return Turn(replace(talk, mode=Mode.ANSWERING), (replace(card, buttons=after_checks(turn, reader)),))


def after_checks(turn: int, reader: Reader) -> tuple[Button, ...]:
    """What can be done about something that is down."""
    return (
        reader.button("open_ticket", f"d:{turn}:open", "primary"),
        reader.button("try_steps", f"d:{turn}:guide"),
        reader.button("human", f"d:{turn}:human"),
    )


def guide(talk: Talk, world: World) -> Turn:
    """The first guided step, if there is a flow for this trouble; else answers."""
    flow = flow_for(talk.service or None, world.knowledge.flows, talk.words)
    configured = world.organisation.services.get(talk.service)
    if flow is None and configured is not None and configured.flow:
        flow = world.knowledge.flows.get(configured.flow)
    if flow is None or flow.key in talk.guided:
        return answer(talk, world)
    talk = replace(talk, mode=Mode.GUIDING, turn=talk.turn + 1, flow=flow.key, step=flow.first, number=1)
    talk = replace(talk, guided=(*talk.guided, flow.key))
    told = _told_already(talk, flow.steps[flow.first])
    if told is not None:
        return form(replace(talk, evidence=(*talk.evidence, told)), world, at_once=True)
    return Turn(talk, (step_card(talk, flow.steps[flow.first], world),))


def _told_already(talk: Talk, step: Step) -> Evidence | None:
    """What the first question would find out and leave to a person, where it was said: "down for everyone"."""
    of_others = talk.prefill.get("affected") in (Impact.TEAM.value, Impact.EVERYONE.value)
    found = next((each for each in step.choices if each.next == PERSON and each.affected and each.evidence), None)
    if not of_others or found is None:
        return None
    return Evidence("step", dict(step.question), dict(found.evidence or found.label), True)


def step_card(talk: Talk, step: Step, world: World) -> Card:
    """The guided question now on the table."""
    flow = world.knowledge.flows[talk.flow]
    return answers.step_card(flow, step, talk.number, len(flow.steps), talk.turn, world.reader)


def stepped(talk: Talk, choice: str, world: World) -> Turn:
    """One guided question answered."""
    flow = world.knowledge.flows[talk.flow]
    try:
        picked, following = chosen(flow, talk.step, choice), advance(flow, talk.step, choice)
    except UnknownChoice:
        return Turn(talk, (step_card(talk, flow.steps[talk.step], world),))
    question = flow.steps[talk.step].question
    finding = picked.evidence or picked.label
    alarming = picked.evidence is not None and picked.next in ("broken", PERSON)
    evidence = Evidence("step", dict(question), dict(finding), alarming)
    done = answers.settled(
        f"step:{talk.turn}", world.reader.say(question), world.reader.say(picked.label), Tone.NEUTRAL
    )
    talk = replace(talk, evidence=(*talk.evidence, evidence))
    if picked.affected:
        talk = replace(talk, prefill={**talk.prefill, "affected": picked.affected})
    if isinstance(following, End) and following.person:
        found_out = Text(world.reader.say(finding))  # some of it is what to do now: "disconnect it from the network"
        return then(form(talk, world, note="tried.form", at_once=True), done, found_out)
    if isinstance(following, End):
        ended = fixed(talk, world) if following.fixed else found(talk, following.article, world)
        return then(ended, done)
    talk = replace(talk, turn=talk.turn + 1, step=following.key, number=talk.number + 1)
    return Turn(talk, (done, step_card(talk, following, world)))
