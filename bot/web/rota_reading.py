"""The rota page worked out from the organisation: a pure question of who is on call when, in the reader's days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.cards.reader import Reader as Seer
from bot.cards.rota import hole_line
from bot.desk.tickets import Desk
from bot.dialogue.world import reader_for
from bot.reaching import holes
from bot.web.rota_views import Day, GroupWeek, RotaView, TierWeek, Turn
from escalation.access import sees_queue
from escalation.dispatch import Group, Tier
from escalation.rota import Rota, Shift, shifts
from storage import people
from storage.database import Database

DAYS = 7
FURTHEST = 52  # weeks, either way


class DeskRota:
    """The rota as the organisation has it now, with the swaps people agreed on."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self.database = database
        self.desk = desk

    async def rota(self, person: str, week: int) -> RotaView | None:
        """The page for this reader; None for those it is not for."""
        if not sees_queue(self.desk.organisation.actor(person)):
            return None
        async with self.database.reading() as tx:
            settings = await people.settings(tx, person)
        return rota_view(reader_for(self.desk.organisation, person, settings, self.desk.clock()), week)


def rota_view(seer: Seer, week: int) -> RotaView:
    """A week of everybody's turns, this week being 0; the reader's own groups first."""
    week = min(max(week, -FURTHEST), FURTHEST)
    today = seer.now.astimezone(ZoneInfo(seer.zone)).date()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=week)
    actor = seer.organisation.actor(seer.person)
    mine = actor.groups | actor.manages
    groups = sorted(seer.organisation.groups.values(), key=lambda group: group.key not in mine)
    return RotaView(
        title=f"{_date(monday, seer)} – {_date(monday + timedelta(days=DAYS - 1), seer)}",
        week=week,
        zone=seer.zone,
        groups=tuple(_group(group, monday, seer) for group in groups),
        holes=tuple(hole_line(hole, seer) for hole in holes(seer.organisation, seer.now)),
    )


def _group(group: Group, monday: date, seer: Seer) -> GroupWeek:
    tiers = tuple(_tier(tier, monday, seer) for tier in group.tiers)
    return GroupWeek(seer.say(group.names), seer.organisation.name_of(group.lead, seer.language), tiers)


def _tier(tier: Tier, monday: date, seer: Seer) -> TierWeek:
    label = seer.tell("tier", level=tier.level)
    if tier.rota is None:
        names = (seer.organisation.name_of(person, seer.language) for person in tier.people)
        return TierWeek(label, (), seer.tell("list.comma").join(names))
    return TierWeek(label, tuple(_day(tier.rota, monday + timedelta(days=n), seer) for n in range(DAYS)))


def _day(rota: Rota, day: date, seer: Seer) -> Day:
    start, end = _midnight(day, seer.zone), _midnight(day + timedelta(days=1), seer.zone)
    turns = tuple(_turn(shift, start, end, seer) for shift in shifts(rota, start, end))
    return Day(_date(day, seer), start <= seer.now < end, turns)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _turn(shift: Shift, start: datetime, end: datetime, seer: Seer) -> Turn:
    since = "" if shift.start == start else _clock(shift.start, seer)
    until = "" if shift.end == end else _clock(shift.end, seer)
    hours = f"{since or '00:00'}–{until or '24:00'}" if since or until else ""
    if shift.person is None:
        return Turn(seer.tell("web.rota.nobody"), hours, hole=True)
    return Turn(
        name=seer.organisation.name_of(shift.person, seer.language),
        hours=hours,
        mine=shift.person == seer.person,
        now=shift.start <= seer.now < shift.end,
    )


def _clock(at: datetime, seer: Seer) -> str:
    return f"{at.astimezone(ZoneInfo(seer.zone)):%H:%M}"


def _date(day: date, seer: Seer) -> str:
    return seer.tell(
        "web.rota.day",
        weekday=seer.tell("time.weekdays").split()[day.weekday()],
        day=day.day,
        month=seer.tell("time.months").split()[day.month - 1],
    )
