"""The facts taken from a message into the form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.entities import Entities, extract
from intents.lexicon import Named

# A Monday in Tianjin, 11:00.
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PLACES = (Named("hq-3", ("3rd floor", "third floor", "三楼", "3楼")), Named("lisbon", ("Lisbon", "里斯本")))


def facts(text: str) -> Entities:
    return extract(text, now=NOW, zone="Asia/Shanghai", places=PLACES)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("what about ticket 12 and #34?", "tickets", (12, 34)),
        ("工单12和13怎么样了", "tickets", (12, 13)),
        ("12号工单", "tickets", (12,)),
        ("#45", "tickets", (45,)),
        ("status of 7", "tickets", (7,)),
        ("we have 12 printers", "tickets", ()),
        ("my HP LaserJet printer is jammed", "device", "printer"),
        ("外接显示器没信号", "device", "显示器"),
        ("laptop LT-00231 is slow", "asset_tag", "LT-00231"),
        ("资产编号：tj-pc-0042", "asset_tag", "TJ-PC-0042"),
        ("error ORA-01017 in the ERP", "asset_tag", ""),
        ("cannot ping 10.20.30.40.", "ip", "10.20.30.40"),
        ("address 300.1.1.1", "ip", ""),
        ("my ip is fe80::1ff:fe23:4567:890a", "ip", "fe80::1ff:fe23:4567:890a"),
        ("回我电话 13812345678", "phone", "13812345678"),
        ("call me at +49 30 1234567", "phone", "+49 30 1234567"),
        ("my extension 4417", "phone", "4417"),
        ("分机8021", "phone", "8021"),
        ("it says 0x8007000e", "error_codes", ("0x8007000E",)),
        ("错误代码691", "error_codes", ("691",)),
        ("net::err_connection_refused in chrome", "error_codes", ("ERR_CONNECTION_REFUSED",)),
        ("kb5034441 fails with 0x80070643", "error_codes", ("KB5034441", "0x80070643")),
        ("IRQL_NOT_LESS_OR_EQUAL again", "error_codes", ("IRQL_NOT_LESS_OR_EQUAL",)),
        ("ERR_CONNECTION_RESET then error 550 5.7.1", "error_codes", ("ERR_CONNECTION_RESET", "550 5.7.1")),
        ("the error is gone", "error_codes", ()),
        ("show 215", "tickets", (215,)),
        ("查看 118", "tickets", (118,)),
        ("402到哪一步了", "tickets", (402,)),
        ("the proxy server does not answer", "device", ""),
        ("许可证服务器找不到", "device", ""),
        ("it smells burnt in the server room", "device", ""),
        ("socket dead, Room 2.14", "place", "room 2.14"),
        ("望江会议室投屏没声音", "place", "望江会议室"),
        ("14楼小会议室没信号", "place", "14楼小会议室"),
        ("one customer bounces, to everybody else it works", "affected", "me"),
        ("page blocked by the web filter", "severity", ""),
        ("SAP says error M7 021", "error_codes", ("M7 021",)),
        ("the page shows 502", "error_codes", ("502",)),
        ("网页显示502", "error_codes", ("502",)),
        ("it says 12 pages left", "error_codes", ()),
        ("打印机报错0x00000709", "error_codes", ("0x00000709",)),
        ("打印机报错0x00000709", "phone", ""),
        ("回电 022-8888 1234", "phone", "022-8888 1234"),
        ("desk 4.17 has no network", "place", "desk 4.17"),
        ("工位4-17没网", "place", "工位4-17"),
        ("building 2, floor 5", "place", "building 2, floor 5"),
        ("the projector in Room Baikal", "place", "Room Baikal"),
        ("一号会议室投影不亮", "place", "一号会议室"),
        ("no wifi on the third floor", "place", "hq-3"),
        ("里斯本办公室断网了", "place", "lisbon"),
        ("projector in room 304", "place", "room 304"),
        ("302会议室没声音", "place", "302会议室"),
        ("the whole company has no internet", "affected", "everyone"),
        ("全公司都断网了", "affected", "everyone"),
        ("my team can't open the share", "affected", "team"),
        ("我们组都上不了网", "affected", "team"),
        ("only my laptop has this", "affected", "me"),
        ("就我一个人连不上", "affected", "me"),
        ("the printer is odd", "affected", ""),
        ("IPv6地址2001:db8::1连不上", "ip", "2001:db8::1"),
        ("电话+86 138 1234 5678", "phone", "+86 138 1234 5678"),
        ("手机13812345678", "phone", "13812345678"),
        ("手机号是138-1234-5678", "phone", "138-1234-5678"),
        ("phone +1 (415) 555-0132", "phone", "+1 (415) 555-0132"),
        ("call 555-0132", "phone", "555-0132"),
        ("call me on x8123 please", "phone", "8123"),
        ("1920x1080 is blurred", "phone", ""),
        ("got a 404 on the intranet", "error_codes", ("404",)),
        ("got 450 mails", "error_codes", ()),
        ("SQLSTATE 08001", "error_codes", ("08001",)),
        ("返回码 500", "error_codes", ("500",)),
        ("windows update fails with 0x80070005", "error_codes", ("0x80070005",)),
        ("service tag 7HXK3F2", "asset_tag", "7HXK3F2"),
        ("my notebook nb 0311 overheats", "asset_tag", "NB-0311"),
        ("ＰＣ－００４１２坏了", "asset_tag", "PC-00412"),
        ("half of finance can't open SAP", "affected", "team"),
        ("the entire sales department has no mail", "affected", "team"),
        ("about 20 people on our floor are affected", "affected", "team"),
        ("全部门都上不去", "affected", "team"),
        ("财务部一半的人打不开SAP", "affected", "team"),
        ("我要给二十个人开账号", "affected", ""),
        ("全厂停电", "affected", "everyone"),
        ("not urgent at all", "severity", "question"),
        ("I have a presentation in 20 minutes", "severity", "blocked"),
        ("I can't work at all", "severity", "blocked"),
        ("完全没法工作", "severity", "blocked"),
        ("it is a bit slow today", "severity", "slowed"),
        ("偶尔会卡一下", "severity", "slowed"),
        ("no rush, just wondering", "severity", "question"),
        ("不急，有空帮我看看", "severity", "question"),
    ],
)
def test_a_fact_that_was_said_is_taken_and_none_is_made_up(text: str, field: str, value: Any) -> None:
    assert getattr(facts(text), field) == value


@pytest.mark.parametrize(
    ("text", "words", "local"),
    [
        ("slow since this morning", "since this morning", "2026-11-23 08:00"),
        ("down since yesterday afternoon", "since yesterday afternoon", "2026-11-22 13:00"),
        ("since 9:30 nothing works", "since 9:30", "2026-11-23 09:30"),
        ("since 14:30", "since 14:30", "2026-11-22 14:30"),
        ("no mail for two hours", "for two hours", "2026-11-23 09:00"),
        ("began half an hour ago", "half an hour ago", "2026-11-23 10:30"),
        ("broken since friday", "since friday", "2026-11-20 09:00"),
        ("从昨天下午开始特别卡", "昨天下午开始", "2026-11-22 13:00"),
        ("今天早上开始上不了网", "今天早上开始", "2026-11-23 08:00"),
        ("从早上9点半开始", "早上9点半开始", "2026-11-23 09:30"),
        ("断了两个小时了", "断了两个小时了", "2026-11-23 09:00"),
        ("三天前就坏了", "三天前", "2026-11-20 11:00"),
        ("半小时前开始的", "半小时前", "2026-11-23 10:30"),
        ("上周五开始的", "上周五开始", "2026-11-20 09:00"),
        ("今天下午断过", "今天下午", "2026-11-23 11:00"),
        ("since the update", "since the update", None),
        ("更新之后就打不开", "更新之后", None),
        ("昨晚开始连不上", "昨晚开始", "2026-11-22 20:00"),
        ("dark since they moved my desk", "since they moved my desk", None),
        ("合页断了快两年", "断了快两年", "2024-11-23 11:00"),
        ("三天了还是新建", "三天了", "2026-11-20 11:00"),
        ("it happened on friday", "happened on friday", "2026-11-20 09:00"),
        ("down since last Tuesday", "since last tuesday", "2026-11-17 09:00"),
        ("broken 3 days ago", "3 days ago", "2026-11-20 11:00"),
        ("since 2 days no mail", "since 2 days", "2026-11-21 11:00"),
        ("an hour and a half ago", "an hour and a half ago", "2026-11-23 09:30"),
        ("this morning around 9:30 it stopped", "this morning around 9:30", "2026-11-23 09:30"),
        ("since half past nine", "since half past nine", "2026-11-23 09:30"),
        ("since ~10am", "since ~10am", "2026-11-23 10:00"),
        ("nothing prints since breakfast", "since breakfast", "2026-11-23 08:00"),
        ("slow all week", "all week", "2026-11-23 09:00"),
        ("since last month", "since last month", "2026-10-01 09:00"),
        ("since 20 November", "since 20 november", "2026-11-20 09:00"),
        ("since December 3rd", "since december 3rd", "2025-12-03 09:00"),
        ("since the 20th", "since the 20th", "2026-11-20 09:00"),
        ("since the 28th", "since the 28th", "2026-10-28 09:00"),
        ("since 2026-11-20", "since 2026-11-20", "2026-11-20 09:00"),
        ("since 20/11", "since 20/11", "2026-11-20 09:00"),
        ("since 11/20/2026", "since 11/20/2026", "2026-11-20 09:00"),
        ("since 3/4 it beeps", "since 3/4", None),
        ("seit gestern, since 4.11.", "since 4.11.", "2026-11-04 09:00"),
        ("昨晚八点开始连不上", "昨晚八点开始", "2026-11-22 20:00"),
        ("財務部昨晚八點開始連不上", "昨晚八点开始", "2026-11-22 20:00"),
        ("大前天开始的", "大前天开始", "2026-11-20 09:00"),
        ("上周五下午开始", "上周五下午开始", "2026-11-20 13:00"),
        ("周一就坏了", "周一", "2026-11-23 09:00"),
        ("上个月开始", "上个月开始", "2026-10-01 09:00"),
        ("从十一月二十号起", "十一月二十号起", "2026-11-20 09:00"),
        ("20号就坏了", "20号", "2026-11-20 09:00"),
        ("28号开始的", "28号开始", "2026-10-28 09:00"),
        ("从2026/11/20开始", "2026/11/20开始", "2026-11-20 09:00"),
        ("三四天了", "三四天了", "2026-11-20 11:00"),
        ("十五分钟前开始卡", "十五分钟前", "2026-11-23 10:45"),
        ("二十分钟了", "二十分钟了", "2026-11-23 10:40"),
        ("一个半小时前", "一个半小时前", "2026-11-23 09:30"),
        ("半天了", "半天了", "2026-11-23 07:00"),
        ("三天没收到邮件", "三天", "2026-11-20 11:00"),
        ("一上午都打不开", "一上午都", "2026-11-23 09:00"),
        ("昨天中午一点开始", "昨天中午一点开始", "2026-11-22 13:00"),
        ("凌晨三点报警", "凌晨三点", "2026-11-23 03:00"),
        ("since 13/4 it beeps", "since 13/4", "2026-04-13 09:00"),
        ("从4月3日开始闪", "4月3日开始", "2026-04-03 09:00"),
        ("从3/4开始一直闪", "3/4开始", "2026-03-04 09:00"),
        ("wifi down since Monday … no, Tuesday", "since tuesday", "2026-11-17 09:00"),
        (
            "down since Friday, no wait, it was Thursday morning, please help",
            "since thursday morning",
            "2026-11-19 08:00",
        ),
        ("since Friday no internet at all", "since friday", "2026-11-20 09:00"),
        ("无线网从周一开始连不上…不对，周二", "周二开始", "2026-11-17 09:00"),
        ("从周五开始连不上，其实是wifi的问题", "周五开始", "2026-11-20 09:00"),
    ],
)
def test_since_when_is_kept_in_words_and_as_a_moment_that_is_not_in_the_future(
    text: str, words: str, local: str | None
) -> None:
    found = facts(text)
    assert found.since == words
    moment = found.since_at
    assert (moment and moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")) == local
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "昨天还好好的",
        "上周五还能查",
        "i need visio for two weeks",
        "he is covering for me from monday",
        "leaving in 10 minutes",
        "昨天的邮件找不到",
        "上周的报表打不开",
        "下周三开始休假，帮我设置自动回复",
        "12月1号开始需要VPN权限",
        "20号入职的新同事需要账号",
        "请在三天前处理",
        "3号会议室投影坏了",
        "the invoice from november 3rd will not open",
        "since 3.1 is installed it crashes",
        "upgrade from 10.1 to 10.2",
        "from 10.2.3.4 i cannot ping",
        "since feb 30",
        "i was away all week",
        "the whole week i was on vacation",
        "this afternoon i have a demo",
        "i start on the 3rd floor",
        "it worked fine yesterday, now it is dead",
        "yesterday everything was fine",
        "thanks for yesterday",
        "thanks a lot for coming yesterday afternoon! the scanner is acting up",
        "昨天谢谢了，邮箱收不到邮件",
        "昨天下午真是太感谢了，打印机又坏了",
        "谢谢你们昨天的帮忙",
        "please restore yesterday's backup",
        "restore the backup of last night",
        "I can't open yesterday's report",
        "roll back my folder to last Friday",
        "恢复昨天的备份",
        "恢复昨天备份",
        "把文件恢复到上周五",
    ],
)
def test_when_it_still_went_well_or_was_mended_or_what_is_yet_to_come_is_no_beginning(text: str) -> None:
    assert facts(text).since == ""


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("thanks for yesterday! the scanner is acting up since this morning", "since this morning"),
        ("昨天谢谢了，今天早上开始邮箱收不到邮件", "今天早上开始"),
        ("thank you the vpn is down since yesterday", "since yesterday"),
        ("昨天打印机坏了谢谢", "昨天"),
        ("it worked until yesterday", "yesterday"),
        ("yesterday my files vanished", "yesterday"),
        ("I can't open my files since yesterday", "since yesterday"),
        ("昨天恢复了备份之后打不开", "昨天"),
    ],
)
def test_thanks_and_better_days_hide_no_beginning(text: str, since: str) -> None:
    assert facts(text).since == since


def test_a_message_without_facts_has_none() -> None:
    assert facts("hello there") == Entities()


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="昨天前上周五点半小时了since 0123456789:.-+#()ago工单", max_size=120))
def test_no_text_makes_extraction_fail_and_no_moment_lies_ahead(text: str) -> None:
    found = facts(text)
    assert found.since_at is None or found.since_at <= NOW
    assert all(number > 0 for number in found.tickets)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("打印机坏了，回拨 8123", "8123"),
        ("键盘坏了 请回拨8123", "8123"),
        ("有事回电 13812345678 谢谢", "13812345678"),
        ("printer broken, callback 8123", "8123"),
        ("my number is 4417 thanks", "4417"),
        ("ring me back on 4417", "4417"),
        ("call-back number: 8123", "8123"),
        ("手机 2023 款坏了", ""),
        ("my printer number is 0042", ""),
    ],
)
def test_how_to_call_back_is_heard_however_it_is_asked_for(words: str, number: str) -> None:
    """Extensions are short, and people ask to be called back in many words."""
    assert extract(words, now=NOW, zone="Asia/Shanghai").phone == number


@pytest.mark.parametrize(
    "words", ["my colleague anna has the same thing", "连不上无线网，我同事小王他也连不上", "same for my colleague"]
)
def test_a_colleague_with_the_same_trouble_makes_it_the_teams(words: str) -> None:
    """One is enough: it is not only me."""
    assert extract(words, now=NOW, zone="Asia/Shanghai").affected == "team"


@pytest.mark.parametrize(
    ("words", "tickets"),
    [("T-12", (12,)), ("what about t-12 and T-13?", (12, 13)), ("T-12怎么样了", (12,)), ("XT-12", ())],
)
def test_a_ticket_is_known_by_the_name_we_give_it(words: str, tickets: tuple[int, ...]) -> None:
    """As it stands on every card."""
    assert extract(words, now=NOW, zone="Asia/Shanghai").tickets == tickets


@pytest.mark.parametrize(
    ("words", "tickets"),
    [
        ("show 12", (12,)),
        ("any news on 12? it was urgent", (12,)),
        ("看下12号", (12,)),
        ("状态 12", (12,)),
        ("12号到哪了", (12,)),
        ("it does not show 5 of my mails", ()),
        ("can you show 2 pages on one sheet", ()),
        ("look up 3-digit codes", ()),
        ("看下3楼的打印机", ()),
        ("查一下2号会议室的投影", ()),
        ("15号到哪报名", ()),
        ("request 3 monitors", ()),
        ("Request 10 more chairs", ()),
        ("we request 1 licence", ()),
        ("申请3台显示器", ()),
        ("any news on request 12 and 13", (12, 13)),
        ("request 12 is still open", (12,)),
        ("request 12 for laptops", (12,)),
    ],
)
def test_what_is_counted_or_numbered_otherwise_is_no_ticket(words: str, tickets: tuple[int, ...]) -> None:
    """Many things may be shown or checked; a ticket is a number that stands by itself."""
    assert facts(words).tickets == tickets


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("长城会议室没声音", "长城会议室"),
        ("在泰山厅投影不亮", "泰山厅"),
        ("预订会议室", ""),
        ("取消会议室", ""),
        ("今天会议室没声音", ""),
        ("所有会议室都没信号", ""),
    ],
)
def test_a_room_is_a_place_by_its_name_and_not_by_the_words_before_it(words: str, place: str) -> None:
    assert facts(words).place == place
