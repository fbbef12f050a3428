"""How well we understand what employees write, on messages of every sort in both languages.

``messages``, ``messages_unseen``, ``messages_fourth``, ``messages_fifth``, ``messages_seventh`` and
``messages_eighth`` were learned from: they show that nothing is lost. ``messages_second``, ``messages_third`` and
``messages_sixth`` never were, nor are they read while rules are written: they show what to expect of new text. The
fourth to the eighth are by five authors who knew nothing of rules and examples; of the sixth nobody has looked at a
single message yet, only at the figures.

The seventh (240 ordinary messages, then 118 of hard kinds) was read before anything was learned from it: intent and
service of the ordinary ones .950 / .867 in English and .942 / .867 in Chinese, of all 358 .879 / .845 and .875 / .859
as its author labelled them, .897 / .879 and .870 / .886 by the labels the rest of our set has: what somebody deleted
and wants back is a fault of the backup, a headset is for meetings, OneDrive that does not sync is a shared drive.
The eighth (240) likewise: .933 / .908 in English, .850 / .908 in Chinese, with its author's labels.

What is read wrongly is printed, and stands in the output of a run with ``-rP``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from faq.article import shipped_articles
from faq.index import build
from faq.match import match
from faq.verdict import Answer, Ask, Thresholds, decide
from intents.catalogue import Intent
from intents.classify import Named, Understanding, default_words, service_keys, understand
from intents.flows import flow_for, load_flows

Message = dict[str, Any]
SERVICES = tuple(Named(key, default_words(key)) for key in service_keys())
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def kept(name: str) -> list[Message]:
    text = Path(__file__).with_name(f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


OURS, UNSEEN, SECOND, THIRD = map(kept, ("messages", "messages_unseen", "messages_second", "messages_third"))
FOURTH, FIFTH = map(kept, ("messages_fourth", "messages_fifth"))
SIXTH, SEVENTH, EIGHTH = map(kept, ("messages_sixth", "messages_seventh", "messages_eighth"))
ALL = [*OURS, *UNSEEN, *SECOND, *THIRD, *FOURTH, *FIFTH, *SIXTH, *SEVENTH, *EIGHTH]


def in_language(language: str, *batches: Sequence[Message]) -> list[Message]:
    return [message for batch in batches for message in batch if message["language"] == language]


@cache
def read(text: str) -> Understanding:
    return understand(text, services=SERVICES, now=NOW, zone="Asia/Shanghai", language="en")


def share_right(messages: list[Message], right: Callable[[Message, Understanding], bool]) -> float:
    read_wrongly = [message for message in messages if not right(message, read(message["text"]))]
    for message in read_wrongly:
        understood = read(message["text"])
        print(f"{message['intent']}/{message['service']} read as {understood.intent}/{understood.service}:")  # noqa: T201
        print(f"    {message['text']}")  # noqa: T201
    return 1 - len(read_wrongly) / len(messages)


def right_intent(message: Message, got: Understanding) -> bool:
    return bool(got.intent == message["intent"])


def right_service(message: Message, got: Understanding) -> bool:
    return bool(got.service == message["service"])


def test_there_are_at_least_150_messages_in_each_language_and_every_intent_is_among_them() -> None:
    for language in ("en", "zh"):
        assert len({message["text"] for message in in_language(language, UNSEEN)}) >= 150
    assert {message["intent"] for message in ALL} == {intent.value for intent in Intent}
    labelled = [message for message in ALL if message not in OURS]
    assert all({"intent", "service", "verdict", "language"} <= message.keys() for message in labelled)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_the_whole_set_95_of_100_get_the_right_intent_and_92_the_right_service(language: str) -> None:
    messages = in_language(language, ALL)
    assert share_right(messages, right_intent) >= 0.95
    assert share_right(messages, right_service) >= 0.92


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_messages_never_learned_from_nearly_as_many_are_read_rightly(language: str) -> None:
    messages = in_language(language, SECOND, THIRD)
    assert share_right(messages, right_intent) >= 0.94
    assert share_right(messages, right_service) >= 0.92


@pytest.mark.parametrize(("language", "intents", "services"), [("en", 0.95, 0.91), ("zh", 0.91, 0.92)])
def test_of_strangers_messages_never_learned_from_most_are_read_rightly(
    language: str, intents: float, services: float
) -> None:
    """What to expect of other people's words; one or two messages below what was measured."""
    messages = in_language(language, SIXTH)
    assert share_right(messages, right_intent) >= intents
    assert share_right(messages, right_service) >= services


def test_no_emergency_is_ever_read_as_anything_else() -> None:
    emergencies = [message for message in ALL if message["intent"] == "emergency"]
    assert share_right(emergencies, right_intent) == 1


def test_no_ordinary_message_is_read_as_an_emergency() -> None:
    ordinary = [message for message in ALL if message["intent"] != "emergency"]
    assert share_right(ordinary, lambda _, got: Intent.EMERGENCY not in (got.intent, *got.others)) == 1


def test_what_says_several_things_is_taken_apart_and_nothing_else_is() -> None:
    messages = [*UNSEEN, *SECOND, *THIRD]
    several = [message for message in messages if message.get("others") and message["intent"] != "thanks"]
    single = [message for message in messages if not message.get("others")]
    assert share_right(several, lambda _, got: len(got.parts) > 1) >= 0.9
    assert share_right(single, lambda _, got: len(got.parts) == 1) >= 0.97


def test_confidence_is_about_the_share_of_what_is_right() -> None:
    """Among messages never learned from, those read with 0.9 or more are nearly all right, doubtful ones are not."""
    held_out = [*SECOND, *THIRD]
    sure = [message for message in held_out if read(message["text"]).confidence >= 0.9]
    doubtful = [message for message in held_out if read(message["text"]).confidence < 0.6]
    said = sum(read(message["text"]).confidence for message in held_out) / len(held_out)
    assert share_right(sure, right_intent) >= 0.95
    assert share_right(doubtful, right_intent) <= 0.75
    assert abs(said - share_right(held_out, right_intent)) <= 0.06


def test_what_has_an_answer_gets_one_or_steps_and_what_has_none_gets_no_sure_one() -> None:
    """The expected verdict: an article or guided steps where there are any, an honest question where not."""
    index, flows = build(shipped_articles()), load_flows()

    def as_expected(message: Message, got: Understanding) -> bool:
        found = match(index, message["text"], language=message["language"])
        verdict = decide(found, Thresholds())
        if message["verdict"] == "ask":
            return not isinstance(verdict, Answer)
        return not isinstance(verdict, Ask) or flow_for(got.service, flows, message["text"]) is not None

    messages = [message for message in (*UNSEEN, *SECOND, *THIRD) if message["verdict"] in ("answer", "ask")]
    assert share_right(messages, as_expected) >= 0.85


def test_reading_a_message_takes_a_few_milliseconds() -> None:
    for message in OURS[:20]:
        read(message["text"])
    times = []
    for message in OURS[::3]:
        began = time.thread_time()
        read.__wrapped__(message["text"])
        times.append(time.thread_time() - began)
    # 1.5 ms is what an idle machine needs; the test allows for a slow and busy one.
    assert sorted(times)[len(times) // 2] < 0.008
