"""`firstline simulate`: tickets played through the sample's policy, from a file, told as JSON Lines and in words."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.organisation_file import sample_path

TIANJIN = ZoneInfo("Asia/Shanghai")
Row = dict[str, Any]

# A P2 of the worked Saturday before the festival: acknowledged in time, claimed, on hold over the night, solved.
SATURDAY = """\
{"at": "2026-02-14T10:05:00+08:00", "do": "open", "ticket": "a", "kind": "incident", "priority": "P2", "group": "network", "requester": "employee-1"}
{"at": "2026-02-14T10:20:00+08:00", "do": "ack", "ticket": "a", "by": "li.qiang"}
{"at": "2026-02-14T10:50:00+08:00", "do": "claim", "ticket": "a", "by": "li.qiang"}
{"at": "2026-02-14T20:00:00+08:00", "do": "hold", "ticket": "a", "by": "li.qiang", "reason": "vendor"}
{"at": "2026-02-15T10:00:00+08:00", "do": "resume", "ticket": "a", "by": "li.qiang"}
"""  # noqa: E501


def simulated(tmp_path: Path, script: str, *options: str) -> Result:
    path = tmp_path / "tickets.jsonl"
    path.write_text(script, encoding="utf-8")
    return CliRunner().invoke(main, ["simulate", "--tickets", str(path), *options], env={"FIRSTLINE_CONFIG": ""})


def lines(tmp_path: Path, script: str, *options: str) -> list[Row]:
    result = simulated(tmp_path, script, *options)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def told(rows: Iterable[Row], what: str, *names: str) -> list[tuple[Any, ...]]:
    """The lines of one sort as the day, the time and these values."""
    return [
        (row["at"][5:16].replace("T", " "), *(row.get(name) for name in names)) for row in rows if row["what"] == what
    ]


def script(*rows: Row) -> str:
    return "".join(json.dumps({"ticket": "a", **row}) + "\n" for row in rows)


def at(when: str) -> str:
    return datetime.fromisoformat(when).replace(tzinfo=TIANJIN).isoformat()


OPEN_P1: Row = {"at": at("2026-10-01 02:00"), "do": "open", "priority": "P1", "group": "network", "requester": "anna"}


# -- what is told ---------------------------------------------------------------------------------


def test_a_day_of_a_ticket_is_told_to_the_second(tmp_path: Path) -> None:
    rows = lines(tmp_path, SATURDAY)
    assert rows[0] == {
        "at": "2026-02-14T10:05:00+08:00",
        "ticket": "a",
        "what": "state",
        "to": [],
        "result": "new",
        "do": "open",
        "by": "employee-1",
    }
    assert told(rows, "page", "to", "rung") == [("02-14 10:05", ["li.qiang"], 1)]
    assert told(rows, "state", "result")[:4] == [
        ("02-14 10:05", "new"),
        ("02-14 10:50", "claimed"),
        ("02-14 20:00", "on_hold"),
        ("02-15 10:00", "claimed"),
    ]
    # Answered within the hour; 9 h 10 min used when it was put on hold: the promise of eight was broken at 18:05.
    assert told(rows, "clock", "clock", "result") == [
        ("02-14 10:50", "response", "met"),
        ("02-14 12:50", "update", "missed"),
        ("02-14 14:50", "update", "missed"),
        ("02-14 16:50", "update", "missed"),
        ("02-14 18:05", "resolution", "missed"),
        ("02-14 18:50", "update", "missed"),
        ("02-14 20:00", "resolution", "paused"),
        ("02-15 10:00", "resolution", "running"),
    ]
    assert told(rows, "remind", "clock", "percent", "to")[0] == ("02-14 12:50", "update", 100, ["li.qiang"])


def test_a_p1_on_a_holiday_night_climbs_to_its_end_and_alarms_the_admins_a_bounded_number_of_times(
    tmp_path: Path,
) -> None:
    rows = lines(tmp_path, script(OPEN_P1))
    assert [(when, rung) for when, rung in told(rows, "page", "rung")] == [
        ("10-01 02:00", 1),
        ("10-01 02:05", 2),
        ("10-01 02:10", 3),
        ("10-01 02:20", 4),
    ]
    assert told(rows, "page", "to")[3][1] == ["helen.zhou"]
    assert told(rows, "alarm", "count", "to") == [
        (f"10-01 {when}", number, ["he.jun", "emma.fischer"])
        for number, when in enumerate(("02:35", "02:50", "03:05"), 1)
    ]
    assert told(rows, "clock", "clock", "result") == [
        ("10-01 02:15", "response", "missed"),
        ("10-01 06:00", "resolution", "missed"),
    ]


def test_people_act_before_promises_break_and_alarms_ring(tmp_path: Path) -> None:
    """Claimed in the very second: no page of rung two, and the first response is in time."""
    claim = {"at": at("2026-10-01 02:05"), "do": "claim", "by": "chen.jie"}
    assert [row["rung"] for row in lines(tmp_path, script(OPEN_P1, claim)) if row["what"] == "page"] == [1]
    claim = {"at": at("2026-10-01 02:15"), "do": "claim", "by": "chen.jie"}
    assert ("10-01 02:15", "response", "met") in told(
        lines(tmp_path, script(OPEN_P1, claim)), "clock", "clock", "result"
    )


def test_whoever_acknowledged_is_asked_before_anybody_is_paged_again(tmp_path: Path) -> None:
    ack = {"at": at("2026-10-01 02:03"), "do": "ack", "by": "chen.jie"}
    rows = lines(tmp_path, script(OPEN_P1, ack))
    assert told(rows, "page", "rung", "round", "lapsed")[1] == ("10-01 02:23", 1, 1, "chen.jie")
    assert ("10-01 02:18", ["chen.jie"], "still on it") in told(rows, "remind", "to", "about")
    still = {"at": at("2026-10-01 02:20"), "do": "ack", "by": "chen.jie"}
    assert told(lines(tmp_path, script(OPEN_P1, ack, still)), "page", "round")[1] == ("10-01 02:40", 1)
    no = {"at": at("2026-10-01 02:20"), "do": "decline", "by": "chen.jie"}
    assert told(lines(tmp_path, script(OPEN_P1, ack, no)), "page", "rung")[1] == ("10-01 02:20", 2)


def test_somebody_on_the_way_holds_the_ladder_until_they_are_there(tmp_path: Path) -> None:
    ack = {"at": at("2026-10-01 02:03"), "do": "ack", "by": "chen.jie", "until": at("2026-10-01 03:00")}
    rows = lines(tmp_path, script(OPEN_P1, ack))
    assert told(rows, "page", "rung")[1] == ("10-01 03:05", 1)
    assert ("10-01 03:00", ["chen.jie"], "still on it") in told(rows, "remind", "to", "about")


def test_what_the_desk_would_refuse_changes_nothing_and_is_said(tmp_path: Path) -> None:
    resume = {"at": at("2026-10-01 02:03"), "do": "resume", "by": "chen.jie"}
    rows = lines(tmp_path, script(OPEN_P1, resume))
    assert told(rows, "state", "result", "do", "state")[1] == ("10-01 02:03", "refused", "resume", "new")
    assert [row for row in rows if row.get("result") != "refused"] == lines(tmp_path, script(OPEN_P1))


def test_every_deed_can_be_played(tmp_path: Path) -> None:
    """One of each, in an order the states allow."""
    deeds: list[Row] = [
        {"do": "promise", "by": "ma.li", "until": at("2026-10-01 08:00")},
        {"do": "chase", "by": "anna"},
        {"do": "ack", "by": "chen.jie"},
        {"do": "decline", "by": "chen.jie"},
        {"do": "claim", "by": "chen.jie"},
        {"do": "visit", "by": "chen.jie"},
        {"do": "arrive", "by": "chen.jie"},
        {"do": "note", "by": "chen.jie"},
        {"do": "reply", "by": "chen.jie", "text": "on it"},
        {"do": "hold", "by": "chen.jie", "reason": "requester", "until": at("2026-10-02 02:00")},
        {"do": "comment", "by": "anna", "text": "here"},
        {"do": "attach", "by": "anna"},
        {"do": "escalate", "by": "chen.jie"},
        {"do": "assign", "by": "liu.yang", "person": "sun.hao"},
        {"do": "release", "by": "sun.hao"},
        {"do": "transfer", "by": "liu.yang", "group": "servers"},
        {"do": "priority", "by": "emma.fischer", "to": "P3"},
        {"do": "major", "by": "emma.fischer"},
        {"do": "link", "by": "emma.fischer"},
        {"do": "resolve", "by": "guo.peng", "cause": "dust", "solution": "cleaned"},
        {"do": "reopen", "by": "anna"},
        {"do": "resolve", "by": "guo.peng"},
        {"do": "confirm", "by": "anna"},
        {"do": "rate", "by": "anna", "stars": 5},
        {"do": "reopen", "by": "anna"},
        {"do": "cancel", "by": "anna"},
    ]
    rows = [{"at": at(f"2026-10-01 02:{minute:02}"), **deed} for minute, deed in enumerate(deeds, 1)]
    played = lines(tmp_path, script(OPEN_P1, *rows))
    assert [row for row in played if row.get("result") == "refused"] == []
    assert played[-1]["result"] in ("cancelled", "missed", "met")


def test_in_words_it_says_what_people_did_and_how_promises_were_kept(tmp_path: Path) -> None:
    result = simulated(tmp_path, SATURDAY, "--text")
    said = result.stdout.splitlines()
    assert "2026-02-14 10:20:00  a  ack by li.qiang" in said
    assert "2026-02-14 10:50:00  a  response met" in said
    assert "2026-02-14 10:50:00  a  is claimed, told: employee-1" in said
    assert said[-1] == "1 ticket; resolution: 0 met, 1 missed; response: 1 met, 0 missed; update: 0 met, 4 missed"


def test_without_a_wish_json_goes_to_standard_output_and_words_to_standard_error(tmp_path: Path) -> None:
    both = simulated(tmp_path, SATURDAY)
    assert both.stdout == simulated(tmp_path, SATURDAY, "--json").stdout
    assert both.stderr == simulated(tmp_path, SATURDAY, "--text").stdout


# -- options --------------------------------------------------------------------------------------


def test_from_and_to_bound_what_is_told(tmp_path: Path) -> None:
    rows = lines(tmp_path, SATURDAY, "--from", "2026-02-14T12:00:00+08:00", "--to", "2026-02-14")
    assert (rows[0]["at"], rows[-1]["at"]) == ("2026-02-14T12:50:00+08:00", "2026-02-14T20:00:00+08:00")


def test_a_time_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    result = simulated(tmp_path, SATURDAY, "--to", "tomorrow")
    assert result.exit_code == 1
    assert "--to: 'tomorrow' is no date: write 2026-02-14 or" in result.stderr


ONLY_A_LADDER = """\
ladders:
  P1:
    rungs: [{who: [lead], times: 3, every: 1m}, {who: [manager], after: 10m}]
    alarms: 1
