"""A web desk with everything behind it kept in memory: for its tests, and to look at while drawing pages.

`python -m tests.fakes.web_desk` serves it at port 8999.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette

from bot.channels.web.adapter import DESK, PERSON, TranscriptLine, Watchers, WebChannel
from bot.messages import (
    Answer,
    Button,
    Card,
    Check,
    Checklist,
    CheckState,
    Choice,
    Commanded,
    Event,
    Facts,
    Field,
    FieldKind,
    Form,
    Outgoing,
    Paragraph,
    Place,
    Pressed,
    Quote,
    Reply,
    Said,
    Span,
    Steps,
    Submitted,
    Text,
    Tone,
    plain,
)
from bot.web.parts import Limits, Parts
from bot.web.site import build_web
from bot.web.views import (
    AttachmentFile,
    AttachmentView,
    ClockView,
    Entry,
    Finding,
    PageRow,
    QueueChoices,
    QueueFilter,
    Reader,
    Rung,
    Seat,
    TicketRow,
    TicketView,
)

SECRET = b"a secret for tests only"


class MemoryTranscript:
    """People's chats in a list."""

    def __init__(self) -> None:
        self.lines: dict[str, list[TranscriptLine]] = {}
        self.keys: dict[str, int] = {}
        self.card_keys: dict[tuple[str, str], int] = {}
        self._count = 0

    async def say(self, person: str, key: str, author: str, reply: Reply, card_key: str = "") -> int:
        if key in self.keys:
            return self.keys[key]
        log = self.lines.setdefault(person, [])
        revision = await self.latest_revision(person) + 1
        standing = self.card_keys.get((person, card_key)) if card_key else None
        if standing is not None:
            index = next(i for i, line in enumerate(log) if line.id == standing)
            log[index] = replace(log[index], reply=reply, revision=revision)
            self.keys[key] = standing
            return standing
        self._count += 1
        own = key if author == PERSON else ""
        log.append(TranscriptLine(self._count, revision, author, reply, own, datetime.now(UTC)))
        self.keys[key] = self._count
        if card_key:
            self.card_keys[person, card_key] = self._count
        return self._count

    async def find(self, person: str, key: str) -> int | None:
        return self.keys.get(key)

    async def line(self, person: str, number: int) -> TranscriptLine | None:
        return next((line for line in self.lines.get(person, []) if line.id == number), None)

    async def since(self, person: str, revision: int, limit: int) -> tuple[TranscriptLine, ...]:
        newer = [line for line in self.lines.get(person, []) if line.revision > revision]
        return tuple(sorted(newer, key=lambda line: line.revision)[:limit])

    async def last(self, person: str, limit: int) -> tuple[TranscriptLine, ...]:
        return tuple(self.lines.get(person, [])[-limit:])

    async def latest_revision(self, person: str) -> int:
        return max((line.revision for line in self.lines.get(person, [])), default=0)


@dataclass
class MemoryFiles:
    """Uploaded files by reference."""

    kept: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)

    async def stage(self, person: str, name: str, media_type: str, content: bytes) -> str:
        reference = str(len(self.kept) + 1)
        self.kept[reference] = (name, media_type, content)
        return reference

    async def content(self, reference: str) -> bytes | None:
        return self.kept[reference][2] if reference in self.kept else None


@dataclass
class MemoryDoors:
    """Sign-in links and sessions by their plain values."""

    links: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    async def consume(self, link: str) -> str | None:
        return self.links.pop(link, None)

    async def open(self, person: str) -> str:
        session = f"session-of-{person}-{len(self.sessions)}"
        self.sessions[session] = person
        return session

    async def person(self, session: str) -> str | None:
        return self.sessions.get(session)

    async def close(self, session: str) -> None:
        self.sessions.pop(session, None)


