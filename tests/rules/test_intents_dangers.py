"""What is a danger goes to a person at once; what only sounds like one does not. Written by a stranger to the rules."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from intents.catalogue import Intent
from intents.classify import Named, default_words, service_keys, understand

SERVICES = tuple(Named(key, default_words(key)) for key in service_keys())
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def kept(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text("utf-8").splitlines()


def raises_the_alarm(text: str) -> bool:
    got = understand(text, services=SERVICES, now=NOW, zone="Asia/Shanghai", language="en")
    return Intent.EMERGENCY in (got.intent, *got.others)


@pytest.mark.parametrize(("name", "alarming"), [("dangers.txt", True), ("harmless.txt", False)])
def test_dangers_raise_the_alarm_and_what_sounds_like_one_does_not(name: str, alarming: bool) -> None:
    read_wrongly = [text for text in kept(name) if raises_the_alarm(text) is not alarming]
    assert not read_wrongly


def test_there_are_dangers_and_what_sounds_like_one_in_both_languages() -> None:
    for name in ("dangers.txt", "harmless.txt"):
        latin = sum(text.isascii() for text in kept(name))
        assert min(latin, len(kept(name)) - latin) >= 60
