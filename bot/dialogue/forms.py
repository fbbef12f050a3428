"""Forms as data, and the one validator for all channels."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.cards.reader import Reader
from bot.dialogue.facts import dated_as_typed
from bot.dialogue.moments import BadMoment, parse_moment
from bot.dialogue.talk import Talk
from bot.dialogue.world import World
from bot.messages import Choice, Field, FieldKind, Form
from bot.organisation import Names
from escalation.priority import Impact, Priority, Urgency
from escalation.ticket import Action, Kind, Ticket
from intents.manner import without_lead_in

_PHONE = re.compile(r"^\+?[\d\s()/.-]{3,24}$")
LONGEST_TEXT = 8000


@dataclass(frozen=True, slots=True)
class Checked:
    """A submitted form: clean values, or the form again with an error beside each field that has one."""

    values: Mapping[str, str]
    form: Form

    @property
    def ok(self) -> bool:
        """Whether every field was in order."""
        return not any(field.error for field in self.form.fields)


def check(form: Form, values: Mapping[str, str], reader: Reader) -> Checked:
    """Judge what was typed. Moments come back as ISO 8601 in UTC, everything else stripped."""
    clean: dict[str, str] = {}
    fields, asked = [], form.asked(values)
    for field in form.fields:
        value = str(values.get(field.name, "")).strip() if field in asked else ""
        cleaned, error = _judge(field, value, reader)
        clean[field.name] = cleaned
        fields.append(replace(field, value=value, error=error))
    return Checked(clean, replace(form, fields=tuple(fields)))


def judge(field: Field, value: str, reader: Reader) -> tuple[str, str]:
    """One field's clean value and its error, the latter empty when all is well."""
    return _judge(field, value.strip(), reader)


def as_read(field: Field, value: str, reader: Reader) -> str:
    """What was typed, with what it is taken for where that is shown beside it: the day of "yesterday"."""
    changed = field.name == "since" and value != field.value
    return dated_as_typed(value, reader.now, reader.zone) if changed else value


def _judge(field: Field, value: str, reader: Reader) -> tuple[str, str]:
    if not value:
        return "", reader.tell("form.required") if field.required else ""
    if len(value) > field.longest:
        return value, reader.tell("form.too_long", longest=field.longest, length=len(value))
    match field.kind:
        case FieldKind.CHOICE | FieldKind.PERSON if value not in {choice.value for choice in field.choices}:
            return value, reader.tell("form.no_such_choice")
        case FieldKind.PHONE if not _PHONE.match(value):
            return value, reader.tell("form.no_phone")
        case FieldKind.RATING if value not in set("12345"):
            return value, reader.tell("form.no_rating")
        case FieldKind.MOMENT:
            return _moment(value, reader)
    return as_read(field, value, reader), ""


def _moment(value: str, reader: Reader) -> tuple[str, str]:
    try:
        at = parse_moment(value, reader.now, reader.zone)
    except BadMoment:
        return value, reader.tell("form.no_moment")
    if at <= reader.now:
        return value, reader.tell("form.past_moment")
    return at.isoformat(), ""


# -- the intake form -------------------------------------------------------------------------------


def intake(talk: Talk, world: World) -> Form:
    """The ticket form, half filled in from what is already known; however often it is drawn it says why it came."""
    reader = world.reader
    intro = _intro(talk, world)
    if talk.subject:
        intro = reader.tell("intake.for", name=world.organisation.name_of(talk.subject, reader.language))
    return Form(
        key=f"intake:{talk.turn}",
        title=reader.tell("intake.title"),
        fields=(*_first(talk, world), *_told_by_telephone(talk, world), *_more(talk, world)),
        submit=reader.tell("button.submit"),
        intro=intro,
        more=reader.tell("button.more_details"),
    )


def _intro(talk: Talk, world: World) -> str:
    """Why the form comes now, and which facts were taken from the person's own words."""
    reader, places = world.reader, world.organisation.places
    found = {name: talk.prefill.get(name, "") for name in _TAKEN if talk.kind in _ONLY_OF.get(name, (talk.kind,))}
    if found["place"] in places:
        found["place"] = reader.say(places[found["place"]].names)
    facts = " · ".join(filter(None, found.values()))
    intro = reader.tell(talk.why or "intake.intro")
    return reader.tell("intake.taken", intro=intro, facts=facts) if facts else intro


_TAKEN = ("device", "place", "since", "errors", "ip", "callback")