PEOPLE: dict[str, tuple[str, str, str, str, bool]] = {  # key: en, zh, title en, title zh, works
    "zhao.min": ("Zhao Min", "赵敏", "Sales, Tianjin", "天津销售部", False),
    "wang.fang": ("Wang Fang", "王芳", "Network engineer", "网络工程师", True),
    "zhang.wei": ("Zhang Wei", "张伟", "IT manager", "IT 经理", True),
    "chen.jing": ("Chen Jing", "陈静", "Accountant", "会计", False),
    "liu.yang": ("Liu Yang", "刘洋", "Server engineer", "服务器工程师", True),
    "anna.keller": ("Anna Keller", "安娜·凯勒", "Office lead, Hamburg", "汉堡办公室主管", False),
}
HINTS = {
    "zhao.min": ("Describe a fault: “The VPN drops every few minutes.”", "说说故障：“VPN 每隔几分钟就断”。"),
    "wang.fang": ("Open the queue and claim what comes in.", "打开待办队列，认领新来的工单。"),
    "zhang.wei": ("Leave an urgent ticket alone and get paged.", "放着紧急工单不管，等着被呼叫。"),
}


def in_words(language: str) -> Callable[[str, str], str]:
    """Picks the English or the Chinese words."""
    return lambda en, zh: zh if language == "zh" else en


@dataclass
class MemoryViews:
    """What the pages read: a few people, and tickets a test may change."""

    languages: dict[str, str] = field(default_factory=dict)
    tickets: dict[int, TicketRow] = field(default_factory=dict)
    details: dict[int, TicketView] = field(default_factory=dict)
    waiting: tuple[PageRow, ...] = ()
    files: dict[int, AttachmentFile] = field(default_factory=dict)
    version: int = 1

    async def reader(self, person: str) -> Reader | None:
        if person not in PEOPLE:
            return None
        language = self.languages.get(person, "en")
        en, zh, title_en, title_zh, works = PEOPLE[person]
        say = in_words(language)
        paged = len(self.waiting) if works else 0
        return Reader(person, say(en, zh), say(title_en, title_zh), language, "Asia/Shanghai", works, paged)

    async def seats(self, language: str) -> tuple[Seat, ...]:
        say, other = in_words(language), in_words("en" if language == "zh" else "zh")
        return tuple(
            Seat(
                key,
                say(en, zh),
                say(title_en, title_zh),
                say("IT", "信息技术部") if works else say("Headquarters", "总部"),
                other(en, zh),
                say(*HINTS[key]) if key in HINTS else "",
            )
            for key, (en, zh, title_en, title_zh, works) in PEOPLE.items()
        )

    async def my_tickets(self, person: str) -> tuple[TicketRow, ...]:
        return tuple(self.tickets.values())

    async def queue(self, person: str, wanted: QueueFilter) -> tuple[TicketRow, ...]:
        return tuple(
            row
            for row in self.tickets.values()
            if wanted.text.lower() in row.summary.lower()
            and wanted.priority in ("", row.priority)
            and wanted.status in ("", row.status)
            and not (wanted.unclaimed and row.assignee)
        )

    async def queue_choices(self, person: str) -> QueueChoices:
        say = in_words(self.languages.get(person, "en"))
        return QueueChoices(
            (Choice("new", say("New", "新建")), Choice("claimed", say("Claimed", "已认领"))),
            tuple(Choice(f"P{n}", f"P{n}") for n in range(1, 5)),
            (Choice("network", say("Network", "网络组")),),
        )

    async def ticket(self, person: str, number: int) -> TicketView | None:
        return self.details.get(number)

    async def pages(self, person: str) -> tuple[PageRow, ...]:
        return self.waiting

    async def attachment(self, person: str, number: int) -> AttachmentFile | None:
        return self.files.get(number)

    async def queue_version(self, person: str) -> str:
        return str(self.version)


