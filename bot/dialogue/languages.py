"""Whoever writes in the other language is offered it, once: a browser or an office may have chosen for them."""

from __future__ import annotations

import re

from bot.cards import answers
from bot.dialogue.ticketwork import Work
from bot.messages import Button, Card
from bot.phrases import tell
from intents.manner import language_wanted, speaks_for_oneself
from intents.normalise import HAN
from storage import people

ENOUGH_HAN = 4  # characters that nobody writes by accident
_WORD = re.compile(r"[A-Za-z']+")
ENOUGH_WORDS = 4
LONGEST_WISH = 60  # characters; whoever writes more says something besides


def told(text: str) -> str:
    """The language somebody asks us to speak, in so many words; nothing where they say anything besides."""
    return language_wanted(text) if len(text) <= LONGEST_WISH else ""


def written_in(text: str) -> str:
    """The language a person plainly writes in, or nothing: of two languages in one sentence neither is offered."""
    han, words = len(HAN.findall(text)), len(_WORD.findall(text))
    if han >= ENOUGH_HAN and words <= 1 + han // ENOUGH_HAN:
        return "zh"
    return "en" if not han and words >= ENOUGH_WORDS and speaks_for_oneself(text) else ""


async def offered(text: str, work: Work) -> Card | None:
    """The offer to go on in the language of this text; None where it was made before."""
    person, language = work.world.person, written_in(text)
    if language in ("", work.world.reader.language) or language not in work.world.organisation.languages:
        return None
    settings = await people.settings(work.tx, person.key)
    if "language_offered" in settings:
        return None
    await people.save_settings(work.tx, person.key, {**settings, "language_offered": language})
    button = Button(tell(f"language.{language}", language), f"m:language:{language}")
    return answers.choices(tell("language.offer", language), "", (button,))
