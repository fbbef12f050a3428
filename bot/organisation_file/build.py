"""From the file to the organisation, section by section, in the order in which they lean on one another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.organisation import Everybody, InSlack, Names, Organisation
from bot.organisation_file.known import Known, declare
from bot.organisation_file.major import read_major
from bot.organisation_file.mistakes import Mistake, OrganisationErrors
from bot.organisation_file.nodes import Fields, Value, Wrong, attempt, compose, each
from bot.organisation_file.overlay import laid_over
from bot.organisation_file.people import read_people
from bot.organisation_file.policy import read_matrix, read_policy
from bot.organisation_file.scalars import LANGUAGES, domain, names, reference, share, word, yes_or_no, zone
from bot.organisation_file.services import read_categories, read_places, read_services
from bot.organisation_file.slack import read_slack
from bot.organisation_file.teams import read_groups
from bot.organisation_file.windows import read_windows
from escalation.major import Plan
from escalation.priority import DEFAULT_MATRIX
from escalation.ticket import Kind
from intents.flows import load_flows

NOTHING: Mapping[str, Any] = MappingProxyType({})
MOST_BYTES = 4 * 1024 * 1024
SAMPLE = Path(__file__).resolve().parent.parent / "sample" / "desk.yaml"


def sample_path() -> Path:
    """The company that ships in the package, for a first run and for copying."""
    return SAMPLE


def load(
    path: Path,
    *,
    years: Iterable[int],
    self_address: tuple[str, int],
    flows: Collection[str] | None = None,
    over: Path | None = None,
) -> Organisation:
    """The organisation that the file describes. Raises OrganisationErrors with every mistake in it.

    Public holidays are put into the windows for these `years`. `self_address` (host, port) is what probes
    mean by `self`. `flows` are the keys a service may name; by default those of the guided diagnoses we ship.
    What the file leaves out is as in `over`, if that is given: then it may hold a few sections, or only a policy.
    """
    source = str(path)
    top = compose(_text(path, source), source)
    if over is not None:
        top = laid_over(top, compose(_text(over, str(over)), str(over)))
    known_flows = load_flows().keys() if flows is None else flows
    organisation = attempt(
        top,
        partial(_organisation, source=source, years=tuple(years), self_address=self_address, flows=known_flows),
        None,
    )
    if organisation is None or top.mistakes:
        raise OrganisationErrors(source, top.mistakes)
    return organisation


def _text(path: Path, source: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise OrganisationErrors(source, [Mistake(1, 1, "the file is larger than 4 MiB: is it the right one?")])
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = "this is not UTF-8 text: save the file in that encoding"
        raise OrganisationErrors(source, [Mistake(line, column, message)]) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OrganisationErrors(source, [Mistake(1, 1, f"cannot read the file: {reason}")]) from error


def _organisation(
    value: Value,
    *,
    source: str,
    years: tuple[int, ...],
    self_address: tuple[str, int],
    flows: Collection[str],
) -> Organisation | None:
    top = Fields(value, "file")
    known = declare(top, flows=flows, years=years, self_address=self_address)
    about = top.need("organisation", partial(_about, known=known), _About())
    known.zone, known.languages, known.email_domain = about.zone, about.languages, about.email_domain
    known.places_read = top.need("places", partial(read_places, known=known), NOTHING)
    known.windows_read = top.need("windows", partial(read_windows, known=known), NOTHING)
    people = top.need("people", partial(read_people, known=known), NOTHING)
    groups = top.need("groups", partial(read_groups, known=known, people=people), NOTHING)
    categories = top.need("categories", read_categories, NOTHING)
    services = top.need("services", partial(read_services, known=known), NOTHING)
    policy = top.need("policy", partial(read_policy, known=known, groups=groups), None)
    matrix = top.get("priorities", read_matrix, DEFAULT_MATRIX)
    in_slack = top.get("slack", read_slack, InSlack())
    major = top.get("major_incident", partial(read_major, known=known, people=people), Plan())
    if policy is None:
        return None
    return Organisation(
        names=about.names,
        zone=about.zone,
        languages=about.languages,
        people=Everybody(MappingProxyType(people), about.guests, about.languages[0], about.zone),
        groups=MappingProxyType(groups),
        services=MappingProxyType(services),
        categories=MappingProxyType(categories),
        places=MappingProxyType({key: place.option for key, place in known.places_read.items()}),
        default_group=about.default_group,
        kind_groups=about.kind_groups,
        emergency_group=about.emergency_group,
        policy=policy,
        matrix=matrix,
        major=major,
        answer_at=about.answer_at,
        suggest_at=about.suggest_at,
        learns_routing=about.learns_routing,
        sample=Path(source).resolve() == SAMPLE,
        source=source,
        guessed_holidays=MappingProxyType(known.guessed),
        guests=about.guests,
        in_slack=in_slack,
    )


@dataclass(frozen=True, slots=True)
class _About:
    """The section `organisation`."""

    names: Names = field(default_factory=dict)
    zone: str = "UTC"
    languages: tuple[str, ...] = LANGUAGES
    email_domain: str = ""
    default_group: str = ""
    kind_groups: Mapping[str, str] = field(default_factory=dict)
    emergency_group: str = ""
    answer_at: float = 0.7
    suggest_at: float = 0.2
    learns_routing: bool = True
    guests: frozenset[str] = frozenset()


def _about(value: Value, known: Known) -> _About:
    fields = Fields(value, "organisation")
    group = reference(known.groups, "group", "groups")
    answer_at = fields.get("answer_at", share, 0.7)
    suggest_at = fields.get("suggest_at", share, 0.2)
    if suggest_at > answer_at:
        place = fields.at("suggest_at") or fields.at("answer_at") or value
        place.note(f"suggest_at is {suggest_at:g}, above answer_at, {answer_at:g}: a sure answer needs more")
    return _About(
        names=fields.need("name", names, {}),
        zone=fields.need("zone", zone, "UTC"),
        languages=fields.need("languages", _languages, LANGUAGES),
        email_domain=fields.get("email_domain", domain, ""),
        default_group=fields.need("default_group", group, ""),
        kind_groups=fields.get("kind_groups", partial(_kind_groups, group=group), {}),
        emergency_group=fields.get("emergency_group", group, ""),
        answer_at=answer_at,
        suggest_at=suggest_at,
        learns_routing=fields.get("learn_routing", yes_or_no, True),
        guests=fields.get("guests", _guests, frozenset()),
    )


def _guests(value: Value) -> frozenset[str]:
    """The channels on which people nobody knows are let in: only where an account is one person's for ever."""
    return frozenset(each(value, lambda at: word(at, ("telegram",), "a channel that can have guests"), "a list"))


def _languages(value: Value) -> tuple[str, ...]:
    items = value.items("a list of languages")
    if not items:
        raise Wrong(value, "no language is named here: add en, zh or both")
    spoken = each(value, lambda at: word(at, LANGUAGES, "a language we speak"), "a list of languages")
    return tuple(dict.fromkeys(spoken)) or LANGUAGES


def _kind_groups(value: Value, group: Callable[[Value], str]) -> Mapping[str, str]:
    """Groups by kind of ticket, for kinds that decide before the service does."""
    kinds = [kind.value for kind in Kind]
    found = {
        attempt(key, lambda key: word(key, kinds, "a kind of ticket"), ""): attempt(at, group, "")
        for key, at in value.pairs("a mapping such as complaint: service-quality")
    }
    return {kind: group for kind, group in found.items() if kind and group}