class ScriptedConversation:
    """Answers like the core would, with fixed replies, each delivered into the chat as the outbox does."""

    def __init__(self, channel: WebChannel, views: MemoryViews) -> None:
        self.channel = channel
        self.views = views
        self.events: list[Event] = []
        self.failing = 0
        self._answered: dict[str, Answer] = {}

    async def handle(self, event: Event) -> Answer:
        if self.failing:
            self.failing -= 1
            raise RuntimeError("the database is away")
        if event.id in self._answered:
            return replace(self._answered[event.id], repeated=True)
        self.events.append(event)
        answer = Answer(self.replies(event))
        for number, reply in enumerate(answer.replies):
            await self.deliver(event.sender.user, f"{event.id}:{number}", reply)
        self._answered[event.id] = answer
        return answer

    async def deliver(self, person: str, key: str, reply: Reply) -> None:
        """What the outbox does with a reply."""
        await self.channel.send(Outgoing(key, Place("web", "", f"@{person}"), reply))

    def replies(self, event: Event) -> tuple[Reply, ...]:
        say = in_words(self.views.languages.get(event.sender.user, "en"))
        match event:
            case Commanded(word="language", rest=language):
                self.views.languages[event.sender.user] = language
                return (Text(in_words(language)("I will speak English from now on.", "以后我说中文。")),)
            case Pressed(action="ticket:new"):
                return (intake(say),)
            case Pressed(action="t:resolve:12"):
                return (resolving(say),)
            case Pressed(action="t:claim:12"):
                return (Text(say("Wang Fang was first: T-12 is already claimed.", "王芳先认领了 T-12。")),)
            case Submitted(form=key, values=values) if key.startswith("intake") and not values.get("summary"):
                return (intake(say, say("Say in a few words what is wrong.", "请简单说明问题。")),)
            case Submitted(form=key) if key.startswith("intake"):
                return (opened(say),)
            case Said(text=text) if "vpn" in text.lower():
                return (checklist(say), article(say))
            case Said() | Commanded():
                return (Text(say("Thanks, I have got that.", "好的，收到。")),)
            case _:
                return (Text(say("Done.", "好了。")),)


Say = Callable[[str, str], str]


def checklist(say: Say) -> Card:
    checks = (
        Check(
            say("VPN gateway answers", "VPN 网关响应"), CheckState.OK, say("Answered in 18 ms", "18 毫秒内响应，正常")
        ),
        Check(say("Name vpn.example.com", "域名 vpn.example.com"), CheckState.OK, say("Found", "可以解析")),
        Check(
            say("Certificate", "证书"),
            CheckState.WARN,
            say("Secure, but the certificate expires in 6 days", "连接安全，但证书将在 6 天后过期"),
        ),
        Check(
            say("Sign-in page", "登录页面"),
            CheckState.FAIL,
            say("Answered with status 503 instead of 200", "返回状态码 503，应为 200"),
        ),
        Check(say("Status page", "状态页"), CheckState.WAITING, say("Checking…", "正在检测…")),
    )
    title = say("I checked VPN from here", "已从服务台检测 VPN")
    return Card(title, Tone.WARN, say("1 problem found", "发现 1 个问题"), (Checklist(checks),), key="probe:vpn")


def article(say: Say) -> Card:
    steps = (
        (Span(say("Disconnect the VPN and close its window.", "断开 VPN 并关闭窗口。")),),
        (
            Span(say("Switch Wi-Fi off and on again, then choose ", "关闭再打开 Wi-Fi，然后选择 ")),
            Span("Corp-5G", "strong"),
            Span(say(".", "。")),
        ),
        (
            Span(say("Connect again; the server is ", "重新连接，服务器填 ")),
            Span("vpn.example.com", "code"),
            Span(say(". More in the ", "。详见")),
            Span(say("handbook", "手册"), "", "https://example.com/handbook"),
            Span(say(".", "。")),
        ),
    )
    return Card(
        say("The VPN keeps disconnecting", "VPN 总是掉线"),
        Tone.INFO,
        say("Likely answer", "可能的解决办法"),
        (plain(say("This helps in most cases and takes two minutes.", "多数情况下两分钟就能解决。")), Steps(steps)),
        (
            Button(say("That fixed it", "解决了"), "faq:fixed", "primary"),
            Button(say("Next answer", "看下一条"), "faq:next"),
            Button(say("Open a ticket", "提交工单"), "ticket:new"),
        ),
    )


def intake(say: Say, error: str = "") -> Form:
    return Form(
        "intake:1",
        say("New ticket", "新工单"),
        (
            Field("summary", say("What is wrong, in a few words", "用一句话说明问题"), required=True, error=error),
            Field(
                "description",
                say("What happens, and since when", "具体情况，从什么时候开始"),
                FieldKind.TEXT,
                value=say("VPN drops every few minutes", "VPN 每隔几分钟就断"),
            ),
            Field(
                "affected",
                say("Who is affected", "影响到谁"),
                FieldKind.CHOICE,
                True,
                "me",
                (
                    Choice("me", say("Only me", "只有我")),
                    Choice("team", say("My team", "我们组")),
                    Choice("all", say("Everyone", "所有人")),
                ),
            ),
            Field(
                "service",
                say("Service", "服务"),
                FieldKind.CHOICE,
                True,
                "vpn",
                tuple(Choice(key, key.upper()) for key in ("vpn", "wifi", "mail", "erp", "files")),
            ),
            Field(
                "phone",
                say("Call-back number", "回电号码"),
                FieldKind.PHONE,
                hint=say("Only if we may call you", "方便接电话再填"),
            ),
            Field("rating", say("How was it", "满意度"), FieldKind.RATING),
        ),
        say("Open the ticket", "提交"),
        say("We filled in what we already know.", "已知的内容已替您填好。"),
    )