def _first(talk: Talk, world: World) -> tuple[Field, ...]:
    """What nobody can do without: what it is about, whom it affects, how badly, and where."""
    reader, known, organisation = world.reader, talk.prefill, world.organisation
    services = _named({key: each.names for key, each in organisation.services.items()}, reader)
    places = _named({key: each.names for key, each in organisation.places.items()}, reader)
    said = known.get("place", "")[:60]
    if said and said not in organisation.places:  # a room nobody has listed is where they are all the same
        places = (Choice(said, said), *places)
    other = Choice("other", reader.tell("service.other"))
    impacts, urgencies = _enum("affected", Impact, reader), _enum("severity", Urgency, reader)
    return (
        _field("summary", reader, required=True, value=_summary(talk), longest=120),
        _choice("service", reader, (*services, other), talk.service or "other"),
        _choice("affected", reader, impacts, known.get("affected", "me"), required=True),
        _choice("severity", reader, urgencies, known.get("severity", _usual_urgency(talk)), required=True),
        _choice("place", reader, places, said or world.person.office),
    )


def _usual_urgency(talk: Talk) -> str:
    """How bad it is when nothing is said: a fault slows work down, a wish is a wish."""
    return (Urgency.QUESTION if talk.kind == Kind.REQUEST else Urgency.SLOWED).value


def _told_by_telephone(talk: Talk, world: World) -> tuple[Field, ...]:
    """What a caller is asked and promised while they are on the line."""
    reader = world.reader
    return (_callback(talk, world), _field("promise", reader)) if talk.subject else ()


def _callback(talk: Talk, world: World) -> Field:
    phone = talk.prefill.get("callback", "") or world.person.phone
    return _field("callback", world.reader, FieldKind.PHONE, value=phone, longest=40)


def _more(talk: Talk, world: World) -> tuple[Field, ...]:
    """What helps whoever knows it."""
    reader, known, organisation = world.reader, talk.prefill, world.organisation
    service = organisation.services.get(talk.service)
    categories = _named({key: each.names for key, each in organisation.categories.items()}, reader)
    fields = (
        _field("description", reader, FieldKind.TEXT, value=_beyond(talk), longest=LONGEST_TEXT),
        *(_field(name, reader, value=known.get(name, "")) for name in ("device", "since", "ip")),
        *((_field("errors", reader, value=known["errors"]),) if known.get("errors") else ()),
        *(() if talk.subject else (_callback(talk, world),)),
        _choice("kind", reader, _enum("kind", Kind, reader), talk.kind, required=True),
        _choice("category", reader, categories, talk.category or (service.category if service else "")),
    )
    return tuple(replace(field, more=True, when=_ONLY_OF.get(field.name, ())) for field in fields)


# What makes no sense to ask of whoever wants something, or complains.
_ONLY_OF: Mapping[str, tuple[str, ...]] = {
    "device": ("kind", Kind.INCIDENT.value, Kind.REQUEST.value),
    "since": ("kind", Kind.INCIDENT.value),
    "ip": ("kind", Kind.INCIDENT.value),
    "errors": ("kind", Kind.INCIDENT.value),
}


def _summary(talk: Talk) -> str:
    """In one line what it is about; nothing where there is no word that says so."""
    said = talk.prefill.get("summary", "") or _first_sentence(talk.words)
    return said if any(character.isalpha() for character in said) else ""


def _beyond(talk: Talk) -> str:
    """The words the summary does not hold: all of them, where it was cut."""
    words, summary = _to_the_point(talk.words.strip()), _summary(talk)
    return words[len(summary) :].strip() if words.startswith(summary) else words


SHORTEST_SUMMARY = 6  # characters that must be left of a sentence without its lead-in


def _first_sentence(words: str) -> str:
    sentence = re.split(r"(?<=[.!?])\s+|(?<=[。！？])(?![。！？])\s*|\n", _to_the_point(words.strip()), maxsplit=1)[0]
    return sentence if len(sentence) <= 100 else sentence[:99] + "…"


def _to_the_point(words: str) -> str:
    rest = without_lead_in(words)
    return rest if len(rest) >= SHORTEST_SUMMARY else words


# -- forms about a ticket --------------------------------------------------------------------------


def about_ticket(action: Action, ticket: Ticket, world: World) -> Form | None:
    """The form an action needs before it can be done, or None when a press is enough."""
    build = _FORMS.get(action)
    if build is None:
        return None
    reader = world.reader
    return Form(
        key=f"t:{action.value}:{ticket.id}",
        title=reader.tell(f"form.{action.value}", ticket=ticket.name),
        fields=build(ticket, world),
        submit=reader.tell("button.change_priority" if action is Action.PRIORITY else f"button.{action.value}"),
        intro=ticket.summary,
        ticket=ticket.id,
    )


def _resolve(ticket: Ticket, world: World) -> tuple[Field, ...]:
    return (
        _field("cause", world.reader, required=True, longest=1000),
        _field("solution", world.reader, FieldKind.TEXT, required=True, longest=LONGEST_TEXT),
    )


