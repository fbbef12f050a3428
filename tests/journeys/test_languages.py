"""The language follows the person: who writes in the other one is offered it, once."""

from __future__ import annotations

import pytest

from bot.dialogue.languages import written_in
from bot.phrases import tell
from tests.journeys.stage import Stage


@pytest.mark.parametrize(
    ("key", "words", "again", "language", "other"),
    [
        ("anna.weber", "我的打印机卡纸了，怎么办", "还有我的显示器也黑了", "zh", "中文"),
        ("zhao.min", "Hello, my printer jams all the time", "and my screen is black, too", "en", "English"),
    ],
)
async def test_who_writes_in_the_other_language_is_offered_it_once(
    stage: Stage, key: str, words: str, again: str, language: str, other: str
) -> None:
    """Taken up, everything from then on is in that language."""
    person = stage.person(key)
    assert person.language != language
    await person.says(words)
    await person.says(again)
    assert await person.count(tell("language.offer", language)) == 1
    await person.presses(other)
    await person.sees(tell("settings.changed", language))
    await person.says("算了" if language == "zh" else "never mind")
    await person.sees(tell("cancelled", language))


async def test_a_browsers_choice_is_no_reason_not_to_offer_but_once_is_enough(stage: Stage) -> None:
    """Who wants to keep it keeps it, by saying nothing."""
    anna = stage.person("anna.weber")
    await anna.commands("/language en")
    for words in ("我的打印机卡纸了，怎么办", "还有我的显示器也黑了", "算了不用了"):
        await anna.says(words)
    assert await anna.count(tell("language.offer", "zh")) == 1
    await anna.sees(tell("cancelled", "en"))


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("打印机又卡纸了", "zh"),
        ("我的 Outlook 打不开了，怎么办", "zh"),
        ("VPN 又连不上了 after the update this morning", ""),
        ("my laptop does not start", "en"),
        ("The application was unable to start correctly (0xc000007b)", ""),
        ("dayinji ka zhi le", ""),
        ("vpn", ""),
        ("", ""),
    ],
)
def test_only_a_plain_sentence_tells_a_language(words: str, language: str) -> None:
    """Neither two languages in one, nor a pasted error message, nor a name."""
    assert written_in(words) == language


@pytest.mark.parametrize(
    ("key", "fault", "asks", "language", "question"),
    [
        ("anna.weber", "the scanner eats paper", "还是用中文吧", "zh", "直接复印一张，正常吗？"),
        ("zhao.min", "扫描仪扫不了", "in English please", "en", "Does a copy come out well?"),
    ],
)
async def test_a_language_may_be_asked_for_in_words(
    stage: Stage, key: str, fault: str, asks: str, language: str, question: str
) -> None:
    """At any time; what is asked just then is asked in it, and nothing is taken for an answer."""
    person = stage.person(key)
    await person.says(asks)
    await person.sees(tell("settings.changed", language))
    await person.commands("/language " + ("en" if language == "zh" else "zh"))
    await person.says(fault)
    await person.says(asks)
    await person.sees(question)
    await person.sees(tell("flow.progress", language, number=1, total=3))


async def test_more_about_the_trouble_is_no_other_trouble(stage: Stage) -> None:
    """Who begins with "only" or "yes" answers what was asked, though their words name a meeting room."""
    anna = stage.person("anna.weber")
    await anna.says("my wifi is slow")
    await anna.says("only in the meeting room")
    await anna.does_not_see("No sound or picture in a meeting")
    await anna.presses("Talk to a human")
    assert anna.written["service"] == "wifi"
