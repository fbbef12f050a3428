"""The organisation file: the sample is usable, and every mistake is told with its place and what was meant."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import Identity
from bot.organisation import Organisation
from bot.organisation_file import OrganisationErrors, load, sample_path
from bot.organisation_file.schema import SCHEMA
from bot.probes.probe import Probe
from escalation.access import Role
from escalation.dispatch import on_duty, recipients
from escalation.policy import DAY, HOUR, MINUTE, Target
from escalation.priority import Impact, Priority, Urgency
from escalation.rota import Absence, Override
from escalation.ticket import Kind

SELF = ("127.0.0.1", 8443)
FLOWS = ("vpn", "wifi", "email")

SMALL = """\
organisation:
  name: {en: Smith and Sons, zh: 史密斯父子}
  zone: Europe/Berlin
  languages: [en, zh]
  email_domain: smith.example
  default_group: desk
  kind_groups: {complaint: desk}
places:
  berlin: {name: Berlin, zone: Europe/Berlin, language: en}
  attic: {name: {en: The attic, zh: 阁楼}}
categories:
  all: {name: {en: Everything, zh: 全部}}
windows:
  office:
    hours:
      mon-thu: [08:00-12:00, 13:00-17:00]
      fri: [08:00-12:00]
    closed: [2026-12-31]
    open: {2026-12-26: [10:00-12:00]}
  always: {preset: 24x7}
groups:
  desk:
    name: {en: Desk, zh: 服务台}
    lead: ann
    manager: ben
    tiers:
      - people: [ann, cem]
        rota:
          layers:
            - starts: 2026-01-05
          overrides:
            - {person: cem, start: 2026-02-02 09:00, end: 2026-02-03 09:00}
          absences:
            - {person: ann, start: 2026-03-02 09:00, end: 2026-03-09 09:00}
      - people: [ben]
    rooms: {slack: C024BE91L, telegram: "-1001234567890"}
services:
  vpn:
    name: VPN
    category: all
    group: desk
    flow: vpn
    words: [tunnel]
    confidential: true
    probes:
      - {key: door, kind: tcp, label: Door, host: self, port: self}
      - {key: portal, kind: http, label: Portal, url: "self:/healthz"}
      - {key: name, kind: dns, label: Name, host: vpn.example.com}
      - {key: papers, kind: tls, label: Papers, host: 10.0.0.7, reach: internal, warn_days: 30}
policy:
  targets:
    default:
      P1: {window: always, response: 15m, resolution: 4h, update: 30m}
      P2: {window: always, response: 1h, resolution: 1d, update: 1h 30m}
      P3: {window: office, response: 4h, resolution: 5 working days, update: 1 working day}
      P4: {window: office, response: 1 working day, resolution: none, update: 3 working days}
    complaint:
      P4: {window: always, response: 2d, resolution: 5d, update: 1d}
  ladders:
    P1: &ladder
      window: always
      rungs:
        - {who: [on_call, "tier:2"]}
        - {who: [lead, "person:cem"], after: 5m}
      acknowledged_for: 15m
      alarm_every: 15m
      alarms: 3
    P2: *ladder
    P3: *ladder
    P4: *ladder
  marks:
    - {clock: response, percent: 80%, who: [owner]}
    - {clock: update, percent: 100, who: [owner]}
  closing: {window: office, after: 2 working days}
  rating: {reminder_after: 1d, low: 2}
  hold: {at_most: 5d, pausing_reasons: [requester, vendor]}
  escalate_again_after: 30m
people:
  ann: {name: {en: Ann, zh: 安}, office: berlin, roles: [engineer, admin]}
  ben: {name: {en: Ben, zh: 本}, office: berlin, roles: [engineer, manager], email: boss@smith.example}
  cem:
    name: {en: Cem, zh: 杰姆}
    language: zh
    zone: Europe/Istanbul
    phone: +90 212 1234
    roles: [engineer]
    identities:
      - {channel: slack, workspace: T024BE7LD, user: U023BECGF}
      - {channel: telegram, user: "123456789"}
  dee: {name: Dee, office: berlin}
