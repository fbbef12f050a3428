"""Messages taken apart: several things in one, one thing in several sentences, and text of any sort."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.catalogue import Intent
from intents.classify import Named, Understanding, default_words, service_keys, understand

SERVICES = tuple(Named(key, default_words(key)) for key in service_keys())
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def read(text: str) -> Understanding:
    return understand(text, services=SERVICES, now=NOW, zone="Asia/Shanghai", language="en")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "printer jams again and what about ticket 12?",
            [(Intent.FAULT, "printing"), (Intent.STATUS, None)],
        ),
        ("打印机又卡纸了，另外工单12怎么样了？", [(Intent.FAULT, "printing"), (Intent.STATUS, None)]),
        (
            "my keyboard is broken and I also need vpn for next week",
            [(Intent.FAULT, "computer"), (Intent.REQUEST, "vpn")],
        ),
        ("键盘坏了，另外下周要用vpn帮我开一下", [(Intent.FAULT, "computer"), (Intent.REQUEST, "vpn")]),
        ("Outlook won't start. Also the printer is offline.", [(Intent.FAULT, "email"), (Intent.FAULT, "printing")]),
        ("outlook打不开，打印机也脱机了", [(Intent.FAULT, "email"), (Intent.FAULT, "printing")]),
        ("VPN fails, also the printer on floor 3 is jammed", [(Intent.FAULT, "vpn"), (Intent.FAULT, "printing")]),
        ("断网，还有打印机卡纸", [(Intent.FAULT, "internet"), (Intent.FAULT, "printing")]),
        (
            "vpn down, printer jams, need a mouse",
            [(Intent.FAULT, "vpn"), (Intent.FAULT, "printing"), (Intent.REQUEST, "computer")],
        ),
        (
            "vpn断了，打印机卡纸，要个鼠标",
            [(Intent.FAULT, "vpn"), (Intent.FAULT, "printing"), (Intent.REQUEST, "computer")],
        ),
        (
            "need a headset, wifi slow and outlook crashes",
            [(Intent.REQUEST, "video-meetings"), (Intent.FAULT, "wifi"), (Intent.FAULT, "email")],
        ),
        ("outlook hangs, oh and… vpn too", [(Intent.FAULT, "email"), (Intent.FAULT, "vpn")]),
        ("邮箱收不到 对了…vpn也是", [(Intent.FAULT, "email"), (Intent.FAULT, "vpn")]),
        ("钉钉登不上 对了…vpn也不行", [(Intent.FAULT, "video-meetings"), (Intent.FAULT, "vpn")]),
        ("vpn n printer both dead", [(Intent.FAULT, "vpn"), (Intent.FAULT, "printing")]),
        ("vpn and printer are both dead", [(Intent.FAULT, "vpn"), (Intent.FAULT, "printing")]),
        ("both my vpn and the printer are dead", [(Intent.FAULT, "vpn"), (Intent.FAULT, "printing")]),
        ("vpn和打印机都坏了", [(Intent.FAULT, "vpn"), (Intent.FAULT, "printing")]),
        ("邮箱跟打印机两个都不行了", [(Intent.FAULT, "email"), (Intent.FAULT, "printing")]),
        ("Thanks for fixing the vpn. Now the scanner is broken", [(Intent.FAULT, "scanning")]),
    ],
)
def test_each_thing_wanted_is_a_part_of_its_own(text: str, parts: list[tuple[Intent, str | None]]) -> None:
    assert [(part.intent, part.service) for part in read(text).parts] == parts


@pytest.mark.parametrize(
    "text",
    [
        "VPN is connected but I can't open anything on the intranet",
        "The printer is jammed. I pulled the paper out, but it still says jam. Please help!",
        "outlook doesn't start since the update. It says the profile is missing. I restarted twice.",
        "My laptop is broken, please send a new one",
        "my laptop is slow, outlook hangs, need it fixed before noon",
        "打印机卡纸，纸拿不出来，急用",
        "the wifi is gone, need a network cable",
        "无线网断了，要根网线",
        "wifi连上了但是上不了网，手机是好的",
        "laptop and docking station both dead",
        "me and my colleague are both thrown out of the vpn",
        "电脑和手机都连不上wifi",
        "我和同事都连不上vpn",
        "打印机卡纸了。我把纸拿出来了，还是提示卡纸，麻烦看一下",
        "Hello, I am in room 304. The projector shows no picture. Customers are coming.",
    ],
)
def test_one_story_told_in_several_sentences_stays_whole(text: str) -> None:
    assert len(read(text).parts) == 1


@pytest.mark.parametrize(
    "text",
    [
        "the server room smells burnt", "smoke from the UPS", "there's a fire in the kitchen",
        "a colleague got an electric shock", "water is running into the server room", "my laptop battery is swelling",
        "all files are encrypted and somebody wants bitcoin", "sparks from the socket", "the rack is burning",
        "机房漏水了", "有人触电了", "机房里有烧焦的味道", "插座冒火花", "笔记本电池鼓包了", "中了勒索病毒",
        "着火了快来", "the firewall room is on fire", "防火墙机柜冒烟了",
    ],
)  # fmt: skip
def test_danger_is_heard_directly_and_indirectly(text: str) -> None:
    assert read(text).intent is Intent.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "fire up Excel", "I fired up Excel and nothing happened", "this printer is on fire with errors", "burn a DVD",
        "how do I burn these files to a cd", "firefox does not open", "the firewall blocks my mail", "he was fired",
        "inbox flooded with spam", "there is a memory leak in our tool", "smoke test failed", "burn down chart empty",
        "who do I call in case of an emergency", "fire drill at ten", "update the watermark in Word",
        "火狐打不开", "我很着急", "防火墙拦了我的邮件", "邮箱爆满了", "服务器内存爆了", "这活儿火急火燎的，打印机卡纸",
        "怎么刻录光盘", "他发火了", "坐火车去天津怎么报销", "消防演练几点", "急死我了，金蝶又卡了",
    ],
)  # fmt: skip
def test_what_only_sounds_like_danger_is_none(text: str) -> None:
    understood = read(text)
    assert Intent.EMERGENCY not in (understood.intent, *understood.others)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("the badge reader rejects my card, call me on 2214", None),
        ("打印机没反应，分机2214", "printing"),
        ("monitor is black, my extension is 4417", "display"),
    ],
)
def test_how_to_call_back_does_not_make_it_a_matter_of_telephones(text: str, service: str | None) -> None:
    assert read(text).service == service


SCRAPS = st.sampled_from(
    ["the printer jams", "打印机卡纸", " and ", "，", ". ", "also ", "另外", "ticket 12", "12号单", "thanks", "谢谢",
     "on fire", "着火", "please", "麻烦", "?", "\n", "0x80070005", "10.0.0.1", "since 9:30", "从昨天", "e.g. ", "不过",
     "but "]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(SCRAPS | st.text(max_size=12), max_size=14).map("".join))
def test_any_mixture_is_taken_apart_without_error_and_every_part_says_something(text: str) -> None:
    understood = read(text)
    assert understood.parts
    for part in understood.parts:
        assert 0 <= part.confidence <= 1
        assert part.service is None or part.service in service_keys()
    assert len(understood.parts) <= 8


@pytest.mark.parametrize(
    ("text", "second"), [("outlook hangs, oh and… vpn too", "vpn too"), ("钉钉登不上 对了…vpn也不行", "vpn也不行")]
)
def test_what_links_a_part_to_the_one_before_is_no_part_of_its_words(text: str, second: str) -> None:
    assert read(text).parts[1].text == second
