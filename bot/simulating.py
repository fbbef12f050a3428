"""What `firstline simulate` does: read a script, play it through a policy, tell what would happen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk import notify
from bot.organisation import Organisation
from bot.organisation_file import load, sample_path
from bot.script import Script, ScriptErrors, read_script, years_of
from bot.settings import Settings
from escalation.simulation import Cast, Line, in_order, kept, play
from escalation.ticket import Ticket, TicketEvent

MOST_BYTES = 64 * 1024 * 1024
YEARS_AFTER = 3


class BadTime(ValueError):
    """An option of the command is no date and no time."""


def simulate(
    settings: Settings, tickets: Path, policy: Path | None = None, since: str = "", until: str = ""
) -> tuple[Organisation, tuple[Line, ...]]:
    """The organisation, and everything that would happen `since` and `until`, in order.

    Raises ScriptErrors, BadTime, and OrganisationErrors for a policy file with mistakes. `policy` is a whole
    organisation file, or a few of its sections, or what stands in `policy`: what it leaves out is as in the
    organisation in use.
    """
    text = _text(tickets)
    first, last = years_of(text) or (datetime.now(UTC).year, datetime.now(UTC).year)
    organisation = load(
        policy or settings.config or sample_path(),
        years=range(first - 1, last + YEARS_AFTER + 1),
        self_address=(settings.host, settings.port),
        over=(settings.config or sample_path()) if policy else None,
    )
    start = _time(since, "--from", organisation.zone, time.min) if since else None
    end = _time(until, "--to", organisation.zone, time.max) if until else None
    if start and end and end < start:
        raise BadTime("--to is before --from: nothing lies between them")
    script = read_script(text, str(tickets), organisation)
    return organisation, _played(script, organisation, start, end)


def _time(written: str, option: str, zone: str, otherwise: time) -> datetime:
    """A moment, on the organisation's wall where it names no offset; of a mere date the day's first or last one."""
    try:
        if len(written) == len("2026-02-14"):
            at = datetime.combine(date.fromisoformat(written), otherwise)
        else:
            at = datetime.fromisoformat(written)
    except ValueError:
        words = f"{option}: {written[:60]!r} is no date: write 2026-02-14 or 2026-02-14T10:05:00+08:00"
        raise BadTime(words) from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ScriptErrors(str(path), [(1, "the file is larger than 64 MiB: play it in parts")])
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ScriptErrors(str(path), [(line, "this is not UTF-8 text: save the file in that encoding")]) from error


def _played(
    script: Script, organisation: Organisation, since: datetime | None, until: datetime | None
) -> tuple[Line, ...]:
    def hears(before: Ticket, after: Ticket, event: TicketEvent) -> tuple[str, ...]:
        return _who_hears(before, after, event, organisation)

    cast = Cast(organisation.groups, organisation.admins, hears)
    lives = (play(name, part.ticket, part.deeds, organisation.policy, cast, until) for name, part in script.items())
    return in_order(lives, since)


def _who_hears(before: Ticket, after: Ticket, event: TicketEvent, organisation: Organisation) -> tuple[str, ...]:
    """The people the desk would tell of a step, each once; a card that is redrawn in silence tells nobody."""
    posts = notify.posts(before, after, event, organisation, ())
    people = (post.target.removeprefix("person:") for post in posts if post.notice not in ("ticket", "outcome"))
    return tuple(dict.fromkeys(person for person in people if not person.startswith("place:")))


# -- telling ---------------------------------------------------------------------------------------


def as_json(lines: Iterable[Line], zone: str) -> Iterator[str]:
    """The lines as JSON, one object each; times are on the organisation's wall."""
    wall = ZoneInfo(zone)
    for line in lines:
        if line.what == "deed":
            continue
        row: dict[str, Any] = {
            "at": line.at.astimezone(wall).isoformat(),
            "ticket": line.ticket,
            "what": line.what,
            "to": list(line.to),
        }
        row |= {"rung": line.rung} if line.rung else {}
        row |= {"clock": line.clock} if line.clock else {}
        row |= {"result": line.result} if line.result else {}
        more = {name: value for name, value in line.more.items() if name not in row}
        yield json.dumps({**row, **_local(more, wall)}, ensure_ascii=False)


def _local(more: Mapping[str, str | int], wall: ZoneInfo) -> Mapping[str, str | int]:
    if "due" not in more:
        return more
    return {**more, "due": datetime.fromisoformat(str(more["due"])).astimezone(wall).isoformat()}


def in_words(lines: Iterable[Line], zone: str) -> Iterator[str]:
    """The same as sentences, with what people did in between, and at the end how the promises were kept."""
    wall, told = ZoneInfo(zone), tuple(lines)
    for line in told:
        yield f"{line.at.astimezone(wall):%Y-%m-%d %H:%M:%S}  {line.ticket}  {_sentence(line, wall)}"
    tickets = len({line.ticket for line in told})
    sums = [f"{clock}: {met} met, {missed} missed" for clock, (met, missed) in sorted(kept(told).items())]
    yield "; ".join((f"{tickets} ticket{'' if tickets == 1 else 's'}", *sums))


def _sentence(line: Line, wall: ZoneInfo) -> str:
    to, more = ", ".join(line.to), line.more
    by = f" by {more['by']}" if more.get("by") else ""
    match line.what:
        case "page":
            again = f", round {more['round']}" if more.get("round") else ""
            return f"page, rung {line.rung}{again}: {to}"
        case "alarm":
            return f"alarm {more['count']}: {to}"
        case "remind" if more["about"] == "mark":
            return f"{line.clock} at {more['percent']} %: {to}"
        case "remind":
            return f"{more['about']}? {to}" if more["about"] == "still on it" else f"{more['about']}: {to}"
        case "clock":
            due = _local(more, wall).get("due")
            return f"{line.clock} {line.result}" + (f", due {due}" if due else "")
        case "deed":
            facts = ", ".join(str(value) for name, value in more.items() if name not in ("do", "by") and value)
            return f"{line.result}{f' ({facts})' if facts else ''}{by}"
        case _ if line.result == "refused":
            return f"{more['do']}{by} is refused: the ticket is {more['state']}"
    heard = f", told: {to}" if to else ""
    return f"is {line.result.replace('_', ' ')}{heard}"
