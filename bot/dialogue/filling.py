"""A form asked field by field, for channels that draw none: one question, *Back*, *Skip*, *Cancel*, a summary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.cards.reader import Reader
from bot.dialogue import forms
from bot.dialogue.talk import Filling, Talk
from bot.messages import Button, Card, Choice, Facts, Field, FieldKind, Form, Submitted, Tone, plain
from bot.reply_json import from_json, to_json

SHORT = 4  # fields up to which a form's optional questions are asked, too
PICKING = -1


def begin(form: Form) -> Filling:
    """The form at its first open question: fields already answered well are left for the summary."""
    values = {field.name: field.value for field in form.fields}
    filling = Filling(form=to_json(form), values=values)
    wrong = next((number for number, field in enumerate(form.fields) if field.error), None)
    if wrong is not None:
        return replace(filling, at=wrong)
    return _on(filling, -1)


def form_of(filling: Filling) -> Form:
    """The form being asked."""
    form = from_json(filling.form)
    assert isinstance(form, Form)
    return form


def _on(filling: Filling, at: int) -> Filling:
    """The next open question, else the summary. A long form asks only for what it cannot do without."""
    fields = form_of(filling).fields
    for number in range(len(fields) if filling.changing else at + 1, len(fields)):
        field = fields[number]
        wanted = field.required or len(fields) <= SHORT or (filling.more and field.more)
        if wanted and not filling.values.get(field.name):
            return replace(filling, at=number, complete=False)
    return replace(filling, at=len(fields), complete=True, changing=False, more=False)


def question(talk: Talk, reader: Reader) -> Card:
    """The question now on the table, or the summary when none is left."""
    filling = talk.filling
    assert filling is not None
    form = form_of(filling)
    if filling.complete:
        return _summary(form, filling, reader)
    if filling.at == PICKING:
        return _picker(form, reader)
    field = form.fields[filling.at]
    buttons = [Button(choice.label, f"f:{filling.at}:{choice.value}") for choice in _choices(field, reader)]
    buttons += [reader.button(name, f"f:{filling.at}:{word}") for name, word in _ways_on(filling, field)]
    body = [
        plain(text) for text in (field.error, field.hint, _shown(field, filling.values.get(field.name, ""))) if text
    ]
    return Card(
        title=field.label,
        tone=Tone.WARN if field.error else Tone.INFO,
        state=f"{form.title} · {filling.at + 1}/{len(form.fields)}",
        blocks=tuple(body),
        buttons=tuple(buttons),
        key=form.key,
        ticket=form.ticket,
    )


def _ways_on(filling: Filling, field: Field) -> Iterator[tuple[str, str]]:
    """Which of *Back*, *Skip*, *That is all* and *Cancel* this question has, and what each button's action says."""
    if filling.at or filling.changing:
        yield "back", "<"
    if not field.required:
        yield "skip", ">"
    if filling.more:
        yield "enough", "."
    yield "stop", "x"


def _picker(form: Form, reader: Reader) -> Card:
    """Which answer is to be changed."""
    buttons = [Button(field.label, f"f:{PICKING}:{number}") for number, field in enumerate(form.fields)]
    buttons += [reader.button("back", f"f:{PICKING}:<"), reader.button("stop", f"f:{PICKING}:x")]
    return Card(reader.tell("button.change"), Tone.INFO, form.title, (), tuple(buttons), form.key, form.ticket)


def _choices(field: Field, reader: Reader) -> tuple[Choice, ...]:
    if field.kind is FieldKind.RATING:
        return tuple(Choice(str(stars), reader.tell(f"rating.{stars}")) for stars in range(1, 6))
    return field.choices


def _summary(form: Form, filling: Filling, reader: Reader) -> Card:
    rows = tuple(
        (field.label, _shown(field, filling.values.get(field.name, "")))
        for field in form.fields
        if filling.values.get(field.name)
    )
    unasked = any(field.more and not filling.values.get(field.name) for field in form.fields)
    buttons = (
        Button(form.submit, "f:s:s", "primary"),
        *((Button(form.more, "f:s:m"),) if unasked else ()),
        reader.button("change", "f:s:c"),
        reader.button("stop", "f:s:x"),
    )
    return Card(form.title, Tone.INFO, "", (Facts(rows),), buttons, form.key, form.ticket)


