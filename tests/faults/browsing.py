"""A person at the web desk of a real process: what they see is HTML, what they press is a button in it.

A post whose answer never came is sent again under the same event id, as the page's own script does.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TypeVar

import httpx

from tests.faults.desk_process import DeskProcess

PATIENCE = 60  # seconds until something must have become visible
LEASE_RUNS_OUT = 46  # seconds
Found = TypeVar("Found")
VOID = frozenset({"input", "br", "img", "hr", "meta", "link", "path"})


@dataclass
class Seen:
    """One fragment as a person sees it: its words, its buttons by label, and the form it may be."""

    words: str = ""
    line: str = ""
    author: str = ""
    buttons: dict[str, str] = field(default_factory=dict)
    form: str = ""
    values: dict[str, str] = field(default_factory=dict)


class Reading(HTMLParser):
    """Reads a fragment, hidden parts left out."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen()
        self._hidden: list[str] = []
        self._button = ""
        self._choosing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if self._hidden or "hidden" in facts.get("class", "").split() or tag in ("time", "svg"):
            if tag not in VOID:
                self._hidden.append(tag)
            return
        match tag:
            case "article":
                self.seen.line, self.seen.author = facts["data-line"], facts["class"].split()[1]
            case "form" if "data-form" in facts:
                self.seen.form = facts["data-form"]
            case "button" if facts.get("name") == "action":
                self._button = facts["value"]
            case "select" | "textarea":
                self._choosing = facts.get("name", "")
                self.seen.values.setdefault(self._choosing, "")
            case "option" if "selected" in facts:
                self.seen.values[self._choosing] = facts["value"]
            case "input" if facts.get("type") == "radio":
                self.seen.values.setdefault(facts["name"], "")
                if "checked" in facts:
                    self.seen.values[facts["name"]] = facts["value"]
            case "input" if facts.get("type") != "hidden":
                self.seen.values[facts["name"]] = facts.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.pop()
        elif tag == "button":
            self._button = ""
        elif tag in ("select", "textarea"):
            self._choosing = ""

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if self._hidden or not words:
            return
        if self._button:
            self.seen.buttons[words] = self._button
        if self._choosing:
            self.seen.values[self._choosing] = self.seen.values[self._choosing] or data.strip()
        self.seen.words += f"{words}\n"


def read(fragment: str) -> Seen:
    """What a person sees of a fragment."""
    reading = Reading()
    reading.feed(fragment)
    return reading.seen


