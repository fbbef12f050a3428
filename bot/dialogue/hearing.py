"""Facts said where a form stands: the choice that words mean, and what else of the form they fill. Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from bot.dialogue import filling
from bot.dialogue.facts import dated, of_words
from bot.dialogue.intake import intake
from bot.dialogue.replying import same
from bot.dialogue.talk import SURELY_ANOTHER, Talk
from bot.dialogue.world import World
from bot.messages import Field, FieldKind
from bot.reply_json import to_json
from intents.classify import Understanding
from intents.manner import rather_so
from intents.moments import since_named
from intents.responses import Response, named, nth, response


def choice_meant(field: Field, words: str, world: World) -> str:
    """The value of the choice these words mean, by its label, its place or what they say; else the words themselves."""
    if field.kind is not FieldKind.CHOICE or any(words == choice.value for choice in field.choices):
        return words
    labels = [choice.label for choice in field.choices]
    at = next((number for number, label in enumerate(labels) if same(words, label)), None)
    if at is None:
        at = nth(words, len(labels))
    if at is None and (said := _said(field.name, words, world)) in {each.value for each in field.choices}:
        return said
    if at is None:
        at = named(words, labels)
    if at is None and not field.required and response(words) is Response.SKIPPED:
        return ""
    return field.choices[at].value if at is not None else words


def _said(name: str, words: str, world: World) -> str:
    meant = world.understand(words)
    if name == "service":
        return meant.service or ""
    return of_words(meant.entities, world.reader.zone).get(name, "")


def told_beside(talk: Talk, meant: Understanding, world: World) -> Talk:
    """The talk with what was not known before, or is set right; what somebody has filled in themselves stays."""
    if meant.service not in (None, talk.service) and meant.certainty >= SURELY_ANOTHER:
        return talk  # facts of another trouble
    rather = rather_so(meant.words)
    said = of_words(meant.entities, world.reader.zone) | (_since(rather, world) if "since" in talk.prefill else {})
    new = {name: value for name, value in said.items() if talk.prefill.get(name, "") != value}
    if not rather:
        new = {name: value for name, value in new.items() if name not in talk.prefill}
    if not new:
        return talk
    before, talk = talk, replace(talk, prefill={**talk.prefill, **new})
    return refilled(before, talk, new, world) if talk.filling is not None else talk


def _since(rather: str, world: World) -> dict[str, str]:
    """The moment a correction names with no "since" of its own: "no, Tuesday"."""
    since, at = since_named(rather, world.reader.now, world.reader.zone)
    return {"since": dated(since, at, world.reader.zone)} if since else {}


def refilled(before: Talk, talk: Talk, new: Container[str], world: World) -> Talk:
    """The form asked in steps with these facts in the fields that still hold what they began with."""
    assert talk.filling is not None
    was = filling.form_of(talk.filling)
    form = replace(intake(talk, world), key=was.key, intro=was.intro)
    begun = {field.name: field.value for field in was.fields}
    now = {field.name: field.value for field in form.fields}
    if now.keys() != begun.keys():
        return before
    values = {
        name: now[name] if name in new and value == begun[name] else value
        for name, value in talk.filling.values.items()
    }
    return replace(talk, filling=replace(talk.filling, form=to_json(form), values=values))