def resolving(say: Say) -> Form:
    return Form(
        "resolve:12",
        say("Resolve T-12", "解决 T-12"),
        (
            Field("cause", say("Cause", "原因"), FieldKind.TEXT, True),
            Field("solution", say("Solution", "解决办法"), FieldKind.TEXT, True),
        ),
        say("Resolve", "提交"),
    )


def opened(say: Say) -> Card:
    return Card(
        say("T-12 is open", "T-12 已提交"),
        Tone.GOOD,
        say("New", "新建"),
        (
            Facts(
                (
                    (say("Priority", "优先级"), "P2"),
                    (
                        say("Promise", "承诺"),
                        say("First response by 14:30, fixed by 18:00", "14:30 前响应，18:00 前解决"),
                    ),
                    (say("Group", "小组"), say("Network", "网络组")),
                )
            ),
        ),
        key="intake:1",
        ticket=12,
    )


def furnish(views: MemoryViews, language: str = "en") -> None:
    """A few tickets, so that there is something to see."""
    say, now = in_words(language), datetime.now(UTC)
    claim = (Button(say("Claim", "认领"), "t:claim:12", "primary"),)
    running = ClockView(
        say("First response", "首次响应"),
        "running",
        say("running", "计时中"),
        say("in 12 min", "12 分钟后"),
        now + timedelta(minutes=12),
    )
    over = ClockView(
        say("First response", "首次响应"),
        "missed",
        say("missed", "已超时"),
        say("3 min over", "超 3 分钟"),
        now - timedelta(minutes=3),
    )
    paused = ClockView(say("Fixed", "解决"), "paused", say("on hold", "已暂停"), say("2 h left", "剩 2 小时"))
    rows = (
        (
            14,
            say("Whole third floor offline", "三楼全部断网"),
            "new",
            say("New", "新建"),
            Tone.BAD,
            "P1",
            over,
            claim,
            "",
        ),
        (
            12,
            say("VPN drops every few minutes", "VPN 每隔几分钟就断"),
            "new",
            say("New", "新建"),
            Tone.WARN,
            "P2",
            running,
            claim,
            "",
        ),
        (
            9,
            say("Monitor flickers", "显示器闪烁"),
            "on_hold",
            say("On hold", "暂停"),
            Tone.NEUTRAL,
            "P4",
            paused,
            (),
            say("Wang Fang", "王芳"),
        ),
    )
    for number, summary, status, state, tone, priority, clock, buttons, assignee in rows:
        views.tickets[number] = TicketRow(
            number, f"T-{number}", summary, status, state, tone, priority,
            "VPN", say("Network", "网络组"), say("Zhao Min", "赵敏"), assignee, "14:18", clock, buttons,
        )  # fmt: skip
    views.tickets[3] = replace(
        views.tickets[9], id=3, name="T-3", summary=say("New mouse", "申请鼠标"), clock=None, open=False,
        state=say("Closed", "已关闭"), status="closed",
    )  # fmt: skip
    views.details[12] = ticket_view(say, now, running, paused)
    views.files[1] = AttachmentFile("屏幕 shot.png", "image/png", b"\x89PNG")
    views.files[2] = AttachmentFile("evil.html", "text/html", b"<script>alert(1)</script>")
    page_buttons = (
        Button(say("Acknowledge", "确认收到"), "p:ack:14", "primary"),
        Button(say("Can't take it", "无法处理"), "p:decline:14"),
    )
    views.waiting = (
        PageRow(
            14, "T-14", say("Whole third floor offline", "三楼全部断网"), "P1",
            say("Nobody has claimed it. You are on call for network.", "无人认领，您是网络组值班。"),
            "14:33", over, page_buttons,
        ),
    )  # fmt: skip


