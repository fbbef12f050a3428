"""Guided diagnosis: a question, how to do it, buttons, and where each button leads. The flows themselves are data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intents.lexicon import Named, lexicon
from intents.normalise import normalise

FIXED, BROKEN, SKIP = "fixed", "broken", "skip"
PERSON = "person"
"""Where a choice leads that no answer helps with: what it tells is for an engineer."""
Phrase = Mapping[str, str]
"""The same sentence in every language we speak, by language code."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One button. ``next`` is the key of a step, or ``"fixed"``, ``"broken"`` or ``"person"`` where the flow ends.

    ``evidence`` is what the press tells an engineer, worth a line on the ticket. ``article`` is the key of the
    answer that fits what was found, where there is one; the flow ends with it. ``affected``: whom else it concerns,
    where the press tells that ("team").
    """

    key: str
    label: Phrase
    next: str
    evidence: Phrase | None = None
    article: str = ""
    affected: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try or to look at; ``detail`` says in a few short lines how."""

    key: str
    question: Phrase
    detail: Phrase | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """A guided diagnosis for some services.

    A flow with ``words`` is for messages that name one of them; one without fits every message about its services.
    A message that names one of ``unless`` ("mouse is dead") is never for it.
    """

    key: str
    services: tuple[str, ...]
    title: Phrase
    words: tuple[str, ...]
    first: str
    steps: Mapping[str, Step]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """The flow is over; ``evidence`` is what the last press tells an engineer, ``article`` the answer that fits it.

    ``person``: no answer does, so that an engineer is all that is left.
    """

    fixed: bool
    evidence: Phrase | None = None
    article: str = ""
    person: bool = False


class FlowError(Exception):
    """Something is wrong with a guided diagnosis."""


class UnknownChoice(FlowError):
    """This question does not have that answer; it may be an old button. Ask the question again."""


def say(phrase: Phrase, language: str) -> str:
    """The phrase in a language, in English where we do not speak it."""
    return phrase.get(language) or phrase["en"]


def load_flows() -> Mapping[str, Flow]:
    """Every guided diagnosis that ships with the product, by key; FlowError names file and line of each mistake."""
    # flow_files builds what is declared here.
    from intents.flow_files import read_flows

    return read_flows()


def advance(flow: Flow, step_key: str, choice_key: str) -> Step | End:
    """Where pressing a choice leads: the next step, or the end. UnknownChoice for a step or choice not there."""
    choice = chosen(flow, step_key, choice_key)
    match choice.next:
        case "fixed":
            return End(fixed=True, evidence=choice.evidence)
        case "broken":
            return End(fixed=False, evidence=choice.evidence, article=choice.article)
        case "person":
            return End(fixed=False, evidence=choice.evidence, person=True)
        case following:
            return flow.steps[following]


def chosen(flow: Flow, step_key: str, choice_key: str) -> Choice:
    """The choice that was pressed. UnknownChoice for a step or choice that is not there."""
    step = flow.steps.get(step_key)
    for choice in step.choices if step else ():
        if choice.key == choice_key:
            return choice
    raise UnknownChoice(f'Flow "{flow.key}" has no choice "{choice_key}" at step "{step_key}".')


_LONG = 5  # letters from which a word says something by itself


def flow_for(service: str | None, flows: Mapping[str, Flow], words: str) -> Flow | None:
    """The diagnosis that fits a message best: by its words first, then by its service; None if none fits.

    A flow for another service than the one given is never chosen. Without a service the words alone decide, and a
    single short one ("hot", 卡) is too little: it may be said of the shower, too.
    """
    counts = _words_named(words, tuple(flows.values()), at_least=1 if service else 2)
    never = lexicon(tuple(Named(flow.key, flow.unless) for flow in flows.values() if flow.unless)).find(
        normalise(words)
    )
    others = {hit.key for hit in never}
    fitting = [flow for flow in flows.values() if flow.key not in others]
    fitting = [flow for flow in fitting if service is None or service in flow.services]
    if named := [flow for flow in fitting if counts.get(flow.key)]:
        return max(named, key=lambda flow: (counts[flow.key], service in flow.services[:1]))
    if service is None:
        return None
    unconditional = [flow for flow in fitting if not flow.words]
    return min(unconditional, key=lambda flow: flow.services.index(service)) if unconditional else None


def _words_named(words: str, flows: tuple[Flow, ...], at_least: int) -> Mapping[str, int]:
    """How many of its words each flow is named by, where together they weigh enough (a long word is two)."""
    counts: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for hit in lexicon(tuple(Named(flow.key, flow.words) for flow in flows)).find(normalise(words)):
        counts[hit.key] = counts.get(hit.key, 0) + 1
        sizes[hit.key] = sizes.get(hit.key, 0) + sum(1 + (len(word) >= _LONG) for word in hit.phrase.split())
    return {key: count for key, count in counts.items() if sizes[key] >= at_least}
