"""For whom a card is drawn: language, time zone, and the moment it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.messages import Button, Paragraph, Span
from bot.organisation import Names, Organisation, say
from bot.phrases import Fact, known, moment, tell


@dataclass(frozen=True, slots=True)
class Reader:
    """A person as the cards see them. `person` is empty for a room full of people."""

    person: str
    language: str
    zone: str
    now: datetime
    organisation: Organisation

    def tell(self, key: str, **facts: Fact) -> str:
        """A sentence in the reader's language."""
        return tell(key, self.language, **facts)

    def knows(self, key: str) -> bool:
        """Whether the catalogues have this sentence."""
        return known(key)

    def moment(self, at: datetime) -> str:
        """A point in time in the reader's zone and words."""
        return moment(at, self.language, self.zone, self.now)

    def say(self, names: Names) -> str:
        """The reader's language of something named in both."""
        return say(names, self.language)

    def name(self, person: str) -> str:
        """A person's name; "you" when it is the reader, "Firstline" when it is nobody."""
        if not person:
            return self.tell("name.firstline")
        if person == self.person:
            return self.tell("name.you")
        return self.organisation.name_of(person, self.language)

    def service(self, key: str) -> str:
        """A service's name; a phrase for "none of them" when it has none."""
        service = self.organisation.services.get(key)
        return self.say(service.names) if service else self.tell("service.other")

    def group(self, key: str) -> str:
        """A group's name."""
        group = self.organisation.groups.get(key)
        return self.say(group.names) if group else key

    def button(self, word: str, action: str, style: str = "") -> Button:
        """A button with its word from the catalogue."""
        return Button(self.tell(f"button.{word}"), action, style)

    def paragraph(self, key: str, **facts: Fact) -> Paragraph:
        """A sentence as a block."""
        return Paragraph((Span(self.tell(key, **facts)),))


def strong(text: str) -> Paragraph:
    """A paragraph that stands out."""
    return Paragraph((Span(text, "strong"),))