def _hold(ticket: Ticket, world: World) -> tuple[Field, ...]:
    reader = world.reader
    reasons = tuple(Choice(r, reader.tell(f"awaited.{r}")) for r in world.organisation.policy.pausing_reasons)
    return (
        _choice("reason", reader, reasons, "", required=True),
        _field("until", reader, FieldKind.MOMENT, longest=40),
    )


def _on_my_way(ticket: Ticket, world: World) -> tuple[Field, ...]:
    return (_by_when(world.reader, required=True),)


def _visit(ticket: Ticket, world: World) -> tuple[Field, ...]:
    return (_by_when(world.reader, required=False),)


def _promise(ticket: Ticket, world: World) -> tuple[Field, ...]:
    return (
        _by_when(world.reader, required=True),
        _field("text", world.reader, FieldKind.TEXT, longest=LONGEST_TEXT),
    )


def _by_when(reader: Reader, *, required: bool) -> Field:
    """The same field as a hold's end, but what is asked for here is a deadline."""
    field = _field("until", reader, FieldKind.MOMENT, required=required, longest=40)
    return replace(field, label=reader.tell("field.by_when"))


def _transfer(ticket: Ticket, world: World) -> tuple[Field, ...]:
    reader = world.reader
    groups = _named({k: each.names for k, each in world.organisation.groups.items() if k != ticket.group}, reader)
    return (
        _choice("group", reader, groups, "", required=True),
        _field("note", reader, FieldKind.TEXT, longest=2000),
    )


def _assign(ticket: Ticket, world: World) -> tuple[Field, ...]:
    reader = world.reader
    people = tuple(
        Choice(person, reader.organisation.name_of(person, reader.language))
        for tier in world.organisation.group_of(ticket.group).tiers
        for person in tier.people
        if person != ticket.assignee
    )
    return (_choice("person", reader, people, "", required=True, kind=FieldKind.PERSON),)


def _priority(ticket: Ticket, world: World) -> tuple[Field, ...]:
    reader = world.reader
    options = tuple(
        Choice(p.value, f"{p.value} · {reader.tell(f'priority.{p.value}')}")
        for p in Priority
        if p is not ticket.priority
    )
    return (_choice("priority", reader, options, "", required=True),)


def _words(ticket: Ticket, world: World) -> tuple[Field, ...]:
    return (_field("text", world.reader, FieldKind.TEXT, required=True, longest=LONGEST_TEXT),)


def _link(ticket: Ticket, world: World) -> tuple[Field, ...]:
    reader = world.reader
    ways = tuple(Choice(way, reader.tell(f"link.{way}")) for way in ("duplicate", "child"))
    return (
        _field("other", reader, required=True, longest=12),
        _choice("as", reader, ways, "duplicate", required=True),
    )


_FORMS: Mapping[Action, Callable[[Ticket, World], tuple[Field, ...]]] = {
    Action.RESOLVE: _resolve,
    Action.HOLD: _hold,
    Action.ACK: _on_my_way,  # *Acknowledge* needs none; *On my way* asks until when
    Action.VISIT: _visit,
    Action.PROMISE: _promise,
    Action.TRANSFER: _transfer,
    Action.ASSIGN: _assign,
    Action.PRIORITY: _priority,
    Action.NOTE: _words,
    Action.REPLY: _words,
    Action.COMMENT: _words,
    Action.RATE: _words,
    Action.LINK: _link,
}


# -- fields ----------------------------------------------------------------------------------------


def _field(
    name: str,
    reader: Reader,
    kind: FieldKind = FieldKind.LINE,
    *,
    required: bool = False,
    value: str = "",
    longest: int = 200,
) -> Field:
    hint = reader.tell(f"hint.{name}") if reader.knows(f"hint.{name}") else ""
    return Field(name, reader.tell(f"field.{name}"), kind, required, value[:longest], (), hint, "", longest)


def _choice(
    name: str,
    reader: Reader,
    choices: tuple[Choice, ...],
    value: str,
    *,
    required: bool = False,
    kind: FieldKind = FieldKind.CHOICE,
) -> Field:
    value = value if value in {choice.value for choice in choices} else ""
    return Field(name, reader.tell(f"field.{name}"), kind, required, value, choices)


def _named(named: Mapping[str, Names], reader: Reader) -> tuple[Choice, ...]:
    return tuple(Choice(key, reader.say(names)) for key, names in named.items())


def _enum(name: str, values: type[Impact] | type[Urgency] | type[Kind], reader: Reader) -> tuple[Choice, ...]:
    return tuple(Choice(item.value, reader.tell(f"{name}.{item.value}")) for item in values)
