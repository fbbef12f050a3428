"""What a trouble is about: by the words people have for our services, and by where tickets like it ended up. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.cards import answers
from bot.cards.reader import Reader
from bot.desk.destination import Destination, labelled
from bot.dialogue import table
from bot.dialogue.talk import ASKED_AT_MOST, SURELY_ANOTHER, Mode, Talk
from bot.dialogue.turns import Turn
from bot.dialogue.world import World
from bot.messages import Button, Card
from bot.organisation import Organisation
from faq import routing
from faq.routing import Router
from intents.classify import Understanding
from intents.manner import set_right

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a trouble belongs as far as we know, and the two to choose from where we do not."""

    at: Destination
    among: tuple[Destination, ...] = ()

    @property
    def likeliest(self) -> Destination:
        """What we should say if we had to."""
        return self.among[0] if self.among else self.at


def placed(words: str, meant: Understanding, world: World) -> Placed:
    """Where these words belong, in the organisation of this world; as they set it right themselves, if they do."""
    instead = set_right(words)
    righted = world.understand(instead) if instead else meant
    if righted.service not in (None, meant.service) and righted.certainty >= SURELY_ANOTHER:
        return Placed(Destination(righted.service or ""))
    return place(words, meant, world.router, world.organisation)


def place(words: str, meant: Understanding, router: Router | None, organisation: Organisation) -> Placed:
    """The surer of the two decides: our words for things, or the tickets learned from. Below `routing.SURE` one asks,
    if it is probably one of two."""
    ruled, certainty = Destination(meant.service or ""), meant.certainty if meant.service else 0.0
    found = _learned(words, router, organisation)
    if not found or found[0][1] <= certainty:
        if certainty >= routing.SURE or not found or not meant.service:
            return Placed(ruled)
        return Placed(ruled, _two(ruled, certainty, found))
    if found[0][1] >= routing.SURE:
        return Placed(found[0][0])
    return Placed(ruled, _two(found[0][0], found[0][1], [(ruled, certainty), *found[1:]]))


def _learned(words: str, router: Router | None, organisation: Organisation) -> list[tuple[Destination, float]]:
    """Where tickets like this ended up, likeliest first; nothing when the words are new to the router."""
    if router is None or routing.known(router, words) < routing.MET_ENOUGH:
        return []
    found = [(labelled(label), chance) for label, chance in routing.ranked(router, words)]
    return [(each, chance) for each, chance in found if each.stands(organisation)]


def _two(first: Destination, chance: float, others: list[tuple[Destination, float]]) -> tuple[Destination, ...]:
    """The first and the likeliest other one, if together they are likelier than anything else."""
    known = [(other, its) for other, its in others if other not in (first, Destination())]
    second = max(known, key=lambda pair: pair[1], default=None)
    return (first, second[0]) if second is not None and chance + second[1] >= routing.SURE else ()


def which(talk: Talk, world: World) -> Turn | None:
    """The question which of two it is about; None when that is known, or enough was asked."""
    among = tuple(each for each in map(labelled, talk.among) if each.stands(world.organisation))
    standing = table.on(talk)
    just_asked = standing is not None and any(":about:" in button.action for button in standing.buttons)
    if len(among) < 2 or just_asked or talk.unsure >= ASKED_AT_MOST:
        return None
    asked = replace(talk, mode=Mode.ANSWERING, turn=talk.turn + 1, unsure=talk.unsure + 1, shown="", waiting=())
    return Turn(asked, (which_card(asked, world),))


def which_card(talk: Talk, world: World) -> Card:
    """The two it may be about, *Something else*, and a human."""
    reader, turn = world.reader, talk.turn
    among = (each for each in map(labelled, talk.among) if each.stands(world.organisation))
    buttons = [Button(_name(each, reader), f"d:{turn}:about:{number}") for number, each in enumerate(among)]
    buttons += [reader.button("something_else", f"d:{turn}:about:{OTHER}"), reader.button("human", f"d:{turn}:human")]
    title, body = reader.tell("about_which.title"), reader.tell("about_which.body")
    return answers.choices(title, body, buttons, key=f"answer:{turn}")


def chosen(talk: Talk, choice: str) -> Talk:
    """The talk once its person has said what it is about."""
    talk, among = replace(talk, among=()), talk.among
    if choice.isdecimal() and int(choice) < len(among):
        return bound(talk, labelled(among[int(choice)]))
    return bound(talk, Destination())


def bound(talk: Talk, to: Destination) -> Talk:
    """The talk about this."""
    return replace(talk, service=to.service, category=to.category, group=to.group)


def _name(to: Destination, reader: Reader) -> str:
    names = [reader.service(to.service)] if to.service else []
    names += [reader.say(reader.organisation.categories[to.category].names)] if to.category else []
    names += [reader.group(to.group)] if to.group else []
    return " · ".join(names)