def _shown(field: Field, value: str) -> str:
    return next((choice.label for choice in field.choices if choice.value == value), value)


def summed_up(talk: Talk) -> Talk:
    """The talk with its form at the summary, once nothing is left to ask."""
    assert talk.filling is not None
    return replace(talk, filling=_on(replace(talk.filling, changing=True), PICKING))


def typed(talk: Talk, text: str, reader: Reader) -> tuple[Talk, bool]:
    """Words in answer to the question, and whether they send the form. A button may be typed by its label."""
    button = names_button(talk, text, reader)
    if button is not None:
        _, at, word = button.action.split(":", 2)
        return pressed(talk, at, word, reader), sends(at, word)
    filling = talk.filling
    assert filling is not None
    if filling.complete or filling.at == PICKING:
        return talk, False
    return _answered(talk, form_of(filling).fields[filling.at], text, reader), False


def names_button(talk: Talk, text: str, reader: Reader) -> Button | None:
    """The button under the question whose label these words are."""
    words = text.strip().casefold()
    return next((each for each in question(talk, reader).buttons if each.label.casefold() == words), None)


def sends(at: str, word: str) -> bool:
    """Whether this is the summary's button that sends the form."""
    return (at, word) == ("s", "s")


def pressed(talk: Talk, at: str, word: str, reader: Reader) -> Talk:
    """A button under the question; one of an earlier question changes nothing."""
    filling = talk.filling
    assert filling is not None
    fields = form_of(filling).fields
    match at, word:
        case _ if at != ("s" if filling.complete else str(filling.at)):
            return talk
        case _, "x":
            return _cancelled(talk)
        case "s", "c":
            return replace(talk, filling=replace(filling, at=PICKING, complete=False, changing=True))
        case "s", "m":
            return replace(talk, filling=_on(replace(filling, more=True), -1))
        case "s", _:
            return talk
        case _, "<" if filling.changing:
            return replace(talk, filling=_on(filling, len(fields)))
        case _, "." if filling.more:
            return replace(talk, filling=_on(replace(filling, more=False), len(fields)))
        case _, "<":
            return replace(talk, filling=replace(filling, at=max(0, filling.at - 1)))
        case _ if filling.at == PICKING:
            picked = int(word) if word.isascii() and word.isdecimal() and len(word) < 4 else len(fields)
            return replace(talk, filling=replace(filling, at=picked)) if picked < len(fields) else talk
        case _, ">" if not fields[filling.at].required:
            emptied = replace(filling, values={**filling.values, fields[filling.at].name: ""})
            return replace(talk, filling=_on(emptied, filling.at))
    return _answered(talk, fields[filling.at], word, reader)


def _cancelled(talk: Talk) -> Talk:
    """Without the form; and when that was the ticket to be opened, without the whole conversation."""
    assert talk.filling is not None
    about_ticket = form_of(talk.filling).ticket is not None
    return replace(talk, filling=None) if about_ticket else Talk(turn=talk.turn + 1)


def _answered(talk: Talk, field: Field, value: str, reader: Reader) -> Talk:
    filling = talk.filling
    assert filling is not None
    _, error = forms.judge(field, value, reader)
    form = form_of(filling)
    fields = tuple(replace(f, error=error if f.name == field.name else "") for f in form.fields)
    filling = replace(filling, form=to_json(replace(form, fields=fields)))
    if error:
        return replace(talk, filling=filling)  # asked again, with what is wrong
    filling = replace(filling, values={**filling.values, field.name: forms.as_read(field, value, reader)})
    return replace(talk, filling=_on(filling, filling.at))


def submission(talk: Talk, event_id: str, submitted: Submitted) -> Submitted:
    """The filled form as if it had been submitted whole."""
    assert talk.filling is not None
    form = form_of(talk.filling)
    return replace(submitted, id=event_id, form=form.key, values=dict(talk.filling.values))
