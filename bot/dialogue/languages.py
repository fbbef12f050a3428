"""Whoever writes in the other language is offered it, once: a browser or an office may have chosen for them."""

from __future__ import annotations

import re

from bot.cards import answers
from bot.dialogue.ticketwork import Work
from bot.messages import Button, Card
from bot.phrases import tell
from intents.normalise import HAN
from storage import people

ENOUGH_HAN = 4  # characters that nobody writes by accident
_WORD = re.compile(r"[A-Za-z']+")
# Words of somebody who speaks for themselves: an error message that was pasted has none of them.
_OWN_WORDS = re.compile(r"\b(?:I|I'm|my|we|our|me|please|can you|could you)\b", re.IGNORECASE)
ENOUGH_WORDS = 4
LONGEST_WISH = 60  # characters; whoever writes more says something besides


_TOLD = re.compile(
    r"(?:(?:please|pls|can|could|you|we|i|want|to|would|like|sorry|ok|rather|switch|change|write|speak|talk|go on|"
    r"use|in|me|back|it|now)\s+)*(?P<en>english|chinese)(?:[\s,]+(?:please|pls|instead|thanks|now))*[.!? ]*"
    r"|(?:请|麻烦|可以|能不能|能|还是|你|您|给我|换成?|切换成?|改成?|用|讲|说|回)*(?P<zh>中文|汉语|普通话|英文|英语|英語)"
    r"(?:吧|吗|嘛|啊|说|讲|回复|回答|交流|版|可以|好吗|谢谢)*[。！？ ]*",
    re.IGNORECASE,
)
_CALLED = {"english": "en", "英文": "en", "英语": "en", "英語": "en"}


def told(text: str) -> str:
    """The language somebody asks us to speak, in so many words; nothing where they say anything besides."""
    found = _TOLD.fullmatch(text.strip()) if len(text) <= LONGEST_WISH else None
    return _CALLED.get((found["en"] or found["zh"]).lower(), "zh") if found else ""


def written_in(text: str) -> str:
    """The language a person plainly writes in, or nothing: of two languages in one sentence neither is offered."""
    han, words = len(HAN.findall(text)), len(_WORD.findall(text))
    if han >= ENOUGH_HAN and words <= 1 + han // ENOUGH_HAN:
        return "zh"
    return "en" if not han and words >= ENOUGH_WORDS and _OWN_WORDS.search(text) else ""


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
