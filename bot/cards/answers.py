"""What the bot answers before there is a ticket: checklists, guided steps, articles, suggestions."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.markdown import blocks
from bot.cards.reader import Reader, strong
from bot.messages import Block, Button, Card, Check, Checklist, CheckState, Span, Steps, Text, Tone, plain
from bot.phrases import tell
from bot.probes.probe import ProbeResult, ProbeState
from escalation.ticket import Evidence
from faq.article import Article
from intents.flows import BROKEN, FIXED, SKIP, Flow, Step
from intents.flows import say as say_phrase

ALARMING = (ProbeState.FAIL, ProbeState.WARN)


def probe_card(service: str, results: Sequence[ProbeResult], reader: Reader, key: str) -> Card:
    """The live checklist of technical checks; sent again with the same key as each result comes in."""
    items = tuple(
        Check(reader.say(result.label), CheckState(result.state.value), finding(result, reader.language, reader))
        for result in results
    )
    return checklist_card(service, items, reader, key)


def checklist_card(service: str, items: Sequence[Check], reader: Reader, key: str) -> Card:
    """What was checked so far, and what that means."""
    waiting = any(item.state is CheckState.WAITING for item in items)
    failing = any(item.state is CheckState.FAIL for item in items)
    tone = Tone.INFO if waiting else Tone.BAD if failing else Tone.GOOD
    outcome = "running" if waiting else "failing" if failing else "fine"
    return Card(
        title=reader.tell("probes.title" if waiting else "probes.done", service=reader.service(service)),
        tone=tone,
        state=reader.tell(f"probes.state.{outcome}"),
        blocks=(Checklist(tuple(items)), plain(reader.tell(f"probes.{outcome}", service=reader.service(service)))),
        key=key,
    )


def finding(result: ProbeResult, language: str, reader: Reader) -> str:
    """What a probe found, as a sentence."""
    return tell(f"probe.{result.reason}", language, **{"ms": result.milliseconds, **result.facts})


def probe_evidence(result: ProbeResult, reader: Reader) -> Evidence:
    """A probe's result as evidence on the ticket, in both languages."""
    return Evidence(
        kind="probe",
        subject=dict(result.label),
        finding={language: finding(result, language, reader) for language in ("en", "zh")},
        alarming=result.state in ALARMING,
    )


def step_card(flow: Flow, step: Step, number: int, total: int, turn: int, reader: Reader) -> Card:
    """One guided question with its buttons; *Talk to a human* is always among them."""
    # A first step that only looks at something has tried nothing yet.
    looks = number == 1 and sum(choice.key not in (FIXED, BROKEN, SKIP) for choice in step.choices) > 1
    unasked = (FIXED, BROKEN) if looks else ()
    body: list[Block] = [strong(say_phrase(step.question, reader.language))]
    if step.detail is not None:
        lines = say_phrase(step.detail, reader.language).splitlines()
        body.append(Steps(tuple((Span(line.strip()),) for line in lines if line.strip()), ordered=False))
    buttons = [
        Button(
            say_phrase(choice.label, reader.language),
            f"d:{turn}:step:{choice.key}",
            "primary" if choice.key == "fixed" else "",
        )
        for choice in step.choices
        if choice.key not in unasked
    ]
    return Card(
        title=say_phrase(flow.title, reader.language),
        tone=Tone.INFO,
        state=reader.tell("flow.progress", number=number, total=total),
        blocks=tuple(body),
        buttons=(*buttons, reader.button("human", f"d:{turn}:human")),
        key=f"step:{turn}",
    )


def article_card(article: Article, turn: int, reader: Reader, *, more: bool) -> Card:
    """An answer, with *That fixed it*, *Next answer* (when there is one) and *Open a ticket*."""
    note = (plain(reader.tell("answer.other_language")),) if article.language != reader.language else ()
    buttons = [reader.button("fixed_it", f"d:{turn}:fixed", "primary")]
    if more:
        buttons.append(reader.button("next_answer", f"d:{turn}:next"))
    buttons += [reader.button("open_ticket", f"d:{turn}:open"), reader.button("human", f"d:{turn}:human")]
    return Card(
        title=article.title,
        tone=Tone.INFO,
        state=reader.tell("answer.state"),
        blocks=(*note, *blocks(article.body)),
        buttons=tuple(buttons),
        key=f"answer:{turn}",
    )


def suggestions_card(articles: Sequence[Article], turn: int, reader: Reader) -> Card:
    """Up to three titles to choose from."""
    buttons = [Button(article.title, f"d:{turn}:pick:{number}") for number, article in enumerate(articles)]
    return Card(
        title=reader.tell("suggest.title", count=len(articles)),
        tone=Tone.INFO,
        blocks=(plain(reader.tell("suggest.body", count=len(articles))),),
        buttons=(*buttons, reader.button("open_ticket", f"d:{turn}:open"), reader.button("human", f"d:{turn}:human")),
        key=f"answer:{turn}",
    )


def named_card(thing: str, titles: Sequence[str], turn: int, reader: Reader, wish: str = "") -> Card:
    """What about this thing? That it does not work, that somebody wants it, or one of these titles.

    `wish` is the word of the button that wants it, empty for what nobody can be given.
    """
    wanted = (reader.button(wish, f"d:{turn}:wish"),) if wish else ()
    picks = [Button(title, f"d:{turn}:pick:{number}") for number, title in enumerate(titles)]
    return Card(
        title=reader.tell("named.title", thing=thing),
        tone=Tone.INFO,
        blocks=(plain(reader.tell("named.body")),),
        buttons=(
            reader.button("broken", f"d:{turn}:broken"),
            *wanted,
            *picks,
            reader.button("human", f"d:{turn}:human"),
        ),
        key=f"answer:{turn}",
    )


def choices(title: str, body: str, buttons: Sequence[Button], *, tone: Tone = Tone.NEUTRAL, key: str = "") -> Card:
    """A short card that asks for one press."""
    return Card(title, tone=tone, blocks=(plain(body),) if body else (), buttons=tuple(buttons), key=key)


def settled(card_key: str, title: str, state: str, tone: Tone = Tone.GOOD) -> Card:
    """What stays of a card that has been answered: its title and the answer, without buttons."""
    return Card(title, tone=tone, state=state, key=card_key)


def note(key: str, reader: Reader, **facts: str | int) -> Text:
    """One sentence."""
    return Text(reader.tell(key, **facts))
