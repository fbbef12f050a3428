"""A form asked field by field, for channels that draw none: one question, *Back*, *Skip*, *Cancel*, a summary."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.reader import Reader
from bot.dialogue import forms
from bot.dialogue.talk import Filling, Talk
from bot.messages import Button, Card, Choice, Facts, Field, FieldKind, Form, Submitted, Tone, plain
from bot.reply_json import from_json, to_json


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
    """The next required field nobody has answered, else the summary."""
    fields = form_of(filling).fields
    for number in range(at + 1, len(fields)):
        if fields[number].required and not filling.values.get(fields[number].name):
            return replace(filling, at=number, complete=False)
    return replace(filling, at=len(fields), complete=True)


def question(talk: Talk, reader: Reader) -> Card:
    """The question now on the table, or the summary when none is left."""
    filling = talk.filling
    assert filling is not None
    form = form_of(filling)
    if filling.complete:
        return _summary(form, filling, reader)
    field = form.fields[filling.at]
    buttons = [Button(choice.label, f"f:{filling.at}:{choice.value}") for choice in _choices(field, reader)]
    if filling.at:
        buttons.append(reader.button("back", f"f:{filling.at}:<"))
    if not field.required:
        buttons.append(reader.button("skip", f"f:{filling.at}:>"))
    buttons.append(reader.button("stop", f"f:{filling.at}:x"))
    body = [plain(text) for text in (field.error, field.hint, field.value) if text]
    return Card(
        title=field.label,
        tone=Tone.WARN if field.error else Tone.INFO,
        state=f"{form.title} · {filling.at + 1}/{len(form.fields)}",
        blocks=tuple(body),
        buttons=tuple(buttons),
        key=f"form:{form.key}",
        ticket=form.ticket,
    )


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
    buttons = (
        Button(form.submit, "f:s:s", "primary"),
        reader.button("change", "f:s:c"),
        reader.button("stop", "f:s:x"),
    )
    return Card(form.title, Tone.INFO, "", (Facts(rows),), buttons, f"form:{form.key}", form.ticket)


def _shown(field: Field, value: str) -> str:
    return next((choice.label for choice in field.choices if choice.value == value), value)


def typed(talk: Talk, text: str, reader: Reader) -> Talk:
    """Words in answer to the question: a choice may be typed by its label."""
    filling = talk.filling
    assert filling is not None
    if filling.complete:
        return talk
    field = form_of(filling).fields[filling.at]
    value = next((c.value for c in field.choices if c.label.casefold() == text.strip().casefold()), text)
    return _answered(talk, field, value, reader)


def pressed(talk: Talk, at: str, word: str, reader: Reader) -> Talk:
    """A button under the question; one of an earlier question changes nothing."""
    filling = talk.filling
    assert filling is not None
    if word == "x":
        return replace(talk, filling=None)
    if at == "s":
        return replace(talk, filling=_pick_field(filling, word))
    if at != str(filling.at):
        return talk
    fields = form_of(filling).fields
    match word:
        case "<":
            return replace(talk, filling=replace(filling, at=max(0, filling.at - 1), complete=False))
        case ">":
            return replace(talk, filling=_on(filling, filling.at))
        case _:
            return _answered(talk, fields[filling.at], word, reader)


def _pick_field(filling: Filling, word: str) -> Filling:
    return replace(filling, at=0, complete=False) if word == "c" else filling


def _answered(talk: Talk, field: Field, value: str, reader: Reader) -> Talk:
    filling = talk.filling
    assert filling is not None
    _, error = forms.judge(field, value, reader)
    form = form_of(filling)
    fields = tuple(replace(f, error=error if f.name == field.name else "") for f in form.fields)
    filling = replace(filling, form=to_json(replace(form, fields=fields)))
    if error:
        return replace(talk, filling=filling)
    filling = replace(filling, values={**filling.values, field.name: value})
    return replace(talk, filling=_on(filling, filling.at))


def submission(talk: Talk, event_id: str, submitted: Submitted) -> Submitted:
    """The filled form as if it had been submitted whole."""
    assert talk.filling is not None
    form = form_of(talk.filling)
    return replace(submitted, id=event_id, form=form.key, values=dict(talk.filling.values))
