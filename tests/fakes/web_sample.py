"""What the web desk shows in its tests: a few people, tickets and replies, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.messages import (
    Button,
    Card,
    Check,
    Checklist,
    CheckState,
    Choice,
    Facts,
    Field,
    FieldKind,
    Form,
    Quote,
    Span,
    Steps,
    Tone,
    plain,
)
from bot.web.views import (
    AttachmentFile,
    AttachmentView,
    ClockView,
    Entry,
    Finding,
    PageRow,
    Rung,
    TicketRow,
    TicketView,
)

Say = Callable[[str, str], str]

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


class Furnished(Protocol):
    """Views whose tickets can be put there."""

    tickets: dict[int, TicketRow]
    details: dict[int, TicketView]
    waiting: tuple[PageRow, ...]
    files: dict[int, AttachmentFile]


def in_words(language: str) -> Callable[[str, str], str]:
    """Picks the English or the Chinese words."""
    return lambda en, zh: zh if language == "zh" else en


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


def furnish(views: Furnished, language: str = "en") -> None:
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
        ),
        True,
        (
            Button(say("Transfer", "转派"), "t:transfer:12"),
            Button(say("Cancel", "取消"), "t:cancel:12", "danger"),
        ),
    )  # fmt: skip