"""


def read(text: str, folder: Path, flows: tuple[str, ...] = FLOWS) -> Organisation:
    path = folder / "desk.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, years=(2026,), self_address=SELF, flows=flows)


def mistakes(text: str, folder: Path) -> list[str]:
    """What is wrong with the text, as `line:column: message`."""
    with pytest.raises(OrganisationErrors) as caught:
        read(text, folder)
    prefix = f"{folder / 'desk.yaml'}:"
    lines = str(caught.value).splitlines()
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


def edited(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, f"{old!r} is there {SMALL.count(old)} times"
    return SMALL.replace(old, new)


@pytest.fixture(scope="module")
def sample() -> Organisation:
    return load(sample_path(), years=(2026, 2027), self_address=SELF)


@pytest.fixture
def small(tmp_path: Path) -> Organisation:
    return read(SMALL, tmp_path)


# -- the sample -------------------------------------------------------------------------------------


def test_the_sample_is_a_company_of_120_people_in_two_offices(sample: Organisation) -> None:
    assert sample.sample
    assert len(sample.people) == 120
    assert {person.office for person in sample.people.values()} == {"tianjin", "berlin"}
    assert sample.admins == ("he.jun", "emma.fischer")
    anna, min_ = sample.people["anna.weber"], sample.people["zhao.min"]
    assert (anna.language, anna.zone, anna.email) == ("en", "Europe/Berlin", "anna.weber@haihe.example")
    assert (min_.language, min_.zone, min_.called("zh")) == ("zh", "Asia/Shanghai", "赵敏")
    assert [key for key, person in sample.people.items() if Role.OPERATOR in person.roles] == ["ma.li", "xu.lan"]


def test_the_sample_pages_tier_two_and_the_manager_at_once_for_a_p1(sample: Organisation) -> None:
    network, ladder = sample.groups["network"], sample.policy.ladder(Priority.P1)
    at = datetime(2026, 3, 3, 12, tzinfo=UTC)

    def paged(rung: int) -> tuple[str, ...]:
        who = ladder.rungs[rung].who
        return recipients(who, group=network, tier=2, owner="", admins=sample.admins, at=at)

    assert ladder.tier == 2
    assert paged(0) == ("chen.jie", "zhang.wei")
    assert paged(1) == ("chen.jie", "lukas.becker", "liu.yang")
    assert paged(2) == ("sun.hao",)
    assert paged(3) == ("helen.zhou",)
    assert [rung.after for rung in ladder.rungs] == [0, 5 * MINUTE, 5 * MINUTE, 10 * MINUTE]


def test_the_sample_hands_the_first_line_over_each_monday_at_nine(sample: Organisation) -> None:
    network = sample.groups["network"]
    handover = datetime(2026, 1, 12, 1, tzinfo=UTC)  # 09:00 in Tianjin
    assert on_duty(network, 1, handover - timedelta(minutes=1)) == ("wang.fang",)
    assert on_duty(network, 1, handover) == ("li.qiang",)


def test_in_the_evening_of_tianjin_the_service_desk_is_in_berlin(sample: Organisation) -> None:
    desk = sample.groups["service-desk"]
    assert on_duty(desk, 1, datetime(2026, 3, 4, 2, tzinfo=UTC)) == ("song.yu",)
    assert on_duty(desk, 1, datetime(2026, 3, 4, 13, tzinfo=UTC)) == ("jonas.keller",)


def test_the_sample_probes_this_very_machine_and_shows_one_failure(sample: Organisation) -> None:
    probes = {f"{key}/{probe.key}": probe for key, service in sample.services.items() for probe in service.probes}
    assert {probe.reach for probe in probes.values()} == {"loopback"}
    assert probes["vpn/portal"].url == "http://127.0.0.1:8443/healthz"
    assert (probes["vpn/gateway"].host, probes["vpn/gateway"].port) == SELF
    assert (probes["erp/application"].host, probes["erp/application"].port) == ("127.0.0.1", 9)


def test_the_sample_knows_chinese_holidays_and_make_up_days(sample: Organisation) -> None:
    office = sample.policy.windows["office"]
    assert not office.spans_on(date(2026, 10, 1))
    assert office.spans_on(date(2026, 10, 10)) == office.spans_on(date(2026, 10, 12))


def test_the_sample_keeps_the_promises_of_the_product_page(sample: Organisation) -> None:
    for kind in Kind:
        target = sample.policy.target(kind, Priority.P1)
        assert target == Target(15 * MINUTE, 4 * HOUR, 30 * MINUTE, "around-the-clock", on_site=2 * HOUR)
        target = sample.policy.target(kind, Priority.P3)
        assert target == Target(4 * HOUR, 24 * HOUR, 8 * HOUR, "office")
    assert sample.matrix.cells[Impact.EVERYONE, Urgency.BLOCKED] is Priority.P1
    assert sample.group_for("complaint", "vpn").key == "service-quality"
    assert sample.group_for("incident", "").key == "service-desk"


def test_a_copy_of_the_sample_is_not_the_sample(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_bytes(sample_path().read_bytes())
    copy = load(path, years=(2026,), self_address=SELF)
    assert not copy.sample
    assert copy.source == str(path)


# -- what a file may say -----------------------------------------------------------------------------


def test_a_plain_name_is_the_same_in_both_languages(small: Organisation) -> None:
    assert small.services["vpn"].names == {"en": "VPN", "zh": "VPN"}


def test_people_get_what_they_do_not_say_from_their_office_and_organisation(small: Organisation) -> None:
    ann, ben, cem, _ = small.people.values()
    assert (ann.email, ann.language, ann.zone) == ("ann@smith.example", "en", "Europe/Berlin")
    assert ben.email == "boss@smith.example"
    assert (cem.language, cem.zone, cem.phone) == ("zh", "Europe/Istanbul", "+90 212 1234")
    assert Role.REQUESTER in cem.roles
    assert small.known_as(Identity("slack", "T024BE7LD", "U023BECGF")) is cem
    assert small.known_as(Identity("telegram", "", "123456789")) is cem


def test_working_days_are_as_long_as_the_window_is_open(small: Organisation) -> None:
    """Four days of eight hours and one of four make a working day of 7 h 12 min; five of them are the week."""
    assert small.policy.target("incident", Priority.P3).resolution == 36 * HOUR
    assert small.policy.closes_after == 2 * 36 * HOUR // 5


def test_durations_are_added_up_and_none_promises_nothing(small: Organisation) -> None:
    assert small.policy.target("incident", Priority.P2).update == 90 * MINUTE
    assert small.policy.target("incident", Priority.P4).resolution == 0
    assert small.policy.hold_at_most == 5 * DAY


def test_a_kind_of_ticket_may_have_targets_of_its_own(small: Organisation) -> None:
    assert small.policy.target("complaint", Priority.P4) == Target(2 * DAY, 5 * DAY, DAY, "always")
    assert small.policy.target("complaint", Priority.P1) == small.policy.target("incident", Priority.P1)


def test_single_dates_open_and_close_a_window(small: Organisation) -> None:
    office = small.policy.windows["office"]
    assert not office.spans_on(date(2026, 12, 31))
    assert [str(span) for span in office.spans_on(date(2026, 12, 26))] == ["10:00-12:00"]


def test_a_rota_takes_covers_and_absences_in_the_time_of_the_organisation(small: Organisation) -> None:
    rota = small.groups["desk"].tiers[0].rota
    assert rota is not None
    start, end = datetime(2026, 2, 2, 8, tzinfo=UTC), datetime(2026, 2, 3, 8, tzinfo=UTC)
    assert rota.overrides == (Override("cem", start, end),)
    assert [type(absence) for absence in rota.absences] == [Absence]
    assert rota.layers[0].people == ("ann", "cem")
    assert small.groups["desk"].rooms == {"slack": "C024BE91L", "telegram": "-1001234567890"}


def test_probes_may_point_at_this_very_process(small: Organisation) -> None:
    door, portal, name, papers = small.services["vpn"].probes
    assert (door.host, door.port, door.reach) == ("127.0.0.1", 8443, "loopback")
    assert (portal.url, portal.reach) == ("http://127.0.0.1:8443/healthz", "loopback")
    assert (name.host, name.reach) == ("vpn.example.com", "public")
    assert (papers.host, papers.reach, papers.warn_days) == ("10.0.0.7", "internal", 30)


@pytest.mark.parametrize(
    ("bound", "host", "url", "reach"),
    [
        ("0.0.0.0", "127.0.0.1", "http://127.0.0.1:80/healthz", "loopback"),
        ("localhost", "127.0.0.1", "http://127.0.0.1:80/healthz", "loopback"),
        ("::", "::1", "http://[::1]:80/healthz", "loopback"),
        ("10.1.2.3", "10.1.2.3", "http://10.1.2.3:80/healthz", "internal"),
    ],
)
def test_self_is_where_a_bound_server_is_reached(bound: str, host: str, url: str, reach: str, tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text(SMALL, encoding="utf-8")
    probes: tuple[Probe, ...] = load(path, years=(), self_address=(bound, 80), flows=FLOWS).services["vpn"].probes
    assert (probes[0].host, probes[1].url, probes[1].reach) == (host, url, reach)


# -- mistakes ---------------------------------------------------------------------------------------

# What is changed, what it becomes, the words at whose start the mistake is placed, and what is said.
MISTAKES = {
    "an unknown key": (
        "    lead: ann",
        "    lead: ann\n    laed: cem",
        "laed",
        "unknown key 'laed' in the group: did you mean 'lead'?",
    ),
    "an unknown section": (
        "places:\n",
        "place: {}\nplaces:\n",
        "place:",
        "unknown key 'place' in the file: did you mean 'places'?",
    ),
    "a missing key": ("    manager: ben\n", "", "name: {en: Desk", "the group has no 'manager': add it"),
    "a list where a text belongs": ("lead: ann", "lead: [ann]", "[ann]", "expected the key of a person, found a list"),
    "a text where a list belongs": (
        "words: [tunnel]",
        "words: tunnel",
        "tunnel",
        "expected a list of texts, found 'tunnel'",
    ),
    "a text where a mapping belongs": (
        "rating: {reminder_after: 1d, low: 2}",
        "rating: never",
        "never",
        "expected a mapping that describes the rating, found 'never'",
    ),
    "a value left empty": (
        "words: [tunnel]\n",
        "words: ~\n",
        "~",
        "expected a list of texts, found nothing",
    ),
    "no whole number": ("low: 2", "low: two", "two", "expected a whole number from 1 to 5, found 'two'"),
    "no truth": ("confidential: true", "confidential: yes", "yes", "expected true or false, found 'yes'"),
    "a key twice": (
        "    lead: ann",
        "    lead: ann\n    lead: cem",
        "lead: cem",
        "'lead' is here twice: the first is in line 24",
    ),
    "a person twice": (
        "  cem:\n",
        "  ann: {name: Ann}\n  cem:\n",
        "ann: {name: Ann}",
        "'ann' is here twice: the first is in line 79",
    ),
    "a key with blanks": (
        "  cem:\n",
        "  Cem Y: {name: Cem, office: berlin}\n  cem:\n",
        "Cem Y",
        "'Cem Y' cannot be a key: use small letters and digits, with '-', '_' or '.' between them",
    ),
    "an e-mail address twice": (
        "boss@smith.example",
        "Ann@smith.example",
        "Ann@",
        "Ann@smith.example is the address of 'ann' already",
    ),
    "an identity twice": (
        "email: boss@smith.example}",
        "identities: [{channel: telegram, user: 123456789}]}",
        '{channel: telegram, user: "',
        "the telegram user 123456789 is 'ben' already",
    ),
    "a broken e-mail address": (
        "boss@smith.example",
        "boss.smith.example",
        "boss.",
        "'boss.smith.example' is not an e-mail address: write it as name@example.com",
    ),
    "a broken telephone number": (
        "+90 212 1234",
        "call me",
        "call me",
        "'call me' is not a telephone number: write it as +49 30 1234 or 8021",
    ),
    "an unknown role": (
        "roles: [engineer]",
        "roles: [enginer]",
        "enginer",
        "'enginer' is not a role: did you mean 'engineer'?",
    ),
    "an unknown language": (
        "    language: zh",
        "    language: de",
        "de\n    zone",
        "'de' is not a language of this organisation: choose from en, zh",
    ),
    "no language at all": (
        "    language: zh\n",
        "",
        "name: {en: Cem",
        "this person has no language: add one, or an office that has one",
    ),
    "an office without a language": (
        "    language: zh\n",
        "    office: attic\n",
        "name: {en: Cem",
        "this person has no language: add one, or an office that has one",
    ),
    "a name in one language": (
        "{en: Cem, zh: 杰姆}",
        "{en: Cem}",
        "{en: Cem}",
        "the name is missing in zh: add it, or write one text for both languages",
    ),
    "a bad Slack user": (
        "user: U023BECGF",
        "user: ann",
        "ann}",
        "expected a Slack user id, such as U023BECGF, found 'ann'",
    ),
    "a Slack identity without workspace": (
        "workspace: T024BE7LD, ",
        "",
        "{channel: slack",
        "the identity has no 'workspace': add it",
    ),
    "a bad Telegram user": (
        'user: "123456789"',
        'user: "@cem"',
        '"@cem"',
        "expected a Telegram user id, such as 123456789, found '@cem'",
    ),
    "a Telegram workspace": (
        'telegram, user: "123456789"',
        'telegram, user: "123456789", workspace: x',
        "x}",
        "Telegram has no workspaces: take 'x' out",
    ),
    "an unknown channel": ("channel: slack", "channel: slak", "slak", "'slak' is not a channel: did you mean 'slack'?"),
    "an unknown person": (
        "lead: ann",
        "lead: annie",
        "annie",
        "there is no person 'annie' in people: did you mean 'ann'?",
    ),
    "an unknown group": (
        "default_group: desk",
        "default_group: dsek",
        "dsek",
        "there is no group 'dsek' in groups: did you mean 'desk'?",
    ),
    "an unknown kind of ticket": (
        "{complaint: desk}",
        "{complain: desk}",
        "complain:",
        "'complain' is not a kind of ticket: did you mean 'complaint'?",
    ),
    "an unknown category": (
        "category: all",
        "category: none",
        "none\n    group",
        "there is no category 'none' in categories: choose from all",
    ),
    "an unknown flow": (
        "flow: vpn",
        "flow: vnp",
        "vnp",
        "there is no flow 'vnp' in intents/data/flows: did you mean 'vpn'?",
    ),
    "an unknown window": (
        "closing: {window: office",
        "closing: {window: offices",
        "offices",
        "there is no window 'offices' in windows: did you mean 'office'?",
    ),
    "an unknown place": (
        "    phone: +90",
        "    office: berlni\n    phone: +90",
        "berlni",
        "there is no place 'berlni' in places: did you mean 'berlin'?",
    ),
    "nobody is admin": (
        "[engineer, admin]",
        "[engineer]",
        "ann: {name",
        "nobody has the role admin: give it to whoever should hear when a ladder ends unanswered",
    ),
    "a lead without the role": (
        "lead: ann",
        "lead: dee",
        "dee\n    manager",
        "'dee' needs the role engineer or manager for this: add it in people",
    ),
    "a tier without people": (
        "- people: [ben]",
        "- people: []",
        "[]",
        "nobody is named here: add at least one person",
    ),
    "a person twice in a tier": (
        "- people: [ann, cem]",
        "- people: [ann, cem, ann]",
        "ann]\n        rota",
        "'ann' is in this list already, in line 27",
    ),
    "no layers": (
        "          layers:\n            - starts: 2026-01-05\n",
        "          layers: []\n",
        "[]",
        "a rota needs at least one layer: add one with the date it starts",
    ),
    "a turn for somebody else": (
        "- starts: 2026-01-05",
        "- {starts: 2026-01-05, people: [ben]}",
        "ben]}",
        "'ben' takes turns here but is not in this tier: add them to its people",
    ),
    "no date": (
        "- starts: 2026-01-05",
        "- starts: 2026-02-30",
        "2026-02-30",
        "expected a date such as 2026-02-16, found '2026-02-30'",
    ),
    "an override that runs backwards": (
        "end: 2026-02-03 09:00",
        "end: 2026-02-01 09:00",
        "2026-02-01",
        "this ends before it starts: give a later end",
    ),
    "a bad room": ("C024BE91L", "general", "general", "'general' is no slack room: give its id, such as C024BE91L"),
    "a bad time zone": (
        "zone: Europe/Istanbul",
        "zone: Europe/Istambul",
        "Europe/Istambul",
        "no time zone is called 'Europe/Istambul': did you mean 'Europe/Istanbul'?",
    ),
    "an unknown preset": ("preset: 24x7", "preset: 24/7", "24/7", "'24/7' is not a preset: did you mean '24x7'?"),
    "a window that never opens": (
        "      mon-thu: [08:00-12:00, 13:00-17:00]\n      fri: [08:00-12:00]\n",
        "      mon: []\n",
        "mon: []",
        "this window never opens: give it hours on at least one weekday",
    ),
    "overlapping spans": (
        "13:00-17:00",
        "11:00-17:00",
        "11:00",
        "11:00-17:00 starts before 08:00-12:00 ends: put spans in order, without overlap",
    ),
    "a backward span": (
        "13:00-17:00",
        "22:00-06:00",
        "22:00",
        "22:00-06:00 does not end after it starts on the same day: split a night at 24:00",
    ),
    "no span": ("13:00-17:00", "afternoon", "afternoon", "'afternoon' is not a span: write it as 08:30-12:00"),
    "a weekday twice": (
        "      fri: [08",
        "      thu-fri: [08",
        "thu-fri",
        "thu has hours already: name each weekday once",
    ),
    "no weekday": (
        "      fri: [08",
        "      friday: [08",
        "friday",
        "'friday' is no weekday: write mon, tue, wed, thu, fri, sat, sun or mon-fri",
    ),
    "backward weekdays": (
        "      fri: [08",
        "      sun-fri: [08",
        "sun-fri",
        "'sun-fri' runs backwards: start with the earlier day of the week",
    ),
    "a country without holidays": (
        "    closed: [2026-12-31]",
        "    holidays: Atlantis",
        "Atlantis",
        "no holidays known for 'Atlantis': give a code such as CN or DE",
    ),
    "a bad duration": (
        "response: 15m",
        "response: 15 minutes",
        "15 minutes",
        "'15 minutes' is not a duration: write it as 15m, 4h, 1h 30m or 3d",
    ),
    "plain days where the window closes": (
        "resolution: 5 working days",
        "resolution: 5d",
        "5d, update: 1 w",
        "'5d' could mean two things: the window 'office' is open 7.2 hours a day; "
        "write '5 working days' or a number of hours",
    ),
    "an endless duration": (
        "escalate_again_after: 30m",
        "escalate_again_after: 9999d",
        "9999d",
        "'9999d' is longer than 366 days: is the unit right?",
    ),
    "no progress updates": ("update: 30m", "update: 0h", "0h}", "this must be more than zero"),
    "targets missing": (
        "      P2: {window: always, response: 1h, resolution: 1d, update: 1h 30m}\n",
        "",
        "default:\n",
        "no target for incident P2, request P2, complaint P2: add it under the kind or under 'default'",
    ),
    "a ladder missing": ("    P4: *ladder\n", "", "P1: &ladder", "no ladder for P4: add one for every priority"),
    "a ladder without rungs": (
        '        - {who: [on_call, "tier:2"]}\n        - {who: [lead, "person:cem"], after: 5m}\n',
        "        []\n",
        "[]",
        "a ladder needs at least one rung: add one that says who is paged",
    ),
    "an unknown role in a rung": ("[lead, ", "[leed, ", "leed", "'leed' is nobody we can page: did you mean 'lead'?"),
    "an unknown person in a rung": (
        '"person:cem"',
        '"person:cam"',
        '"person:cam"',
        "there is no person 'cam' in people: did you mean 'cem'?",
    ),
    "a tier nobody has": (
        '"tier:2"',
        '"tier:3"',
        '"tier:3"',
        "'tier:3': no group has that tier, the highest is 2",
    ),
    "a number after a lead": ("[lead, ", '["lead:2", ', '"lead:2"', "'lead' takes nothing after it: write just lead"),
    "an unknown clock": (
        "clock: response",
        "clock: respose",
        "respose",
        "'respose' is not a clock: did you mean 'response'?",
    ),
    "a share above the whole": (
        "percent: 80%",
        "percent: 120",
        "120",
        "expected a percentage from 1 to 100, found '120'",
    ),
    "a mark twice": (
        "clock: response, percent: 80%",
        "clock: update, percent: 100",
        "{clock: update, percent: 100, who: [owner]}\n  closing",
        "update at 100 % is here twice: the first is in line 72",
    ),
    "an unknown reason": (
        "[requester, vendor]",
        "[requester, vender]",
        "vender",
        "'vender' is not a reason to hold: did you mean 'vendor'?",
    ),
    "an unknown kind of probe": (
        "kind: tls",
        "kind: ssl",
        "ssl",
        "'ssl' is not a kind of probe: choose from dns, http, tcp, tls",
    ),
    "a probe without a port": (
        "host: self, port: self",
        "host: self",
        "{key: door",
        "a probe of kind tcp has no 'port': add it",
    ),
    "an impossible port": (
        "host: self, port: self",
        "host: self, port: 70000",
        "70000",
        "expected a whole number from 1 to 65535, found '70000'",
    ),
    "a key of another kind of probe": (
        "kind: dns, label: Name",
        "kind: dns, port: 53, label: Name",
        "53",
        "a probe of kind dns does not use 'port': take it out",
    ),
    "a bad host": (
        "host: vpn.example.com",
        "host: vpn..example",
        "vpn..example",
        "'vpn..example' is not a host name: check its spelling",
    ),
    "a bad address for the web": (
        '"self:/healthz"',
        '"ftp://vpn.example.com"',
        '"ftp',
        "'ftp://vpn.example.com' is not a plain web address: write http:// or https://, a host, perhaps a port and a "
        "percent-encoded path, without a user name, '#', '\\' or blanks",
    ),
    "an address out of reach": (
        "reach: internal, ",
        "",
        "10.0.0.7",
        "10.0.0.7 is not a public address: set reach: internal",
    ),
    "an unknown reach": (
        "reach: internal",
        "reach: internel",
        "internel",
        "'internel' is not a reach: did you mean 'internal'?",
    ),
    "a probe twice": (
        "key: portal",
        "key: door",
        "{key: door, kind: http",
        "the probe 'door' is here twice: the first is in line 46",
    ),
}


@pytest.mark.parametrize(("old", "new", "at", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_was_meant(
    old: str, new: str, at: str, message: str, tmp_path: Path
) -> None:
    text = edited(old, new)
    assert text.count(at) == 1, f"{at!r} is there {text.count(at)} times"
    before = text[: text.index(at)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert mistakes(text, tmp_path) == [f"{line}:{column}: {message}"]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = SMALL
    for old, new in (
        ("zone: Europe/Berlin\n", "zone: Berlin\n"),
        ("manager: ben", "manager: benn"),
        ("kind: dns, ", "kind: dsn, "),
        ("response: 15m", "response: soon"),
        ("roles: [engineer, admin]", "role: [engineer, admin]"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    assert mistakes(text, tmp_path) == [
        "3:9: no time zone is called 'Berlin': did you mean 'Europe/Berlin'?",
        "25:14: there is no person 'benn' in people: did you mean 'ben'?",
        "48:27: 'dsn' is not a kind of probe: did you mean 'dns'?",
        "53:38: 'soon' is not a duration: write it as 15m, 4h, 1h 30m or 3d",
        "79:49: unknown key 'role' in the person: did you mean 'roles'?",
    ]


def test_a_mistake_in_one_section_is_not_told_again_where_others_refer_to_it(tmp_path: Path) -> None:
    text = edited("  always: {preset: 24x7}", "  always: {preset: never}")
    assert mistakes(text, tmp_path) == ["20:20: 'never' is not a preset: choose from 24x7, 5x8, 7x12"]


def test_a_misspelt_key_is_not_told_again_as_missing(tmp_path: Path) -> None:
    text = edited("    manager: ben", "    manger: ben")
    assert mistakes(text, tmp_path) == ["25:5: unknown key 'manger' in the group: did you mean 'manager'?"]


def test_a_group_with_mistakes_makes_no_ladder_wrong(tmp_path: Path) -> None:
    text = edited("    tiers:", "    teirs:")
    assert mistakes(text, tmp_path) == ["26:5: unknown key 'teirs' in the group: did you mean 'tiers'?"]


def test_a_missing_section_is_told_once(tmp_path: Path) -> None:
    text = edited("categories:\n  all: {name: {en: Everything, zh: 全部}}\n", "")
    assert "1:1: the file has no 'categories': add it" in mistakes(text, tmp_path)


def test_what_is_no_yaml_is_told_with_its_place(tmp_path: Path) -> None:
    found = mistakes(edited("{complaint: desk}", "{complaint: desk"), tmp_path)
    assert len(found) == 1
    assert re.fullmatch(r"8:7: this is not YAML: .*flow mapping.*", found[0])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "1:1: the file is empty: start from the sample's desk.yaml"),
        (b"# nothing yet\n", "1:1: the file is empty: start from the sample's desk.yaml"),
        (b"people", "1:1: expected a mapping that describes the file, found 'people'"),
        (b"people: {}\n\xff", "2:1: this is not UTF-8 text: save the file in that encoding"),
        (b"a: b\nc: \x07\n", "2:4: here is an invisible character that YAML forbids: delete it"),
        (b"[" * 1000, "1:1: nested too deeply"),
        (b" " * (4 * 1024 * 1024 + 1), "1:1: the file is larger than 4 MiB: is it the right one?"),
    ],
)
def test_what_is_no_organisation_at_all_is_told(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_bytes(content)
    with pytest.raises(OrganisationErrors) as caught:
        load(path, years=(2026,), self_address=SELF, flows=FLOWS)
    assert str(caught.value) == f"{path}:{message}"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    with pytest.raises(OrganisationErrors, match=r"desk\.yaml:1:1: cannot read the file: No such file"):
        load(path, years=(2026,), self_address=SELF, flows=FLOWS)


# -- nothing but OrganisationErrors --------------------------------------------------------------------

NASTY = (
    "", "~", "[]", "{}", "-1", "0", "1e9", "[[[]]]", "{a: {b: c}}", "*ladder", "&x", "!!binary aGk=", "!x y", "'",
    '"\\x00"',
    "\t", "...", "---", "%", "\x07", "\ud7ff", "९", "2026-13-01", "25:00-26:00", "00:00-24:00", "9999 working days",
    "self", "self:", "http://[::1", "person:", "on_call:", "on_call:9999999999", "../../etc/passwd", "x" * 300, "P9",
)  # fmt: skip


def _words(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"[^\s{}\[\],:]+", text)]


@st.composite
def mutations(draw: st.DrawFn, text: str) -> str:
    """The text after a few edits such as a tired person or a broken editor makes."""
    for _ in range(draw(st.integers(1, 3))):
        lines = text.splitlines(keepends=True)
        at = draw(st.integers(0, max(len(lines) - 1, 0)))
        match draw(st.sampled_from(["word", "word", "word", "cut", "double", "indent", "insert", "end"])):
            case "word" if words := _words(text):
                start, end = draw(st.sampled_from(words))
                text = text[:start] + draw(st.sampled_from(NASTY)) + text[end:]
            case "cut":
                text = "".join(lines[:at] + lines[at + 1 :])
            case "double":
                text = "".join(lines[: at + 1] + lines[at:])
            case "indent":
                text = "".join([*lines[:at], *(f"  {line}" for line in lines[at : at + 1]), *lines[at + 1 :]])
            case "insert":
                where = draw(st.integers(0, len(text)))
                text = text[:where] + draw(st.text(max_size=3)) + text[where:]
            case "end":
                text = text[: draw(st.integers(0, len(text)))]
    return text


def _loads_or_tells(text: str, path: Path) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        told = load(path, years=(2026,), self_address=SELF, flows=FLOWS).policy.digest()
    except OrganisationErrors as errors:
        told = str(errors)
    assert re.fullmatch(r"[0-9a-f]{64}|(.+:[1-9]\d*:[1-9]\d*: .+\n?)+", told)


@given(text=mutations(SMALL))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_broken_file_is_read_or_told_never_worse(text: str, tmp_path: Path) -> None:
    _loads_or_tells(text, tmp_path / "desk.yaml")


@given(text=mutations(sample_path().read_text(encoding="utf-8")))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_broken_sample_is_read_or_told_never_worse(text: str, tmp_path: Path) -> None:
    _loads_or_tells(text, tmp_path / "desk.yaml")


# -- documentation -------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", SCHEMA)
def test_every_key_is_explained_in_the_documentation(section: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    _, _, rest = page.partition(f"<!-- {section} -->")
    assert rest, f"docs/configuration.md has no table for the {section}"
    table, _, _ = rest.lstrip("\n").partition("\n\n")
    explained = re.findall(r"^\| `(\w+)`", table, re.MULTILINE)
    assert explained == list(SCHEMA[section])