@dataclass
class Town:
    """The desk's process and whoever uses it. When it dies it is started again, to die at the next place planned."""

    desk: DeskProcess
    plan: Iterator[str]
    browsers: list[Browser] = field(default_factory=list)

    def __enter__(self) -> Town:
        return self

    def __exit__(self, *_: object) -> None:
        for browser in self.browsers:
            browser.client.close()

    def begin(self) -> None:
        """Start the desk for the first time."""
        self.desk.start(next(self.plan, ""))
        self.revive()

    def revive(self) -> None:
        """If it was killed, start it again, after as long as it takes that nobody waits for the dead one."""
        while not self.desk.alive:
            self.desk.buried()
            self.desk.clock.set(self.desk.clock.seconds + LEASE_RUNS_OUT)
            self.desk.start(next(self.plan, ""))

    def wait_until(self, seconds: float) -> None:
        """Let time pass until the clock says so, if it does not yet."""
        self.desk.clock.set(max(seconds, self.desk.clock.seconds))

    def sit(self, person: str) -> Browser:
        """A person in their seat, in a browser of their own."""
        return Browser(self, person)

    def until(self, look: Callable[[], Found | None], what: Callable[[], str]) -> Found:
        """Look again until there is something to see, whatever dies meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.revive()
            try:
                if found := look():
                    return found
            except httpx.TransportError:
                self.desk.process.join(5)  # type: ignore[union-attr]
            assert time.monotonic() < deadline, f"{what()}\n{self.desk.log}"
            time.sleep(0.1)

    def settled(self) -> None:
        """Wait until no message waits and no alarm is due."""
        self.until(self._is_settled, lambda: f"never settles: {self.desk.get('/metrics').text}")

    def _is_settled(self) -> bool:
        figures = dict(
            line.rsplit(" ", 1) for line in self.desk.get("/metrics").text.splitlines() if line.startswith("firstline_")
        )
        waiting = ("pending", "sending", "unclear")
        late = float(figures["firstline_oldest_alarm_late_seconds"])
        return late == 0 and not any(float(figures[f'firstline_outbox_rows{{state="{s}"}}']) for s in waiting)


@dataclass
class Browser:
    """One person with one page open."""

    town: Town
    person: str
    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(verify=False, timeout=PATIENCE, headers={"accept": "application/json"})
    )
    token: str = ""
    form: Seen | None = None
    lines: dict[str, Seen] = field(default_factory=dict)
    revision: int = 0

    def __post_init__(self) -> None:
        self.town.browsers.append(self)
        self.base = f"{self.town.desk.url}/seat/{self.person}"
        self.town.until(self._take_seat, lambda: f"{self.person} finds no seat")

    def _take_seat(self) -> bool:
        front = self.client.get(f"{self.town.desk.url}/").text
        token = front.partition('name="token" value="')[2].partition('"')[0]
        taken = self.client.post(f"{self.town.desk.url}/seat", data={"token": token, "person": self.person})
        assert taken.status_code == 303, taken.text
        page = self.client.get(f"{self.base}/").text
        self.token = page.partition('data-token="')[2].partition('"')[0]
        return bool(self.token)

    def says(self, text: str) -> None:
        self._post("/chat/say", {"text": text})

    def presses(self, label: str, *, on: str = "") -> None:
        """Press the newest button of that label, on the newest message with the words `on`."""

        def look() -> tuple[str, str] | None:
            for seen in reversed(self.chat()):
                if label in seen.buttons and on in seen.words:
                    return seen.buttons[label], seen.line
            return None

        action, line = self.town.until(look, lambda: f"{self.person} sees no {label!r} on {on!r} but:\n{self.screen()}")
        self._post("/chat/press", {"action": action, "line": line})

    def fills(self, **values: str) -> None:
        """Change some fields of the form on the table and send it."""
        assert self.form is not None, f"{self.person} has no form"
        assert set(values) <= set(self.form.values), self.form.values
        self._post(f"/chat/form/{self.form.form}", {**self.form.values, **values})

    def _post(self, path: str, data: dict[str, str]) -> None:
        event = uuid.uuid4().hex

        def send() -> httpx.Response | None:
            answer = self.client.post(self.base + path, data={"token": self.token, "event": event, **data})
            return answer if answer.status_code != 503 else None

        answer = self.town.until(send, lambda: f"{self.person} gets no answer to {data}")
        assert answer.status_code == 200, answer.text
        forms = answer.json()["forms"]
        self.form = read(forms[-1]) if forms else self.form

    def chat(self) -> list[Seen]:
        """Everything in the person's chat, oldest first; like the page, it asks only for what is new."""
        while True:
            answer = self.client.get(f"{self.base}/chat/lines", params={"since": str(self.revision)}).json()
            self.lines.update((seen.line, seen) for seen in map(read, answer["lines"]))
            if answer["revision"] == self.revision:
                return sorted(self.lines.values(), key=lambda seen: int(seen.line))
            self.revision = answer["revision"]

    def screen(self) -> str:
        return "---\n".join(seen.words for seen in self.chat())

    def sees(self, words: str) -> None:
        """Wait until a message with these words is there."""
        self.town.until(
            lambda: words in self.screen() or None,
            lambda: f"{self.person} does not see {words!r} but:\n{self.screen()}",
        )
