"""Wrong input gets a sentence that helps, in the person's language, and changes nothing."""

from __future__ import annotations

import contextlib
import string
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy import text as sql

from bot.messages import Answer, Attached, Card, Commanded, Event, File, Form, Place, Pressed, Said, Submitted, Text
from bot.phrases import tell
from escalation.ticket import Action
from storage.tables import attachments, outbox, ticket_events, tickets
from tests.journeys.stage import Somebody, Stage, play_on, rehearsed, reply_text


@dataclass(frozen=True)
class Cast:
    """Who plays: two employees with a ticket each, the engineer of the network group, and one of another group."""

    stage: Stage
    employee: Somebody
    neighbour: Somebody
    engineer: Somebody
    stranger: Somebody
    mine: int  # the employee's ticket
    theirs: int  # their neighbour's

    @property
    def name(self) -> str:
        return f"T-{self.mine}"

    def tell(self, key: str, who: Somebody, **facts: str | int) -> str:
        return tell(key, who.language, **{"root": "/", **facts})


ENGLISH = ("anna.weber", "zhao.min", "lukas.becker", "paul.wagner")
CHINESE = ("zhao.min", "anna.weber", "wang.fang", "han.mei")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def begun(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna has ticket 6 and Zhao Min ticket 7: numbers that cannot be meant for stars."""

    async def beginning(stage: Stage) -> None:
        async with stage.app.database.transaction() as tx:
            await tx.change(sql("INSERT INTO sqlite_sequence (name, seq) VALUES ('tickets', 5)"))
        for person in map(stage.person, ENGLISH[:2]):
            await person.commands("/new Something in my room is slow")
            await person.fills(service="wifi")

    return await rehearsed(sqlite_template, tmp_path_factory.mktemp("begun"), beginning)


@pytest.fixture(params=[ENGLISH, CHINESE], ids=["en", "zh"])
async def cast(request: pytest.FixtureRequest, begun: Path, tmp_path: Path) -> AsyncIterator[Cast]:
    """The cast, with its tickets."""
    async with play_on(begun, tmp_path) as stage:
        mine, theirs = (ENGLISH.index(key) + 6 for key in request.param[:2])
        employee, neighbour, engineer, stranger = map(stage.person, request.param)
        yield Cast(stage, employee, neighbour, engineer, stranger, mine, theirs)


async def everything(stage: Stage) -> tuple[Sequence[object], ...]:
    """All that wrong input must not change: tickets, their logs, files, and messages to other people."""
    async with stage.app.database.reading() as tx:
        return (
            [tuple(row) for row in await tx.all(select(tickets.c.id, tickets.c.version).order_by(tickets.c.id))],
            [row.id for row in await tx.all(select(ticket_events.c.id).order_by(ticket_events.c.id))],
            [tuple(row) for row in await tx.all(select(attachments.c.id, attachments.c.ticket_id))],
            [row.key for row in await tx.all(select(outbox.c.key).where(outbox.c.notice != "reply"))],
        )


@contextlib.asynccontextmanager
async def nothing_changes(stage: Stage) -> AsyncIterator[None]:
    """What happens inside has no effect but its answer."""
    before = await everything(stage)
    yield
    assert await everything(stage) == before


def words(answer: Answer) -> str:
    return "\n".join(map(reply_text, answer.replies))


def only_sentence(answer: Answer) -> str:
    """The answer, when it is a single plain sentence."""
    (reply,) = answer.replies
    assert isinstance(reply, Text), reply
    return reply.text


# -- tickets ---------------------------------------------------------------------------------------


async def test_an_unknown_ticket_is_said_to_be_unknown(cast: Cast) -> None:
    for number in ("9999", "0", "99999999999999999999999", "T-4040"):
        async with nothing_changes(cast.stage):
            answer = await cast.employee.commands(f"/show {number}")
        name = f"T-{number.removeprefix('T-')}"
        assert only_sentence(answer) == cast.tell("refused.absent", cast.employee, ticket=name)


async def test_somebody_elses_ticket_looks_just_like_one_that_does_not_exist(cast: Cast) -> None:
    for word in ("show", "reopen", "rate", "reply", "claim", "resolve", "escalate", "cancel"):
        async with nothing_changes(cast.stage):
            theirs = await cast.employee.commands(f"/{word} {cast.theirs}")
            nobodys = await cast.employee.commands(f"/{word} 9999")
        assert only_sentence(theirs) == cast.tell("refused.absent", cast.employee, ticket=f"T-{cast.theirs}")
        assert only_sentence(nobodys) == cast.tell("refused.absent", cast.employee, ticket="T-9999")


async def test_an_engineer_who_names_an_endless_number_does_not_claim_another_ticket(cast: Cast) -> None:
    await cast.engineer.commands(f"/claim {cast.theirs}")
    async with nothing_changes(cast.stage):
        answer = await cast.engineer.commands("/claim 12345678901234567890")
    assert only_sentence(answer) == cast.tell("refused.absent", cast.engineer, ticket="T-12345678901234567890")


# -- forms -----------------------------------------------------------------------------------------


async def test_a_bad_date_in_the_hold_form_is_said_beside_the_field(cast: Cast) -> None:
    await cast.engineer.commands(f"/claim {cast.mine}")
    await cast.engineer.commands(f"/hold {cast.mine}")
    bad = {"next full moon": "form.no_moment", "2020-01-01 10:00": "form.past_moment"}
    for until, key in (bad | dict.fromkeys(("9999-12-31T23:59-10:00", "²"), "form.no_moment")).items():
        async with nothing_changes(cast.stage):
            answer = await cast.engineer.fills(reason="vendor", until=until)
        (form,) = answer.replies
        assert isinstance(form, Form)
        errors = {field.name: field.error for field in form.fields if field.error}
        assert errors == {"until": cast.tell(key, cast.engineer)}
        assert {field.name: field.value for field in form.fields}["until"] == until
    await cast.engineer.fills(until="2 days")
    assert (await cast.stage.ticket(cast.mine)).status == "on_hold"


async def test_an_empty_form_says_which_fields_are_needed(cast: Cast) -> None:
    await cast.employee.commands("/new")
    assert cast.employee.form is not None
    async with nothing_changes(cast.stage):
        answer = await cast.employee.fills(**{field.name: "  " for field in cast.employee.form.fields})
    (form,) = answer.replies
    assert isinstance(form, Form)
    wrong = {field.name: field.error for field in form.fields if field.error}
    assert wrong == dict.fromkeys(
        ("summary", "affected", "severity", "kind"), cast.tell("form.required", cast.employee)
    )


async def test_a_choice_nobody_offered_is_refused(cast: Cast) -> None:
    await cast.employee.commands("/new My badge is not read at the gate")
    async with nothing_changes(cast.stage):
        answer = await cast.employee.fills(affected="the universe", callback="call me maybe")
    assert cast.tell("form.no_such_choice", cast.employee) in words(answer)
    assert cast.tell("form.no_phone", cast.employee) in words(answer)


async def test_the_intake_form_sent_twice_opens_one_ticket(cast: Cast) -> None:
    """Two events, not one delivered twice: somebody pressed *Submit* again, or in another tab."""
    await cast.employee.commands("/new The screen flickers")
    form = cast.employee.form
    await cast.employee.fills(service="other")
    async with nothing_changes(cast.stage):
        cast.employee.form = form
        answer = await cast.employee.fills(service="other")
    assert cast.tell("intake.already", cast.employee, ticket="T-8") in words(answer)


async def test_a_form_nobody_was_shown_is_not_taken(cast: Cast) -> None:
    what = tell("action.resolve", cast.employee.language)
    refused = cast.tell("refused.forbidden", cast.employee, ticket=cast.name, action=what)
    stale = cast.tell("stale", cast.employee)
    already = cast.tell("intake.already", cast.employee, ticket=cast.name)
    forms = {f"t:resolve:{cast.mine}": refused, "intake:999": already, "intake:x": already}
    for key in (*forms, "t:explode:1", "t:resolve:²", "t:resolve:", "", ":::"):
        async with nothing_changes(cast.stage):
            answer = await send(cast, Submitted, form=key, values={"cause": "I", "solution": "say so"})
        assert words(answer).strip() == forms.get(key, stale), key


# -- words ---------------------------------------------------------------------------------------


async def test_twenty_thousand_characters_are_too_many(cast: Cast) -> None:
    typed = {"en": "slow", "zh": "网络很慢"}[cast.employee.language] * 5000
    async with nothing_changes(cast.stage):
        said = await cast.employee.says(typed)
        replied = await cast.employee.says(typed, reply_to=cast.name)
    expected = cast.tell("said.too_long", cast.employee, longest=8000, length=20000)
    assert words(said).strip() == words(replied).strip() == expected


async def test_a_script_tag_is_shown_as_it_was_typed(cast: Cast) -> None:
    typed = '<script>alert("1")</script> & <b>{summary}</b> %s *bold*'
    await cast.employee.says(typed, reply_to=cast.name)
    await cast.engineer.commands(f"/show {cast.mine}")
    await cast.engineer.sees(typed)


async def test_a_message_of_pictures_only_is_asked_for_words(cast: Cast) -> None:
    for text in ("😀", "👍🏽👍🏽", "🖨️ 🔥 ❗", "…", "？！"):
        async with nothing_changes(cast.stage):
            answer = await cast.employee.says(text)
        nod = text.startswith("👍")
        assert words(answer).strip() == cast.tell("said.all_right" if nod else "said.no_words", cast.employee), text


async def test_an_unknown_command_names_the_nearest_one(cast: Cast) -> None:
    async with nothing_changes(cast.stage):
        near = await cast.engineer.commands("/clam 1")
        far = await cast.engineer.commands("/xyzzy")
    assert only_sentence(near) == cast.tell("command.unknown_near", cast.engineer, word="clam", near="claim", root="/")
    assert only_sentence(far) == cast.tell("command.unknown", cast.engineer, word="xyzzy", root="/")


# -- buttons ---------------------------------------------------------------------------------------


async def choices(person: Somebody) -> list[str]:
    """What the buttons of the questions in this chat would send, the newest last."""
    cards = [reply for reply in await person.chat() if isinstance(reply, Card)]
    return [button.action for card in cards for button in card.buttons if button.action.startswith("d:")]


async def test_a_button_of_an_earlier_question_changes_nothing(cast: Cast) -> None:
    await cast.stranger.says("My e-mail does not arrive any more")
    await cast.stage.settle()
    old = (await choices(cast.stranger))[-1]
    await cast.stranger.commands("/new Something else")
    async with nothing_changes(cast.stage):
        answer = await cast.stage.app.conversation.handle(
            Pressed(cast.stage.next_id(), cast.stranger.identity, cast.stranger.place, old)
        )
    assert words(answer).strip() == cast.tell("stale.form", cast.stranger)


async def test_a_button_for_what_you_may_not_do_says_so(cast: Cast) -> None:
    for action in ("claim", "resolve", "hold", "priority", "assign", "transfer", "note", "major"):
        async with nothing_changes(cast.stage):
            answer = await send(cast, Pressed, action=f"t:{action}:{cast.mine}")
        what = cast.tell(f"action.{action}", cast.employee)
        assert only_sentence(answer) == cast.tell("refused.forbidden", cast.employee, ticket=cast.name, action=what)


async def test_every_action_out_of_its_time_is_refused_in_a_sentence(cast: Cast) -> None:
    """Each button there is, by the engineer and by the requester, on a ticket that is closed and rated."""
    await close(cast)
    await send(cast, Pressed, action=f"t:rate:{cast.mine}:5")
    for action in sorted(set(Action) - {Action.REOPEN}):
        for person in (cast.engineer, cast.employee):
            async with nothing_changes(cast.stage):
                answer = await send(cast, Pressed, person, action=f"t:{action}:{cast.mine}")
                typed = await send(cast, Commanded, person, word=action.value, rest=str(cast.mine))
            for each in (answer, typed):
                assert words(each).strip(), (person.key, action)
                assert "“”" not in words(each), words(each)


async def test_a_forged_choice_of_a_question_is_harmless(cast: Cast) -> None:
    """The turn is right, what follows it is not."""
    cast.stage.clock.advance(minutes=2)  # whoever flooded the desk before is heard again
    await cast.stranger.commands("/cancel")
    await cast.stranger.says("How do I scan to e-mail?")
    turn = (await choices(cast.stranger))[-1].split(":")[1]
    for forged in ("pick:²", "pick:99", "to:²", "to:99", "step:x", "step", "explode", "", "pick:-1"):
        async with nothing_changes(cast.stage):
            answer = await send(cast, Pressed, cast.stranger, action=f"d:{turn}:{forged}")
        assert words(answer).strip(), forged


async def test_a_forged_button_is_harmless(cast: Cast) -> None:
    forged = (
        *("", ":", "d:", "d:1", "d:1:step", "d:²:step:x", "t:claim", "t:claim:²", "t:claim:9999999999999999999999"),
        *("f:0:x", "f:s:s", "m", "m:", "t::1", f"t:rate:{cast.mine}:6", f"t:rate:{cast.mine}:²", "x" * 60, "\x00"),
        *(f"t:rate:{cast.mine}:", "t:claim:-1", "d:1:to:²", "d:1:pick:99", "t:show:٣", "m:show:²", "t:open:1"),
    )
    for action in forged:
        async with nothing_changes(cast.stage):
            answer = await send(cast, Pressed, action=action)
        assert words(answer).strip(), action


async def close(cast: Cast) -> None:
    """The employee's ticket, solved and confirmed."""
    for text in (f"/claim {cast.mine}", f"/resolve {cast.mine} a / b"):
        await cast.engineer.commands(text)
    await cast.employee.presses("It works", on=cast.name)


async def test_rating_twice_keeps_the_first_rating(cast: Cast) -> None:
    await close(cast)
    await send(cast, Pressed, action=f"t:rate:{cast.mine}:4")
    async with nothing_changes(cast.stage):
        again = await send(cast, Pressed, action=f"t:rate:{cast.mine}:1")
    assert only_sentence(again) == cast.tell("refused.rated", cast.employee, ticket=cast.name, stars=4)


async def test_rating_without_saying_how_many_stars_offers_them(cast: Cast) -> None:
    await close(cast)
    async with nothing_changes(cast.stage):
        await cast.employee.commands(f"/rate {cast.mine}")
    await cast.employee.presses("★ 3", on=cast.name)
    assert (await cast.stage.ticket(cast.mine)).rating == 3


async def test_a_ticket_is_not_rated_before_it_is_closed(cast: Cast) -> None:
    async with nothing_changes(cast.stage):
        pressed = await send(cast, Pressed, action=f"t:rate:{cast.mine}:5")
        typed = await cast.employee.commands(f"/rate {cast.mine}")
    waiting, rate = (cast.tell(key, cast.employee) for key in ("state.new", "action.rate"))
    expected = cast.tell("refused.state", cast.employee, ticket=cast.name, status=waiting, action=rate)
    assert only_sentence(pressed) == only_sentence(typed) == expected


# -- files -----------------------------------------------------------------------------------------


async def test_a_file_of_somebody_else_is_not_attached(cast: Cast) -> None:
    secret = await cast.stage.stage_file(cast.neighbour.key, "salaries.png", b"secret")
    async with nothing_changes(cast.stage):
        answer = await send(
            cast, Attached, files=(File("salaries.png", "image/png", 6, secret),), caption="", reply_to=cast.name
        )
    assert only_sentence(answer) == cast.tell("refused.no_files", cast.employee)


async def test_a_file_of_somebody_else_does_not_come_along_with_a_new_ticket(cast: Cast) -> None:
    secret = await cast.stage.stage_file(cast.neighbour.key, "salaries.png", b"secret")
    await send(cast, Attached, cast.stranger, files=(File("salaries.png", "image/png", 6, secret),))
    await cast.stranger.commands("/new See the picture")
    await cast.stranger.fills(service="other")
    async with cast.stage.app.database.reading() as tx:
        assert await tx.value(select(attachments.c.ticket_id).where(attachments.c.id == int(secret))) is None


async def test_a_file_that_never_came_is_asked_for_again(cast: Cast) -> None:
    for reference in ("", "x", "²", "-1", "99999999999999999999999999", "../../etc/passwd"):
        async with nothing_changes(cast.stage):
            file = File("a.png", "image/png", 6, reference)
            answer = await send(cast, Attached, files=(file,), reply_to=cast.name)
        assert only_sentence(answer) == cast.tell("refused.no_files", cast.employee), reference


# -- anything --------------------------------------------------------------------------------------


async def send(cast: Cast, kind: type[Event], who: Somebody | None = None, **facts: object) -> Answer:
    """Send an event as a channel might, without looking at what is visible."""
    who = who or cast.employee
    answer = await cast.stage.app.conversation.handle(kind(cast.stage.next_id(), who.identity, who.place, **facts))  # type: ignore[arg-type]
    await cast.stage.settle()
    return answer


ANYTHING = st.text(max_size=40)
PARTS = st.sampled_from(
    [*"dtfm", *(action.value for action in Action), "1", "6", "7", "0", "to", "step", "pick", "x", "<", "s", "²"]
)
ACTIONS = st.lists(PARTS | ANYTHING, max_size=5).map(":".join) | ANYTHING
WORDS = ANYTHING | st.sampled_from(
    ["claim", "resolve", "new", "show", "rate", "hold", "list", "faq", "settings", "link"]
)
NUMBERS = st.sampled_from(["6", "7", "T-6", "9" * 30, "6 P9", "6 /", "6 5", "@", "6 T-6", "²"]) | ANYTHING
FORMS = st.sampled_from(["t:resolve:6", "t:link:6", "t:rate:6", "t:hold:6", "intake:6", "t:comment:6"]) | ACTIONS
VALUES = st.dictionaries(st.sampled_from(["text", "cause", "until", "other", "person", "summary"]) | ANYTHING, ANYTHING)
FILES = st.builds(File, ANYTHING, ANYTHING, st.integers(), st.sampled_from(["1", "²", "9" * 30]) | ANYTHING)
GARBAGE = st.one_of(
    st.tuples(st.just(Said), st.fixed_dictionaries({"text": ANYTHING, "reply_to": NUMBERS})),
    st.tuples(st.just(Pressed), st.fixed_dictionaries({"action": ACTIONS})),
    st.tuples(st.just(Commanded), st.fixed_dictionaries({"word": WORDS, "rest": NUMBERS})),
    st.tuples(st.just(Submitted), st.fixed_dictionaries({"form": FORMS, "values": VALUES})),
    st.tuples(
        st.just(Attached),
        st.fixed_dictionaries(
            {"files": st.lists(FILES, max_size=2).map(tuple), "reply_to": NUMBERS, "caption": ANYTHING}
        ),
    ),
)


async def test_a_hundred_events_of_garbage_are_all_answered(cast: Cast) -> None:
    """Whatever comes in, nothing is raised, and something is said. Both an employee and an engineer send it."""
    sent: list[tuple[type[Event], dict[str, object]]] = []

    @settings(max_examples=50, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(GARBAGE)
    def collect(event: tuple[type[Event], dict[str, object]]) -> None:
        sent.append(event)

    collect()
    assert 2 * len(sent) >= 100
    for kind, facts in sent:
        for who in (cast.employee, cast.engineer):
            event = kind(cast.stage.next_id(), who.identity, Place.direct(who.identity), **facts)  # type: ignore[arg-type]
            answer = await cast.stage.app.conversation.handle(event)
            assert answer.replies or (isinstance(event, Said) and not event.text.strip(string.whitespace)), event