def ticket_view(say: Say, now: datetime, running: ClockView, paused: ClockView) -> TicketView:
    return TicketView(
        12,
        "T-12",
        say("VPN drops every few minutes", "VPN 每隔几分钟就断"),
        say("Since this morning,\non Wi-Fi and cable alike.", "今天早上开始，\nWi-Fi 和网线都这样。"),
        "new",
        say("New", "新建"),
        Tone.WARN,
        "P2",
        say("First response by 14:30, fixed by 18:00", "14:30 前响应，18:00 前解决"),
        (
            (say("From", "报告人"), say("Zhao Min, sales", "赵敏，销售部")),
            (say("Service", "服务"), "VPN"),
            (say("Group", "小组"), say("Network, tier 1", "网络组一线")),
            (say("Device", "设备"), "TJ-LT-0412"),
        ),
        (running, replace(paused, label=say("Fixed", "解决"))),
        (
            Finding("probe", say("Sign-in page", "登录页面"), say("Answered with status 503", "返回状态码 503"), True),
            Finding("probe", say("VPN gateway", "VPN 网关"), say("Answered in 18 ms", "18 毫秒内响应")),
            Finding("step", say("Restarted the computer", "重启电脑"), say("Still broken", "仍未解决")),
        ),
        (
            Entry(now, "14:18", say("Zhao Min", "赵敏"), say("Opened the ticket", "提交了工单")),
            Entry(
                now, "14:21", say("Wang Fang", "王芳"), say("Wrote a note", "写了备注"),
                (Quote(say("Gateway 2 looks overloaded.", "二号网关似乎过载。")),), True, Tone.WARN,
            ),
            Entry(
                now, "14:24", say("Wang Fang", "王芳"), say("Replied", "回复了"),
                (Quote(say("Please use gateway 1 for now.", "请先使用一号网关。")),), False, Tone.INFO,
            ),
        ),
        (
            Rung(say("On call, tier 1: Wang Fang", "一线值班：王芳"), "14:18", say("Paged", "已呼叫"), Tone.INFO),
            Rung(say("Group lead: Liu Yang", "组长：刘洋"), "14:48", say("Next", "下一个")),
        ),
        (AttachmentView(1, "屏幕 shot.png", "120 kB", say("Zhao Min, 14:19", "赵敏，14:19")),),
        (
            Button(say("Claim", "认领"), "t:claim:12", "primary"),
            Button(say("Reply", "回复"), "t:reply:12"),
            Button(say("Note", "备注"), "t:note:12"),
            Button(say("Hold", "暂停"), "t:hold:12"),
            Button(say("Resolve", "解决"), "t:resolve:12"),
            Button(say("Cancel", "取消"), "t:cancel:12", "danger"),
        ),
        True,
    )  # fmt: skip


@dataclass
class World:
    """Everything behind one web desk, for a test to look into and to change."""

    transcript: MemoryTranscript = field(default_factory=MemoryTranscript)
    watchers: Watchers = field(default_factory=Watchers)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    doors: MemoryDoors = field(default_factory=MemoryDoors)
    views: MemoryViews = field(default_factory=MemoryViews)
    seats: bool = True
    limits: Limits = field(default_factory=lambda: Limits(poll=0.2))

    def __post_init__(self) -> None:
        self.channel = WebChannel(self.transcript, self.files, self.watchers)
        self.conversation = ScriptedConversation(self.channel, self.views)

    def application(self) -> Starlette:
        """The web desk over this world."""
        return build_web(
            Parts(
                conversation=self.conversation,
                views=self.views,
                transcript=self.transcript,
                watchers=self.watchers,
                staging=self.files,
                doors=self.doors,
                secret=SECRET,
                seats_allowed=lambda: self.seats,
                now=lambda: datetime.now(UTC),
                limits=self.limits,
            )
        )


__all__ = ["DESK", "Paragraph", "World", "furnish"]


if __name__ == "__main__":
    import sys

    import uvicorn

    world = World()
    furnish(world.views, sys.argv[1] if len(sys.argv) > 1 else "en")
    for key in PEOPLE:
        world.views.languages[key] = sys.argv[1] if len(sys.argv) > 1 else "en"
    uvicorn.run(world.application(), port=8999, log_level="warning")
