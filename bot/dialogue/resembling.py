"""Which tickets are probably about one fault: by their services, and by their words in any language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.dialogue.world import World
from escalation.major import Plan, nearness, spikes
from escalation.ticket import Ticket
from faq.index import Index
from faq.resemblance import Traits, resemblance, resemblances, traits

MOST_REPORTS = 150  # the latest that are looked at together, unless a spike needs more
MOST_OWN = 5  # a person's newest open tickets; each costs as much as one answer
Report = tuple[int, str, str]  # ticket, service, requester


@dataclass(slots=True)
class Compared:
    """What was worked out of the reports of late, as long as they are late. For one thread at a time."""

    index: Index | None = None
    traits: dict[int, Traits] = field(default_factory=dict)

    def missing(self, reports: Sequence[Report], index: Index) -> tuple[int, ...]:
        """The tickets whose words are not known yet; forgets all others that are not among these reports."""
        wanted = {number for number, _, _ in reports}
        kept = self.traits if index is self.index else {}
        self.index, self.traits = index, {number: one for number, one in kept.items() if number in wanted}
        return tuple(sorted(wanted - self.traits.keys()))

    def crowded(self, reports: Sequence[Report], words: Mapping[int, str], plan: Plan) -> dict[str, tuple[int, ...]]:
        """`escalation.major.spikes` of these reports; `words` are those of the tickets that were missing."""
        assert self.index is not None
        self.traits |= {number: traits(self.index, text) for number, text in words.items()}
        known = [report for report in reports if report[0] in self.traits]
        service = {number: its for number, its, _ in known}
        numbers = sorted(service)
        pairs = resemblances([self.traits[number] for number in numbers])
        near = {
            (numbers[one], numbers[other]): nearness(
                service[numbers[one]], service[numbers[other]], found.likeness, found.apart
            )
            for (one, other), found in pairs.items()
        }
        return spikes(known, plan, lambda one, other: near[one, other])


def similar(service: str, words: str, world: World, most: int) -> tuple[Ticket, ...]:
    """The person's own open tickets that may be about the same, the likeliest first."""
    mine = [ticket for ticket in world.open_tickets if ticket.open][:MOST_OWN]
    if not mine or not (words or service):
        return ()
    index, said = world.knowledge.index, traits(world.knowledge.index, words)
    found = []
    for ticket in mine:
        like = resemblance(said, traits(index, f"{ticket.summary}\n{ticket.description}"))
        near = nearness(service, ticket.service, like.likeness, like.apart)
        if near >= world.organisation.major.alike:
            found.append((-near, -ticket.id, ticket))
    return tuple(ticket for _, _, ticket in sorted(found, key=lambda each: each[:2]))[:most]