"""


@pytest.mark.parametrize("text", [ONLY_A_LADDER, "policy:\n  " + ONLY_A_LADDER.replace("\n", "\n  ").rstrip() + "\n"])
def test_another_policy_may_say_only_what_differs(tmp_path: Path, text: str) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(text, encoding="utf-8")
    rows = lines(tmp_path, script(OPEN_P1), "--policy", str(policy))
    assert told(rows, "page", "to", "rung", "round") == [
        ("10-01 02:00", ["liu.yang"], 1, 0),
        ("10-01 02:01", ["liu.yang"], 1, 1),
        ("10-01 02:02", ["liu.yang"], 1, 2),
        ("10-01 02:10", ["zhang.wei"], 2, 2),
    ]
    assert told(rows, "alarm", "count") == [("10-01 02:25", 1)]
    assert told(rows, "clock", "clock")[0] == ("10-01 02:15", "response")


def test_in_quiet_hours_people_hear_of_clocks_when_the_quiet_window_opens(tmp_path: Path) -> None:
    """The holidays end on 8 October at half past eight; pages are not held back."""
    policy = tmp_path / "policy.yaml"
    policy.write_text("quiet: {window: office, priorities: [P1]}\n", encoding="utf-8")
    rows = lines(tmp_path, script(OPEN_P1), "--policy", str(policy))
    assert {when for when, *_ in told(rows, "remind", "clock")} == {"10-08 08:30"}
    assert told(rows, "page", "rung")[0] == ("10-01 02:00", 1)


def test_or_be_a_whole_organisation_file(tmp_path: Path) -> None:
    policy = tmp_path / "desk.yaml"
    policy.write_text(
        sample_path().read_text(encoding="utf-8").replace("response: 15m", "response: 20m"), encoding="utf-8"
    )
    rows = lines(tmp_path, script(OPEN_P1), "--policy", str(policy))
    assert told(rows, "clock", "clock")[0] == ("10-01 02:20", "response")


def test_a_policy_with_mistakes_names_their_lines(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(ONLY_A_LADDER.replace("[lead]", "[leed]"), encoding="utf-8")
    result = simulated(tmp_path, script(OPEN_P1), "--policy", str(policy))
    assert result.exit_code == 1
    assert f"{policy}:3:" in result.stderr
    assert "did you mean 'lead'?" in result.stderr


# -- mistakes -------------------------------------------------------------------------------------

MISTAKES = {
    "no JSON": ("open a", "this is not JSON (Expecting value): write one object a line"),
    "no object": ("[1]", "expected an object such as"),
    "no ticket": ('{"at": "2026-10-01T02:00:00Z", "do": "open"}', "the line names no ticket"),
    "no deed": ('{"ticket": "b", "at": "2026-10-01T02:00:00Z"}', "the line has no 'do': choose from open, claim"),
    "a misspelt deed": (
        '{"ticket": "a", "at": "2026-10-01T03:00:00Z", "do": "clame"}',
        "'clame' is not something a person does: did you mean 'claim'?",
    ),
    "what only a ticket does": (
        '{"ticket": "a", "at": "2026-10-01T03:00:00Z", "do": "page"}',
        "'page' is not something",
    ),
    "a misspelt key": ('{"ticket": "a", "att": "2026-10-01T03:00:00Z", "do": "claim"}', "did you mean 'at'?"),
    "no time zone": ('{"ticket": "a", "at": "2026-10-01T03:00:00", "do": "claim"}', "'at' has no time zone"),
    "no time": ('{"ticket": "a", "at": "noon", "do": "claim"}', "'at' must be a date and time"),
    "never opened": ('{"ticket": "z", "at": "2026-10-01T03:00:00Z", "do": "claim"}', "the ticket 'z' is never opened"),
    "before it is opened": (
        '{"ticket": "a", "at": "2026-09-01T03:00:00Z", "do": "claim"}',
        "this is before the ticket",
    ),
    "opened twice": (
        '{"ticket": "a", "at": "2026-10-01T03:00:00Z", "do": "open", "priority": "P1"}',
        "the ticket 'a' is opened twice",
    ),
    "an unknown kind": (
        '{"ticket": "b", "at": "2026-10-01T03:00:00Z", "do": "open", "priority": "P1", "kind": "incidnt"}',
        "'incidnt' is not a kind of ticket: did you mean 'incident'?",
    ),
    "an unknown group": (
        '{"ticket": "a", "at": "2026-10-01T03:00:00Z", "do": "transfer", "group": "netwrk"}',
        "'netwrk' is not a group: did you mean 'network'?",
    ),
    "an unknown reason": (
        '{"ticket": "a", "at": "2026-10-01T03:00:00Z", "do": "hold", "reason": "lunch"}',
        "'lunch' is not a reason to hold: choose from requester, vendor, change, part",
    ),
    "stars beyond five": (
        '{"ticket": "a", "at": "2026-10-01T03:00:00Z", "do": "rate", "stars": 6}',
        "'stars' must be a whole number from 1 to 5",
    ),
    "nobody to assign": ('{"ticket": "a", "at": "2026-10-01T03:00:00Z", "do": "assign"}', "assign needs 'person'"),
    "words that are none": ('{"ticket": "a", "at": "2026-10-01T03:00:00Z", "do": "reply", "text": 5}', "must be text"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_with_its_file_and_line(tmp_path: Path, case: str) -> None:
    line, said = MISTAKES[case]
    result = simulated(tmp_path, script(OPEN_P1) + "\n" + line + "\n")
    assert result.exit_code == 1
    assert f"{tmp_path / 'tickets.jsonl'}:3: " in result.stderr
    assert said in result.stderr
    assert result.stdout == ""


def test_all_mistakes_are_told_at_once_and_a_file_of_nothing_else_is_cut_short(tmp_path: Path) -> None:
    result = simulated(tmp_path, "x\n" * 500)
    assert result.stderr.count("this is not JSON") == 20
    assert "… and 480 more" in result.stderr


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tickets.jsonl"
    path.write_bytes(b"{}\n\xff\xfe")
    result = CliRunner().invoke(main, ["simulate", "--tickets", str(path)], env={"FIRSTLINE_CONFIG": ""})
    assert result.exit_code == 1
    assert f"{path}:2: this is not UTF-8 text" in result.stderr


# -- speed ----------------------------------------------------------------------------------------


def a_month(tickets: int) -> str:
    """A month of tickets, most of them acknowledged, claimed and solved, some put on hold or opened again."""
    luck, rows = random.Random(6), []
    for number in range(tickets):
        now = datetime(2026, 9, 15, tzinfo=TIANJIN) + timedelta(minutes=luck.randrange(30 * 24 * 60))
        group = luck.choice(("network", "servers", "database", "applications", "desktop"))
        urgency = luck.choice(("P1", "P2", "P3", "P4"))
        steps: list[Row] = [{"do": "open", "priority": urgency, "group": group, "requester": f"employee-{number % 90}"}]
        steps += [{"do": "ack"}] if luck.random() < 0.6 else []
        steps += [{"do": "claim"}] if luck.random() < 0.9 else []
        steps += [{"do": "hold", "reason": "vendor"}, {"do": "resume"}] if luck.random() < 0.3 else []
        steps += [{"do": "resolve"}, {"do": "reopen"}] if luck.random() < 0.1 else []
        steps += [{"do": "resolve"}]
        for step in steps:
            rows.append({"at": now.isoformat(), "ticket": f"t{number}", "by": "wang.fang", **step})
            now += timedelta(minutes=luck.randrange(1, 600))
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize("many", [300, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_thousand_tickets_over_a_month_take_five_seconds_at_most(tmp_path: Path, many: int) -> None:
    """Of this processor's time. A busy machine counts more of it for the same work: it is asked for fewer."""
    script_of_a_month, began = a_month(many), time.process_time()
    result = simulated(tmp_path, script_of_a_month)
    assert time.process_time() - began <= 5
    assert len(result.stdout.splitlines()) > 8 * many


def test_two_plays_of_one_script_are_the_same_and_lines_may_stand_in_any_order(tmp_path: Path) -> None:
    written = a_month(40)
    shuffled = written.splitlines(keepends=True)
    random.Random(1).shuffle(shuffled)

    def sorted_lines(text: str) -> list[str]:
        return sorted(simulated(tmp_path, text).stdout.splitlines())

    assert sorted_lines(written) == sorted_lines(written) == sorted_lines("".join(shuffled))


def test_a_time_that_ends_before_it_begins_is_a_mistake(tmp_path: Path) -> None:
    result = simulated(tmp_path, SATURDAY, "--from", "2026-02-15", "--to", "2026-02-14")
    assert (result.exit_code, "--to is before --from" in result.stderr) == (1, True)
