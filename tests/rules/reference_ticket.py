"""A second, slow ticket to check the first against: it lives minute by minute and knows no dates.

Where the rules compute when something will be due, this one counts down. It shares the numbers of the policy,
not a line of code with `escalation`, and keeps the office hours by arithmetic of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WORKING_DAY, DAY = 480, 1440
# Minute 0 is Tuesday, 10:00.
TEN_O_CLOCK, TUESDAY = 600, 1

PROMISES = {  # minutes: response, resolution, update, and on site once a visit is agreed
    "P1": {"response": 15, "resolution": 240, "update": 30, "on_site": 120},
    "P2": {"response": 60, "resolution": 480, "update": 120, "on_site": 240},
    "P3": {"response": 240, "resolution": 3 * WORKING_DAY, "update": WORKING_DAY, "on_site": 0},
}
WAITS = {"P1": (0, 5, 5), "P2": (0, 30), "P3": (0, 120, 240)}
AGAIN = {"P1": ((1, 0),) * 3, "P2": ((3, 10), (2, 20)), "P3": ((1, 0),) * 3}  # how often, and how long between
ACKNOWLEDGED_FOR, ANSWER_WITHIN = {"P1": 15, "P2": 45, "P3": 240}, {"P1": 0, "P2": 15, "P3": 0}
ON_MY_WAY = 120
ALARM_EVERY, ALARMS = {"P1": 15, "P2": 60, "P3": DAY}, {"P1": 3, "P2": 3, "P3": 2}
MARKS = {"response": (80, 100), "resolution": (50, 80, 100), "update": (100,), "on_site": (100,), "promise": (100,)}
PAUSING = ("requester", "vendor")


def is_open(priority: str, minute: int) -> bool:
    """Whether the window of this priority is open during that minute."""
    days, of_day = divmod(TEN_O_CLOCK + minute, DAY)
    match priority:
        case "P1":
            return True
        case "P2":
            return 540 <= of_day < 1260
        case _:
            return (TUESDAY + days) % 7 < 5 and (510 <= of_day < 720 or 810 <= of_day < 1080)


@dataclass
class Stopwatch:
    """A clock, in minutes used."""

    target: int
    spent: int = 0
    runs: bool = False
    stopped: bool = False
    marked: int = 0
    fixed: bool = False  # a moment was promised: every minute counts
    dormant: bool = False  # nothing is promised before a visit is agreed


@dataclass
class ReferenceTicket:
    """The whole life of a ticket in counters. `said` is everything its alarm has said: (minute, what, …)."""

    priority: str
    now: int = 0
    status: str = "new"
    tier: int = 1
    clocks: dict[str, Stopwatch] = field(default_factory=dict)
    generation: int = 0
    began: int = 0
    rung: int = 0
    round: int = 0
    holder: str = ""
    alarms: int = 0
    wait: int | None = None  # minutes until the next rung or alarm
    any_minute: bool = False  # these count day and night, as between alarms
    then_open: bool = False  # and then it waits for the window
    lapse: int | None = None  # minutes left of the acknowledgement
    lapse_any_minute: bool = False  # who is on their way named a moment
    asked: bool = False  # whether they are still on it
    question: bool = False  # and nobody has said so yet
    again: int | None = None  # open minutes until the same rung is paged once more
    repeats: int = 0
    came_due: list[int] = field(default_factory=list)
    lapsed: str = ""
    held_until: int | None = None
    closes_in: int = 0
    closed_at: int = 0
    major: bool = False
    rated: bool = False
    reminded: bool = False
    said: list[tuple[object, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._fresh_clocks()
        self._free()
        self.settle()

    # -- time --------------------------------------------------------------------------------------

    def passes(self, minutes: int) -> None:
        """Awake: whatever is due is done in its minute."""
        for _ in range(minutes):
            self._minute()
            self.settle()

    def sleeps(self, minutes: int) -> None:
        """Down: the minutes go by, and what came due is done at the end."""
        for _ in range(minutes):
            self._minute()
        self.settle()

    def _minute(self) -> None:
        opened = is_open(self.priority, self.now)
        hold_is_over = self.held_until is not None and self.now >= self.held_until
        for name, clock in self.clocks.items():
            resumed = name in ("resolution", "on_site") and hold_is_over and not clock.stopped
            if (opened or clock.fixed) and (clock.runs or resumed):
                clock.spent += 1
        if self.status == "resolved" and is_open("P3", self.now):
            self.closes_in -= 1
        if self.lapse is not None and (opened or self.lapse_any_minute):
            self.lapse -= 1
        if self.again is not None and opened:
            self.again -= 1
        if self.wait is not None and self.wait > 0 and (opened or self.any_minute):
            self.wait -= 1
        self.now += 1
        self._climb()

    def _climb(self) -> None:
        if self.lapse == 0 and ANSWER_WITHIN[self.priority] and not self.asked:
            self.asked = self.question = True
            self.lapse, self.lapse_any_minute = ANSWER_WITHIN[self.priority], False
        if self.lapse == 0:
            self.lapsed = self.holder
            self._let_go()
            self.round += 1
            self.rung, self.alarms = max(self.rung, 1) - 1, 0
            self._step()
        while self._is_due() and self.rung < len(WAITS[self.priority]):
            self._step()
        if self.again == 0:
            times, every = AGAIN[self.priority][self.rung - 1]
            self.round, self.repeats = self.round + 1, self.repeats + 1
            self.again = every if self.repeats + 1 < times else None
            self.came_due.append(self.rung)
        if self._is_due():
            self.then_open = False  # the alarm is due, whether or not the window closes before we look

    def _is_due(self) -> bool:
        return self.wait == 0 and (not self.then_open or is_open(self.priority, self.now))

    def _let_go(self) -> None:
        self.holder, self.lapse, self.again = "", None, None
        self.lapse_any_minute = self.asked = self.question = False

    def _step(self) -> None:
        self.rung += 1
        self.came_due.append(self.rung)
        times, every = AGAIN[self.priority][self.rung - 1]
        self.repeats, self.again = 0, every if times > 1 else None
        waits = WAITS[self.priority]
        if self.rung < len(waits):
            self._wait(waits[self.rung])
        else:
            self._wait_for_alarm(ALARM_EVERY[self.priority])

    def _wait(self, minutes: int) -> None:
        self.wait, self.any_minute, self.then_open = minutes, False, minutes == 0

    def _wait_for_alarm(self, minutes: int) -> None:
        self.wait, self.any_minute, self.then_open = minutes, True, True

    def settle(self) -> None:
        """Say and do everything that is due by now."""
        self._climb()
        if self.held_until is not None and self.now >= self.held_until:
            self.said.append((self.now, "hold over"))
            self.resume()
        if self.status in ("new", "claimed", "on_hold"):
            self._mark()
        if self.question:
            self.said.append((self.now, "still on it", self.generation, self.holder))
            self.question = False
        if self.came_due:
            *below, rung = self.came_due
            skipped = tuple(dict.fromkeys(each for each in below if each < rung))
            self.said.append((self.now, "page", self.generation, rung, self.round, skipped, self.lapsed))
            self.came_due, self.lapsed = [], ""
        if self._is_due():
            self.alarms += 1
            self.said.append((self.now, "alarm", self.generation, self.alarms))
            few = self.alarms < ALARMS[self.priority]
            self._wait_for_alarm(ALARM_EVERY[self.priority] if few else DAY)
        if self.status == "resolved" and self.closes_in <= 0 and not self.major:
            self.said.append((self.now, "close"))
            self.confirm()
        if self.status == "closed" and not (self.rated or self.reminded) and self.now >= self.closed_at + DAY:
            self.said.append((self.now, "ask rating"))
            self.reminded = True

    def _mark(self) -> None:
        for name, clock in self.clocks.items():
            reached = [p for p in MARKS[name] if p > clock.marked and 100 * clock.spent >= p * clock.target]
            if clock.runs and clock.target and reached:
                self.said.append((self.now, "mark", name, reached[-1]))
                if name == "update":
                    clock.spent = 0
                else:
                    clock.marked = reached[-1]

    # -- actions -----------------------------------------------------------------------------------

    def _fresh_clocks(self) -> None:
        promised = {name: clock for name, clock in self.clocks.items() if name == "promise"}
        self.clocks = {name: Stopwatch(target) for name, target in PROMISES[self.priority].items()} | promised
        self.clocks["response"].runs = self.clocks["resolution"].runs = True
        self.clocks["on_site"] = Stopwatch(0, runs=True, dormant=True)

    def _stop(self, *names: str) -> None:
        for name in set(names) & set(self.clocks):
            self.clocks[name].runs, self.clocks[name].stopped = False, True

    def _at_work(self) -> None:
        self.held_until = None
        for name in ("resolution", "on_site"):
            self.clocks[name].runs = not self.clocks[name].stopped

    def _quiet(self) -> None:
        self.wait = self.lapse = self.again = None
        self.question = False

    def _free(self) -> None:
        self.status = "new"
        self._at_work()
        self.clocks["update"].runs = False
        self.tier = max(self.tier, 2 if self.priority == "P1" else 1)
        self.generation, self.began = self.generation + 1, self.now
        self.rung = self.round = self.alarms = self.repeats = 0
        self._let_go()
        self._wait(0)

    def claim(self) -> None:
        self.status = "claimed"
        self._at_work()
        self._stop("response")
        self.clocks["update"].runs = True
        self._quiet()

    assign = claim

    def release(self) -> None:
        self._free()

    def transfer(self) -> None:
        self.tier = 1
        self._free()

    def escalate(self) -> None:
        self.tier = 2
        self._free()

    def chase(self) -> None:
        if self.wait is not None:
            self._wait(0)

    def change_priority(self, priority: str) -> None:
        self.priority = priority
        for name, clock in self.clocks.items():
            if not clock.stopped and not clock.fixed and not clock.dormant:
                clock.target = PROMISES[priority][name]
                clock.marked = min(clock.marked, 100 * clock.spent // clock.target if clock.target else 0)
        if self.status == "new":
            self._free()

    def hold(self, reason: str, minutes: int | None) -> None:
        self.status = "on_hold"
        self.held_until = self.now + (minutes or 5 * DAY)
        self.clocks["update"].runs = False
        if reason in PAUSING:
            self.clocks["resolution"].runs = False
            self.clocks["on_site"].runs = self.clocks["on_site"].runs and self.clocks["on_site"].fixed

    def resume(self) -> None:
        self.status = "claimed"
        self._at_work()
        self.clocks["update"] = Stopwatch(self.clocks["update"].target, runs=True)

    def visit(self) -> None:
        clock = self.clocks["on_site"]
        if not clock.stopped:
            clock.dormant, clock.target = False, PROMISES[self.priority]["on_site"]
            clock.marked = min(clock.marked, 100 * clock.spent // clock.target if clock.target else 0)

    def arrive(self) -> None:
        self._stop("on_site", "promise")

    def promise(self, minutes: int) -> None:
        self.clocks["promise"] = Stopwatch(minutes, runs=True, fixed=True)

    def reply(self) -> None:
        self._stop("response", "promise")
        self.clocks["update"].spent = 0

    def note(self) -> None:
        """Nothing moves."""

    comment = note

    def make_major(self) -> None:
        self.major = True

    def resolve(self) -> None:
        self.status, self.closes_in = "resolved", 3 * WORKING_DAY
        self._at_work()
        self._stop("response", "resolution", "on_site", "promise")
        self.clocks["update"].runs = False
        self._quiet()

    def confirm(self) -> None:
        self.status, self.closed_at = "closed", self.now

    def reopen(self) -> None:
        self.rated = self.reminded = False
        self._fresh_clocks()
        self._free()

    def rate(self) -> None:
        self.rated = True

    def cancel(self) -> None:
        self.status, self.held_until = "cancelled", None
        self._stop("response", "resolution", "update", "on_site", "promise")
        self._quiet()

    def ack(self, by: str, minutes: int | None = None) -> None:
        """For as long as the priority says, or until somebody on their way is there."""
        if self.holder in ("", by):
            self._let_go()
            self.holder, self.wait, self.lapse = by, None, ACKNOWLEDGED_FOR[self.priority]
            if minutes:
                self.lapse, self.lapse_any_minute = min(minutes, ON_MY_WAY), True

    def decline(self, by: str, rung: int) -> None:
        if self.holder == by:
            self._let_go()
            self._wait(0)
        elif not self.holder and rung == self.rung > 0 and not self.alarms:
            self._wait(0)
